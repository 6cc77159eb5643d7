"""A file that ends early: reading stops at so many bytes or so many seconds, whatever its headers promise."""

import os
import time
from collections.abc import Callable
from typing import BinaryIO


class BoundedFile:
    """A binary file for libraries that read one, of which at most `most` bytes are read, and none after `seconds`.

    Past a bound it reads as if it ended there, so that every library stops by its own rules. `exhausted` says that there
    were too many bytes, `interrupted` that time ran out or the disk failed: another day it may be read.
    """

    def __init__(
        self, file: BinaryIO, name: str, *, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.exhausted = False
        self.interrupted = False
        self._file = file
        self._left = most
        self._clock = clock
        self._until = clock() + seconds

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes (all that is left when negative); none once a bound is reached."""
        if self._clock() > self._until:
            self.interrupted = True
            return b""
        wanted = self._left + 1 if size is None or size < 0 else size
        allowed = min(wanted, self._left)
        try:
            content = self._file.read(allowed)
        except OSError:
            self.interrupted = True
            raise
        if allowed < wanted and len(content) == allowed:
            self.exhausted = True
        self._left -= len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and return it. One before the beginning raises OSError."""
        try:
            return self._file.seek(offset, whence)
        except (ValueError, OverflowError) as fault:
            raise OSError(str(fault)) from fault

    def tell(self) -> int:
        """Return where it stands."""
        return self._file.tell()
