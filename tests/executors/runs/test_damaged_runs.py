"""Recover where the journal or plan of a killed run is damaged: what can be told is told, the rest is named, nothing is lost."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import apply as applying
from reshelve.executors.runs import recover as recovering
from reshelve.executors.runs import run_end as settling
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state import run_journal
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.documents.source_lines import unreadable
from reshelve.schemas.journal_records import Began, Done
from reshelve.schemas.operations import AnyOperation, Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk

COUNT = 40


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


def cut(*args: Any, **rest: Any) -> Any:
    raise PowerCut


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        for number in range(COUNT):
            (one.inbox / f"{number}.mkv").write_text(f"film {number}")
        yield one


def standing(desk: UndoDesk) -> dict[str, bytes | None]:
    """Return what stands where, with contents and without times: those of folders are lost with a journal."""
    found: dict[str, bytes | None] = {}
    for name, folder in desk.folders.items():
        for path in sorted(folder.rglob("*")):
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
            found[f"{name}:{path.relative_to(folder)}"] = content
    return found


def steps(desk: UndoDesk) -> list[AnyOperation]:
    """Moves, a copy, a move to another disk, a generated file and links: all of them can be told without a journal."""
    p = desk.planning
    moves = [p.move(f"inbox:{number}.mkv", f"shelf:{number}.mkv") for number in range(COUNT)]
    far = p.move("inbox:far/big.mkv", "attic:big.mkv", across=desk.two_disks)
    others = [
        p.copy("inbox:copy/me.txt", "shelf:copied.txt"),
        far,
        Write("shelf:made.json", "{}"),
        p.link("inbox:link/me.txt", "shelf:hard.txt", how="hard"),
        p.trash("inbox:old/render.mp4"),
    ]
    return [*moves, *others]


def killed(desk: UndoDesk, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Kill a run when all of it is done and nothing settled; return its journal."""
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        patched.setattr("reshelve.executors.runs.run_execution.BATCH", 8)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    return desk.state.folder_of(plan.run) / "journal.ndjson"


def recovered(desk: UndoDesk, how: Any = None) -> Report:
    for store in desk.stores.values():
        store.forget()
    [report] = recover(desk.state, desk.stores, how=how, now=clock)
    return report


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.failures]


def _flipped(content: bytes) -> bytes:
    at = content.index(b'"t":"intended"')
    return content[:at] + b"?" + content[at + 1 :]


def _lines(content: bytes) -> list[bytes]:
    return content.rstrip(b"\0").splitlines(keepends=True)


def _anothers(content: bytes) -> bytes:
    lines = _lines(content)
    foreign = run_journal.encode(Began("0123456789ab", "0" * 64, "apply", "", "rollback", "2026-01-02T03:04:05Z", "", "", "", 1))
    return b"".join([foreign, *lines[1:], run_journal.encode(Done(10**6))])


DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "removed": lambda _: None,
    "emptied": lambda _: b"",
    "zeros": lambda content: bytes(len(content)),
    "cut within a record": lambda content: content[: len(content.rstrip(b"\0")) // 3],
    "cut between records": lambda content: b"".join(_lines(content)[:3]),
    "its beginning zeros": lambda content: bytes(300) + content[300:],
    "a bit flipped": _flipped,
    "its first record gone": lambda content: content.split(b"\n", 1)[1],
    "another run's": _anothers,
    "overwritten": lambda _: b"this is no journal\nat all\n",
    "overwritten by a line": lambda content: b"no journal" + bytes(len(content)),
    "a record nobody knows": lambda content: b"".join([*_lines(content)[:2], _unknown(), *_lines(content)[2:]]),
}


