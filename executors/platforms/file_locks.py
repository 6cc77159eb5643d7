"""Locks of open files: who holds one is alone, and it ends with the process, or with the last that inherited it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reshelve.executors.platforms.regular_files import open_regular


def try_lock(fd: int, how: int = fcntl.LOCK_EX) -> bool:
    """Take the lock of an open file (`how` of flock(2)), and say whether it was free. OSError where it cannot be locked at all."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def sole(path: Path) -> Iterator[int | None]:
    """Hold a lock file, which is made where it is not, and give its descriptor; None where another holds it. Raises OSError."""
    fd = open_regular(path, os.O_RDWR | os.O_CREAT)
    try:
        yield fd if try_lock(fd) else None
    finally:
        os.close(fd)


def is_held(path: Path) -> bool:
    """Say whether a process holds a lock file. Nothing is made. Raises OSError where it cannot be locked."""
    try:
        fd = open_regular(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not try_lock(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)
