"""Recover where the journal of a killed run is damaged: what can be told is told, the rest is named, nothing is lost."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import recover as recovering
from reshelve.executors.runs import run_end as settling
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state import run_journal
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.journal_records import Began, Done
from reshelve.schemas.problems import ReshelveError
from tests.support.killed_runs import COUNT, DAMAGE, PowerCut, codes, cut, flipped, killed, recovered, spoil, standing, steps
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_journal_is_said_to_be_and_all_is_taken_back(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    assert standing(desk) != before
    spoil(path, damage)
    report = recovered(desk)
    assert (report.outcome, report.unsure) == ("rolled-back", [])
    assert codes(report) == ["journal-damaged"] and not report.untouched
    assert standing(desk) == before
    assert desk.state.unsettled() == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_with_a_damaged_journal_it_can_be_finished_and_undone(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    after = {name: content for name, content in standing(desk).items() if ".moved" not in name}
    spoil(path, damage)
    report = recovered(desk, "finish")
    assert (report.outcome, report.done) == ("done", COUNT + 5)
    assert standing(desk) == after
    desk.undo(desk.state.run(report.run))
    left = {name: content for name, content in standing(desk).items() if "/.reshelve-trash" not in name.replace(":", "/")}
    assert left == before


def test_a_damaged_journal_is_kept_beside_the_mended(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    damaged = flipped(path.read_bytes())
    path.write_bytes(damaged)
    recovered(desk)
    assert path.with_name("journal.damaged-1.ndjson").read_bytes() == damaged.rstrip(b"\0")


@pytest.mark.parametrize("damage", ["emptied", "a bit flipped", "cut between records"])
def test_recovering_a_damaged_run_may_itself_be_killed(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    spoil(path, damage)
    real = recovering.resolve

    def some(execution: Any, begun: int, **rest: Any) -> Any:
        found = real(execution, begun, **rest)
        execution.stands[COUNT // 2 :] = bytes(len(execution.stands) - COUNT // 2)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(recovering, "resolve", some)
        patched.setattr(recovering, "settle", cut)
        with pytest.raises(PowerCut):
            recovered(desk)
    assert standing(desk) != before
    assert recovered(desk).outcome == "rolled-back"
    assert standing(desk) == before


@pytest.mark.parametrize("content", [b"", bytes(70_000), b'{"run":"'], ids=["empty", "room alone", "cut short"])
def test_a_run_killed_before_its_first_record_had_done_nothing_and_that_is_said(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    before = desk.trees()
    plan = plan_of(desk.stores, *steps(desk))
    desk.state.prepare()
    folder = desk.state.new_folder(plan)
    desk.state.prepare_run(plan, folder)
    (folder / "journal.ndjson").write_bytes(content)
    desk.state.begin(folder)
    report = recovered(desk)
    assert (report.outcome, report.failures, report.untouched) == ("rolled-back", [], True)
    assert desk.unlike(before) == []


def test_a_run_killed_before_it_had_a_journal_is_none(desk: UndoDesk) -> None:
    desk.state.prepare()
    plan = plan_of(desk.stores, *steps(desk))
    folder = desk.state.new_folder(plan)
    desk.state.prepare_run(plan, folder)
    assert desk.state.unsettled() == []
    assert desk.state.new_folder(plan) == folder
    assert not folder.exists()


def test_a_record_torn_by_a_kill_is_no_damage(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.trees()
    plan = plan_of(desk.stores, *steps(desk))
    with monkeypatch.context() as patched:
        patched.setattr("reshelve.executors.runs.batch_sizes.BATCH", 8)
        patched.setattr(LocalStore, "sync", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    path = desk.state.folder_of(plan.run) / "journal.ndjson"
    content, more = path.read_bytes(), run_journal.encode(Done(8))[:20]
    path.write_bytes(content.replace(bytes(len(more)), more, 1))
    # Nothing had come of what is planned further on: that somebody changed it since says nothing of the run.
    (desk.inbox / "39.mkv").write_text("edited since")
    report = recovered(desk)
    assert (report.outcome, report.failures, report.untouched) == ("rolled-back", [], False)
    assert [line for line in desk.unlike(before) if "39.mkv" not in line] == []


def test_a_torn_record_of_which_something_came_is_damage(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    content = path.read_bytes()
    whole = content.rstrip(b"\0")
    path.write_bytes(whole[:-20] + bytes(len(content) - len(whole) + 20))
    report = recovered(desk)
    assert (report.outcome, codes(report)) == ("rolled-back", ["journal-damaged"])
    assert standing(desk) == before


def test_a_settled_record_is_believed_whatever_else_is_damaged(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    far = p.move("inbox:far/big.mkv", "attic:big.mkv", across=desk.two_disks)
    plan = plan_of(desk.stores, far, p.move("inbox:0.mkv", "shelf:0.mkv"))
    with monkeypatch.context() as patched:
        patched.setattr(settling, "save_report", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    path = desk.state.folder_of(plan.run) / "journal.ndjson"
    path.write_bytes(flipped(path.read_bytes()))
    after = standing(desk)
    report = recovered(desk, "rollback")
    assert (report.outcome, report.done, report.unsure) == ("done", 2, [])
    assert standing(desk) == after


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_settled_run_whose_journal_is_damaged_is_undone_by_its_report(desk: UndoDesk, damage: str) -> None:
    before = standing(desk)
    run = desk.do(*[desk.planning.move(f"inbox:{number}.mkv", f"shelf:{number}.mkv") for number in range(COUNT)])
    path = desk.state.folder_of(run.id) / "journal.ndjson"
    spoil(path, damage)
    assert recover(desk.state, desk.stores, now=clock) == []
    desk.undo(run)
    assert standing(desk) == before


def test_a_settled_run_of_which_it_cannot_be_told_what_it_did_says_so(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    plan = plan_of(desk.stores, p.move("inbox:0.mkv", "shelf:0.mkv"), p.move("inbox:1.mkv", "shelf:1.mkv"))
    os.mkdir(desk.shelf / "in the way")
    from reshelve.executors.platforms import exclusive_renames

    rename = exclusive_renames.rename_new

    def failing(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
        if src == "1.mkv":
            raise OSError(5, "made to fail")
        rename(src_dir, src, dst_dir, dst)

    with monkeypatch.context() as patched:
        patched.setattr(exclusive_renames, "rename_new", failing)
        assert apply(plan, desk.stores, desk.state, on_error="stop", now=clock).done == 1
    (desk.state.folder_of(plan.run) / "journal.ndjson").write_bytes(b"")
    with pytest.raises(ReshelveError) as refused:
        desk.state.run(plan.run)
    [problem] = refused.value.problems
    assert (refused.value.kind, problem.code) == ("error", "journal-damaged")
    assert "It did 1 of 2 operations" in problem.detail and "mv " in problem.hint


def test_room_stays_while_a_run_is_unsettled(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    (desk.shelf / "0.mkv").unlink()
    assert recovered(desk).outcome == "unsettled"
    assert path.read_bytes().endswith(b"\0")
    assert not any("damaged" in code for code in codes(recovered(desk)))


def test_a_journal_whose_end_is_missing_is_in_doubt(tmp_path: Path) -> None:
    path = tmp_path / "j"
    log = Journal(path, reserve=4096)
    log.write(Began("abc", "abc", "apply", "", "rollback", "2026-01-02T03:04:05Z", "", "", "", 1))
    log.sync()
    log.abandon()
    assert not run_journal.load(path, "abc").doubtful
    path.write_bytes(path.read_bytes().rstrip(b"\0"))
    assert run_journal.load(path, "abc").doubtful and not run_journal.load(path, "abc").damage
    assert run_journal.load(path, "def").damage == "it is the journal of run abc"


def test_a_journal_that_is_a_pipe_holds_nothing_up(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.unlink()
    os.mkfifo(path)
    assert [run.outcome for run in desk.state.runs([])] == ["unsettled"]
    assert standing(desk) != before


def _pipe(path: Path, elsewhere: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, elsewhere: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("not to be lost")


def _link_to_itself(path: Path, elsewhere: Path) -> None:
    path.symlink_to(path.name)


def _dangling_link(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere / "nothing")


def _link_to_a_device(path: Path, elsewhere: Path) -> None:
    path.symlink_to(os.devnull)


def _link_to_a_file(path: Path, elsewhere: Path) -> None:
    (elsewhere / "precious").write_text("somebody's own")
    path.symlink_to(elsewhere / "precious")


def _socket(path: Path, elsewhere: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


NO_FILES = [_pipe, _folder, _link_to_itself, _dangling_link, _link_to_a_device, _link_to_a_file, _socket]
"""What may stand at the name of a journal and is no file."""


@pytest.mark.parametrize("make", NO_FILES)
@pytest.mark.parametrize("how", [None, "rollback", "finish", "stop", "accept"])
def test_what_is_no_file_is_put_aside_unopened_and_the_plan_decides(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: Any, make: Callable[[Path, Path], None]
) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.unlink()
    make(path, tmp_path)
    stood = os.lstat(path)
    report = recovered(desk, how)
    assert codes(report) == ["journal-damaged"] and report.unsure == []
    assert report.outcome == ("rolled-back" if how in (None, "rollback") else "done")
    assert (standing(desk) == before) == (report.outcome == "rolled-back")
    [aside] = path.parent.glob("journal.damaged-*")
    assert stat.S_IFMT(os.lstat(aside).st_mode) == stat.S_IFMT(stood.st_mode)
    assert stat.S_ISREG(os.lstat(path).st_mode) and desk.state.unsettled() == []
    assert "kept in the same folder" in report.failures[0].hint
    assert not (tmp_path / "nothing").exists()
    if make is _folder:
        assert (aside / "mine.txt").read_text() == "not to be lost"
    if make is _link_to_a_file:
        assert (tmp_path / "precious").read_text() == "somebody's own"


def test_a_whole_journal_behind_a_link_is_read_and_not_written_to(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    away, content = tmp_path / "away.ndjson", path.read_bytes()
    away.write_bytes(content)
    path.unlink()
    path.symlink_to(away)
    report = recovered(desk)
    assert (report.outcome, codes(report)) == ("rolled-back", ["journal-damaged"])
    assert "It is a link" in report.failures[0].detail and "--on-error" not in report.failures[0].detail
    assert away.read_bytes() == content and path.with_name("journal.damaged-1.ndjson").readlink() == away


@pytest.mark.parametrize("make", NO_FILES)
def test_with_a_lost_plan_too_it_is_recorded_as_it_stands(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.unlink()
    make(path, tmp_path)
    (path.parent / "plan.json").write_text("gone")
    after = standing(desk)
    report = recovered(desk, "accept")
    assert report.lost and "journal-damaged" in codes(report) and standing(desk) == after
    assert desk.state.unsettled() == []


@pytest.mark.parametrize("make", NO_FILES)
@pytest.mark.parametrize("name", ["report.json", "report.json.new"])
def test_what_stands_at_the_name_of_the_report_keeps_no_run_from_being_settled(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, make: Callable[[Path, Path], None]
) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    make(path.with_name(name), tmp_path)
    assert recovered(desk).outcome == "rolled-back"
    assert standing(desk) == before and desk.state.unsettled() == []
    assert make is not _folder or len(list(path.parent.glob("report*.damaged-1*/mine.txt"))) == 1
    assert make is not _link_to_a_file or (tmp_path / "precious").read_text() == "somebody's own"
