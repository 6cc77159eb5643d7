"""The system's own tar, gzip and unzip read what we write, and we read what they write."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.archiving import Bench
from tests.support.snapshots import difference, snapshot

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("tar", "gzip", "unzip"))), reason="needs tar, gzip and unzip")
WHEN = 1_500_000_000


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    src = bench.src
    (src / "Raw/empty").mkdir(parents=True)
    (src / "notes.txt").write_text("the same line again\n" * 5000)
    (src / "Raw/a.mov").write_bytes(os.urandom(3_000_017))
    (src / "nothing").touch()
    (src / "名前 ünï.txt").write_text("names")
    (src / ("d" * 150)).mkdir()
    (src / ("d" * 150) / ("f" * 150)).write_text("long")
    (src / "latest").symlink_to("Raw/a.mov")
    os.chmod(src / "notes.txt", 0o640)
    for path in (src, *sorted(src.rglob("*"), reverse=True)):
        os.utime(path, (WHEN, WHEN), follow_symlinks=False)
    return bench


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_times_of_links(root: Path) -> dict[str, object]:
    """A tree as unzip can bring it back: it sets no time of a link."""
    return {rel: one if one.kind != "link" else one.content for rel, one in snapshot(root).items()}


def test_tar_and_gzip_read_it(bench: Bench) -> None:
    archive = bench.pack("tar.gz")
    run("gzip", "-t", archive)
    listed = [line.rstrip("/").removeprefix("./") for line in run("tar", "--quoting-style=literal", "-tzf", archive).splitlines()]
    assert sorted(listed) == sorted([".", *(path.relative_to(bench.src).as_posix() for path in bench.src.rglob("*"))])
    (bench.out / "again").mkdir()
    run("tar", "-C", bench.out / "again", "-xpzf", archive)
    assert difference(snapshot(bench.src), snapshot(bench.out / "again")) == []


def test_unzip_reads_it(bench: Bench) -> None:
    archive = bench.pack("zip")
    assert "No errors detected" in run("unzip", "-t", archive)
    run("unzip", "-q", archive, "-d", bench.out / "again")
    assert without_times_of_links(bench.src) == without_times_of_links(bench.out / "again")


def test_we_read_theirs(bench: Bench) -> None:
    run("tar", "-C", bench.src, "-czf", bench.out / "theirs.tar.gz", ".")
    bench.unpack(bench.out / "theirs.tar.gz", "one")
    assert difference(snapshot(bench.src), snapshot(bench.out / "one")) == []
    if shutil.which("zip"):
        subprocess.run(["zip", "-qry", bench.out / "theirs.zip", "."], cwd=bench.src, check=True)
        bench.unpack(bench.out / "theirs.zip", "two")
        assert difference(snapshot(bench.src), snapshot(bench.out / "two")) == []


PROGRAM = """
import resource, sys
from pathlib import Path
from tests.support.archiving import Bench
bench = Bench(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
bench.unpack(bench.pack(sys.argv[2]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("form", "size"), [("tar.gz", 1 << 29), ("zip", 9 << 29)])
def test_a_large_film_in_little_memory(tmp_path: Path, form: str, size: int) -> None:
    """A sparse film, for zip of 4.5 GiB (zip64), and something after it: packed and unpacked within 64 MiB."""
    bench = Bench(tmp_path)
    with (bench.src / "film.mov").open("wb") as file:
        file.write(b"begins")
        file.seek(size)
        file.write(b"ends")
    (bench.src / "later.txt").write_text("after it")
    grown = run(sys.executable, "-c", PROGRAM, tmp_path, form)
    assert int(grown) < 64, f"{grown} MiB more memory"
    again = bench.out / "again/film.mov"
    assert (again.stat().st_size, (bench.out / "again/later.txt").read_text()) == (size + 4, "after it")
    assert again.stat().st_blocks * 512 < 1 << 24
    if form == "zip":
        run("unzip", "-tq", bench.out / "a.zip")
        with zipfile.ZipFile(bench.out / "a.zip") as archive:
            assert archive.getinfo("film.mov").file_size == size + 4
    else:
        run("gzip", "-t", bench.out / "a.tar.gz")
