"""Hostile archives: each is refused whole, and what stands outside and inside is as it was."""

import codecs
import errno
import gzip
import io
import os
import stat
import struct
import tarfile
import tempfile
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.archives.archive_contents import archived_at
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.schemas.inventory import Space
from tests.support.archiving import Bench, tar_of, zip_of

TARS = """
an absolute name                    | /etc/passwd = mine                                | is an absolute path
the parent folder                   | ../outside.txt = mine                             | no path below a folder
the parent folder, later            | a/ ; a/../../outside.txt = mine                   | no path below a folder
an empty part                       | a//b = mine                                       | no path below a folder
a link to an absolute path          | a -> /etc/passwd                                  | is absolute
a link upwards                      | a -> ../secret                                    | leads outside
a link upwards from below           | d/ ; d/a -> ../../secret                          | leads outside
a link that goes up on its way      | d -> . ; a -> d/../secret                         | goes up again
a write through a link              | a -> b ; b/ ; a/file = mine                       | which is not a folder
a write through a link to itself    | a -> . ; a/file = mine                            | which is not a folder
a file where a link is              | a -> b ; a = mine                                 | twice
a file twice                        | a = one ; a = two                                 | twice
a folder where a file is            | a = one ; a/                                      | twice
a file below a file                 | a = one ; a/b = two                               | which is not a folder
a file in place of the folder       | ./ = mine                                         | twice
a further name of nothing           | a => b                                            | which is not a file in it
a further name of what is outside   | a => ../secret                                    | no path below a folder
a further name of /etc/passwd       | a => /etc/passwd                                  | is an absolute path
a further name of a link            | b -> c ; a => b                                   | which is not a file in it
a further name of a folder          | b/ ; a => b                                       | which is not a file in it
a pipe                              | a !fifo                                           | device, socket or pipe
a device                            | a !chr                                            | device, socket or pipe
a disk                              | d/ ; d/a !blk                                     | device, socket or pipe
a name of reshelve's own            | .reshelve-trash/run/a = mine                      | is reserved for reshelve
a lock of reshelve's own            | d/.reshelve.lock = mine                           | is reserved for reshelve
"""
ZIPS = """
an absolute name                    | /etc/passwd = mine                                | is an absolute path
the parent folder                   | ../outside.txt = mine                             | no path below a folder
a link to an absolute path          | a -> /etc/passwd                                  | is absolute
a link upwards                      | a -> ../secret                                    | leads outside
a link that goes up on its way      | d -> . ; a -> d/../secret                         | goes up again
a write through a link              | a -> b ; b/ ; a/file = mine                       | which is not a folder
a name of reshelve's own            | .reshelve-trash/run/a = mine                      | is reserved for reshelve
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    (bench.out / "secret").write_text("what is outside")
    return bench


def refused(bench: Bench, name: str, content: bytes) -> OSError:
    """Try to unpack, and return why it is refused; nothing is left of it, and nothing else was touched."""
    archive = bench.out / name
    archive.write_bytes(content)
    with pytest.raises(OSError) as caught:
        bench.unpack(archive)
    assert sorted(path.name for path in bench.out.iterdir()) == sorted([name, "secret"])
    assert (bench.out / "secret").read_text() == "what is outside"
    assert sorted(path.name for path in bench.out.parent.iterdir()) == ["in", "out"]
    return caught.value


def cases(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("what", "lines", "why"), cases(TARS))
def test_a_tar_is_refused(bench: Bench, what: str, lines: str, why: str) -> None:
    error = refused(bench, "a.tar.gz", tar_of("good.txt = good", *lines.split(" ; ")))
    assert error.errno == errno.EBADMSG
    assert why in (error.strerror or "")


@pytest.mark.parametrize(("what", "lines", "why"), cases(ZIPS))
def test_a_zip_is_refused(bench: Bench, what: str, lines: str, why: str) -> None:
    error = refused(bench, "a.zip", zip_of("good.txt = good", *lines.split(" ; ")))
    assert error.errno == errno.EBADMSG
    assert why in (error.strerror or "")


def test_what_is_odd_but_harmless_is_unpacked(bench: Bench) -> None:
    archive = bench.out / "a.tar.gz"
    files = ["./b/c.txt = text", "b/twin => b/c.txt", "...dots = x", "b\\c = y"]
    archive.write_bytes(tar_of("./", *files, "b/", "b/", "up -> b/c.txt", "b/back -> ../up"))
    bench.unpack(archive)
    found = bench.out / "again"
    assert (found / "b/twin").samefile(found / "b/c.txt")
    assert os.readlink(found / "b/back") == "../up"
    assert sorted(path.name for path in found.iterdir()) == ["...dots", "b", "b\\c", "up"]


def zip_as(system: int, *entries: tuple[str, int, bytes]) -> bytes:
    """Return a zip as another system writes it: names as they are given, and external attributes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, attributes, content in entries:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = system, attributes
            archive.writestr(info, content)
    return whole.getvalue()


