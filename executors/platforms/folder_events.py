"""What changes in folders, as Linux tells it (inotify(7)), read here because what is lost must be seen to be lost.

The kernel keeps a limited queue: one that overruns says so in one event (IN_Q_OVERFLOW), which is all that a reader learns of what
it missed. Elsewhere, and on file systems that others write to over a network, there are no such events, or not all of them.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterator

from reshelve.schemas.quick_dataclasses import dataclass

CLOSED_AFTER_WRITING = 0x8
MOVED_OUT, MOVED_IN = 0x40, 0x80
CREATED, DELETED = 0x100, 0x200
SELF_DELETED, SELF_MOVED = 0x400, 0x800
UNMOUNTED, OVERFLOW, WATCH_GONE = 0x2000, 0x4000, 0x8000
IS_FOLDER = 0x40000000
_ONLY_FOLDERS, _NO_LINKS, _NOT_UNLINKED = 0x1000000, 0x2000000, 0x4000000
_WANTED = CLOSED_AFTER_WRITING | MOVED_OUT | MOVED_IN | CREATED | DELETED | SELF_DELETED | SELF_MOVED
_HEAD = struct.Struct("iIII")
_READ = 1 << 18

_LOCAL = frozenset((
    "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "zfs", "f2fs", "jfs", "reiserfs", "nilfs2", "ubifs", "tmpfs", "ramfs",
    "overlay", "vfat", "exfat", "msdos", "ntfs3", "hfs", "hfsplus", "udf",
))  # fmt: skip
"""The types of file systems that only this kernel writes to: it tells every change, and every open file.

Left out, with whatever is not named here: NFS, SMB, 9p, virtiofs, Ceph and the like, where others write unseen, and FUSE, where a
program does.
"""


def tells_everything(kind: str) -> bool:
    """Say whether this system tells every change on a file system of this type (its Linux name, or its id, "type:id")."""
    return sys.platform == "linux" and kind.partition(":")[0] in _LOCAL


class NoWatchLeftError(OSError):
    """The system gives no more watches: fs.inotify.max_user_watches, or max_user_instances."""


@dataclass(slots=True, frozen=True)
class FolderEvent:
    """What happened in the folder of `watch` to what is called `name` there, "" for the folder itself; `what` are flags."""

    watch: int
    what: int
    name: str


class FolderEvents:
    """The events of folders that are watched, in order. `fd` is readable while there are some. Raises OSError where there are none.

    Raises NoWatchLeftError where this user has as many readers of events as the system allows.
    """

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise OSError(errno.ENOSYS, "this system does not tell what changes in folders")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise _error(ctypes.get_errno(), "")

    def watch(self, folder: str) -> int:
        """Watch one folder, and not what is below it; return the number of the watch. A link is not followed.

        Raises NoWatchLeftError where there are no more; another OSError where this folder cannot be watched.
        """
        watch: int = self._libc.inotify_add_watch(
            self.fd, os.fsencode(folder), ctypes.c_uint32(_WANTED | _ONLY_FOLDERS | _NO_LINKS | _NOT_UNLINKED)
        )
        if watch < 0:
            raise _error(ctypes.get_errno(), folder)
        return watch

    def forget(self, watch: int) -> None:
        """Watch a folder no more. May run twice."""
        self._libc.inotify_rm_watch(self.fd, watch)

    def read(self) -> Iterator[FolderEvent]:
        """Yield what happened and was not read yet; waits for nothing."""
        while True:
            try:
                told = os.read(self.fd, _READ)
            except BlockingIOError:
                return
            at = 0
            while at < len(told):
                watch, what, _, length = _HEAD.unpack_from(told, at)
                at += _HEAD.size
                yield FolderEvent(watch, what, os.fsdecode(told[at : at + length].rstrip(b"\0")))
                at += length

    def close(self) -> None:
        """Let go of every watch. May run twice."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)


def _error(code: int, path: str) -> OSError:
    if code in (errno.ENOSPC, errno.EMFILE):
        return NoWatchLeftError(code, "the system gives no more watches on folders", path)
    return OSError(code, os.strerror(code), path)
