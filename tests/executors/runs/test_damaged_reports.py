"""Reports of runs: one that is damaged, or another run's, settles none and unsettles none; how a recovery is timed."""

from datetime import timedelta

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.schemas.operations import Write
from reshelve.schemas.problems import ReshelveError
from tests.support.killed_runs import killed, recovered, standing, steps
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk

NO_REPORTS = [b"", b"garbage", b"{}", b'{"kind": "report"}', b'{\n "run": "0123456789ab",\n "outcome": "done"\n}']


@pytest.mark.parametrize("report", NO_REPORTS)
def test_a_report_that_is_not_its_own_settles_no_run(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, report: bytes) -> None:
    before = standing(desk)
    plan = plan_of(desk.stores, *steps(desk))
    path = killed(desk, plan, monkeypatch)
    path.with_name("report.json").write_bytes(report)
    assert desk.state.unsettled() == [plan.run]
    with pytest.raises(ReshelveError) as caught:
        apply(plan_of(desk.stores, Write("shelf:more.json", "{}")), desk.stores, desk.state, now=clock)
    assert caught.value.kind == "unsettled"
    assert recovered(desk).outcome == "rolled-back"
    assert standing(desk) == before
    assert desk.state.unsettled() == []


def test_a_damaged_report_of_a_settled_run_unsettles_nothing(desk: UndoDesk) -> None:
    report = apply(plan_of(desk.stores, *steps(desk)), desk.stores, desk.state, now=clock)
    (desk.state.folder_of(report.run) / "report.json").write_bytes(b"garbage")
    assert desk.state.unsettled() == []
    assert desk.state.base() == report.run


def test_a_recovery_is_timed_from_its_own_start(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    moments = iter(clock() + timedelta(days=2, seconds=at) for at in range(10**6))
    [report] = recover(desk.state, desk.stores, now=lambda: next(moments))
    assert report.started < report.ended and 0 < report.seconds < 60
