"""Whatever an undo says of archives names the archive and the member, where the plan has them."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = "version: 1\nstores:\n  ssd: {path: ssd, reserve: 0B}\n  out: {path: out, reserve: 0B}\n"


class Desk:
    """A project, packed by one format and unpacked again."""

    def __init__(self, folder: Path, form: str) -> None:
        self.folder = folder
        self.archive = folder / f"out/b40.{form}"
        self.idea = folder / "ssd/back/notes/idea.md"
        (folder / "ssd/b40/notes").mkdir(parents=True)
        (folder / "out").mkdir()
        (folder / "ssd/b40/cut.mov").write_bytes(os.urandom(5000))
        (folder / "ssd/b40/notes/idea.md").write_text("light")
        (folder / "reshelve.yaml").write_text(WORKSPACE)
        self.apply(f'  "out:b40.{form}": {{from: "ssd:b40/", pack: {form}}}\n')
        self.apply(f'  "ssd:back/": {{unpack: "out:b40.{form}"}}\n')

    def apply(self, entries: str, code: int = 0) -> str:
        (self.folder / "layout.yaml").write_text(f"version: 1\nfiles:\n{entries}")
        came = call(self.folder, "apply", "--yes")
        assert came.code == code, came.out + came.err
        return came.out + came.err

    def undone(self, *more: str, code: int) -> str:
        came = call(self.folder, "undo", "--yes", *more)
        assert came.code == code, came.out + came.err
        return came.out + came.err

    def spoil(self) -> None:
        """Change one byte of the archive, which shows in nothing else."""
        spoil(self.archive)


def spoil(path: Path) -> None:
    """Change one byte in the middle of a file, in place, and set its times to what they were."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture(params=["tar.gz", "zip"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, request.param)


def test_an_archive_that_is_damaged(desk: Desk) -> None:
    """The folder goes only for what the archive holds: which archive cannot be read is what matters."""
    desk.spoil()
    for more in ((), ("--by-content",)):
        said = desk.undone(*more, code=1)
        assert f"--> out:{desk.archive.name}\n" in said
        assert f"out:{desk.archive.name} cannot be read: the archive is damaged" in said
    assert desk.idea.read_text() == "light"


def test_an_archive_that_is_gone_or_damaged_and_a_folder_that_was_changed(desk: Desk) -> None:
    name = f"out:{desk.archive.name}"
    desk.idea.write_text("changed")
    assert "ssd:back/notes/idea.md was changed since it was unpacked" in desk.undone(code=1)
    desk.spoil()
    said = desk.undone(code=1)
    assert f"ssd:back was changed inside since it was unpacked, and {name}, which would tell what, cannot be read: the arch" in said
    desk.archive.unlink()
    said = desk.undone(code=1)
    assert f"ssd:back was changed inside since it was unpacked, and {name}, which would tell what, is gone." in said


def test_a_member_that_was_changed_quietly(desk: Desk) -> None:
    before = desk.idea.stat()
    desk.idea.write_text("LIGHT")
    os.utime(desk.idea, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert f"ssd:back/notes/idea.md is not in out:{desk.archive.name} as it is" in desk.undone(code=1)
    desk.undone("--partial", code=1)  # nothing else is left to take back


def test_the_member_that_a_damaged_archive_is_damaged_at(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "zip")
    desk.spoil()
    said = desk.apply('  "ssd:again/": {unpack: "out:b40.zip"}\n', code=3)
    assert "unpack out:b40.zip into ssd:again: the archive is damaged at cut.mov: " in said


@pytest.mark.parametrize("by", [(), ("--by-content",)])
def test_what_was_packed_and_changed_quietly_keeps_its_archive(desk: Desk, by: tuple[str, ...]) -> None:
    """Planning reads what was touched: the run, which compares it too, could only fail each time."""
    cut, other, form = desk.folder / "ssd/kept/cut.mov", desk.folder / "ssd/z.mkv", desk.archive.name.removeprefix("b40.")
    cut.parent.mkdir()
    cut.write_bytes(os.urandom(5000))
    (cut.parent / "empty").touch()
    other.write_text("z")
    desk.apply(f'  "out:kept.{form}": {{from: "ssd:kept/", pack: {form}, transfer: copy}}\n  "out:z.mkv": {{from: "ssd:z.mkv"}}\n')
    spoil(cut)
    said = desk.undone(*by, code=1)
    assert "[last-copy]" in said and "ssd:kept/cut.mov was changed since it was packed" in said
    desk.undone(*by, "--partial", code=0)
    assert other.read_text() == "z" and (desk.folder / f"out/kept.{form}").exists()


def test_what_was_packed_and_only_touched_keeps_no_archive(desk: Desk) -> None:
    cut = desk.folder / "ssd/kept/cut.mov"
    cut.parent.mkdir()
    cut.write_bytes(os.urandom(5000))
    desk.apply('  "out:kept.zip": {from: "ssd:kept/", pack: zip, transfer: copy}\n')
    spoil(cut)
    spoil(cut)
    desk.undone(code=0)
    assert not (desk.folder / "out/kept.zip").exists() and cut.exists()


def test_what_was_packed_and_touched_beside_an_archive_that_is_damaged(desk: Desk) -> None:
    cut = desk.folder / "ssd/kept/cut.mov"
    cut.parent.mkdir()
    cut.write_bytes(os.urandom(5000))
    desk.apply('  "out:kept.zip": {from: "ssd:kept/", pack: zip, transfer: copy}\n')
    cut.chmod(0o600)
    spoil(desk.folder / "out/kept.zip")
    assert "out:kept.zip holds other content than when this run left it" in desk.undone(code=1)
    assert (desk.folder / "out/kept.zip").exists()


def test_a_copy_that_was_changed_quietly_stays_and_the_rest_is_taken_back(desk: Desk) -> None:
    for name in ("a.mkv", "z.mkv"):
        (desk.folder / "ssd" / name).write_text(name)
    desk.apply('  "out:a.mkv": {from: "ssd:a.mkv", transfer: copy}\n  "out:z.mkv": {from: "ssd:z.mkv"}\n')
    spoil(desk.folder / "out/a.mkv")
    assert "out:a.mkv holds other content than when this run left it" in desk.undone(code=1)
    desk.undone("--partial", code=0)
    assert (desk.folder / "ssd/z.mkv").exists() and (desk.folder / "out/a.mkv").read_bytes() != b"a.mkv"
