"""Originals and what goes to the trash, while a program rewrites them in place and puts their size and times back."""

import mmap
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.run_journal import read
from reshelve.executors.verbs.original_removal import TICK_NS
from reshelve.schemas.inventory import proof, tells_writes
from reshelve.schemas.journal_records import Done
from reshelve.schemas.operations import Trash
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report
from tests.support.failing import FailingStore
from tests.support.plans import clock, plan_of
from tests.support.somebody import At
from tests.support.undodesk import UndoDesk, undo_desk

OLD, NEW = b"old content", b"NEW content"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        if not one.two_disks:
            pytest.skip("needs a second file system")
        (one.inbox / "film.mkv").write_bytes(OLD)
        os.utime(one.inbox / "film.mkv", (1, 1))
        yield one


def rewrite(path: Path) -> None:
    """Write other bytes of the same size to a file, and put its times back, as `rsync --inplace -t` does."""
    seen = path.stat()
    with open(path, "r+b") as file:
        file.write(NEW)
        file.flush()
        os.utime(file.fileno(), ns=(seen.st_atime_ns, seen.st_mtime_ns))


def across(desk: UndoDesk, **instead: Any) -> Report:
    plan = plan_of(desk.stores, desk.planning.move("inbox:film.mkv", "attic:film.mkv", across=True))
    report = apply(plan, {**desk.stores, **instead}, desk.state, now=clock)
    for store in desk.stores.values():
        store.forget()
    return report


def everywhere(desk: UndoDesk) -> set[bytes]:
    return {path.read_bytes() for top in (desk.inbox, desk.attic) for path in top.rglob("*") if path.is_file()}


