"""Packing: the same members give the same bytes; what changes meanwhile is noticed; what comes out is what went in."""

import errno
import hashlib
import os
import random
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.archives import packed
from reshelve.executors.archives.archive_reader import recorded
from reshelve.executors.archives.packed_members import CHUNK
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.inventory import Root
from reshelve.schemas.verbs import ArchiveFormat, PackTo
from tests.support.archiving import Bench, members_of
from tests.support.snapshots import difference, snapshot

FORMS: list[ArchiveFormat] = ["tar.gz", "zip"]
WHEN = 1_500_000_000_123_456_789


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder with one of everything that can be packed."""
    bench = Bench(tmp_path)
    src = bench.src
    (src / "Raw/empty").mkdir(parents=True)
    (src / "notes.txt").write_text("the same line again\n" * 5000)
    (src / "Raw/a.mov").write_bytes(random.Random(4).randbytes(3 * CHUNK + 17))
    (src / "nothing").touch()
    (src / "名前 – ünï.txt").write_text("names")
    Path(os.fsdecode(os.fsencode(src) + b"/latin\xe9.txt")).write_text("bytes")
    (src / ("d" * 200)).mkdir()
    (src / ("d" * 200) / ("f" * 200)).write_text("long")
    with (src / "holes.bin").open("wb") as file:
        file.truncate(5 * CHUNK + 1)
    (src / "latest").symlink_to("Raw/a.mov")
    os.chmod(src / "notes.txt", 0o640)
    os.chmod(src / "Raw/empty", 0o555)
    for path in sorted(src.rglob("*"), reverse=True):
        os.utime(path, ns=(WHEN, WHEN), follow_symlinks=False)
    os.utime(src / "nothing", ns=(0, -1_500_000_000_000_000_001))
    os.utime(src / "Raw/a.mov", ns=(0, 1_600_000_000_000_000_000))
    os.utime(src, ns=(WHEN, WHEN))
    return bench


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_out_is_what_went_in(bench: Bench, form: ArchiveFormat) -> None:
    made = bench.unpack(bench.pack(form))
    assert difference(snapshot(bench.src), snapshot(bench.out / "again")) == []
    assert made.hash == record_of(bench.members())
    holes = (bench.out / "again/holes.bin").stat()
    assert holes.st_blocks * 512 < holes.st_size / 2
    if form == "tar.gz":
        assert (bench.out / "again").stat().st_mtime_ns == WHEN


@pytest.mark.parametrize("form", FORMS)
def test_the_same_members_give_the_same_bytes_wherever_they_lie(bench: Bench, form: ArchiveFormat) -> None:
    archive = bench.pack(form).read_bytes()
    store = bench.stores["in"]
    assert b"".join(packed(store, "src", form, members_of(store, "src"))) == archive
    assert b"".join(packed(store, "src", form, members_of(store, "src")[::-1])) == archive
    elsewhere = MemoryStore(Root("m", "/m"), MemoryDisk())
    _copied(store, elsewhere)
    assert b"".join(packed(elsewhere, "src", form, members_of(elsewhere, "src"))) == archive


def _copied(store: LocalStore, to: MemoryStore) -> None:
    to.make_dir("src")
    items = [item for item in (store.stat("src"), *store.walk("src").items) if item is not None]
    for item in items[1:]:
        if item.kind == "dir":
            to.make_dir(item.rel, item.mode)
        elif item.kind == "link":
            to.symlink(store.read_link(item.rel), item.rel, item.mtime_ns)
        else:
            with store.open(item.rel) as file:
                to.put(item.rel, file.read(), mode=item.mode, mtime_ns=item.mtime_ns)
    for item in items[::-1]:
        if item.kind == "dir":
            to.set_mode(item.rel, item.mode)
            to.set_times(item.rel, item.mtime_ns)


@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="zlib-ng compresses otherwise")
@pytest.mark.parametrize(
    ("form", "digest"),
    [
        ("tar.gz", "127bdbaf4a8573c1b0a7baebd90966502ae9ee5b9f1987e1f848f7fa3a5fd9e5"),
        ("zip", "4224bc9fec16ad1bb139f11eb87a5190cbada9ca77246f96f821de99cd466253"),
    ],
)
def test_the_bytes_are_these(form: ArchiveFormat, digest: str) -> None:
    """On any machine, by any Python: whoever changes this gives everyone's archives other bytes."""
    store = MemoryStore(Root("m", "/m"), MemoryDisk())
    store.put("src/notes.txt", b"the same line again\n" * 5000, mode=0o640, mtime_ns=WHEN)
    store.put("src/Raw/a.mov", random.Random(4).randbytes(200_000), mtime_ns=1_600_000_000_000_000_000)
    store.put("src/na\udcefve", b"", mtime_ns=-1)
    store.symlink("Raw/a.mov", "src/latest", WHEN)
    for folder in ("src/Raw", "src"):
        store.set_times(folder, WHEN)
    assert hashlib.sha256(b"".join(packed(store, "src", form, members_of(store, "src")))).hexdigest() == digest


@pytest.mark.parametrize("form", FORMS)
def test_the_record_is_in_the_archive(bench: Bench, form: ArchiveFormat) -> None:
    with bench.pack(form).open("rb") as file:
        assert recorded(file, form) == record_of(bench.members())
    assert bench.stores["out"].record(f"a.{form}") == record_of(bench.members())
    (bench.out / "other.txt").write_text("text")
    (bench.out / "other.zip").write_text("text")
    assert [bench.stores["out"].record(name) for name in ("other.txt", "other.zip")] == ["", ""]


