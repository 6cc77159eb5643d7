"""One thing asked of a store fails, whichever: a verb that failed changed nothing, so a run is all done, or undone as it was."""

import contextlib
import errno
import os
import shutil
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import OnError
from tests.races.stories import STORIES, Desk
from tests.support.moments import Moments
from tests.support.plans import clock

Tree = dict[str, bytes]


def fails() -> None:
    """What a disk answers that has a bad moment."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def tree(desk: Desk) -> Tree:
    """Every file of the desk, and what it holds, but for the trash and the state."""
    roots = (desk.base / "inbox", desk.base / "shelf")
    found = [path for root in roots for path in root.rglob("*") if path.is_file() and ".reshelve-trash" not in path.parts]
    return {str(path.relative_to(desk.base)): b"" if path.name.endswith(".tar.gz") else path.read_bytes() for path in found}


@pytest.mark.parametrize("on_error", ["rollback", "stop", "continue"])
@pytest.mark.parametrize("story", STORIES)
def test_whichever_call_fails_the_end_is_all_or_nothing(tmp_path: Path, story: str, on_error: OnError) -> None:
    told = STORIES[story]
    calm = Moments()
    desk = Desk(tmp_path / "calm")
    plan = told.plan(desk)
    before = tree(desk)
    apply(plan, calm.over(desk.stores), desk.state, now=clock)
    after = tree(desk)
    assert before != after
    for at, call in enumerate(calm.calls):
        desk = Desk(tmp_path / str(at))
        plan = told.plan(desk)
        with contextlib.suppress(ReshelveError, OSError):
            apply(plan, Moments(at, fails).over(desk.stores), desk.state, now=clock, on_error=on_error)
        if desk.state.unsettled():
            recover(desk.state, desk.stores, how="rollback", now=clock)
        last = desk.state.runs()[0] if desk.state.runs() else None
        if last is not None and last.id == plan.run and last.outcome == "stopped":
            taken_back = desk.undo(last.id, "redo" if plan.command == "undo" else "undo")
            assert not taken_back.blocked
            apply(taken_back, desk.stores, desk.state, now=clock)
        assert tree(desk) in (before, after), (at, call)
        shutil.rmtree(tmp_path / str(at))
