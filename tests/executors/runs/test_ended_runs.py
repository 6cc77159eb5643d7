"""Recover where a run had ended when it was cut short: its record is completed, and nothing else is pretended."""

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import run_end
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import RunStarted
from reshelve.executors.runs.run_progress import by_journal
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.operations import MakeDir
from reshelve.schemas.plan import Rested
from tests.support.killed_runs import killed
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


def test_a_run_that_stopped_leaves_folders_in_which_nothing_of_it_stands_their_times(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.inbox / "sub").mkdir()
    (desk.inbox / "sub/b.mkv").write_text("another film")
    p = desk.planning
    kept, made = p.move("inbox:a.mkv", "inbox:c.mkv"), MakeDir("shelf:Show")
    plan = plan_of(desk.stores, kept, made, replace(p.move("inbox:sub/b.mkv", "shelf:Show/b.mkv"), needs=(1,)))
    old_ns = 1_500_000_000_123_456_700
    for folder in (desk.inbox, desk.inbox / "sub", desk.shelf):
        os.utime(folder, ns=(old_ns, old_ns))
    rename = LocalStore.rename

    def fails_on_the_shelf(store: LocalStore, src: str, to: Any, dst: str) -> None:
        if to is desk.stores["shelf"]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(store, src, to, dst)

    monkeypatch.setattr(LocalStore, "rename_many", lambda *_: 0)  # each by itself
    monkeypatch.setattr(LocalStore, "rename", fails_on_the_shelf)
    report = apply(plan, desk.stores, desk.state, now=clock, on_error="stop")
    assert (report.outcome, report.done) == ("stopped", 1)
    assert not (desk.shelf / "Show").exists() and (desk.inbox / "c.mkv").exists()
    kept_times = [folder.stat().st_mtime_ns == old_ns for folder in (desk.inbox, desk.inbox / "sub", desk.shelf)]
    assert kept_times == [False, True, True]


def test_the_operations_of_a_run_cut_short_are_those_of_its_plan(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan has other lists too: that of an undo says for a later redo why content that it brings back could go."""
    move = desk.planning.move("inbox:a.mkv", "shelf:a.mkv")
    run = killed(desk, plan_of(desk.stores, move, rested=[Rested(0, "", ())]), monkeypatch).parent.name.rpartition("-")[2]
    cut_short = by_journal(desk.state, run)
    assert (cut_short.operations, cut_short.at_most) == (1, 1)
