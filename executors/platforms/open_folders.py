"""Open folders: every verb works relative to one, reached part by part from the root without following a link.

What holds: a folder is opened part by part, each part a real folder, starting at the root's own descriptor; so nothing
swapped in on the way can lead outside. A descriptor is reused until `forget()`, which the runner calls at the start of every
batch. A folder that somebody else renames within a batch keeps receiving that batch's renames where it now is; one that is
removed takes nothing (the system says it is gone); the next batch looks anew. The folder at the root's path must stay the one
first opened: a disk that went away and left its empty mount point is refused, not filled.

A descriptor closes when nobody holds its `Folder` any more, so one in use is never closed by the cache, nor its number reused.
That leans on reference counting; other interpreters close it later, never earlier.
"""

import errno
import os
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from reshelve.executors.platforms import system_calls

_NEVER = frozenset(("", ".", ".."))
_WINDOWS = os.sep == "\\"


class Folder:
    """One open folder. Names in it are reached as (`base` + name, dir_fd=`fd`): `base` is "" unless there are no descriptors."""

    __slots__ = ("at", "base", "fd")

    def __init__(self, fd: int | None, base: str) -> None:
        self.fd = fd
        self.base = base
        self.at = system_calls.AT_CWD if fd is None else fd

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        if self.fd is not None:
            close(self.fd)


def split(rel: str) -> tuple[str, str]:
    """Return (folder, name) of a path below the root. Raises OSError(EINVAL) for a path that could be none."""
    folder, slash, name = rel.rpartition("/")
    if name in _NEVER or "\0" in name or (slash and not folder) or (_WINDOWS and ("\\" in rel or ":" in rel)):
        raise OSError(errno.EINVAL, "not a path below a store", rel)
    return folder, name


def plain_name(name: str) -> bool:
    """Say whether `name` can be the last part of a path below the root."""
    return name not in _NEVER and "\0" not in name and not (_WINDOWS and ("\\" in name or ":" in name))


class Folders:
    """Open folders of one root, at most `limit` of them kept, the least recently used let go first. Safe to share by threads.

    `expected` returns what was seen at the root's path before it is first opened, (device, inode); None for nothing that lasts.
    """

    def __init__(self, root: str, limit: int, expected: Callable[[], tuple[int, int] | None] = lambda: None) -> None:
        self._root = root
        self._limit = max(limit, 1)
        self._open: OrderedDict[str, Folder] = OrderedDict()
        self._known: set[str] = set()
        self._expected = expected
        self._mark: tuple[int, int] | None = None
        self._first: Folder | None = None
        self._lock = Lock()

    def get(self, rel: str) -> Folder:
        """Return the open folder `rel`. Raises OSError: FileNotFoundError, or NotADirectoryError where a part is a link or file."""
        with self._lock:
            folder = self._open.get(rel)
            if folder is not None:
                self._open.move_to_end(rel)
                return folder
            return self._reach(rel)

    def knows(self, rel: str) -> bool:
        """Say whether `rel` has been opened as a folder since the last `forget`."""
        return rel in self._known

    def forget(self) -> None:
        """Let go of all that is open; what is asked for next is looked up anew."""
        with self._lock:
            self._open.clear()
            self._known.clear()

    def close(self) -> None:
        """Let go of everything, the root too."""
        self.forget()
        self._first = None

    def _reach(self, rel: str) -> Folder:
        """Open `rel` from its nearest open ancestor on, remembering every folder on the way."""
        missing: list[str] = []
        at = rel
        folder = self._open.get(at)
        while folder is None and at:
            missing.append(at)
            at = split(at)[0]
            folder = self._open.get(at)
        if folder is None:
            folder = self._keep("", self._open_root())
        for part in reversed(missing):
            folder = self._keep(part, self._open_below(folder, part))
        return folder

    def _keep(self, rel: str, folder: Folder) -> Folder:
        self._open[rel] = folder
        self._known.add(rel)
        while len(self._open) > self._limit:
            self._open.popitem(last=False)
        return folder

    def _open_root(self) -> Folder:
        if system_calls.DIR_FDS:
            folder = Folder(self._opened(self._root, None), "")
            seen = os.fstat(folder.at)
        else:
            folder = Folder(None, os.path.join(self._root, ""))
            seen = os.lstat(self._root)
        mark = (seen.st_dev, seen.st_ino)
        if (self._mark or self._expected()) not in (None, mark):
            raise OSError(
                errno.ESTALE, "another folder is in the place of the store's folder now (was its disk unmounted?)", self._root
            )
        self._mark = mark
        # Held on to: some file systems number an inode anew once nobody holds it.
        self._first = self._first or folder
        return folder

    def _open_below(self, above: Folder, rel: str) -> Folder:
        name = rel.rpartition("/")[2]
        try:
            if system_calls.DIR_FDS:
                return Folder(self._opened(name, above.fd), "")
            if not os.path.isdir(above.base + name) or os.path.realpath(above.base + name) != above.base + name:
                os.stat(above.base + name)
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            return Folder(None, os.path.join(above.base + name, ""))
        except OSError as trouble:
            trouble.filename = os.path.join(self._root, rel)
            if trouble.errno in (errno.ENOTDIR, errno.ELOOP):
                what = "is a symbolic link or no folder; links are never followed"
                raise NotADirectoryError(errno.ENOTDIR, what, trouble.filename) from None
            raise

    def _opened(self, path: str, above: int | None) -> int:
        try:
            return os.open(path, system_calls.FOLDER, dir_fd=above)
        except OSError as trouble:
            if trouble.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._open.clear()
            return os.open(path, system_calls.FOLDER, dir_fd=above)
