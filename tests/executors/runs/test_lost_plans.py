"""Recover where the plan of a killed run is lost or damaged: nothing is touched, and there is a way on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.documents.source_lines import unreadable
from reshelve.schemas.operations import Write
from reshelve.schemas.problems import ReshelveError
from tests.support.killed_runs import PowerCut, cut, killed, recovered, standing, steps
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk

LOST: dict[str, Callable[[Path, UndoDesk], Any]] = {
    "gone": lambda path, _: path.unlink(),
    "emptied": lambda path, _: path.write_bytes(b""),
    "cut": lambda path, _: path.write_bytes(path.read_bytes()[:-40]),
    "edited": lambda path, _: path.write_bytes(path.read_bytes().replace(b"film", b"flim").replace(b".mkv", b".avi")),
    "another's": lambda path, desk: path.write_bytes(_plan_bytes(desk)),
}


def _plan_bytes(desk: UndoDesk) -> bytes:
    from reshelve.schemas.documents.plan_files import plan_bytes

    return plan_bytes(plan_of(desk.stores, Write("shelf:other", "x")))


@pytest.mark.parametrize("how", [None, "rollback", "finish", "stop"])
@pytest.mark.parametrize("lost", LOST)
def test_a_damaged_plan_is_told_with_a_way_on(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, lost: str, how: Any) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    before = standing(desk)
    plan = path.with_name("plan.json")
    LOST[lost](plan, desk)
    with pytest.raises(ReshelveError) as refused:
        recovered(desk, how)
    [problem] = refused.value.problems
    assert (refused.value.kind, problem.code, problem.path) == ("unsettled", "plan-lost", str(plan))
    assert "reshelve recover --accept" in problem.hint and "put it back" in problem.hint
    assert standing(desk) == before


@pytest.mark.parametrize("lost", LOST)
def test_a_run_without_its_plan_is_accepted_as_it_stands(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    before = standing(desk)
    LOST[lost](path.with_name("plan.json"), desk)
    report = recovered(desk, "accept")
    assert (report.outcome, report.done, report.lost) == ("stopped", 0, True)
    told = {problem.path: problem.detail for problem in report.failures}
    assert {"inbox:", "shelf:", "shelf:copied.txt", "shelf:made.json"} <= told.keys()
    assert "made by this run, a file of" in told["shelf:copied.txt"]
    assert f"inbox:.reshelve-trash/{report.run}" in told
    assert standing(desk) == before
    assert desk.state.unsettled() == []
    assert [summary.lost for summary in desk.state.runs()] == [True]
    done = desk.do(desk.planning.move("shelf:0.mkv", "shelf:again.mkv"))
    desk.undo(done)


def test_a_copy_that_never_got_its_name_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = desk.planning.copy("inbox:copy/me.txt", "shelf:copied.txt")
    plan = plan_of(desk.stores, copy)
    tmp = f"shelf:.reshelve-{plan.run}-0.tmp"
    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "rename", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    assert (desk.shelf / tmp.partition(":")[2]).exists()
    (desk.state.folder_of(plan.run) / "plan.json").unlink()
    report = recovered(desk, "accept")
    told = {problem.path: problem.detail for problem in report.failures}
    assert "a copy of this run that never got its name" in told[tmp]
    assert not [detail for detail in told.values() if "in no folder" in detail]


def test_an_unfinished_copy_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(desk.stores, desk.planning.copy("inbox:copy/me.txt", "shelf:copied.txt"))
    tmp = desk.shelf / f".reshelve-{plan.run}-0.tmp"
    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "copy_to", lambda *args, **rest: cut(tmp.write_bytes(b"half")))
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    (desk.state.folder_of(plan.run) / "plan.json").unlink()
    report = recovered(desk, "accept")
    assert f"shelf:{tmp.name}" in {problem.path for problem in report.failures}


def test_a_plan_that_may_not_be_read_is_not_lost(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch).with_name("plan.json")

    def refusing(path: Path, *_: object) -> Any:
        raise unreadable(path, PermissionError(13, "Permission denied")) from PermissionError(13, "Permission denied")

    monkeypatch.setattr("reshelve.executors.state.run_records.load_plan", refusing)
    with pytest.raises(ReshelveError) as refused:
        recovered(desk, "accept")
    assert refused.value.problems[0].code == "document-unreadable"
    assert path.exists() and desk.state.unsettled()


def test_a_plan_put_back_lets_it_recover(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch).with_name("plan.json")
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(ReshelveError):
        recovered(desk)
    path.write_bytes(kept)
    assert recovered(desk).outcome == "rolled-back"
    assert standing(desk) == before


def test_a_run_of_which_only_the_report_is_left_stays_in_the_log(desk: UndoDesk) -> None:
    done = desk.do(desk.planning.move("inbox:0.mkv", "shelf:0.mkv"))
    folder = desk.state.folder_of(done.plan.run)
    for lost in ("plan.json", "journal.ndjson"):
        (folder / lost).unlink()
    [told] = desk.state.runs()
    assert (told.id, told.outcome) == (done.plan.run, "done")
    (folder / "report.json").write_text('{"somebody": "else\'s"}')
    [told] = desk.state.runs()
    assert (told.id, told.outcome) == (done.plan.run, "unsettled")
    assert [problem.code for problem in desk.state.damage_of(done.plan.run)] == ["plan-lost", "journal-damaged"]
