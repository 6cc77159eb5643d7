"""Names read side by side: plain ones here, and those that need slow readers by workers, many to a question."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import Any, Protocol

from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser

SERVE = "from reshelve.planner.recognise.parallel_names import serve; serve()"
"""The statement a worker runs."""

_FEW = 150
"""Fewer slow names than this are read sooner than a worker starts."""
_A_QUESTION = 24


class Pool(Protocol):
    """Whatever answers questions side by side, in their order; None for one it failed at."""

    def ask(self, questions: Iterable[Any]) -> Iterator[Any]: ...


class PooledRecogniser(NameRecogniser):
    """Reads as NameRecogniser does, and many names side by side. A name that a worker fails at is read here."""

    __slots__ = ("_pool", "_started")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._started = False

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        """Return the facts of many items, in their order."""
        readings = [self.quick(rel) for rel in rels]
        slow = [at for at, reading in enumerate(readings) if reading is None]
        if self._started or len(slow) >= _FEW:
            self._started = True
            parts = [slow[start : start + _A_QUESTION] for start in range(0, len(slow), _A_QUESTION)]
            answers = self._pool.ask([[rels[at] for at in part] for part in parts])
            for part, answer in zip(parts, answers, strict=True):
                for at, row in zip(part, answer or (), strict=False):
                    readings[at] = unpacked(row)
        return [reading if reading is not None else self.read(rel) for rel, reading in zip(rels, readings, strict=True)]


def packed(reading: Reading) -> list[Any]:
    """Return a reading as JSON can hold it."""
    return [reading.facts, reading.sources, sorted(reading.doubtful), reading.alternatives]


def unpacked(row: Sequence[Any]) -> Reading:
    """Return the reading that was packed."""
    facts, sources, doubtful, alternatives = row
    # The few words for where a fact came from are one text each, not one for every fact of a million names.
    return Reading(facts, {name: intern(source) for name, source in sources.items()}, frozenset(doubtful), alternatives)


def serve() -> None:
    """Read the names of each line of standard input, a JSON list, and answer with a line of readings; until it ends."""
    recogniser = NameRecogniser()
    for line in sys.stdin:
        answer = [packed(recogniser.read(rel)) for rel in json.loads(line)]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
