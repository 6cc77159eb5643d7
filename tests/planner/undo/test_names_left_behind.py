"""Hard links over an undo: names of one file that were parted by another file system are of one file again."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.operations import Move
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import Run
from tests.support.undodesk import UndoDesk, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        if not one.two_disks:
            pytest.skip("this machine has one file system")
        yield one


def brought(desk: UndoDesk, files: dict[str, str], gone: str = "") -> Run:
    layout = Layout(files={target: Entry(source=source) for target, source in files.items()}, absent=[Absent(gone)] if gone else [])
    return desk.apply(make_plan(layout, desk.stores, PlanRequest(workspace="desk", base=desk.state.base())))


def links(run: Run) -> list[tuple[str, bool]]:
    """Where each move of an undo links to, and whether that stood before it."""
    return [(operation.linked_to, operation.linked_ino > 0) for operation in run.plan.operations if isinstance(operation, Move)]


def test_a_name_that_stayed_behind_is_linked_to_again(desk: UndoDesk) -> None:
    before = desk.trees()
    run = brought(desk, {"attic:big.mkv": "inbox:far/big.mkv"})
    [move] = run.plan.operations
    assert isinstance(move, Move)
    assert move.nlink == 2
    undo = desk.undo(run)
    assert links(undo) == [("inbox:far/twin.mkv", True)]
    assert undo.plan.space == []
    assert desk.unlike(before) == []
    desk.undo(undo, command="redo")
    desk.undo(run)
    assert desk.unlike(before) == []


def test_a_copy_rewritten_with_its_time_kept_is_brought_back_itself(desk: UndoDesk) -> None:
    """The name that stayed still holds what the run once read; what the run brought does not any more."""
    run = brought(desk, {"attic:big.mkv": "inbox:far/big.mkv"})
    there = desk.attic / "big.mkv"
    before = there.stat()
    there.write_bytes(bytes(before.st_size))
    os.utime(there, ns=(before.st_atime_ns, before.st_mtime_ns))
    undo = desk.undo(run)
    assert links(undo) == [("", False)]
    assert (desk.inbox / "far/big.mkv").read_bytes() == bytes(before.st_size)


def test_names_that_went_together_come_back_together(desk: UndoDesk) -> None:
    before = desk.trees()
    run = brought(desk, {"attic:big.mkv": "inbox:far/big.mkv", "attic:twin.mkv": "inbox:far/twin.mkv"})
    assert links(run) == [("", False), ("attic:big.mkv", False)]
    undo = desk.undo(run)
    assert links(undo) == [("", False), ("inbox:far/twin.mkv", False)]
    assert desk.unlike(before) == []


def test_one_name_stays_and_two_go(desk: UndoDesk) -> None:
    os.link(desk.inbox / "far/big.mkv", desk.inbox / "third.mkv")
    before = desk.trees()
    undo = desk.undo(brought(desk, {"attic:big.mkv": "inbox:far/big.mkv", "attic:twin.mkv": "inbox:far/twin.mkv"}))
    assert links(undo) == [("inbox:third.mkv", True)] * 2
    assert desk.unlike(before) == []


@pytest.mark.parametrize("gone", ["", "inbox:far/twin.mkv"])
def test_a_name_that_the_run_moved_or_trashed_is_linked_to_where_it_is_by_then(desk: UndoDesk, gone: str) -> None:
    before = desk.trees()
    files = {"attic:big.mkv": "inbox:far/big.mkv"} | ({} if gone else {"shelf:twin.mkv": "inbox:far/twin.mkv"})
    desk.undo(brought(desk, files, gone))
    assert desk.unlike(before) == []


def test_a_name_whose_file_was_changed_since_is_left_alone(desk: UndoDesk) -> None:
    run = brought(desk, {"attic:big.mkv": "inbox:far/big.mkv"})
    twin = desk.inbox / "far/twin.mkv"
    stat = twin.stat()
    twin.write_bytes(b"BIG" * 50_000)
    os.utime(twin, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    undo = desk.undo(run)
    assert links(undo) == [("", False)]
    assert (desk.inbox / "far/big.mkv").read_bytes() == b"big" * 50_000
    assert twin.read_bytes() == b"BIG" * 50_000


def test_a_name_changed_after_the_undo_was_planned_makes_it_stale(desk: UndoDesk) -> None:
    plan = desk.plan_undo(brought(desk, {"attic:big.mkv": "inbox:far/big.mkv"}))
    (desk.inbox / "far/twin.mkv").write_text("another")
    with pytest.raises(ReshelveError, match=r"far/twin\.mkv has changed"):
        desk.apply(plan)
