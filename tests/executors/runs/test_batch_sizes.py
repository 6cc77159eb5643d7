"""Batches grow while they are quick and shrink while they are slow: a run says about every second how far it is."""

import pytest

from reshelve.executors.runs import batch_sizes
from reshelve.executors.runs.batch_sizes import BATCH, Pace
from reshelve.schemas.operations import Copy

COPIES = [Copy(f"inbox:{number}.mkv", f"shelf:{number}.mkv", 1, 1, number) for number in range(10_000)]


def sizes(pace: Pace, monkeypatch: pytest.MonkeyPatch, took: float) -> list[int]:
    """Return how many operations each batch has if each takes so many seconds."""
    now = [0.0]
    monkeypatch.setattr(batch_sizes, "monotonic", lambda: now[0])
    found = []
    for start, until in pace.batches(COPIES, 0, ()):
        found.append(until - start)
        now[0] += took
    assert sum(found) == len(COPIES)
    return found


def test_quick_batches_grow_and_slow_ones_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    quick, slow = sizes(Pace(), monkeypatch, 0.1), sizes(Pace(), monkeypatch, 5.0)
    assert quick[0] == slow[0] < BATCH / 8
    assert quick == sorted(quick[:-1]) + quick[-1:] and max(quick) > BATCH / 2
    assert set(slow[:-1]) == {slow[0]}


def test_one_that_became_slow_shrinks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace()
    grown = max(sizes(pace, monkeypatch, 0.1))
    shrunk = sizes(pace, monkeypatch, 5.0)
    assert shrunk[0] >= grown > shrunk[1] > shrunk[2]


def test_many_at_work_get_much_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sizes(Pace(24), monkeypatch, 5.0)[0] > BATCH / 2


def test_steps_are_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sizes, "monotonic", lambda: 0.0)
    found = list(Pace().steps(5_000))
    assert found[0] == (0, BATCH // 16) and found[-1][1] == 5_000
    assert [start for start, _ in found[1:]] == [until for _, until in found[:-1]]
