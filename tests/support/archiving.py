"""Archives for tests: a folder's members, and archives as strangers make them, written down a line an entry.

a/notes.txt = text        a file that holds `text`
a/                        a folder
a/link -> notes.txt       a symbolic link
a/twin => a/notes.txt     a further name of a file (tar only)
a/pipe !fifo              a special file (tar only): fifo, chr, blk
"""

import io
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.schemas.locations import encode_path
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import ArchiveFormat, Member, PackTo, UnpackTo
from tests.support.plans import local

_SPECIAL = {"fifo": tarfile.FIFOTYPE, "chr": tarfile.CHRTYPE, "blk": tarfile.BLKTYPE}


def members_of(store: Store, rel: str) -> tuple[Member, ...]:
    """Return a folder's members as a plan would hold them, the folder itself first."""
    top = store.stat(rel)
    assert top is not None
    found = []
    for item in [top, *store.walk(rel).items]:
        assert item.kind != "other"
        text = encode_path(store.read_link(item.rel)) if item.kind == "link" else ""
        below = encode_path(item.rel[len(rel) + 1 :])
        found.append(Member(below, item.kind, item.size, item.mtime_ns, item.ino, item.mode, text))
    return tuple(found)


class Bench:
    """A folder `src` to pack, in the store `in`, and a store `out`; both below `base`."""

    def __init__(self, base: Path) -> None:
        self.src, self.out = base / "in/src", base / "out"
        self.src.mkdir(parents=True, exist_ok=True)
        self.stores: dict[str, LocalStore] = {"in": local("in", base / "in"), "out": local("out", self.out)}
        self.hands = Hands(self.stores)

    def members(self) -> tuple[Member, ...]:
        self.stores["in"].forget()
        return members_of(self.stores["in"], "src")

    def pack(self, form: ArchiveFormat = "tar.gz", members: tuple[Member, ...] | None = None, name: str = "a") -> Path:
        """Pack `src` and give the archive its final name, `a.tar.gz` or `a.zip`."""
        place = f"out:{name}.{form}"
        tmp = temporary(place, "run", 0)
        made = self.hands.perform(PackTo("in:src", tmp, form, self.members() if members is None else members))
        assert made is not None
        (self.out / tmp.partition(":")[2]).rename(self.out / f"{name}.{form}")
        return self.out / f"{name}.{form}"

    def unpack(self, archive: Path, name: str = "again") -> Made:
        """Unpack an archive in `out` there, and give the folder its final name."""
        store = self.stores["out"]
        store.forget()
        item = store.stat(archive.name)
        assert item is not None
        form: ArchiveFormat = "zip" if archive.suffix == ".zip" else "tar.gz"
        tmp = temporary(f"out:{name}", "run", 1)
        made = self.hands.perform(UnpackTo(f"out:{archive.name}", tmp, form, item.size, item.mtime_ns, item.ino))
        assert made is not None
        (self.out / tmp.partition(":")[2]).rename(self.out / name)
        return made


def tar_of(*lines: str) -> bytes:
    """Return a tar.gz of what the lines say, in their order."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for line in lines:
            info, content = _tar_entry(line)
            tar.addfile(info, io.BytesIO(content))
    return whole.getvalue()


def _tar_entry(line: str) -> tuple[tarfile.TarInfo, bytes]:
    for mark in (" -> ", " => ", " !", " = "):
        name, found, rest = line.partition(mark)
        if found:
            break
    info = tarfile.TarInfo(name)
    info.mode = 0o755
    if not found:
        info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
    elif mark == " = ":
        info.size = len(rest.encode())
        return info, rest.encode()
    else:
        info.type = tarfile.SYMTYPE if mark == " -> " else tarfile.LNKTYPE if mark == " => " else _SPECIAL[rest]
        info.linkname = rest
    return info, b""


def zip_of(*lines: str) -> bytes:
    """Return a zip of what the lines say, in their order."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for line in lines:
            name, link, text = line.partition(" -> ")
            if not link:
                name, _, text = line.partition(" = ")
            info = zipfile.ZipInfo(name)
            kind = stat.S_IFLNK if link else stat.S_IFDIR if name.endswith("/") else stat.S_IFREG
            info.create_system, info.external_attr = 3, (kind | 0o755) << 16
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a name twice is what some are about
                archive.writestr(info, text)
    return whole.getvalue()
