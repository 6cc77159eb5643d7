"""Random histories of people who share a bucket: nothing anybody made is lost, and everybody ends with the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.sync.decisions import Conflict, Decision, Download, Sides, Wish
from reshelve.planner.sync.reconcile import reconcile
from tests.support import syncworlds
from tests.support.shares import examples


@pytest.mark.drawn
@settings(max_examples=examples(400), deadline=None)
@given(seed=st.integers(0, 2**40))
def test_no_history_loses_what_nobody_let_go_of_and_all_settle_in_two_rounds(seed: int) -> None:
    world = syncworlds.history(random.Random(seed))
    assert not world.lost()
    assert world.settle() == []
    assert not world.lost()


def test_the_histories_find_a_sync_that_lets_the_last_one_win(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(sides: Sides, user: str, wish: Wish) -> list[Decision]:
        return [
            Download(each.name, each.theirs, over=each.mine) if isinstance(each, Conflict) else each
            for each in reconcile(sides, user, wish)
        ]

    monkeypatch.setattr(syncworlds, "reconcile", lambda sides, user, wish=syncworlds.USUAL: careless(sides, user, wish))
    assert any(syncworlds.history(random.Random(seed)).lost() for seed in range(100))
