"""Apply: all of it or nothing, in the order shown; refused when it no longer holds."""

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.run_events import Event, OperationFailed, Progress, RunSettled, RunStarted
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.plan import PlanRoot, SpaceNeed
from reshelve.schemas.problems import Problem, ReshelveError
from tests.crash.every_kind import every_kind, lay, other_file_system, stores_at
from tests.support.failing import FailingStore
from tests.support.plans import Planning, clock, local, plan_of
from tests.support.snapshots import contents, difference, snapshot


class Desk:
    """An inbox and a shelf; an attic and the state on another file system where there is one."""

    def __init__(self, base: Path, elsewhere: Path) -> None:
        self.inbox, self.shelf, self.attic = base / "inbox", base / "shelf", elsewhere / "attic"
        self.inbox.mkdir()
        lay(self.inbox)
        self.stores = stores_at(self.inbox, self.shelf, self.attic)
        self.state = State(elsewhere / "state")
        self.plan = every_kind(self.stores)
        self.before = self.trees()
        self.contents = contents(self.inbox)

    def trees(self) -> list[Any]:
        return [snapshot(root) for root in (self.inbox, self.shelf, self.attic)]

    def changed(self) -> list[str]:
        return [line for a, b in zip(self.before, self.trees(), strict=True) for line in difference(a, b)]

    def apply(self, **rest: Any) -> Any:
        return apply(rest.pop("plan", self.plan), rest.pop("stores", self.stores), self.state, now=clock, **rest)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    elsewhere = other_file_system(tmp_path)
    yield Desk(tmp_path, elsewhere or tmp_path)
    if elsewhere:
        shutil.rmtree(elsewhere)


def test_every_kind_is_done_and_told(desk: Desk) -> None:
    events: list[Event] = []
    report = desk.apply(emit=events.append)
    assert (report.outcome, report.done, report.operations, report.failures) == ("done", 27, 27, [])
    assert report.counts == {
        "copy": 1, "link": 2, "mkdir": 3, "move": 10, "pack": 2, "rmdir": 1, "trash": 6, "unpack": 1, "write": 1,
    }  # fmt: skip
    assert (desk.attic / "given/notes.txt").read_text() == "notes"
    assert (desk.shelf / "Show/Season 01/one.mkv").read_text() == "one"
    assert (desk.inbox / "a/one.mkv").read_text() == "two"
    assert ((desk.inbox / "swap/x").read_text(), (desk.inbox / "swap/y").read_text()) == ("y was second", "x was first")
    assert (desk.shelf / "hard.txt").stat().st_ino == (desk.inbox / "link/me.txt").stat().st_ino
    assert (desk.shelf / "soft.txt").is_symlink()
    assert (desk.inbox / f".reshelve-trash/{report.run}/old/render.mp4").read_text() == "trash me"
    assert not (desk.inbox / "far").exists()
    kept = contents(desk.inbox, desk.shelf, desk.attic)
    assert all(kept.count(one) >= desk.contents.count(one) for one in desk.contents)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunSettled)
    assert any(isinstance(event, Progress) for event in events)
    assert all(event.done >= 0 for event in events if isinstance(event, Progress))


def test_a_move_across_file_systems_keeps_what_a_file_is(desk: Desk) -> None:
    source = desk.inbox / "far/big.mkv"
    try:
        os.setxattr(source, "user.note", b"kept")
    except OSError:
        pytest.skip("no extended attributes here")
    before = source.stat()
    desk.apply(plan=every_kind(desk.stores))
    big, twin = desk.attic / "in/big.mkv", desk.attic / "in/twin.mkv"
    after = big.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_size, after.st_uid) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_size,
        before.st_uid,
    )
    assert os.getxattr(big, "user.note") == b"kept"
    assert twin.stat().st_ino == after.st_ino
    assert os.readlink(desk.attic / "in/pointer") == "../a/one.mkv"
    assert list(desk.attic.rglob(".reshelve*")) == []


FAILURES = [
    ("shelf", "make_dir", "Season 01"),
    ("inbox", "rename", "a/one.srt"),
    ("inbox", "rename", "swap/y"),
    ("inbox", "copy_to", "far/small.mkv"),
    ("attic", "rename", ".tmp"),
    ("attic", "link", "big"),
    ("attic", "symlink", ".reshelve-"),
    ("attic", "rename", "pointer"),
    ("inbox", "link", "link/me"),
    ("shelf", "symlink", "me.txt"),
    ("shelf", "write_to", ".tmp"),
    ("inbox", "rename", "old/render"),
    ("inbox", "remove_dir", "far"),
]


@pytest.mark.parametrize(("root", "verb", "where"), FAILURES)
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_failure_takes_everything_back(desk: Desk, root: str, verb: str, where: str, code: int) -> None:
    stores: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in desk.stores.items()}
    stores[root] = FailingStore(desk.stores[root], verb, where, code)
    report = desk.apply(stores=stores)
    assert report.outcome == "rolled-back"
    assert report.done == 0
    assert report.failures[0].hint
    assert desk.changed() == []


