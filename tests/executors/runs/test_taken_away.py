"""The folder of a store, or the run's own record, is taken away while a run goes on: nothing false is said of how it ended."""

import os
import shutil
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import Event, RunStarted
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.layout import Entry
from reshelve.schemas.problems import ReshelveError
from tests.races.stories import Desk
from tests.support.moments import Moments
from tests.support.plans import Planning, clock, local, plan_of


@pytest.mark.parametrize("kept", ["moved", "removed"])
def test_a_run_whose_record_is_taken_away_says_so_and_not_that_nothing_was_touched(tmp_path: Path, kept: str) -> None:
    stores = {key: local(key, tmp_path / key) for key in ("inbox", "shelf")}
    (tmp_path / "inbox/a.mkv").write_text("a")
    state = State(tmp_path / "state")

    def take_away(event: Event) -> None:
        if isinstance(event, RunStarted):
            os.rename(tmp_path / "state", tmp_path / "elsewhere")

    plan = plan_of(stores, Planning(stores).move("inbox:a.mkv", "shelf:a.mkv"))
    with pytest.raises(ReshelveError) as told:
        apply(plan, stores, state, now=clock, emit=take_away)
    problem = told.value.problems[0]
    assert (told.value.kind, problem.code) == ("unsettled", "record-gone")
    assert "did all it was to do" in problem.detail and problem.path == str(state.folder)
    assert (tmp_path / "shelf/a.mkv").read_text() == "a"
    if kept == "moved":
        shutil.rmtree(tmp_path / "state", ignore_errors=True)
        os.rename(tmp_path / "elsewhere", tmp_path / "state")
        assert [report.outcome for report in recover(state, stores, now=clock)] == ["done"]
        assert state.runs()[0].outcome == "done"


@pytest.mark.parametrize("other", ["folder", "nothing", "link"])
def test_a_store_that_is_replaced_while_a_run_goes_on_is_told(tmp_path: Path, other: str) -> None:
    ends = {}
    for at in range(500):
        desk = Desk(tmp_path / str(at), tmp_path / str(at) / "state")
        shelf = desk.base / "shelf"

        def replaced(shelf: Path = shelf) -> None:
            os.rename(shelf, shelf.with_name("before"))
            if other == "folder":
                shelf.mkdir()
            elif other == "link":
                os.symlink("mine", shelf)

        plan = desk.plan(a_mkv=Entry(source="inbox:a.mkv"))
        moments = Moments(at, replaced)
        try:
            report = apply(plan, moments.over(desk.stores), desk.state, now=clock)
        except ReshelveError:
            continue  # it did not begin
        if not shelf.with_name("before").exists() or (report.outcome == "done" and at > moments.last("stat", "shelf:")):
            break  # the run had ended
        assert report.outcome != "done" or (shelf.with_name("before") / "a.mkv").exists(), moments.calls[at]
        ends[moments.calls[at]] = [report.outcome, *(problem.code for problem in report.failures)]
    told = [end for end in ends.values() if end[0] == "done"]
    assert told and all("store-replaced" in end for end in told), ends
    assert all(end[-1] in ("store-replaced", "store-unavailable") for end in ends.values()), ends