@pytest.mark.parametrize("system", [0, 6, 10, 11, 14], ids=["FAT", "HPFS", "NTFS", "NTFS of Info-ZIP", "VFAT"])
def test_backslashes_of_windows_part_folders(bench: Bench, system: int) -> None:
    """PowerShell's Compress-Archive and older .NET write them; no file of those systems has one in its name."""
    archive = bench.out / "a.zip"
    archive.write_bytes(zip_as(system, ("clips\\raw\\", 0x10, b""), ("clips\\one.mov", 0x20, b"film"), ("empty\\", 0, b"")))
    bench.unpack(archive)
    assert (bench.out / "again/clips/one.mov").read_text() == "film"
    assert (bench.out / "again/clips/raw").is_dir() and (bench.out / "again/empty").is_dir()
    rel = [member.rel for member, _ in archived_at(bench.stores["out"], "a.zip")]
    assert sorted(rel) == ["clips/one.mov", "clips/raw", "empty"]


def test_a_backslash_of_unix_is_a_letter(bench: Bench) -> None:
    archive = bench.out / "a.zip"
    archive.write_bytes(zip_of("b\\c.txt = y"))
    bench.unpack(archive)
    assert (bench.out / "again/b\\c.txt").read_text() == "y"


@pytest.mark.parametrize(
    ("name", "why"),
    [("..\\outside.txt", "no path below"), ("a\\..\\..\\b", "no path below"), ("\\windows\\x", "absolute"),
     ("a\\\\b", "no path below"), (".reshelve-trash\\r\\a", "reserved for reshelve")],
)  # fmt: skip
def test_backslashes_reach_nowhere_else(bench: Bench, name: str, why: str) -> None:
    assert why in (refused(bench, "a.zip", zip_as(0, (name, 0x20, b"mine"))).strerror or "")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o000, 0o444, 0o200])
def test_folders_that_nobody_may_enter_can_be_entered(open_folder: Path, mode: int) -> None:
    """An ordinary user unpacks them too: what may be read may be entered, and what the owner may not, only the owner gets."""
    bench = Bench(open_folder)
    archive = bench.out / "a.zip"
    archive.write_bytes(zip_as(3, ("d/", (stat.S_IFDIR | mode) << 16, b""), ("d/f", (stat.S_IFREG | mode) << 16, b"text")))
    archive.chmod(0o644)
    codecs.lookup("cp437")  # what a zip's names are read with: another user may not be able to load it
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                bench.out.chmod(0o777)
                os.setuid(65534)
            bench.unpack(archive)
            os._exit(0 if (bench.out / "again/d/f").stat().st_size == 4 else 3)
        except BaseException:  # noqa: BLE001 - a fork of the tests ends here, whatever it was
            traceback.print_exc()
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    made = (bench.out / "again/d").stat().st_mode & 0o777
    assert made & 0o500 == 0o500 and made & 0o077 == (mode & 0o044) | (mode & 0o044) >> 2


def test_programs_do_not_get_others_rights(bench: Bench) -> None:
    info = tarfile.TarInfo("run")
    info.mode = 0o6755
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        tar.addfile(info)
    (bench.out / "a.tar.gz").write_bytes(whole.getvalue())
    bench.unpack(bench.out / "a.tar.gz")
    assert (bench.out / "again/run").stat().st_mode & 0o7777 == 0o755


