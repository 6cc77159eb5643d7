"""May a plan run? Which runs count as cut short while others begin and end at the same moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs import may_run
from reshelve.executors.state import runs_at_work
from reshelve.executors.state.lock_holders import Holder
from reshelve.executors.state.root_locks import locked
from reshelve.schemas.problems import ReshelveError
from tests.support.killed_runs import killed, recovered
from tests.support.plans import plan_of
from tests.support.undodesk import UndoDesk, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        yield one


@pytest.fixture
def run(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a run that has not settled."""
    plan = plan_of(desk.stores, desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    killed(desk, plan, monkeypatch)
    return plan.run


def test_a_run_that_a_living_process_is_at_work_on_was_not_cut_short(desk: UndoDesk, run: str) -> None:
    """Of several processes that applied one plan at once, one was told that the run of another was cut short."""
    with locked([str(desk.state.folder)], f"apply {run}", desk.state):
        assert may_run.unsettled(desk.state) == []
        may_run.refuse_unsettled(desk.state)
    [problem] = may_run.unsettled(desk.state)
    assert (problem.code, problem.path) == ("unsettled-run", run)
    with pytest.raises(ReshelveError, match="never settled"):
        may_run.refuse_unsettled(desk.state)


def test_a_run_that_ends_while_it_is_looked_for_was_not_cut_short(
    desk: UndoDesk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(folder: str) -> Holder | None:
        monkeypatch.undo()
        recovered(desk)
        return None

    monkeypatch.setattr(runs_at_work, "holder_of", ends)
    assert may_run.unsettled(desk.state) == []


def test_a_plan_that_is_being_applied_is_waited_for(desk: UndoDesk, run: str) -> None:
    """Whoever applied it a second time was told to recover a run that was at work."""
    plan = desk.state.plan_of(run)
    with locked([str(desk.state.folder)], f"apply {run}", desk.state), pytest.raises(ReshelveError) as caught:
        may_run.refuse_unfit(plan, desk.state)
    assert (caught.value.kind, caught.value.problems[0].detail) == ("locked", f"Run {run} is under way.")
    with pytest.raises(ReshelveError) as caught:
        may_run.refuse_unfit(plan, desk.state)
    assert (caught.value.kind, caught.value.problems[0].code) == ("stale", "plan-used")
    assert "reshelve recover" in caught.value.problems[0].hint
