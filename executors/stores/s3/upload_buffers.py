"""Pieces of content on their way up: buffers that are used again, and bodies that a client takes in large bites."""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from threading import Lock, Thread
from typing import IO, Any, cast

from reshelve.executors.contracts.folder_store import Store

_BITE = 1 << 20


class Body(io.RawIOBase):
    """A piece as the body of a request. It is handed out a mebibyte at a time, whatever is asked: clients ask for sixteen KiB."""

    def __init__(self, piece: bytes | memoryview) -> None:
        self._piece = memoryview(piece)
        self._at = 0

    def read(self, size: int | None = -1) -> Any:
        """Return the next bite; all that is left where no size is given."""
        end = len(self._piece) if size is None or size < 0 else min(self._at + max(size, _BITE), len(self._piece))
        bite = self._piece[self._at : end]
        self._at = end
        return bite

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place in the piece."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._piece)}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the place in the piece."""
        return self._at

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True


def body(piece: bytes | memoryview) -> IO[Any]:
    """Return a piece as the body of a request."""
    return cast(IO[Any], Body(piece))


class Buffers:
    """Buffers of one size, used again: fresh ones of many MiB cost the system more than what is read into them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spare: list[bytearray] = []

    def take(self, size: int) -> bytearray:
        """Return a buffer of at least so many bytes."""
        with self._lock:
            while self._spare:
                spare = self._spare.pop()
                if len(spare) >= size:
                    return spare
        return bytearray(size)

    def give(self, piece: memoryview) -> None:
        """Take the buffer behind a piece back. Nobody may use the piece any more."""
        if isinstance(piece.obj, bytearray):
            with self._lock:
                self._spare.append(piece.obj)

    def clear(self) -> None:
        """Let go of what is spare."""
        with self._lock:
            self._spare.clear()


def pieces_of(source: Store, src: str, step: int, buffers: Buffers) -> Iterator[memoryview]:
    """Yield a file in pieces of `step` bytes, the last one smaller, each in a buffer that its user gives back."""
    with source.open(src) as file:
        while True:
            buffer = buffers.take(step)
            piece = memoryview(buffer)[:step]
            length = 0
            while length < step and (count := file.readinto(piece[length:])):  # type: ignore[attr-defined]
                length += count
            if not length:
                buffers.give(piece)
                return
            yield piece[:length]
            if length < step:
                return


def chunks_of(source: Store, src: str, start: int, length: int) -> Iterator[memoryview]:
    """Yield up to `length` bytes of a file from `start` on, a mebibyte at a time. A chunk holds until the next is asked for."""
    buffer = memoryview(bytearray(_BITE))
    with source.open(src) as file:
        file.seek(start)
        while length > 0 and (count := file.readinto(buffer[:length])):  # type: ignore[attr-defined]
            yield buffer[:count]
            length -= count


class SumsAhead:
    """The MD5s of a file's parts, taken in order while somebody else reads the same file, by all cores but that reader's.

    `found` holds one a part; None where there was no time for it, or where it could not be read.
    """

    def __init__(self, source: Store, src: str, size: int, step: int) -> None:
        self.found: list[bytes | None] = [None] * -(-size // step)
        self._source, self._src, self._step = source, src, step
        self._left = iter(range(len(self.found)))
        self._lock = Lock()
        self._over = False
        self._threads = [Thread(target=self._sum, daemon=True) for _ in range(min(len(self.found), _cores() - 1))]

    def __enter__(self) -> "SumsAhead":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for thread in self._threads:
            thread.join()

    def _sum(self) -> None:
        with contextlib.suppress(OSError):  # whoever sends the part meets it again, and tells
            while not self._over and (part := self._next()) is not None:
                found = hashlib.md5(usedforsecurity=False)
                for chunk in chunks_of(self._source, self._src, part * self._step, self._step):
                    found.update(chunk)
                self.found[part] = found.digest()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._left, None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def md5(piece: bytes | memoryview) -> bytes:
    """Return the MD5 of a piece, by which a service tells what arrived."""
    return hashlib.md5(piece, usedforsecurity=False).digest()
