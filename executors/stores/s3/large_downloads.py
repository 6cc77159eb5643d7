"""Fetching: a large object into a new file, in one answer while that comes fast, else in ranges side by side.

One answer costs a service the least, and comes in the order in which it is hashed. Over a long way no single answer is fast,
however many there is room for: then several come at once.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from reshelve.executors.contracts.folder_store import BLOCK, Receiver
from reshelve.executors.contracts.object_store import Progress
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.object_bodies import Coming
from reshelve.executors.stores.transfer_memory import MEMORY

_WRITING = 2
"""How many blocks of one answer are written while the next is filled."""
_TRIED = 2
"""For how many ranges' length one answer is tried before it counts as slow."""
_RANGES = 6
"""How many ranges of one object come at once."""
_AHEAD = 6
"""How many ranges the last that was begun may be ahead of the first that is not there yet: they wait for it to be hashed."""


class Fetch:
    """One object on its way into a new file. `etag` says which; it is OSError(ESTALE) where there is another by now.

    `progress` is told of bytes as they are written; `cancelled` raises when the fetch is to end.
    """

    def __init__(
        self,
        bucket: Bucket,
        rel: str,
        etag: str,
        size: int,
        into: Receiver,
        progress: Progress | None,
        cancelled: Callable[[], None],
    ) -> None:
        self._bucket = bucket
        self._rel = rel
        self._etag = etag
        self._size = size
        self._into = into
        self._progress = progress
        self._cancelled = cancelled

    def fetch(self) -> None:
        """Fetch all of it. Raises OSError; then the file holds a part."""
        at = self._in_one()
        if at < self._size:
            self._side_by_side(at)

    def _in_one(self) -> int:
        """Receive one answer from the beginning on, for as long as it comes fast; return how far that went."""
        bucket, writing = self._bucket, deque[Future[int]]()
        step, fast = bucket.settings.range_size, bucket.settings.one_answer
        offset, seconds = 0, 0.0
        try:
            with self._range(0, self._size) as coming:
                while offset < self._size and (offset < _TRIED * step or offset >= fast * seconds):
                    self._cancelled()
                    MEMORY.take(BLOCK)
                    try:
                        block = self._into.block()[: min(BLOCK, step, self._size - offset)]
                        began = time.monotonic()
                        coming.fill(block)
                        seconds += time.monotonic() - began
                    except BaseException:
                        MEMORY.give(BLOCK)
                        raise
                    writing.append(bucket.pool.submit(self._write, offset, block))
                    offset += len(block)
                    while len(writing) > _WRITING:
                        self._count(writing.popleft())
            while writing:
                self._count(writing.popleft())
        finally:
            wait(writing)
        return offset

    def _write(self, offset: int, block: memoryview) -> int:
        try:
            self._into.write_at(offset, block)
        finally:
            MEMORY.give(BLOCK)
        return len(block)

    def _side_by_side(self, at: int) -> None:
        """Receive what is left from `at` on in ranges."""
        step = self._bucket.settings.range_size
        going: dict[Future[int], int] = {}

        def settle(most: int) -> None:
            """Wait until at most so many are under way, and none so far behind that the others would pile up."""
            while going and (len(going) > most or start - min(going.values()) >= _AHEAD * step):
                self._cancelled()
                for each in wait(going, return_when=FIRST_COMPLETED).done:
                    del going[each]
                    self._count(each)

        start = at
        try:
            for start in range(at, self._size, step):
                settle(_RANGES - 1)
                self._cancelled()
                # Here, and not by the threads of the pool: what others hold is given back by those.
                MEMORY.take(BLOCK)
                going[self._bucket.pool.submit(self._one, start, min(start + step, self._size))] = start
            settle(0)
        except BaseException:
            for each in going:
                if each.cancel():
                    MEMORY.give(BLOCK)
            wait(going)
            raise

    def _one(self, start: int, end: int) -> int:
        try:
            with self._range(start, end) as coming:
                for offset in range(start, end, BLOCK):
                    block = self._into.block()[: min(BLOCK, end - offset)]
                    coming.fill(block)
                    self._into.write_at(offset, block)
        finally:
            MEMORY.give(BLOCK)
        return end - start

    def _range(self, start: int, end: int) -> Coming:
        return Coming(self._bucket, self._rel, self._etag, start, end)

    def _count(self, written: Future[int]) -> None:
        count = written.result()
        if self._progress is not None:
            self._progress(count)
