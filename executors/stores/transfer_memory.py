"""Memory for content on its way: one bound on what all transfers of this process hold at once, however many and large they are.

A transfer that streams takes a mebibyte or two of its own. What has to lie in memory whole, a block until the disk has it or a part
of a folder that is packed on the way, waits here for its turn.
"""

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock
from types import TracebackType
from typing import Any

from reshelve.executors.platforms import system_calls

WORKING = 48 << 20
"""How many bytes all transfers hold at most while they are filled, sent or written."""
WAITING = 32 << 20
"""How many bytes that came before their turn are held at most, to be hashed in order."""

_LARGE = 128 << 10
"""Bytes from which a block of memory is one of its own; what malloc begins with (mallopt(3))."""
_M_MMAP_THRESHOLD = -3


class Budget:
    """Bounds the bytes that threads hold at once. More than the whole is let through alone.

    Whoever waits here must not be what others wait for that hold some: threads of a pool never do.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._free = size
        self._changed = Condition()

    @property
    def held(self) -> int:
        """How many bytes are held at this moment."""
        return self.size - self._free

    @contextmanager
    def hold(self, count: int) -> Iterator[None]:
        """Wait until there is room for so many bytes, and hold it."""
        self.take(count)
        try:
            yield
        finally:
            self.give(count)

    def take(self, count: int) -> None:
        """Wait until there is room for so many bytes, and take it."""
        count = min(count, self.size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= count)
            self._free -= count

    def fits(self, count: int) -> bool:
        """Take room for so many bytes if there is any now; say whether."""
        with self._changed:
            fits = count <= self._free
            self._free -= count if fits else 0
            return fits

    def give(self, count: int) -> None:
        """Give back what was taken."""
        with self._changed:
            self._free += min(count, self.size)
            self._changed.notify_all()


MEMORY = Budget(WORKING)
"""What the transfers of this process share."""


class Holding:
    """The pieces of memory that one transfer holds, in a `with` that gives back what is left, whatever became of it."""

    def __init__(self, memory: Budget = MEMORY) -> None:
        self._memory = memory
        self._lock = Lock()
        self._held: dict[int, int] = {}

    def __enter__(self) -> "Holding":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while self._held:
            self._memory.give(self._held.popitem()[1])

    def take(self, size: int) -> memoryview:
        """Wait until there is room for so many bytes, and return them."""
        self._memory.take(size)
        piece = memoryview(anonymous(size))
        with self._lock:
            self._held[id(piece.obj)] = size
        return piece

    def give(self, piece: memoryview) -> None:
        """Give a piece back, or a part of it. Nobody may use it any more."""
        with self._lock:
            size = self._held.pop(id(piece.obj), 0)
        self._memory.give(size)


def anonymous(size: int) -> mmap.mmap:
    """Return memory that goes back to the system when it is let go of, and is never shared with a process that is forked off.

    What malloc is given back of such a size, it keeps, in as many heaps as there are threads.
    """
    private: Any = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    return mmap.mmap(-1, size, **private)


def give_back_large() -> None:
    """Have malloc give large blocks back to the system as soon as they are let go of, where it is told so (glibc, mallopt(3)).

    By itself it learns from the first one to keep them, in as many heaps as there are threads: of what libraries hold on the way of
    24 transfers, that was some 50 MiB.
    """
    mallopt = getattr(system_calls.LIBC, "mallopt", None)
    if sys.platform == "linux" and mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
