"""The observed state: what was seen in the stores."""

from collections.abc import Callable
from dataclasses import field, replace
from functools import cache
from hashlib import sha256
from typing import Literal

from reshelve.schemas.name_rules import NameRule
from reshelve.schemas.quick_dataclasses import dataclass

TAIL = 1 << 12
"""How many bytes at the end of a file tell most files of one size apart: the heads of one camera's or encoder's are alike.

One page: more takes a disk longer, and tells hardly more.
"""

ItemKind = Literal["file", "dir", "link", "other"]


@dataclass(slots=True)
class Item:
    """One thing seen in a root, by `lstat`: a symbolic link is an item, never a road.

    `rel` is the file-system path in its root (lone surrogates for undecodable bytes); times are nanoseconds since
    the epoch; `fs` is the file system's own id (never a bare st_dev), so that (fs, ino) names a file over reboots.

    Of an object in a bucket, `ino` is made of its ETag (`object_ino`), `mtime_ns` is when the bucket last wrote it, in whole
    seconds, `storage_class` its class, and `restored` says of an archived one whether it is thawed: "" (no), "ongoing", or
    until when, ISO 8601 in UTC.
    """

    rel: str
    kind: ItemKind
    size: int
    mtime_ns: int
    ctime_ns: int
    ino: int
    nlink: int
    mode: int
    fs: str
    storage_class: str = ""
    restored: str = ""


@dataclass(slots=True, frozen=True)
class SymbolicLink:
    """A symbolic link: `rel` in its root, what it holds, and the absolute path of the thing there is where it leads.

    `leads` is one step, the folders on the way followed: what stands there may be a link, too.
    """

    rel: str
    text: str
    leads: str


_PASSING = ("exfat", "vfat", "msdos", "umsdos", "fuse")


def lasting_inodes(fs: str) -> bool:
    """Say whether inode numbers of this file system (by its id, "type:id") outlive the kernel's memory of them.

    FAT and exFAT have none on the disk, and what is mounted by FUSE mostly makes them up: the same file may be seen with another
    number a minute later, and another file with that one. There a file is known by size and mtime alone.
    """
    return not fs.startswith(_PASSING)


_SHARED = ("fuse", "nfs", "cifs", "smb", "9p", "virtiofs")
_VIEWS = (*_SHARED, "overlay")
_FAR = (*_SHARED, "ceph", "afs", "glusterfs", "lustre")


def is_far(fs: str) -> bool:
    """Say whether a file system (by its id) is one that somebody else answers for, across a network or in another program."""
    return fs.startswith(_FAR)


def seen_twice(one: Item, other: Item) -> bool:
    """Say whether two items of different file systems are one file, which one of the two shows of the other (bindfs, overlay, NFS).

    No program sets a change time (ns) and an inode number, so a copy never has both of its original. Where neither file system is
    of a kind that shows another's files, one disk may be a clone of the other, and its files are copies.
    """
    if one.fs == other.fs or not (one.fs.startswith(_VIEWS) or other.fs.startswith(_VIEWS)):
        return False
    return _look(one) == _look(other)


def _look(item: Item) -> tuple[int, int, int, int]:
    return item.ino, item.size, item.mtime_ns, item.ctime_ns


_TELLING = frozenset((
    "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "zfs", "f2fs", "jfs", "reiserfs", "nilfs2", "ubifs", "gfs2", "ocfs2",
    "tmpfs", "overlay", "nfs", "nfs4", "apfs", "hfs",
))  # fmt: skip
"""The types of file systems whose ctime tells every change, and whose inode numbers last.

POSIX has each write, truncation, rename and change of times or mode set it to the system's own clock, and no call that sets it to
anything else (XSH 4.12, "File Times Update"; utimensat(2)). Left out, with whatever is not named here: FAT and exFAT, which keep
none and show the mtime or nothing (Linux fs/fat, fs/exfat); FUSE, virtiofs and 9p, where it is what somebody else's program says;
SMB, where it is the ChangeTime that a client may set as it likes (MS-FSCC 2.4.7), as on NTFS; Windows, where st_ctime is when the
file was made (Python, os.stat_result).
"""


@cache
def tells_changes(fs: str) -> bool:
    """Say whether a file here (by the id of its file system, "type:id") cannot change without its ctime or inode number doing so.

    Only there is anything remembered of the content of files by (fs, ino, size, mtime_ns, ctime_ns).
    """
    return fs.partition(":")[0] in _TELLING


_UNMAPPED = frozenset(("tmpfs", "overlay", "nfs", "nfs4"))


def tells_writes(fs: str) -> bool:
    """Say whether a program that writes here through a mapping of a file changes its ctime too, once for each time it maps it.

    Not on tmpfs, where a mapped page takes writes without a fault (Linux mm/shmem.c), nor in an overlay, whose mappings are of
    another file; NFS tells them when they reach the server.
    """
    return tells_changes(fs) and fs.partition(":")[0] not in _UNMAPPED


def hides_writes(fs: str) -> bool:
    """Say whether a file on this machine can be written to with nothing telling, so that only reading it again does."""
    return fs.partition(":")[0] in ("tmpfs", "overlay")


