"""Failures that killing and failing at every system call once found, each by name."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.platforms import exclusive_renames, system_calls
from reshelve.executors.runs import run_end
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import Event, OperationFailed
from reshelve.executors.runs.touched_folders import TouchedFolders
from reshelve.executors.state.held_entries import held, remember
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.stores import local_copies
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.trash import find_trash
from reshelve.schemas.locations import LOCK
from reshelve.schemas.operations import MakeDir
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.undone import Undone
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        yield one


def cut(*args: Any, **rest: Any) -> Any:
    raise PowerCut


def failing(code: int, times: int = 1, real: Callable[..., Any] = cut) -> Callable[..., Any]:
    """Return a function that fails so many times, and then does what the real one does."""
    left = times

    def call(*args: Any, **rest: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            raise OSError(code, os.strerror(code))
        return real(*args, **rest)

    return call


def killed(desk: UndoDesk, plan: Plan) -> None:
    with pytest.raises(PowerCut):
        apply(plan, desk.stores, desk.state, now=clock)


def recovered(desk: UndoDesk, how: Any = "rollback") -> Any:
    for store in desk.stores.values():
        store.forget()
    [report] = recover(desk.state, desk.stores, how=how, now=clock)
    return report


def test_what_an_undo_holds_survives_a_kill_as_it_settles(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    monkeypatch.setattr(run_end, "save_report", cut)
    killed(desk, desk.plan_undo(run))
    monkeypatch.undo()
    assert recovered(desk).outcome == "done"
    assert held(desk.state) == {Undone("shelf:one.mkv", "inbox:a/one.mkv", 3)}


def test_an_undo_of_a_run_nobody_remembers_still_settles(desk: UndoDesk) -> None:
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    report = desk.state.report_of(run.id)
    assert report is not None
    plan = replace(run.plan, command="undo", of="0123456789ab")
    remember(desk.state, replace(report, command="undo", of="0123456789ab"), plan, run.plan.operations)
    assert held(desk.state) == frozenset()


def test_trash_folders_left_empty_by_a_kill_are_taken_away(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.do(desk.planning.trash("inbox:old/render.mp4"))
    monkeypatch.setattr(TouchedFolders, "prune_trash", cut)
    killed(desk, desk.plan_undo(run))
    monkeypatch.undo()
    assert recovered(desk).outcome == "done"
    assert not (desk.inbox / ".reshelve-trash").exists()


@pytest.mark.parametrize("how", ["finish", "rollback"])
def test_a_folder_killed_before_its_mode_was_set_gets_it(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    (desk.inbox / "empty").mkdir()
    os.chmod(desk.inbox / "empty", 0o751)
    plan = plan_of(desk.stores, MakeDir("shelf:made", mode=0o751), desk.planning.rmdir("inbox:empty"))
    if how == "finish":
        monkeypatch.setattr("reshelve.executors.platforms.system_calls.set_folder_mode", cut)
    else:
        monkeypatch.setattr(LocalStore, "sync", cut)
    killed(desk, plan)
    monkeypatch.undo()
    if how == "rollback":
        monkeypatch.setattr("reshelve.executors.platforms.system_calls.set_folder_mode", cut)
        with pytest.raises(PowerCut):
            recovered(desk)
        monkeypatch.undo()
    assert recovered(desk, how).outcome == ("done" if how == "finish" else "rolled-back")
    there = desk.shelf / "made" if how == "finish" else desk.inbox / "empty"
    assert stat.S_IMODE(there.stat().st_mode) == 0o751


def test_a_folder_whose_owner_cannot_be_set_is_not_left_behind(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStore, "set_owner", failing(errno.EIO))
    report = apply(plan_of(desk.stores, MakeDir("shelf:made", mode=0o755, uid=0, gid=0)), desk.stores, desk.state, now=clock)
    assert report.outcome == "rolled-back"
    assert os.listdir(desk.shelf) == []


def test_a_link_that_cannot_be_looked_at_is_not_left_behind(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(desk.stores, desk.planning.link("inbox:link/me.txt", "shelf:soft", how="symbolic", text="x"))
    real = LocalStore.stat

    def stat_of(self: LocalStore, rel: str) -> Any:
        if rel.startswith(".reshelve-") and (desk.shelf / rel).is_symlink():
            raise OSError(errno.EIO, "made to fail")
        return real(self, rel)

    monkeypatch.setattr(LocalStore, "stat", stat_of)
    report = apply(plan, desk.stores, desk.state, now=clock)
    assert report.outcome == "rolled-back"
    assert os.listdir(desk.shelf) == []


def test_what_takes_the_name_of_a_link_that_fails_stays(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(desk.stores, desk.planning.link("inbox:link/me.txt", "shelf:soft", how="symbolic", text="x"))
    real, put = LocalStore.stat, []

    def stat_of(self: LocalStore, rel: str) -> Any:
        if not put and any(path.is_symlink() for path in desk.shelf.iterdir()):
            put.append(rel)
            (desk.shelf / "theirs").write_text("somebody's own")
            os.replace(desk.shelf / "theirs", desk.shelf / "soft")
            raise OSError(errno.EIO, "made to fail")
        return real(self, rel)

    monkeypatch.setattr(LocalStore, "stat", stat_of)
    report = apply(plan, desk.stores, desk.state, now=clock)
    assert put and report.outcome == "rolled-back"
    assert os.listdir(desk.shelf) == ["soft"] and (desk.shelf / "soft").read_text() == "somebody's own"


@pytest.mark.parametrize("how", ["rollback", "finish"])
def test_a_link_that_a_kill_left_under_its_temporary_name_is_cleared(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    plan = plan_of(desk.stores, desk.planning.link("inbox:link/me.txt", "shelf:soft", how="symbolic", text="x"))
    monkeypatch.setattr(LocalStore, "rename", cut)
    with pytest.raises(PowerCut):
        apply(plan, desk.stores, desk.state, now=clock)
    monkeypatch.undo()
    assert os.listdir(desk.shelf) != [] and not (desk.shelf / "soft").is_symlink()
    assert recovered(desk, how).outcome == ("done" if how == "finish" else "rolled-back")
    assert os.listdir(desk.shelf) == (["soft"] if how == "finish" else [])


def test_a_folder_that_cannot_be_synced_takes_the_run_back_and_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.trees()
    events: list[Event] = []
    monkeypatch.setattr(LocalStore, "sync", failing(errno.EIO, 1, LocalStore.sync))
    plan = plan_of(desk.stores, desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    report = apply(plan, desk.stores, desk.state, now=clock, emit=events.append)
    assert (report.outcome, [problem.code for problem in report.failures]) == ("rolled-back", ["disk-error"])
    assert [event.index for event in events if isinstance(event, OperationFailed)] == [-1]
    assert desk.unlike(before) == []


def test_a_journal_that_cannot_be_written_leaves_a_run_that_says_it_is_unsettled(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.trees()
    plan = plan_of(desk.stores, desk.planning.copy("inbox:copy/me.txt", "shelf:one.txt"))
    real, count = Journal.sync, 0

    def sync(self: Journal) -> None:
        nonlocal count
        count += 1
        if count > 2:
            monkeypatch.setattr("reshelve.executors.state.run_journal._datasync", failing(errno.EIO))
        real(self)

    monkeypatch.setattr(Journal, "sync", sync)
    with pytest.raises(ReshelveError) as broke:
        apply(plan, desk.stores, desk.state, now=clock)
    monkeypatch.undo()
    assert (broke.value.kind, broke.value.problems[0].code) == ("unsettled", "broken-off")
    assert "reshelve recover" in broke.value.problems[0].hint
    assert recovered(desk).outcome == "rolled-back"
    assert desk.unlike(before) == []


def test_a_run_that_cannot_begin_is_no_run(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reshelve.executors.state.run_journal._datasync", failing(errno.EIO))
    with pytest.raises(ReshelveError) as refused:
        apply(plan_of(desk.stores, MakeDir("shelf:made")), desk.stores, desk.state, now=clock)
    assert (refused.value.kind, refused.value.problems[0].code) == ("error", "cannot-begin")
    assert desk.state.run_folders() == []


def test_a_lock_that_cannot_be_removed_does_not_turn_a_success_into_a_failure(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.unlink

    def unlink(path: Any, **rest: Any) -> None:
        if str(path).endswith(LOCK):
            raise OSError(errno.EIO, "made to fail")
        real(path, **rest)

    monkeypatch.setattr(os, "unlink", unlink)
    report = apply(plan_of(desk.stores, MakeDir("shelf:made")), desk.stores, desk.state, now=clock)
    assert report.outcome == "done"


def test_a_mode_that_a_broken_disk_refuses_fails_the_copy(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_copies.os, "fchmod", failing(errno.EIO))
    report = apply(
        plan_of(desk.stores, desk.planning.copy("inbox:copy/me.txt", "shelf:one.txt")), desk.stores, desk.state, now=clock
    )
    assert report.outcome == "rolled-back"
    assert os.listdir(desk.shelf) == []


@pytest.mark.parametrize(("code", "told"), [(errno.EACCES, True), (errno.EIO, True), (errno.EPERM, False), (errno.ENOENT, False)])
def test_a_folders_time_that_cannot_be_set_is_told_unless_the_folder_is_anothers(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, code: int, told: bool
) -> None:
    done = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    monkeypatch.setattr(LocalStore, "set_times", failing(code, 100))
    report = apply(desk.plan_undo(done), desk.stores, desk.state, now=clock)
    assert report.outcome == "done"
    assert {problem.code for problem in report.failures} == ({"folder-time-lost"} if told else set())


def test_a_rename_that_a_signal_interrupts_is_tried_again(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    if exclusive_renames._RENAME is None:
        pytest.skip("no rename without replacing here")
    real, tries = exclusive_renames._RENAME, 0

    def interrupted(*args: Any) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            system_calls.ctypes.set_errno(errno.EINTR)
            return -1
        return real(*args)

    monkeypatch.setattr(exclusive_renames, "_RENAME", interrupted)
    desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    assert tries == 2


def test_a_trash_that_cannot_be_read_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.do(desk.planning.trash("inbox:old/render.mp4"))
    real = os.scandir

    def scandir(path: Any) -> Any:
        if isinstance(path, int) and os.readlink(f"/proc/self/fd/{path}").endswith("/old"):
            raise OSError(errno.EIO, "made to fail")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find_trash(desk.stores)
    assert (found.items, [problem.code for problem in found.problems]) == ([], ["trash-unreadable"])


def test_an_empty_file_on_its_way_out_is_no_placeholder(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names are reserved by empty files, what the plan was to take from a name was cleared as if it were one."""
    (desk.inbox / "a/empty").touch()
    p = desk.planning
    plan = plan_of(desk.stores, p.move("inbox:a/empty", "shelf:empty"), p.move("inbox:a/one.mkv", "inbox:a/empty", needs=(0,)))
    monkeypatch.setattr(exclusive_renames, "rename_new", cut)
    killed(desk, plan)
    monkeypatch.undo()
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    assert recovered(desk).outcome == "rolled-back"
    assert (desk.inbox / "a/empty").exists()


