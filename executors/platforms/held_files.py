"""One open file, and whether anybody may be writing to it: Linux says by a lease, which sees every program, and mappings too.

A read lease (fcntl(2), F_SETLEASE) is given only while nobody has the file open for writing, and a shared writable mapping keeps
it open. Whoever opens it for writing meanwhile waits until the lease is given back, which is known here. It is held for moments
only. The superuser may have one on every file, others on their own.
"""

import os
import signal
import sys
from contextlib import suppress

from reshelve.executors.platforms.folder_events import tells_everything
from reshelve.executors.platforms.path_lookup import as_item
from reshelve.schemas.inventory import Item

_LOOK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_SET_SIGNAL = 10
"""F_SETSIG, which the module fcntl does not name."""


class HeldFile:
    """An open regular file, looked at by itself and not by its name. `fs` is the id of its file system; `close` gives it back."""

    def __init__(self, fd: int, rel: str, fs: str) -> None:
        self._fd = fd
        self._rel = rel
        self._fs = fs
        # An overlay does not see mappings: they are of the file below.
        self._alone = None if fs.startswith("overlay") else _lease(fd)

    def item(self) -> Item:
        """Return what the file is now."""
        return as_item(self._rel, os.fstat(self._fd), self._fs)

    def alone(self) -> bool | None:
        """Say whether nobody has had it open for writing since this began, or has asked to; None where that cannot be told."""
        if self._alone:
            self._alone = _stands(self._fd)
        return self._alone

    def close(self) -> None:
        """Let go of it: whoever waits to write to it goes on."""
        with suppress(OSError):
            os.close(self._fd)


def alone(path: str, fs: str) -> bool | None:
    """Say whether nobody has the regular file at `path` open for writing; None where that cannot be told, also of what is no file.

    `fs` is the id of its file system. It is held for no longer than that takes, and looked up by its path alone.
    """
    if sys.platform != "linux":
        return None
    try:
        fd = os.open(path, _LOOK)
    except OSError:
        return None
    try:
        told = _lease(fd)
    finally:
        os.close(fd)
    # Others may write from elsewhere, or below.
    sure = tells_everything(fs) and not fs.startswith("overlay")
    return told if sure or told is False else None


if sys.platform == "linux":
    import fcntl

    def _lease(fd: int) -> bool | None:
        try:
            # A signal tells that somebody waits: one that is ignored unless asked for.
            fcntl.fcntl(fd, _SET_SIGNAL, signal.SIGURG)
            fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True

    def _stands(fd: int) -> bool:
        return fcntl.fcntl(fd, fcntl.F_GETLEASE) == fcntl.F_RDLCK

else:

    def _lease(fd: int) -> bool | None:  # noqa: ARG001
        return None

    def _stands(fd: int) -> bool:  # noqa: ARG001
        return False