def test_names_that_fold_together_are_refused_where_they_do(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system blind to case takes the second name for the first, and refuses to make it anew."""
    store = bench.stores["out"]
    real = type(store).receive

    def folding(self: object, tmp: str, *args: object, **rest: object) -> object:
        if (bench.out / tmp).with_name(tmp.rpartition("/")[2].swapcase()).exists():
            raise FileExistsError(errno.EEXIST, "File exists", tmp)
        return real(self, tmp, *args, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store), "receive", folding)
    error = refused(bench, "a.tar.gz", tar_of("readme = one", "README = two"))
    assert "README in the archive is the same name as another one in it" in (error.strerror or "")
    assert getattr(error, "kind", "") == "names-fold"


def bomb(size: int) -> bytes:
    """A tar.gz of a few kB that says it holds `size` zeros, and does."""
    info = tarfile.TarInfo("zeros")
    info.size = size
    head = info.tobuf()
    return gzip.compress(head + bytes(min(size, 1 << 24)))


@pytest.mark.parametrize(("free", "inodes", "why"), [(1000, -1, "more than there is room for"), (1 << 40, 0, "more files than")])
def test_a_bomb_is_bounded_by_the_room_there_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, free: int, inodes: int, why: str
) -> None:
    monkeypatch.setattr(type(bench.stores["out"]), "space", lambda self, rel="": Space(free, 1 << 40, inodes))
    assert why in (refused(bench, "a.tar.gz", bomb(1 << 20)).strerror or "")


def test_many_small_ones_are_summed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(bench.stores["out"]), "space", lambda self, rel="": Space(100, 1 << 40, -1))
    lines = [f"{number} = {'x' * 30}" for number in range(4)]
    assert "more than there is room for" in (refused(bench, "a.zip", zip_of(*lines)).strerror or "")


def test_headers_are_not_read_without_bound(bench: Bench) -> None:
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 1 << 33
    error = refused(bench, "a.tar.gz", gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20)))
    assert "header of 8589934592 bytes" in (error.strerror or "")


def test_a_name_is_no_longer_than_paths_are(bench: Bench) -> None:
    assert "longer than 4096 bytes" in (refused(bench, "a.tar.gz", tar_of(f"{'d/' * 2100}f = deep")).strerror or "")


def test_a_sparse_file_of_gnu_tar_is_refused_with_advice(bench: Bench) -> None:
    info = tarfile.TarInfo("sparse")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": "9"}
    error = refused(bench, "a.tar.gz", gzip.compress(info.tobuf(tarfile.PAX_FORMAT) + bytes(1 << 20)))
    assert "tar -x" in (error.strerror or "")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_damaged_archive_is_refused(bench: Bench, name: str, where: float) -> None:
    lines = [f"{number}.txt = {os.urandom(3000).hex()}" for number in range(9)]
    whole = bytearray(tar_of(*lines) if name == "a.tar.gz" else zip_of(*lines))
    at = int(len(whole) * where)
    whole[at : at + 4] = bytes(byte ^ 0xFF for byte in whole[at : at + 4])
    assert refused(bench, name, bytes(whole)).errno == errno.EBADMSG


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
@pytest.mark.parametrize("length", [0, 5, 200, 2000])
def test_an_archive_cut_short_is_refused(bench: Bench, name: str, length: int) -> None:
    lines = [f"{number}.txt = {os.urandom(3000).hex()}" for number in range(9)]
    whole = tar_of(*lines) if name == "a.tar.gz" else zip_of(*lines)
    assert refused(bench, name, whole[:length]).errno == errno.EBADMSG


def test_a_zip_whose_sizes_lie_is_refused(bench: Bench) -> None:
    whole = bytearray(zip_of(f"a.txt = {'x' * 5000}"))
    at = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<L", whole, at + 24, 10)
    assert refused(bench, "a.zip", bytes(whole)).errno == errno.EBADMSG


def test_an_encrypted_zip_is_refused(bench: Bench) -> None:
    whole = bytearray(zip_of("a.txt = text"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(mark) + offset] |= 1
    assert "encrypted" in (refused(bench, "a.zip", bytes(whole)).strerror or "")


def test_a_zip_entry_over_another_is_refused_or_bounded(bench: Bench) -> None:
    """Two names for one stretch of the file, as in a zip bomb that does not nest."""
    whole = io.BytesIO(zip_of("a.txt = text", "b.txt = more"))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.infolist()[1].header_offset = 0
        archive._didModify = True  # type: ignore[attr-defined]
    assert refused(bench, "a.zip", whole.getvalue()).errno == errno.EBADMSG


@pytest.mark.parametrize("form", ["tar.gz", "zip"])
def test_an_archive_of_ours_must_hold_what_it_says(bench: Bench, form: str) -> None:
    """The comment of one archive over the content of another."""
    (bench.src / "a").write_text("a")
    ours = bench.pack("zip" if form == "zip" else "tar.gz").read_bytes()
    (bench.out / f"a.{form}").unlink()
    if form == "zip":
        other = zip_of("b = other")
        forged = other[:-2] + ours[ours.rindex(b"PK\x05\x06") + 20 :]
    else:
        comment = ours[10 : ours.index(b"\0", 10) + 1]
        other = tar_of("b = other")
        assert other[3] in (0, 8)
        start = 10 if other[3] == 0 else other.index(b"\0", 10) + 1
        forged = ours[:10] + comment + other[start:]
    assert "does not hold what its comment says" in (refused(bench, f"a.{form}", forged).strerror or "")


def test_only_a_name_of_the_runs_own_is_removed_as_a_tree() -> None:
    from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
    from reshelve.executors.verbs.archive_verbs import clear_tree
    from reshelve.schemas.inventory import Root

    store = MemoryStore(Root("m", "/m"), MemoryDisk())
    store.put("folder/a", b"a")
    with pytest.raises(ValueError, match="own"):
        clear_tree(store, "folder")
    assert store.content("folder/a") == b"a"