def spoil(path: Path, damage: str) -> None:
    """Damage a journal."""
    content = DAMAGE[damage](path.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def _unknown() -> bytes:
    return run_journal.encode(Done(1)).replace(b'"t":"done"', b'"t":"dome"')


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
def test_with_a_damaged_journal_it_can_be_finished_and_undone(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
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
    damaged = _flipped(path.read_bytes())
    path.write_bytes(damaged)
    recovered(desk)
    assert path.with_name("journal.damaged-1.ndjson").read_bytes() == damaged.rstrip(b"\0")


@pytest.mark.parametrize("damage", ["emptied", "a bit flipped", "cut between records"])
def test_recovering_a_damaged_run_may_itself_be_killed(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    spoil(path, damage)
    real = recovering.look

    def some(execution: Any, begun: int, **rest: Any) -> Any:
        found = real(execution, begun, **rest)
        execution.stands[COUNT // 2 :] = bytes(len(execution.stands) - COUNT // 2)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(recovering, "look", some)
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
        patched.setattr("reshelve.executors.runs.run_execution.BATCH", 8)
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


def test_what_was_made_and_changed_since_is_named_and_left(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.write_bytes(b"")
    (desk.shelf / "copied.txt").write_text("edited")
    report = recovered(desk)
    assert (report.outcome, report.unsure) == ("unsettled", ["shelf:copied.txt"])
    [untold] = [problem for problem in report.failures if problem.code == "cannot-tell"]
    assert "at shelf:copied.txt stands a file of 6 B" in untold.detail and "recover --accept" in untold.hint
    accepted = recovered(desk, "accept")
    assert (accepted.outcome, accepted.unsure) == ("stopped", ["shelf:copied.txt"])
    [untold] = [problem for problem in accepted.failures if problem.code == "cannot-tell"]
    assert "at shelf:copied.txt stands a file of 6 B" in untold.detail and "recover" not in untold.hint
    assert (desk.shelf / "copied.txt").read_text() == "edited"
    assert not (desk.shelf / "0.mkv").exists()


def test_an_archive_nothing_tells_of_is_named_and_left(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, desk.planning.pack("inbox:link", "shelf:link.tar.gz")), monkeypatch)
    path.write_bytes(b"")
    assert recovered(desk).unsure == ["shelf:link.tar.gz"]
    assert (desk.shelf / "link.tar.gz").exists()


LOST: dict[str, Callable[[Path, UndoDesk], Any]] = {
    "gone": lambda path, _: path.unlink(),
    "emptied": lambda path, _: path.write_bytes(b""),
    "cut": lambda path, _: path.write_bytes(path.read_bytes()[:-40]),
    "edited": lambda path, _: path.write_bytes(path.read_bytes().replace(b"film", b"flim").replace(b".mkv", b".avi")),
    "another's": lambda path, desk: path.write_bytes(b"".join(_plan_lines(desk))),
}


def _plan_lines(desk: UndoDesk) -> Any:
    from reshelve.schemas.documents.plan_files import plan_lines

    return plan_lines(plan_of(desk.stores, Write("shelf:other", "x")))


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


def test_a_settled_record_is_believed_whatever_else_is_damaged(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    far = p.move("inbox:far/big.mkv", "attic:big.mkv", across=desk.two_disks)
    plan = plan_of(desk.stores, far, p.move("inbox:0.mkv", "shelf:0.mkv"))
    with monkeypatch.context() as patched:
        patched.setattr(settling, "save_report", cut)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    path = desk.state.folder_of(plan.run) / "journal.ndjson"
    path.write_bytes(_flipped(path.read_bytes()))
    after = standing(desk)
    report = recovered(desk, "rollback")
    assert (report.outcome, report.done, report.unsure) == ("done", 2, [])
    assert standing(desk) == after


def test_a_plan_that_may_not_be_read_is_not_lost(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch).with_name("plan.json")

    def refusing(path: Path) -> Any:
        raise unreadable(path, PermissionError(13, "Permission denied")) from PermissionError(13, "Permission denied")

    monkeypatch.setattr("reshelve.executors.state.workspace_state.load_plan", refusing)
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
    from reshelve.executors.platforms import system_calls

    rename = system_calls.rename_new

    def failing(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
        if src == "1.mkv":
            raise OSError(5, "made to fail")
        rename(src_dir, src, dst_dir, dst)

    with monkeypatch.context() as patched:
        patched.setattr(system_calls, "rename_new", failing)
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


def test_a_recovery_is_timed_from_its_own_start(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    moments = iter(clock() + timedelta(days=2, seconds=at) for at in range(10**6))
    [report] = recover(desk.state, desk.stores, now=lambda: next(moments))
    assert report.started < report.ended and 0 < report.seconds < 60


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


@pytest.mark.parametrize("how", ["rollback", None])
def test_a_copy_that_was_edited_with_its_times_kept_is_not_taken_back(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    copied, made = desk.folders["shelf"] / "copied.txt", desk.folders["shelf"] / "made.json"
    for path, content in ((copied, b"COPIED"), (made, b"[]")):
        seen = path.stat()
        assert seen.st_size == len(content)
        path.write_bytes(content)
        os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    report = recovered(desk, how)
    assert report.outcome == "unsettled"
    assert (copied.read_bytes(), made.read_bytes()) == (b"COPIED", b"[]")
    assert sorted(report.unsure) == ["shelf:copied.txt", "shelf:made.json"]


def test_a_journal_that_is_a_pipe_holds_nothing_up(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = standing(desk)
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.unlink()
    os.mkfifo(path)
    assert [run.outcome for run in desk.state.runs([])] == ["unsettled"]
    assert standing(desk) != before
