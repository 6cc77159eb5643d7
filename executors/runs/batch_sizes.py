"""Batches of operations: as many as are done in about a second, so that whoever watches a run sees it go on."""

from collections.abc import Collection, Iterator, Sequence
from time import monotonic

from reshelve.schemas.carried_bytes import carried
from reshelve.schemas.operations import AnyOperation

BATCH = 4096
BATCH_BYTES = 256 << 20
"""Operations, and bytes carried, of the largest batch."""
_FIRST = 16
"""How many times smaller the first one is, and the smallest, for each that works at one time: many work badly on little."""
_LONG = 1.0
"""Seconds after which a batch was too large; after half of that the next may be larger."""


class Pace:
    """How large the next batch is, by how long those before it took."""

    def __init__(self, jobs: int = 1) -> None:
        self._least = self._share = min(1.0, jobs / _FIRST)

    def batches(self, operations: Sequence[AnyOperation], start: int, buckets: Collection[str]) -> Iterator[tuple[int, int]]:
        """Yield the batches from operation `start` on, each as [from, until): the next is asked for once one is done."""
        while start < len(operations):
            until, weight, most, heaviest = start, 0, self._of(BATCH), self._of(BATCH_BYTES)
            while until < len(operations) and until - start < most and weight < heaviest:
                size = carried(operations[until], buckets).progress
                if size:
                    weight += size + 65536
                until += 1
            yield from self._timed(start, until)
            start = until

    def steps(self, total: int) -> Iterator[tuple[int, int]]:
        """Yield batches of `total` things that are alike, as above."""
        start = 0
        while start < total:
            until = min(total, start + self._of(BATCH))
            yield from self._timed(start, until)
            start = until

    def _timed(self, start: int, until: int) -> Iterator[tuple[int, int]]:
        began = monotonic()
        yield start, until
        took = monotonic() - began
        if took > _LONG:
            self._share = max(self._least, self._share / 2)
        elif took < _LONG / 2:
            self._share = min(1.0, self._share * 2)

    def _of(self, most: int) -> int:
        return max(min(most, _FEWEST), int(most * self._share))


_FEWEST = 256
"""What a limit is never divided below."""