def test_stop_keeps_what_was_done(desk: Desk) -> None:
    stores: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in desk.stores.items()}
    stores["inbox"] = FailingStore(desk.stores["inbox"], "rename", "swap/y", errno.EACCES)
    report = desk.apply(stores=stores, on_error="stop")
    assert (report.outcome, report.failures[0].code) == ("stopped", "not-allowed")
    assert (desk.shelf / "Show/Season 01/one.mkv").exists()
    assert not (desk.attic / "in").exists()
    assert desk.state.run("last").done == set(range(6))


def test_continue_leaves_out_what_needs_the_failed(desk: Desk) -> None:
    stores: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in desk.stores.items()}
    stores["inbox"] = FailingStore(desk.stores["inbox"], "copy_to", "far/big")
    events: list[Event] = []
    report = desk.apply(stores=stores, on_error="continue", emit=events.append)
    failed = [event.index for event in events if isinstance(event, OperationFailed)]
    assert report.outcome == "stopped"
    assert failed == [9, 10, 18]
    assert (desk.inbox / "far/big.mkv").exists()
    assert (desk.inbox / "far/twin.mkv").exists()
    assert (desk.attic / "in/small.mkv").exists()
    assert desk.state.run("last").done == set(range(27)) - {9, 10, 18}


@pytest.mark.parametrize("jobs", [1, 4])
def test_copies_side_by_side_come_to_the_same(desk: Desk, jobs: int) -> None:
    assert desk.apply(jobs=jobs).outcome == "done"
    assert (desk.attic / "in/big.mkv").read_text() == "big" * 50_000


def test_a_cancelled_run_is_taken_back(desk: Desk) -> None:
    cancel = threading.Event()
    cancel.set()
    report = desk.apply(cancel=cancel)
    assert (report.outcome, report.interrupted) == ("rolled-back", True)
    assert desk.changed() == []


def test_a_copy_under_way_at_an_interrupt_is_no_failure(desk: Desk) -> None:
    (desk.inbox / "long.mkv").write_bytes(os.urandom(3 << 20))
    cancel, before = threading.Event(), desk.trees()
    plan = plan_of(desk.stores, Planning(desk.stores).copy("inbox:long.mkv", "shelf:long.mkv"))

    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and event.copied_bytes:
            cancel.set()

    report = desk.apply(plan=plan, cancel=cancel, emit=interrupt)
    told = [(problem.code, problem.severity, problem.summary, problem.detail) for problem in report.failures]
    assert told == [("cancelled", "note", "The run was interrupted.", "copy inbox:long.mkv to shelf:long.mkv was under way.")]
    assert (report.outcome, report.interrupted, [one.result for one in report.results]) == ("rolled-back", True, ["not-done"])
    assert desk.trees() == before
    assert desk.state.run_summary(plan.run).failures == 0


def refused(desk: Desk, **rest: Any) -> ReshelveError:
    with pytest.raises(ReshelveError) as caught:
        desk.apply(**rest)
    return caught.value


def test_a_plan_runs_once(desk: Desk) -> None:
    desk.apply()
    error = refused(desk)
    assert (error.kind, error.problems[0].code) == ("stale", "plan-used")


STALENESS = {
    "edited": (lambda d: (d.inbox / "a/one.mkv").write_text("edited"), "inbox:a/one.mkv was 3 B when planned, and is 6 B now."),
    "gone": (lambda d: (d.inbox / "a/one.srt").unlink(), "inbox:a/one.srt is gone."),
    "taken": (lambda d: (d.shelf / "me too.txt").write_text("x"), "shelf:me too.txt was free when planned, and is taken now."),
    "folder made": (lambda d: (d.shelf / "Show").mkdir(), "shelf:Show was free when planned, and is taken now."),
    "not empty": (lambda d: (d.inbox / "far/new").write_text("x"), "inbox:far should be empty by then, but also contains new."),
}


@pytest.mark.parametrize("what", STALENESS)
def test_a_stale_plan_is_refused_naming_what_changed(desk: Desk, what: str) -> None:
    change, detail = STALENESS[what]
    change(desk)
    desk.before = desk.trees()
    error = refused(desk)
    assert (error.kind, [problem.detail for problem in error.problems]) == ("stale", [detail])
    assert desk.changed() == []
    assert desk.state.runs() == []


def test_a_folder_that_is_filled_again_is_not_to_be_removed(desk: Desk) -> None:
    (desk.inbox / "left").mkdir()
    (desk.inbox / "left/one").write_text("one")
    (desk.inbox / "other").write_text("other")
    make = Planning(desk.stores)
    leave, fill = make.move("inbox:left/one", "shelf:one"), make.move("inbox:other", "inbox:left/one")
    error = refused(desk, plan=plan_of(desk.stores, leave, fill, make.rmdir("inbox:left")))
    assert [problem.detail for problem in error.problems] == ["inbox:left should be empty by then, but also contains one."]
    assert desk.apply(plan=plan_of(desk.stores, leave, make.rmdir("inbox:left"))).outcome == "done"


