"""Looking at a root by path, quickly: each folder on the way is checked once for being no link, then trusted until `forget`."""

import contextlib
import errno
import os
import stat
from typing import NamedTuple

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.filesystem_ids import FOLDING, FOLDS_BY_FOLDER, FileSystems
from reshelve.executors.platforms.open_folders import split
from reshelve.schemas.inventory import Item, ItemKind, Space
from reshelve.schemas.locations import printable

_KINDS: dict[int, ItemKind] = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}
_GONE = (FileNotFoundError, NotADirectoryError)
_SAMPLE = 200
"""How many names of a folder are read to find one whose case can be turned over."""


class Seen(NamedTuple):
    """A real folder: its device, the id of the place that renames stay within, and the topmost folder of that place in the root."""

    device: int
    place: str
    top: str


class Looking:
    """One root, looked at by path. Folders seen are remembered until `forget`; what is not there is never remembered."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._base = root if root.endswith(os.sep) else root + os.sep
        self._seen: dict[str, Seen] = {}
        self._folds: dict[str, bool] = {}
        self._kinds: dict[int, str] = {}
        self._systems = FileSystems()
        self._mark: tuple[int, int] | None = None

    def forget(self) -> None:
        """Look at everything anew from now on."""
        self._seen.clear()
        self._folds.clear()
        self._kinds.clear()
        self._systems = FileSystems()

    def root_seen(self) -> tuple[int, int] | None:
        """Return the device and inode of the root's folder as it was first seen, None before that."""
        return self._mark

    def knows(self, rel: str) -> bool:
        """Say whether folder `rel` has been looked at since the last `forget`."""
        return rel in self._seen

    def path(self, rel: str) -> str:
        """Return the full path of `rel`."""
        return self._base + rel if rel else self._root

    def identity(self) -> str:
        """Return the id of the file system at the root's top, or "" where there is no folder."""
        try:
            seen = os.stat(self._root)
            return self._systems.id_of(seen.st_dev, self._root)
        except OSError:
            return ""

    def number(self) -> int:
        """Return the inode number of the root's own folder, 0 where there is no folder."""
        try:
            return os.stat(self._root).st_ino
        except OSError:
            return 0

    def identity_of(self, device: int, rel: str) -> str:
        """Return the id of the file system with this st_dev, on which `rel` lies."""
        return self._systems.id_of(device, self.path(rel))

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, or None where there is nothing, or only a link or a file on the way."""
        folder = split(rel)[0] if rel else ""
        if folder not in self._seen and self.folder(folder) is None:
            return None
        path = self._base + rel
        try:
            seen = os.lstat(path)
        except _GONE:
            return None
        return as_item(rel, seen, self._systems.id_of(seen.st_dev, path))

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (uid, gid) of the item at `rel`. Raises OSError where there is nothing, or only a link or a file on the way."""
        if self.folder(split(rel)[0] if rel else "") is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.path(rel))
        seen = os.lstat(self.path(rel))
        return seen.st_uid, seen.st_gid

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None as `stat` would."""
        if self.folder(rel.rpartition("/")[0]) is None:
            return None
        try:
            seen = os.lstat(self._base + rel)
        except _GONE:
            return None
        return seen.st_ino, seen.st_size, seen.st_mtime_ns

    def folder(self, rel: str) -> Seen | None:
        """Return what is known of folder `rel`, or None where there is no folder. OSError where the root itself is not there."""
        known = self._seen.get(rel)
        if known is not None:
            return known
        way: list[str] = []
        while rel and known is None:
            way.append(rel)
            rel = split(rel)[0]
            known = self._seen.get(rel)
        known = known or self._look_at_root()
        for each in reversed(way):
            known = self._below(known, each)
            if known is None:
                return None
        return known

    def _below(self, up: Seen, rel: str) -> Seen | None:
        """Return what is known of folder `rel`, that above it being known."""
        path = self._base + rel
        try:
            seen = os.lstat(path)
        except _GONE:
            return None
        if not stat.S_ISDIR(seen.st_mode):
            return None
        if seen.st_dev == up.device and not self._systems.is_mount_point(path):
            known = up
        else:
            place = self._systems.place_of(seen.st_dev, path)
            known = Seen(seen.st_dev, place, up.top if place == up.place else rel)
        self._seen[rel] = known
        return known

    def nearest(self, rel: str) -> Seen:
        """Return what is known of folder `rel` or its nearest existing parent."""
        return self._nearest(rel)[0]

    def space(self, rel: str) -> Space:
        """Return the room on the file system of folder `rel` or its nearest existing parent."""
        path = self.path(self._nearest(rel)[1])
        names = self._systems.names_of(path)
        if not hasattr(os, "statvfs"):
            import shutil

            usage = shutil.disk_usage(path)
            return Space(usage.free, usage.total, names=names)
        seen = os.statvfs(path)
        free, total, inodes = seen.f_bavail * seen.f_frsize, seen.f_blocks * seen.f_frsize, seen.f_favail if seen.f_files else -1
        return Space(free, total, inodes, seen.f_namemax or 255, system_calls.longest_path(path), max(seen.f_frsize, 1), names)

    def unwritable(self, rel: str) -> str | None:
        """Say why nothing can be made in folder `rel` or its nearest existing parent, or None."""
        try:
            _, at = self._nearest(rel)
            if at != rel:
                missing = self._base + (f"{at}/" if at else "") + rel[len(at) :].lstrip("/").partition("/")[0]
                if os.path.lexists(missing):
                    return f"{printable(missing)} is a link or a file, not a folder"
            path = self.path(at)
            if hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY:
                return f"the file system of {printable(path)} is mounted read-only"
            if os.access in os.supports_effective_ids:
                allowed = os.access(path, os.W_OK | os.X_OK, effective_ids=True)
            else:
                allowed = os.access(path, os.W_OK | os.X_OK)
        except OSError as trouble:
            return f"{printable(str(trouble.filename or self._root))}: {trouble.strerror}"
        return None if allowed else f"this process may not write in {printable(path)}"

    def folds(self, rel: str) -> bool:
        """Say whether folder `rel` or its nearest existing parent takes names that differ only by case for one; writes nothing."""
        seen, at = self._nearest(rel)
        path = self.path(at)
        kind = self._kinds.get(seen.device)
        if kind is None:
            kind = self._kinds[seen.device] = self._systems.kind_of(path)
        key = at if kind in FOLDS_BY_FOLDER else f"/{seen.device}"
        known = self._folds.get(key)
        if known is None:
            known = self._folds[key] = self._told_to_fold(path, kind)
        return known

    def _told_to_fold(self, path: str, kind: str) -> bool:
        marked = system_calls.folder_folds(path) if kind in FOLDS_BY_FOLDER or not kind else None
        if marked is not None:
            return marked
        told = _told_by_a_name(path)
        if told is None and kind not in FOLDS_BY_FOLDER:
            told = _told_by_its_way(path)
        return self._systems.format_of(path) in FOLDING if told is None else told

    def _nearest(self, rel: str) -> tuple[Seen, str]:
        at = rel
        while (seen := self.folder(at)) is None:
            if at == "":
                raise FileNotFoundError(errno.ENOENT, "the store's folder is not there", self._root)
            at = split(at)[0]
        return seen, at

    def _look_at_root(self) -> Seen:
        seen = os.stat(self._root)
        if not stat.S_ISDIR(seen.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "what is in the place of the store's folder is no folder", self._root)
        mark = (seen.st_dev, seen.st_ino)
        if self._mark not in (None, mark):
            raise OSError(
                errno.ESTALE, "another folder is in the place of the store's folder now (was its disk unmounted?)", self._root
            )
        self._mark = mark
        known = self._seen[""] = Seen(seen.st_dev, self._systems.place_of(seen.st_dev, self._root), "")
        return known


def as_item(rel: str, seen: os.stat_result, fs: str) -> Item:
    """Return the item that an lstat showed at `rel`, on the file system with identity `fs`."""
    mode = seen.st_mode
    kind = _KINDS.get(mode & 0o170000, "other")
    return Item(rel, kind, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_nlink, mode & 0o7777, fs)


def _told_by_a_name(path: str) -> bool | None:
    """Find a name with letters in a folder and look for it in the other case; None where no name tells."""
    names: list[str] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= _SAMPLE:
                    break
        for name in names:
            told = _told_by(path, name)
            if told is not None:
                return told
    except OSError:
        return None
    return None


def _told_by_its_way(path: str) -> bool | None:
    """Look for the folder itself, then for each above it on the same file system, in the other case; None where none tells."""
    with contextlib.suppress(OSError):
        device = os.lstat(path).st_dev
        above, name = os.path.split(path)
        while name and os.lstat(above).st_dev == device:
            told = _told_by(above, name)
            if told is not None:
                return told
            above, name = os.path.split(above)
    return None


def _told_by(folder: str, name: str) -> bool | None:
    """Look for a name that stands in a folder in the other case; None where it tells nothing. Raises OSError."""
    other = name.swapcase()
    if other == name or other.swapcase() != name:
        return None
    mine = os.lstat(os.path.join(folder, name))
    try:
        found = os.lstat(os.path.join(folder, other))
    except FileNotFoundError:
        return False
    if not os.path.samestat(mine, found):
        # Another file, if the folder lists it; else some FUSE mount that gives each spelling a number of its own.
        return other not in os.listdir(folder)
    return True if mine.st_nlink == 1 or stat.S_ISDIR(mine.st_mode) else None
