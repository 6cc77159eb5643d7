"""Reading a file once before it is sent: what is recorded with an object has to be known when its upload is begun.

The MD5s of its parts are taken at the same time, as far as cores with nothing else to do come with them.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable
from threading import Lock, Semaphore, Thread

import xxhash

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.stores.object_metadata import Hashes
from reshelve.executors.stores.s3.upload_pieces import FilePiece, chunks_of


def read_through(source: Store, src: str, size: int, step: int, heed: Callable[[], None]) -> tuple[Hashes, list[FilePiece]]:
    """Read a file; return its hashes, and its parts of `step` bytes. `heed` raises once it is to end."""
    hashes, parts = Hashes(), list[tuple[int, bytes]]()
    with SumsAhead(source, src, size, step) as ahead, source.open(src) as file:
        for start in range(0, size, step):
            part, before = xxhash.xxh3_128(), hashes.size
            for chunk in chunks_of(file, start, min(step, size - start)):
                heed()
                hashes.update(chunk)
                part.update(chunk)
            parts.append((hashes.size - before, part.digest()))
        hashes.update(file.read(1))  # it may have grown
    return hashes, [
        FilePiece(source, src, number * step, length, content, ahead.md5(number, content))
        for number, (length, content) in enumerate(parts)
    ]


class SumsAhead:
    """The MD5s of a file's parts, taken in order while somebody else reads the same file."""

    def __init__(self, source: Store, src: str, size: int, step: int) -> None:
        self._found: dict[int, tuple[bytes, bytes]] = {}
        self._source, self._src, self._step = source, src, step
        self._count = -(-size // step)
        self._left = iter(range(self._count))
        self._lock = Lock()
        self._over = False
        self._threads: list[Thread] = []

    def __enter__(self) -> "SumsAhead":
        while len(self._threads) < min(self._count, _OTHERS) and _IDLE.acquire(blocking=False):
            self._threads.append(Thread(target=self._sum, daemon=True))
            self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for thread in self._threads:
            thread.join()
            _IDLE.release()

    def md5(self, part: int, content: bytes) -> bytes | None:
        """Return the MD5 of a part of which `content` is the XXH3, None where there was no time for it, or it was another then."""
        found = self._found.get(part)
        return found[0] if found is not None and found[1] == content else None

    def _sum(self) -> None:
        with contextlib.suppress(OSError), self._source.open(self._src) as file:  # whoever sends the part meets it again, and tells
            while not self._over and (part := self._next()) is not None:
                found, content = hashlib.md5(usedforsecurity=False), xxhash.xxh3_128()
                for chunk in chunks_of(file, part * self._step, self._step):
                    found.update(chunk)
                    content.update(chunk)
                self._found[part] = found.digest(), content.digest()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._left, None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_OTHERS = _cores() - 1
_IDLE = Semaphore(_OTHERS)
"""All cores but that of whoever reads: for all files together, as each file more keeps a core busy itself."""