def test_a_change_to_anything_else_does_not_matter(desk: Desk) -> None:
    (desk.inbox / "a/newcomer").write_text("x")
    (desk.shelf / "elsewhere").mkdir()
    assert desk.apply().outcome == "done"


def test_a_plan_against_an_inventory_is_never_applied(desk: Desk) -> None:
    assert refused(desk, plan=plan_of(desk.stores, against=True)).problems[0].code == "plan-for-reading"


def test_a_plan_with_errors_or_for_another_workspace_is_refused(desk: Desk) -> None:
    wrong = plan_of(desk.stores, problems=[Problem("away", "A store is away.")])
    assert refused(desk, plan=wrong).problems[0].code == "plan-has-errors"
    assert refused(desk, plan=plan_of(desk.stores, workspace="theirs"), workspace="ours").problems[0].code == "foreign-plan"
    assert desk.state.runs() == []


def test_another_workspaces_plan_is_refused(desk: Desk, tmp_path: Path) -> None:
    elsewhere = {**desk.stores, "inbox": local("inbox", tmp_path / "elsewhere")}
    assert refused(desk, stores=elsewhere).problems[0].code == "foreign-plan"


def test_another_disk_under_the_same_path_is_refused(desk: Desk) -> None:
    desk.plan.roots["inbox"] = replace(desk.plan.roots["inbox"], fs="ext4:other")
    assert refused(desk).problems[0].code == "other-file-system"
    assert isinstance(desk.plan.roots["inbox"], PlanRoot)


def test_too_little_room_is_found_before_anything_is_touched(desk: Desk) -> None:
    desk.plan.space.append(SpaceNeed("fs", "attic", needs=1 << 60))
    error = refused(desk)
    assert (error.kind, error.problems[0].code) == ("error", "no-room")
    assert desk.changed() == []


def test_a_taken_name_between_check_and_rename_loses_nothing(desk: Desk) -> None:
    class Racer(FailingStore):
        def __getattr__(self, name: str) -> Any:
            if name == "rename":
                (desk.shelf / "Show/Season 01/one.mkv").write_text("a stranger's")
            return super().__getattr__(name)

    stores: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in desk.stores.items()}
    stores["inbox"] = Racer(desk.stores["inbox"], "", "")
    report = desk.apply(stores=stores)
    assert report.failures[0].code == "in-the-way"
    assert (desk.shelf / "Show/Season 01/one.mkv").read_text() == "a stranger's"
    assert (desk.inbox / "a/one.mkv").read_text() == "one"


def test_nothing_to_do_leaves_no_run(tmp_path: Path) -> None:
    stores = {"inbox": local("inbox", tmp_path / "inbox")}
    report = apply(plan_of(stores), stores, State(tmp_path / "state"), now=clock)
    assert (report.outcome, report.operations) == ("done", 0)
    assert State(tmp_path / "state").runs() == []


def test_purge_is_the_only_way_out(tmp_path: Path) -> None:
    stores = {"inbox": local("inbox", tmp_path / "inbox")}
    (tmp_path / "inbox/.reshelve-trash/abc").mkdir(parents=True)
    (tmp_path / "inbox/.reshelve-trash/abc/x").write_text("x")
    planning = Planning(stores)
    plan = plan_of(stores, planning.purge("inbox:.reshelve-trash/abc/x"), command="trash empty")
    assert apply(plan, stores, State(tmp_path / "state"), now=clock).outcome == "done"
    assert list((tmp_path / "inbox").iterdir()) == []


def test_a_root_that_is_not_there(desk: Desk) -> None:
    stores = dict(desk.stores)
    stores["attic"] = LocalStore(replace(desk.stores["attic"].root, available=False, why="not mounted"))
    assert refused(desk, stores=stores).problems[0].detail == "not mounted"


def test_each_operation_of_a_run_that_stopped_has_its_result(desk: Desk) -> None:
    stores: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in desk.stores.items()}
    stores["inbox"] = FailingStore(desk.stores["inbox"], "rename", "swap/y", errno.EACCES)
    report = desk.apply(stores=stores, on_error="stop")
    came_to = [one.result for one in report.results]
    assert came_to == ["done"] * 6 + ["failed"] + ["not-done"] * (report.operations - 7)
    failed = report.results[6]
    assert failed.why == report.failures[0].detail and failed.hint == report.failures[0].hint
    assert desk.state.report_of(report.run) == report
    told = desk.state.runs()[0]
    assert (told.done, told.counts, told.operations) == (report.done, report.counts, report.operations)
