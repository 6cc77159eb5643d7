"""Recover where a run had ended when it was cut short: its record is completed, and nothing else is pretended."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import run_end
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import RunStarted
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


def cut(*args: Any, **rest: Any) -> Any:
    raise PowerCut


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        (one.inbox / "a.mkv").write_text("film")
        yield one


@pytest.mark.parametrize(("how", "told"), [("rollback", ["ended-before"]), ("finish", []), (None, []), ("accept", [])])
def test_a_run_that_was_all_done_is_not_taken_back_and_says_so(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: Any, told: list[str]
) -> None:
    plan = plan_of(desk.stores, desk.planning.move("inbox:a.mkv", "shelf:a.mkv"))
    with monkeypatch.context() as patched:
        patched.setattr(run_end, "save_report", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    [report] = recover(desk.state, desk.stores, how=how, now=clock)
    assert report.outcome == "done"
    assert (desk.shelf / "a.mkv").read_text() == "film"
    assert [problem.code for problem in report.failures] == told
    for problem in report.failures:
        assert problem.hint == f"To take it back: reshelve undo {plan.run}"


def test_settling_a_run_says_how_many_operations_it_has_before_it_goes_on(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(desk.stores, desk.planning.move("inbox:a.mkv", "shelf:a.mkv"))
    with monkeypatch.context() as patched:
        patched.setattr("reshelve.executors.runs.run_execution.Execution._perform_batch", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    seen: list[object] = []
    recover(desk.state, desk.stores, how="finish", emit=seen.append, now=clock)
    kinds = [type(event).__name__ for event in seen]
    assert seen[0] == RunStarted(plan.run, 1, 0) and kinds[-1] == "RunSettled" and "Progress" in kinds
