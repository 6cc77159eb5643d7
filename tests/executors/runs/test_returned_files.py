"""What a run brought out of a trash and takes back goes there only as it came: an edit stays in sight, also with its times kept."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.run_events import Event, Progress, RollingBack
from reshelve.executors.runs.touched_folders import TouchedFolders
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.schemas.locations import TRASH
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report
from tests.support.killed_runs import PowerCut, codes, cut, killed, recovered
from tests.support.moments import Moments
from tests.support.plans import clock
from tests.support.quiet_rewrites import rewrite
from tests.support.undodesk import UndoDesk, undo_desk


def nobody(_: Path) -> bytes:
    return b"film 0"


def files(desk: UndoDesk) -> Plan:
    """Plan to bring files back out of the trash, and a copy to follow them."""
    p = desk.planning
    copy = p.copy("inbox:copy/me.txt", "shelf:copied.txt")
    return desk.plan_undo(desk.do(copy, *(p.trash(f"inbox:{number}.mkv") for number in range(4))))


def names_of_one(desk: UndoDesk) -> Plan:
    """Plan to bring two names of one file back out of the trash."""
    for number in (0, 1):
        (desk.inbox / f"{number}.mkv").unlink()
    (desk.inbox / "0.mkv").write_bytes(b"film 0")
    (desk.inbox / "deep").mkdir()
    os.link(desk.inbox / "0.mkv", desk.inbox / "deep/1.mkv")
    p = desk.planning
    return desk.plan_undo(desk.do(p.trash("inbox:2.mkv"), p.trash("inbox:0.mkv"), p.trash("inbox:deep/1.mkv")))


def taken_back(
    desk: UndoDesk, plan: Plan, deed: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *, each: bool = False
) -> Report:
    """Apply a plan two operations at a time, stop after the first two, and do a deed before they are taken back."""
    cancel = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, Progress):
            cancel.set()
        if isinstance(event, RollingBack):
            deed()

    monkeypatch.setattr("reshelve.executors.runs.batch_sizes.BATCH", 2)
    stores: Any = Moments().over(desk.stores) if each else desk.stores
    return apply(plan, stores, desk.state, now=clock, emit=emit, cancel=cancel)


def back(desk: UndoDesk) -> Path:
    """Return one file that is back out of the trash."""
    return next(path for path in sorted(desk.inbox.glob("[0-3].mkv")))


def in_sight(desk: UndoDesk, content: bytes) -> bool:
    found = (path for folder in desk.folders.values() for path in folder.rglob("*") if TRASH not in path.parts)
    return any(path.read_bytes() == content for path in found if path.is_file())


@pytest.mark.parametrize("each", [False, True], ids=["many at once", "one by one"])
@pytest.mark.parametrize("planned", [files, names_of_one])
def test_an_edit_stays_in_sight_and_is_told(
    desk: UndoDesk, planned: Callable[[UndoDesk], Plan], each: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, made = planned(desk), list[bytes]()
    report = taken_back(desk, plan, lambda: made.append(rewrite(back(desk))), monkeypatch, each=each)
    assert (report.outcome, in_sight(desk, made[0])) == ("unsettled", True), report.failures
    assert any("was changed since it came out of the trash, so it stays" in problem.detail for problem in report.failures)
    for how, outcome in ((None, "unsettled"), ("rollback", "unsettled"), ("accept", "stopped")):
        report = recovered(desk, how)
        assert (report.outcome, in_sight(desk, made[0])) == (outcome, True), (how, report.failures)


@pytest.mark.parametrize("each", [False, True], ids=["many at once", "one by one"])
@pytest.mark.parametrize("planned", [files, names_of_one])
def test_what_nobody_touched_goes_back(
    desk: UndoDesk, planned: Callable[[UndoDesk], Plan], each: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(desk)
    before = desk.trees()
    report = taken_back(desk, plan, lambda: None, monkeypatch, each=each)
    assert (report.outcome, report.failures, desk.unlike(before)) == ("rolled-back", [], [])


def a_folder(desk: UndoDesk) -> Plan:
    """Plan to bring an unpacked folder back out of the trash."""
    p = desk.planning
    (desk.inbox / "folder/in").mkdir(parents=True)
    (desk.inbox / "folder/in/it.txt").write_bytes(b"in it")
    desk.do(p.pack("inbox:folder", "inbox:folder.tar.gz"))
    unpacked = desk.do(p.unpack("inbox:folder.tar.gz", "shelf:made"), *(p.trash(f"inbox:{number}.mkv") for number in range(4)))
    undone = desk.undo(unpacked)
    assert not (desk.shelf / "made").exists()
    return desk.plan_undo(undone)


@pytest.mark.parametrize("deed", ["rewrites", "adds", "nothing"])
def test_a_folder_that_somebody_was_at_work_in_stays(desk: UndoDesk, deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, made = a_folder(desk), [b"in it"]

    def work() -> None:
        if deed == "rewrites":
            made[0] = rewrite(desk.shelf / "made/in/it.txt")
        elif deed == "adds":
            made[0] = b"more"
            (desk.shelf / "made/in/more.txt").write_bytes(b"more")

    report = taken_back(desk, plan, work, monkeypatch)
    assert report.outcome == ("rolled-back" if deed == "nothing" else "unsettled"), report.failures
    assert (desk.shelf / "made").exists() == (deed != "nothing")
    assert deed == "nothing" or in_sight(desk, made[0])


def killed_within(desk: UndoDesk, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill a run when the journal has nothing yet of what its first operations did."""
    with monkeypatch.context() as patched:
        patched.setattr(TouchedFolders, "sync_batch", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)


