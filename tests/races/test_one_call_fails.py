"""One thing asked of a store fails, whichever: a verb that failed changed nothing, so a run is all done, or undone as it was."""

import contextlib
import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import OnError
from tests.races.stories import STORIES, Desk, desk_at
from tests.support.moments import Moments
from tests.support.plans import clock
from tests.support.shares import SHARES, Share, everything

Tree = dict[str, bytes]


def bad_moment() -> OSError:
    """What a disk answers that has one."""
    return OSError(errno.EIO, os.strerror(errno.EIO))


def tree(desk: Desk) -> Tree:
    """Every file of the desk, and what it holds, but for the trash and the state."""
    roots = (desk.base / "inbox", desk.base / "shelf")
    found = [path for root in roots for path in root.rglob("*") if path.is_file() and ".reshelve-trash" not in path.parts]
    return {str(path.relative_to(desk.base)): b"" if path.name.endswith(".tar.gz") else path.read_bytes() for path in found}


def ends_all_or_nothing(base: Path, story: str, ways: Sequence[OnError], which: Share = everything) -> None:
    """Fail each call in turn, and be told to do with that what `ways` say, which take turns too."""
    told = STORIES[story]
    calm = Moments()
    with desk_at(base / "calm") as desk:
        plan = told.plan(desk)
        before = tree(desk)
        apply(plan, calm.over(desk.stores), desk.state, now=clock)
        after = tree(desk)
    assert before != after
    ends = []
    for at, call in which(list(enumerate(calm.calls))):
        with desk_at(base / str(at)) as desk:
            plan = told.plan(desk)
            with contextlib.suppress(ReshelveError, OSError):
                failing = Moments(at, fault=bad_moment()).over(desk.stores)
                apply(plan, failing, desk.state, now=clock, on_error=ways[at % len(ways)])
            if desk.state.unsettled():
                recover(desk.state, desk.stores, how="rollback", now=clock)
            last = desk.state.runs()[0] if desk.state.runs() else None
            if last is not None and last.id == plan.run and last.outcome == "stopped":
                taken_back = desk.undo(last.id, "redo" if plan.command == "undo" else "undo")
                assert not taken_back.blocked
                apply(taken_back, desk.stores, desk.state, now=clock)
            ends.append(tree(desk))
            assert ends[-1] in (before, after), (at, call)
    assert before in ends, "nothing failed"


@pytest.mark.parametrize("which", SHARES)
@pytest.mark.parametrize("ways", [["rollback"], ["stop", "continue"]], ids=["rollback", "stop or continue"])
@pytest.mark.parametrize("story", STORIES)
def test_whichever_call_fails_the_end_is_all_or_nothing(tmp_path: Path, story: str, ways: list[OnError], which: Share) -> None:
    ends_all_or_nothing(tmp_path, story, ways, which)


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_whichever_call_fails_the_other_way_round(tmp_path: Path, story: str) -> None:
    ends_all_or_nothing(tmp_path, story, ["continue", "stop"])
