"""Names read side by side say what they say one by one, in their order, whoever fails."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from reshelve.executors.platforms.worker_processes import Workers
from reshelve.planner.recognise.parallel_names import SERVE, PooledRecogniser, packed
from reshelve.planner.recognise.recogniser import NameRecogniser

SLOW = [f"Some Words {number} Of A Title {number % 7}.avi" for number in range(200)]
NAMES = [*SLOW[:100], "Show.S01E02.mkv", "l\udcff長 x.mkv", "", *SLOW[100:], "Heat (1995).mkv"]


class Here:
    """A pool that answers here, fails at every third question, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, questions: Iterable[Any]) -> Iterator[Any]:
        for at, rels in enumerate(questions):
            self.asked += len(rels)
            yield None if at % 3 == 0 else [packed(NameRecogniser().read(rel)) for rel in rels]


@pytest.mark.slow
def test_plain_names_are_read_here_and_failures_too() -> None:
    pool = Here()
    assert PooledRecogniser(pool).read_all(NAMES) == NameRecogniser().read_all(NAMES)
    assert 150 <= pool.asked <= len(NAMES) - 3


def test_a_few_names_ask_nobody() -> None:
    pool = Here()
    assert PooledRecogniser(pool).read_all(NAMES[:20]) == NameRecogniser().read_all(NAMES[:20])
    assert pool.asked == 0


@pytest.mark.slow
def test_real_workers() -> None:
    workers = Workers(SERVE, 2)
    try:
        assert PooledRecogniser(workers).read_all(NAMES) == NameRecogniser().read_all(NAMES)
    finally:
        workers.close()


def test_workers_answer_in_order_and_one_that_ends_fails_alone() -> None:
    serve = "import sys, json\nfor line in sys.stdin:\n  n = json.loads(line)\n  n == 3 and sys.exit()\n  print(n * n, flush=True)"
    workers = Workers(serve, 2)
    try:
        assert list(workers.ask(range(6))) == [0, 1, 4, None, 16, 25]
        assert list(workers.ask([7])) == [49]
    finally:
        workers.close()


def test_workers_that_cannot_start_fail() -> None:
    workers = Workers("raise SystemExit", 1)
    try:
        assert list(workers.ask([1, 2])) == [None, None]
    finally:
        workers.close()
