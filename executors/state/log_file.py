"""The file of a log: lines that several processes write, in order and whole, and its rotation.

Each line is written while the file itself is locked. Who rotates it holds the lock of the file that is renamed; who waited for it
sees that the name stands for another file now, and begins again. So no line is lost or torn, and nothing is kept open.
"""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from reshelve.executors.platforms.file_locks import try_lock

BEGINS = b'{"time":"'
"""How each line of a log begins. A file that begins otherwise is none, and stays as it is."""
PATIENCE = 2.0
"""Seconds to wait for who holds the lock. A line is written without it then: it is only not rotated."""
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)
_PAUSE = 0.002
_TRIES = 100


class LogFile:
    """A log's file: rotated before a line would make it longer than `size` bytes; `keep` old ones stay."""

    def __init__(self, path: Path, size: int, keep: int) -> None:
        self.path = path
        self._size = size
        self._keep = keep
        self._impatient = False

    def append(self, line: bytes) -> None:
        """Write a line, which ends in a line break. Raises OSError where it could not be written; then nothing of it was.

        A file that cannot be rotated grows on, and the OSError comes after the line was written.
        """
        unrotated: OSError | None = None
        for _ in range(_TRIES):
            fd = os.open(self.path, _FLAGS, 0o640)
            try:
                locked = self._locked(fd)
                if locked and not self._is_named(fd):
                    continue
                length = _length_of_log(fd)
                if locked and length and length + len(line) > self._size and unrotated is None:
                    try:
                        self._rotate()
                        continue
                    except OSError as trouble:
                        unrotated = trouble
                _write(fd, line, length, alone=locked)
            finally:
                os.close(fd)
            if unrotated is not None:
                raise unrotated
            return
        raise OSError("It is renamed again and again.")

    def _locked(self, fd: int) -> bool:
        """Lock an open file, and say whether it could be done. Whoever was stopped while it held the lock stops nobody else."""
        end = time.monotonic() + (0 if self._impatient else PATIENCE)
        try:
            while not try_lock(fd):
                if time.monotonic() >= end:
                    self._impatient = True
                    return False
                time.sleep(_PAUSE)
        except OSError:
            return True  # a file system without locks: two that rotate at once give a file one number more
        self._impatient = False
        return True

    def _is_named(self, fd: int) -> bool:
        """Say whether an open file still has the log's name."""
        try:
            return os.path.samestat(os.fstat(fd), os.stat(self.path, follow_symlinks=False))
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        """Give each file the next number. Raises OSError; then the log has its name still. For who holds the log's lock."""
        names = [self.path, *(self.path.with_name(f"{self.path.name}.{number}") for number in range(1, self._keep + 1))]
        for name in names[1:]:
            _refuse_other(name)
        for older, name in reversed(list(zip(names[1:], names, strict=False))):
            with suppress(FileNotFoundError):
                os.replace(name, older)


def _length_of_log(fd: int) -> int:
    """Return the length of a log, after the end of its last line. Raises OSError of what is no log."""
    seen = os.fstat(fd)
    if not stat.S_ISREG(seen.st_mode):
        raise OSError("It is not a regular file.")
    if seen.st_size and os.pread(fd, len(BEGINS), 0) != BEGINS:
        raise OSError("The file there is not a log of reshelve, and stays as it is.")
    return seen.st_size


def _refuse_other(name: Path) -> None:
    """Raise OSError where something stands under a name that is no log."""
    try:
        fd = os.open(name, (_FLAGS & ~os.O_CREAT & ~os.O_RDWR) | os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        _length_of_log(fd)
    except OSError as trouble:
        raise OSError(f"It cannot be rotated. {name.name}: {trouble}") from None
    finally:
        os.close(fd)


def _write(fd: int, line: bytes, length: int, *, alone: bool) -> None:
    """Write a line whole, or nothing of it. One that a killed process left unended is ended first. Raises OSError."""
    if length and os.pread(fd, 1, length - 1) != b"\n" and alone:
        line = b"\n" + line
    written = os.write(fd, line)
    if written < len(line):
        if alone and os.fstat(fd).st_size == length + written:
            os.ftruncate(fd, length)
        raise OSError("There is no room for a line.")