MOMENTS = {
    "as it was copied": ("copy_to", "film.mkv", True),
    "before it is set aside": ("fingerprint", "film.mkv", False),
    "as it is set aside": ("rename", "/.moved/", False),
    "once it was set aside": ("rename", "/.moved/", True),
    "before it is removed": ("stat", "/.moved/", False),
    "as it is removed": ("remove", "/.moved/", False),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_original_that_is_rewritten_with_its_times_kept_stays_and_is_told(desk: UndoDesk, moment: str) -> None:
    method, part, after = MOMENTS[moment]

    def deed() -> None:
        path = desk.inbox / "film.mkv"
        rewrite(path if path.exists() else next(desk.inbox.glob(".reshelve-trash/*/.moved/0")))

    store = At(desk.stores["inbox"], method, part, deed, after=after)
    report = across(desk, inbox=store)
    if moment == "as it is removed" and report.outcome == "done" and not report.failures:
        return  # whoever opens it then waits until it has no name, and has it open still
    assert NEW in everywhere(desk)
    assert [problem.code for problem in report.failures] == ["original-kept"]


def test_what_is_written_by_a_mapping_from_before_stays_and_is_told(desk: UndoDesk) -> None:
    with open(desk.inbox / "film.mkv", "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:1] = OLD[:1]  # the page is dirty: what follows changes no times

        def deed() -> None:
            mapped[:] = NEW

        report = across(desk, inbox=At(desk.stores["inbox"], "copy_to", "film.mkv", deed, after=True))
    assert NEW in everywhere(desk)
    # Where the system wrote the page to the disk meanwhile, the times tell, and the move is taken back.
    assert {problem.code for problem in report.failures} <= {"original-kept", "drifted"}
    assert report.failures


def test_what_was_written_by_a_mapping_that_is_gone_by_then_stays_too(desk: UndoDesk) -> None:
    file = open(desk.inbox / "film.mkv", "r+b")  # noqa: SIM115
    mapped = mmap.mmap(file.fileno(), 0)
    file.close()
    mapped[:1] = OLD[:1]

    def deed() -> None:
        mapped[:] = NEW
        mapped.close()

    report = across(desk, inbox=At(desk.stores["inbox"], "copy_to", "film.mkv", deed, after=True))
    assert NEW in everywhere(desk)
    # Where the system wrote the page to the disk meanwhile, the times tell, and the move is taken back.
    assert {problem.code for problem in report.failures} <= {"original-kept", "drifted"}
    assert report.failures


def test_one_that_was_touched_but_holds_the_same_goes(desk: UndoDesk) -> None:
    report = across(desk, inbox=At(desk.stores["inbox"], "rename", "/.moved/", lambda: (desk.inbox / "film.mkv").chmod(0o600)))
    assert report.failures == []
    assert not list(desk.inbox.glob(".reshelve-trash"))


def test_undo_of_a_kept_one_brings_back_what_was_written_last(desk: UndoDesk) -> None:
    store = At(desk.stores["inbox"], "rename", "/.moved/", lambda: rewrite(desk.inbox / "film.mkv"))
    run = desk.state.run(across(desk, inbox=store).run)
    desk.undo(run)
    assert (desk.inbox / "film.mkv").read_bytes() == NEW


def test_recover_reads_what_the_journal_does_not_vouch_for(desk: UndoDesk) -> None:
    plan = plan_of(desk.stores, desk.planning.move("inbox:film.mkv", "attic:film.mkv", across=True))

    time.sleep(2 * TICK_NS / 1e9)  # what changed just now may change again at the same moment, and is not vouched for

    class KilledError(Exception):
        pass

    class Dying(FailingStore):
        def __getattr__(self, name: str) -> Any:
            attribute = super().__getattr__(name)
            if name != "remove":
                return attribute

            def remove(rel: str) -> None:
                raise KilledError(rel)

            return remove

    with pytest.raises(KilledError):
        apply(plan, {**desk.stores, "inbox": Dying(desk.stores["inbox"], "", "")}, desk.state, now=clock)
    records = list(read(desk.state.folder_of(plan.run) / "journal.ndjson"))
    if tells_writes(desk.stores["inbox"].root.fs):
        assert [record.aside.keys() for record in records if isinstance(record, Done)] == [{0}]
    rewrite(next(desk.inbox.glob(".reshelve-trash/*/.moved/0")))
    (report,) = recover(desk.state, desk.stores, now=clock)
    assert "original-kept" in [problem.code for problem in report.failures]
    assert NEW in everywhere(desk)


def trash(desk: UndoDesk) -> Trash:
    item = desk.stores["inbox"].stat("film.mkv")
    assert item is not None
    return Trash("inbox:film.mkv", item.size, item.mtime_ns, item.ino, ctime_ns=proof(item))


@pytest.mark.parametrize("moment", ["fingerprint", "rename"])
def test_a_file_edited_with_its_times_kept_does_not_go_to_the_trash(desk: UndoDesk, moment: str) -> None:
    store = At(desk.stores["inbox"], moment, "film.mkv", lambda: rewrite(desk.inbox / "film.mkv"))
    report = apply(plan_of(desk.stores, trash(desk)), {**desk.stores, "inbox": store}, desk.state, now=clock)
    assert report.outcome == "rolled-back"
    assert (desk.inbox / "film.mkv").read_bytes() == NEW


def test_one_edited_since_the_plan_was_made_refuses_it(desk: UndoDesk) -> None:
    plan = plan_of(desk.stores, trash(desk))
    rewrite(desk.inbox / "film.mkv")
    with pytest.raises(ReshelveError, match="was written to or changed since this was planned"):
        apply(plan, desk.stores, desk.state, now=clock)


def test_a_file_that_a_program_has_open_for_writing_does_not_go_to_the_trash(desk: UndoDesk) -> None:
    with open(desk.inbox / "film.mkv", "r+b"):
        report = apply(plan_of(desk.stores, trash(desk)), desk.stores, desk.state, now=clock)
    assert [problem.code for problem in report.failures] == ["being-written"]
    assert (desk.inbox / "film.mkv").read_bytes() == OLD
