"""Originals that are kept: told when the run ends, listed in the trash, brought back, removed, and known to undo."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.cli import exit_codes
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.planner.trash import find_trash, make_purge, make_restore
from reshelve.schemas.inventory import Root
from reshelve.schemas.operations import Upload
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import Run
from reshelve.schemas.run_report import Report
from tests.support.failing import FailingStore
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk

BYTES = (b"start", b" and end")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        if not one.two_disks:
            pytest.skip("needs a second file system")
        (one.inbox / "show").mkdir()
        (one.inbox / "show/live.mkv").write_bytes(BYTES[0])
        yield one


class WritingOn(FailingStore):
    """A store on which somebody has a file open, and goes on writing to it once it has been set aside."""

    writer: Any = None

    def __getattr__(self, name: str) -> Any:
        attribute = super().__getattr__(name)

        def held(rel: str) -> Any:
            if self.writer is None and "/.moved/" not in rel:
                self.writer = open(f"{self.real.root.path}/{rel}", "ab")  # noqa: SIM115
            return attribute(rel)

        def rename(src: str, to: Any, dst: str) -> None:
            attribute(src, to, dst)
            if "/.moved/" in dst:
                with self.writer as writer:
                    writer.write(BYTES[1])

        return {"held": held, "rename": rename}.get(name, attribute)


def across(desk: UndoDesk, **instead: Any) -> Report:
    """Move a file to another disk; `instead` are stores that do something else meanwhile."""
    plan = plan_of(desk.stores, desk.planning.move("inbox:show/live.mkv", "attic:live.mkv", across=True))
    report = apply(plan, {**desk.stores, **instead}, desk.state, now=clock)
    for store in desk.stores.values():
        store.forget()
    return report


def written_to(desk: UndoDesk) -> Report:
    return across(desk, inbox=WritingOn(desk.stores["inbox"], "", ""))


def known(desk: UndoDesk, run: str) -> Run | None:
    return desk.state.run(run) if run in dict(desk.state.run_folders()) else None


def in_trash(desk: UndoDesk) -> Any:
    return find_trash(desk.stores, runs=lambda run: known(desk, run))


def test_a_file_written_to_while_it_moves_is_told(desk: UndoDesk) -> None:
    report = written_to(desk)
    (problem,) = report.failures
    assert (problem.code, problem.path) == ("original-kept", "inbox:show/live.mkv")
    assert f"inbox:.reshelve-trash/{report.run}/.moved/0" in problem.detail
    assert problem.hint == f"Bring it back with: reshelve trash restore inbox:show/live.mkv --run {report.run}"
    assert exit_codes.of_report(report) == 4
    assert (desk.attic / "live.mkv").read_bytes() == BYTES[0]


def test_it_is_listed_and_comes_back(desk: UndoDesk) -> None:
    report = written_to(desk)
    (item,) = in_trash(desk).items
    assert (item.original, item.run, item.size) == ("inbox:show/live.mkv", report.run, 13)
    assert item.why == "it was written to while it was being moved"
    plan = make_restore([item], desk.stores, base=desk.state.base(), workspace="desk")
    assert plan.operations[0].because == f"original kept by run {report.run}"
    desk.apply(plan)
    assert (desk.inbox / "show/live.mkv").read_bytes() == b"".join(BYTES)
    assert not (desk.inbox / ".reshelve-trash").exists()


def test_where_its_place_is_taken_it_stays(desk: UndoDesk) -> None:
    written_to(desk)
    (desk.inbox / "show/live.mkv").write_text("new")
    with pytest.raises(ReshelveError, match="is taken"):
        make_restore(in_trash(desk).items, desk.stores, base=desk.state.base(), workspace="desk")


def test_it_goes_when_the_trash_is_emptied_and_that_is_said(desk: UndoDesk) -> None:
    written_to(desk)
    plan = make_purge(in_trash(desk), desk.stores, now_ns=0, base=desk.state.base(), workspace="desk")
    assert [problem.code for problem in plan.problems] == ["originals-go"]
    desk.apply(plan)
    assert not (desk.inbox / ".reshelve-trash").exists()


def test_undo_brings_the_original_itself_back_and_redo_and_undo_again(desk: UndoDesk) -> None:
    before = (desk.inbox / "show/live.mkv").stat().st_ino
    run = desk.state.run(written_to(desk).run)
    undone = desk.undo(run)
    assert (desk.inbox / "show/live.mkv").read_bytes() == b"".join(BYTES)
    assert (desk.inbox / "show/live.mkv").stat().st_ino == before
    assert not (desk.attic / "live.mkv").exists()
    assert [item.original for item in in_trash(desk).items] == ["attic:live.mkv"]
    desk.undo(undone, command="redo")
    assert (desk.attic / "live.mkv").read_bytes() == BYTES[0]
    assert not (desk.inbox / "show/live.mkv").exists()
    desk.undo(run)
    assert (desk.inbox / "show/live.mkv").stat().st_ino == before


def test_an_undo_that_is_refused_names_the_original(desk: UndoDesk) -> None:
    run = desk.state.run(written_to(desk).run)
    (desk.attic / "live.mkv").write_text("edited")
    with pytest.raises(ReshelveError, match=r"its original was kept: reshelve trash restore inbox:show/live.mkv"):
        desk.undo(run)


def test_one_that_cannot_be_removed_is_told_and_listed(desk: UndoDesk) -> None:
    report = across(desk, inbox=FailingStore(desk.stores["inbox"], "remove", "/.moved/"))
    assert [(one.code, "could not be removed" in one.detail) for one in report.failures] == [("original-kept", True)]
    (item,) = in_trash(desk).items
    assert item.original == "inbox:show/live.mkv"
    assert item.why == "it may have been written to since, its copy had changed, or it could not be removed"
    run = desk.state.run(report.run)
    undone = desk.undo(run)
    assert (desk.inbox / "show/live.mkv").read_bytes() == BYTES[0]
    assert not (desk.attic / "live.mkv").exists()
    desk.undo(undone, command="redo")
    assert (desk.attic / "live.mkv").read_bytes() == BYTES[0]


class Meddling(FailingStore):
    """A store in which somebody changes what was copied before the original is let go of."""

    def __getattr__(self, name: str) -> Any:
        attribute = super().__getattr__(name)
        if name != "rename":
            return attribute

        def rename(src: str, to: Any, dst: str) -> None:
            attribute(src, to, dst)
            with open(f"{self.real.root.path}/{dst}", "ab") as writer:
                writer.write(b"!")

        return rename


def test_one_whose_copy_changed_is_told_and_listed(desk: UndoDesk) -> None:
    report = across(desk, attic=Meddling(desk.stores["attic"], "", ""), inbox=FailingStore(desk.stores["inbox"], "", ""))
    assert [(one.code, "has changed since this run made it" in one.detail) for one in report.failures] == [("original-kept", True)]
    assert [item.original for item in in_trash(desk).items] == ["inbox:show/live.mkv"]


def test_a_run_that_is_accepted_tells_of_what_it_set_aside(desk: UndoDesk) -> None:
    p = desk.planning
    moves = p.move("inbox:show/live.mkv", "attic:live.mkv", across=True), p.move("inbox:a/one.mkv", "shelf:one.mkv")
    stores = {**desk.stores, "inbox": WritingOn(desk.stores["inbox"], "rename", "a/one")}
    report = apply(plan_of(desk.stores, *moves), stores, desk.state, now=clock)
    assert (report.outcome, report.unsure) == ("unsettled", ["attic:live.mkv"])
    assert in_trash(desk).items == []
    (settled,) = recover(desk.state, desk.stores, how="accept", now=clock)
    assert [problem.code for problem in settled.failures][-1] == "original-kept"
    (item,) = in_trash(desk).items
    assert (item.original, item.why) == ("inbox:show/live.mkv", "it is uncertain whether its move was done or taken back")


def test_one_of_a_run_of_which_no_record_is_left_gets_a_name(desk: UndoDesk) -> None:
    run = written_to(desk).run
    (item,) = find_trash(desk.stores).items
    assert (item.original, item.why) == (f"inbox:kept-{run}-0", "there is no record of where it was")
    desk.apply(make_restore([item], desk.stores, base=desk.state.base(), workspace="desk"))
    assert (desk.inbox / f"kept-{run}-0").read_bytes() == b"".join(BYTES)


def test_what_was_trashed_from_a_folder_of_that_name_is_no_original(desk: UndoDesk) -> None:
    (desk.inbox / ".moved").mkdir()
    (desk.inbox / ".moved/0").write_text("mine")
    (desk.inbox / ".moved/x").write_text("mine")
    desk.do(desk.planning.trash("inbox:.moved/0"), desk.planning.trash("inbox:.moved/x"))
    assert [(item.original, item.why) for item in in_trash(desk).items] == [("inbox:.moved/0", ""), ("inbox:.moved/x", "")]


def test_an_original_that_stepped_aside_has_its_name_from_before(desk: UndoDesk) -> None:
    p = desk.planning
    aside = "inbox:show/.reshelve-step"
    plan = plan_of(
        desk.stores,
        p.move("inbox:show/live.mkv", aside),
        p.move("inbox:a/one.mkv", "inbox:show/live.mkv"),
        p.move(aside, "attic:one.mkv", "inbox:show/live.mkv", across=True, needs=(0,)),
    )
    report = apply(plan, {**desk.stores, "inbox": WritingOn(desk.stores["inbox"], "", "")}, desk.state, now=clock)
    assert [problem.path for problem in report.failures] == ["inbox:show/live.mkv"]
    assert [item.original for item in in_trash(desk).items] == ["inbox:show/live.mkv"]


def test_nothing_is_kept_where_all_went_well(desk: UndoDesk) -> None:
    assert across(desk).failures == []
    assert in_trash(desk).items == []
    assert not os.path.lexists(desk.inbox / ".reshelve-trash")


def test_one_written_to_while_it_goes_up_is_told_and_undo_brings_it_back(desk: UndoDesk) -> None:
    vault = MemoryBucket(Root("vault", "s3://vault", fs="s3:memory/vault", kind="bucket", versioned=True), MemoryService())
    desk.stores["vault"] = vault  # type: ignore[assignment]
    seen = desk.planning.move("inbox:show/live.mkv", "")
    upload = Upload(seen.src, "vault:live.mkv", seen.size, seen.mtime_ns, seen.ino, takes=True)
    stores = {**desk.stores, "inbox": WritingOn(desk.stores["inbox"], "", "")}
    report = apply(plan_of(desk.stores, upload), stores, desk.state, now=clock)
    assert [(problem.code, problem.path) for problem in report.failures] == [("original-kept", "inbox:show/live.mkv")]
    assert [item.original for item in in_trash(desk).items] == ["inbox:show/live.mkv"]
    desk.undo(desk.state.run(report.run))
    assert (desk.inbox / "show/live.mkv").read_bytes() == b"".join(BYTES)
    assert vault.stat("live.mkv") is None
    assert vault.hidden("live.mkv") is not None