@pytest.mark.parametrize("kill", [killed, killed_within])
@pytest.mark.parametrize("planned", [files, names_of_one])
@pytest.mark.parametrize("deed", [nobody, rewrite])
def test_after_a_kill_an_edit_is_told_from_what_nobody_touched(
    desk: UndoDesk,
    kill: Callable[[UndoDesk, Plan, pytest.MonkeyPatch], object],
    planned: Callable[[UndoDesk], Plan],
    deed: Callable[[Path], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = planned(desk)
    kill(desk, plan, monkeypatch)
    threading.Event().wait(0.1)  # nobody is that quick
    content = deed(back(desk))
    with monkeypatch.context() as patched:
        patched.setattr(Hands, "take_back", _cut_after(2))
        with pytest.raises(PowerCut):
            recovered(desk, "rollback")
    report = recovered(desk, "rollback")
    if deed is nobody:
        # The run put back one of the two names before it was killed once more, which changed the time of both.
        told = ["only-in-trash"] if planned is names_of_one else []
        assert (report.outcome, codes(report), in_sight(desk, content)) == ("rolled-back", told, False)
        return
    told = report.outcome == "unsettled" or codes(report) == ["only-in-trash"]
    assert told and (in_sight(desk, content) or "only-in-trash" in codes(report)), report.failures


def _cut_after(times: int) -> Any:
    take_back, count = Hands.take_back, 0

    def some(*args: Any) -> None:
        nonlocal count
        count += 1
        if count > times:
            raise PowerCut
        take_back(*args)

    return some


def test_where_nothing_tells_an_edit_it_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = files(desk)
    monkeypatch.setattr("reshelve.executors.verbs.returned_files.tells_changes", lambda _: False)
    report = taken_back(desk, plan, lambda: None, monkeypatch)
    assert (report.outcome, codes(report)) == ("rolled-back", ["only-in-trash"])
    assert " and 1 more: back in the trash" in report.failures[0].detail


def _worked_on_at(base: Path, at: int) -> int:
    """Rewrite what came out of the trash before call number `at`, and spoil what a later step rests on; return how many calls."""
    folder = base / str(at)
    folder.mkdir()
    with undo_desk(folder) as desk:
        for number in range(4):
            (desk.inbox / f"{number}.mkv").write_text(f"film {number}")
        plan, made = files(desk), list[bytes]()

        def work() -> None:
            made.extend(rewrite(path) for path in sorted(desk.inbox.glob("[0-3].mkv")))
            (desk.inbox / "copy/me.txt").write_bytes(b"another")

        moments = Moments(at, work)
        with suppress(ReshelveError):
            apply(plan, moments.over(desk.stores), desk.state, now=clock)
        moments.wait()
        for how in (None, "accept"):
            if desk.state.unsettled():
                recovered(desk, how)
            assert all(in_sight(desk, content) for content in made), (at, how)
        return len(moments.calls)


def test_at_no_moment_does_an_edit_go_out_of_sight(tmp_path: Path) -> None:
    calls = _worked_on_at(tmp_path, 10**6)
    for at in range(calls):
        _worked_on_at(tmp_path, at)