def test_the_record_tells_folders_apart_but_not_where_or_when_they_were_looked_at(bench: Bench) -> None:
    record = record_of(bench.members())
    os.utime(bench.src / "Raw", ns=(1, 1))
    assert record_of(bench.members()) == record
    assert record.split()[1:] == [str(sum(each.size for each in bench.members() if each.kind == "file")), "11"]
    for change in (
        lambda: os.utime(bench.src / "notes.txt", ns=(1, 1)),
        lambda: (bench.src / "Raw/empty").rmdir(),
        lambda: (bench.src / "new").mkdir(),
        lambda: ((bench.src / "latest").unlink(), (bench.src / "latest").symlink_to("notes.txt")),
    ):
        change()
        assert record_of(bench.members()) != record
        record = record_of(bench.members())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda src: (src / "notes.txt").write_text("other"), "in:src/notes.txt"),
        (lambda src: (src / "notes.txt").unlink(), "in:src"),
        (lambda src: (src / "Raw/new").touch(), "in:src/Raw"),
        (lambda src: ((src / "latest").unlink(), (src / "latest").symlink_to("notes.txt")), "in:src"),
        (lambda src: os.utime(src / "Raw/a.mov", ns=(5, 5)), "in:src/Raw/a.mov"),
    ],
)
def test_what_is_not_as_planned_is_not_packed(bench: Bench, form: ArchiveFormat, change: Any, named: str) -> None:
    members = bench.members()
    change(bench.src)
    bench.stores["in"].forget()
    with pytest.raises(OSError, match="changed since the plan") as caught:
        bench.hands.perform(PackTo("in:src", "out:.reshelve-run-0.tmp", form, members))
    assert (caught.value.errno, caught.value.filename) == (errno.ESTALE, named)
    assert list(bench.out.iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", ["grows", "is touched", "is saved with its times", "gets company"])
def test_what_changes_while_it_is_packed_is_noticed(
    bench: Bench, form: ArchiveFormat, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LocalStore.open

    def meanwhile(self: LocalStore, rel: str) -> Any:
        file = real(self, rel)
        if rel == "src/Raw/a.mov":
            if what == "grows":
                with (bench.src / "Raw/a.mov").open("ab") as more:
                    more.write(b"more")
            elif what == "is touched":
                os.utime(bench.src / "Raw/a.mov", ns=(7, 7))
            elif what == "is saved with its times":
                seen = os.stat(bench.src / "Raw/a.mov")
                with (bench.src / "Raw/a.mov").open("r+b") as saved:
                    for at in (0, 2 * CHUNK):  # one of these may have been read already
                        saved.seek(at)
                        saved.write(b"new")
                os.utime(bench.src / "Raw/a.mov", ns=(seen.st_atime_ns, seen.st_mtime_ns))
            else:
                (bench.src / "Raw/company").touch()
        return file

    monkeypatch.setattr(LocalStore, "open", meanwhile)
    with pytest.raises(OSError) as caught:
        bench.pack(form)
    assert caught.value.errno == errno.ESTALE
    assert list(bench.out.iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_that_does_not_read_back_is_not_kept(bench: Bench, form: ArchiveFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that returns other bytes than were written, in the middle of the film."""
    real = LocalStore.receive

    def rotten(self: LocalStore, tmp: str, *args: Any, **rest: Any) -> Any:
        result = real(self, tmp, *args, **rest)
        with (bench.out / tmp).open("r+b") as file:
            file.seek(result[0].size // 3)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        return result

    monkeypatch.setattr(LocalStore, "receive", rotten)
    with pytest.raises(OSError, match=r"damaged|differs") as caught:
        bench.pack(form)
    assert caught.value.errno == errno.EBADMSG
    assert list(bench.out.iterdir()) == []


def test_a_run_interrupted_leaves_nothing(bench: Bench) -> None:
    seen: list[int] = []
    bench.hands._progress, bench.hands._cancelled = seen.append, lambda: len(seen) > 2
    with pytest.raises(OSError) as caught:
        bench.pack()
    assert caught.value.errno == errno.ECANCELED
    assert list(bench.out.iterdir()) == []


def test_films_are_stored_and_texts_deflated(bench: Bench) -> None:
    film = (bench.src / "Raw/a.mov").stat().st_size
    with zipfile.ZipFile(bench.pack("zip")) as archive:
        sizes = {info.filename: info.compress_size for info in archive.infolist()}
    assert film <= sizes["Raw/a.mov"] < film * 1.001
    assert sizes["notes.txt"] < 2000
    assert sizes["holes.bin"] < 20_000


def test_tar_names_no_owner(bench: Bench) -> None:
    with tarfile.open(bench.pack()) as tar:
        infos = tar.getmembers()
    assert {(info.uid, info.gid, info.uname, info.gname) for info in infos} == {(0, 0, "", "")}
    assert [info.name for info in infos][:3] == [".", "Raw", "Raw/a.mov"]


@pytest.mark.slow
def test_more_than_65535_members_need_zip64() -> None:
    store = MemoryStore(Root("m", "/m"), MemoryDisk())
    store.make_dir("src")
    for number in range(65_536):
        store.put(f"src/{number}", b"", mtime_ns=WHEN)
    import io

    with zipfile.ZipFile(io.BytesIO(b"".join(packed(store, "src", "zip", members_of(store, "src"))))) as archive:
        assert len(archive.infolist()) == 65_536