def same(item: Item | None, size: int, mtime_ns: int, ino: int, ctime_ns: int = -1) -> bool:
    """Say whether an item is the very one meant, unchanged. Where a `ctime_ns` is given, that counts wherever it tells changes."""
    if item is None or item.size != size or item.mtime_ns != mtime_ns:
        return False
    if ctime_ns >= 0 and item.ctime_ns != ctime_ns and tells_changes(item.fs):
        return False
    return item.ino == ino or not lasting_inodes(item.fs)


def same_folder(item: Item | None, ino: int) -> bool:
    """Say whether an item is the folder meant, whatever was done in it: that changes its size and time."""
    return item is not None and item.kind == "dir" and item.ino == ino and lasting_inodes(item.fs)


def proof(item: Item) -> int:
    """Return the change time by which a file is known again (ns), -1 where it proves nothing."""
    return item.ctime_ns if item.kind == "file" and tells_changes(item.fs) else -1


@dataclass(slots=True, frozen=True)
class Root:
    """One resolved folder of a store: `key` is the store's name, or `store/root` in a group.

    A `bucket` root is a bucket and prefix: `path` is its `s3://bucket/prefix`, and it has no folders, so that every folder in it
    counts as there. `versioned`: what is removed or replaced in it stays as an older version.

    `path` is absolute with symbolic links resolved; `fs` the id of the file system at its top. A root that is not
    `available` says why in `why`; nothing may be concluded from what is not seen in it. `order` is its rank in the group.
    `reserve` is in bytes: room that planning leaves free. `remedy` is what to do about a root that is away, "" when there is
    nothing of its own to do (see `way_back`); `homes` are the folders of shows and films that it held when a run last saw it.
    `ino` is the number of the folder itself, 0 where that is not known. `unseen`: one of a group that is not there and was not in
    any run, so that its path may be misspelt.
    """

    key: str
    path: str
    fs: str = ""
    available: bool = True
    why: str = ""
    writable: bool = True
    optional: bool = False
    reserve: int = 0
    order: int = 0
    kind: Literal["folder", "bucket"] = "folder"
    versioned: bool = False
    remedy: str = ""
    homes: tuple[str, ...] = ()
    ino: int = 0
    unseen: bool = False

    @property
    def address(self) -> str:
        """Where it lies, so that one root lies inside another when its address does: a folder's path; a bucket's service too."""
        if self.kind == "folder":
            return self.path
        prefix = self.path.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{self.fs}/{prefix}" if prefix else self.fs

    def way_back(self, then: str) -> str:
        """Return what to do about this root while it is away, and `then` what next.

        Nobody mounts a bucket: what to do about it is in `why`.
        """
        if self.remedy:
            return self.remedy
        if self.kind == "bucket":
            return f"Put that right, then {then}"
        return f"Mount or connect it, or set its path if it was moved, then {then}"


@dataclass(slots=True, frozen=True)
class Space:
    """Room on a root's file system, in bytes and inodes (inodes is -1 where the file system has no such count).

    `longest_name` and `longest_path` are the bytes that a name, and a whole path, may have there, and `names` says what else is
    refused of names. A file takes whole blocks of `block` bytes; 1 where that is not known.
    """

    free: int
    total: int
    free_inodes: int = -1
    longest_name: int = 255
    longest_path: int = 4095
    block: int = 1
    names: NameRule = "any"


@dataclass(slots=True)
class Listing:
    """What was seen below one root, sorted by path; `unreadable` names folders that could not be read, with the reason.

    `folds` and `space` say of the root's own file system whether names fold, and what room there was (None: not asked).
    `odd` are the objects of a bucket whose keys are no paths, such as `a//b`: counted and told, never touched. Their `rel` is
    what follows the prefix, and no path.
    """

    root: Root
    items: list[Item] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    folds: bool = False
    space: Space | None = None
    odd: list[Item] = field(default_factory=list)

    def entered(self, top: str, enter: Callable[[str], bool]) -> "Listing":
        """Return the listing without what lies in folders below `top` that `enter` refuses: each is asked for once, from above."""
        known = {"": True, top: True}

        def goes_into(folder: str) -> bool:
            found = known.get(folder)
            if found is None:
                found = known[folder] = goes_into(folder.rpartition("/")[0]) and enter(folder)
            return found

        items = [item for item in self.items if goes_into(item.rel.rpartition("/")[0])]
        unreadable = {folder: why for folder, why in self.unreadable.items() if goes_into(folder)}
        return replace(self, items=items, unreadable=unreadable)


@dataclass(slots=True)
class Inventory:
    """Everything observed: one listing a root key. `at_ns` is when observing began."""

    at_ns: int
    listings: dict[str, Listing] = field(default_factory=dict)


def object_ino(etag: str) -> int:
    """Return the number that stands for an object's ETag where a file has its inode: 63 bits, never 0."""
    return int.from_bytes(sha256(etag.strip('"').encode()).digest()[:8]) >> 1 or 1