@pytest.mark.parametrize("how", ["finish", "rollback"])
def test_the_folder_that_reserved_the_name_of_an_unpacked_one_is_cleared(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def reserve(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
        os.mkdir(dst, 0o700, dir_fd=dst_dir)
        raise PowerCut

    plan = plan_of(desk.stores, desk.planning.unpack("inbox:given.tar.gz", "shelf:given"))
    monkeypatch.setattr(exclusive_renames, "rename_new", reserve)
    killed(desk, plan)
    monkeypatch.undo()
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    assert recovered(desk, how).outcome == ("done" if how == "finish" else "rolled-back")
    assert os.listdir(desk.shelf) == (["given"] if how == "finish" else [])
    assert how == "rollback" or (desk.shelf / "given/notes.txt").exists()


def test_a_copy_that_somebody_emptied_is_not_cleared_as_a_placeholder(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names are reserved by empty files, a copy that stood was removed as one once somebody had emptied it."""
    plan = plan_of(desk.stores, desk.planning.copy("inbox:a/one.mkv", "shelf:one.mkv"))
    monkeypatch.setattr(TouchedFolders, "sync_batch", cut)
    killed(desk, plan)
    monkeypatch.undo()
    os.truncate(desk.shelf / "one.mkv", 0)
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    assert recovered(desk).outcome == "unsettled"
    assert (desk.shelf / "one.mkv").exists()
