"""Killed before and after every verb, on disk or in a bucket, and every journal sync; recovered; all is before, or all is after."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import Killed
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.object_metadata import RESERVATION
from tests.crash.bucket_kinds import Place, every_object_kind
from tests.support.memory_folder import memory_folder
from tests.support.plans import clock
from tests.support.shares import SHARES, Share, everything
from tests.support.snapshots import difference, snapshot

FOLDER_VERBS = ("make_dir", "make_trash", "remove_dir", "receive", "rename", "remove", "set_times", "sync")
BUCKET_VERBS = (
    "upload", "write_object", "copy_to", "copy_object", "remove", "remove_version", "hide", "reveal", "set_class", "thaw",
    "write_document", "abort",
)  # fmt: skip


class Countdown:
    """Counts verbs and syncs, and dies at the `point`-th, before or after it."""

    def __init__(self, point: int, after: bool) -> None:
        self.count, self.point, self.after = 0, point, after

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **rest: Any) -> Any:
            self.count += 1
            mine = self.count
            if mine == self.point and not self.after:
                raise Killed
            found = real(*args, **rest)
            if mine == self.point and self.after:
                raise Killed
            return found

        return wrapper


@contextmanager
def dying_at(point: int, after: bool) -> Iterator[Countdown]:
    countdown = Countdown(point, after)
    patches = [patch.object(Journal, "sync", countdown.around(Journal.sync))]
    for kind, verbs in ((LocalStore, FOLDER_VERBS), (MemoryBucket, BUCKET_VERBS)):
        patches += [patch.object(kind, verb, countdown.around(getattr(kind, verb))) for verb in verbs]
    for each in patches:
        each.start()
    try:
        yield countdown
    finally:
        for each in patches:
            each.stop()


class Base(NamedTuple):
    """Where a place is laid, and where the state of its runs lies."""

    place: Path
    state: Path


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Base]:
    with memory_folder() as memory:
        yield Base(tmp_path / "place", memory / "state")


def laid(base: Base) -> Place:
    for folder in base:
        shutil.rmtree(folder, ignore_errors=True)
    base.place.mkdir(parents=True)
    return Place(*base)


def state_of(place: Place) -> State:
    return State(place.state)


def outcome_of(place: Place) -> Any:
    run = state_of(place).runs()[0].id
    tree = {rel.replace(run, "RUN"): (one.kind, one.content) for rel, one in snapshot(place.base / "home").items()}
    return tree, place.shown(run), dict(place.attic.documents)


def finished(base: Base) -> tuple[int, Any]:
    """Carry the plan out whole; return the points it passes and what it comes to."""
    place = laid(base)
    stores = place.stores()
    plan = every_object_kind(stores)
    with dying_at(0, False) as countdown:
        report = apply(plan, stores, state_of(place), now=clock)
    assert report.outcome == "done", report.failures
    return countdown.count, outcome_of(place)


def killed_then_recovered(base: Base, how: Any, after: bool, which: Share = everything) -> None:
    total, whole = finished(base)
    assert total > 60
    for point in which(range(1, total + 1)):
        place = laid(base)
        stores = place.stores()
        plan = every_object_kind(stores)
        before, objects = snapshot(base.place / "home"), place.objects()
        with dying_at(point, after), suppress(Killed):
            apply(plan, stores, state_of(place), now=clock)
        where = f"{how}, killed {'after' if after else 'before'} point {point} of {total}"
        check(place, how, before, objects, whole, where)


@pytest.mark.parametrize("which", SHARES)
@pytest.mark.parametrize(("how", "after"), [("rollback", False), ("finish", True)])
def test_killed_at_every_point_then_recovered(base: Base, how: Any, after: bool, which: Share) -> None:
    """What stands after one point stands before the next too, but for what nobody counts."""
    killed_then_recovered(base, how, after, which)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "after"), [("rollback", True), ("finish", False)])
def test_killed_at_every_point_then_recovered_the_other_way(base: Base, how: Any, after: bool) -> None:
    killed_then_recovered(base, how, after)


def check(place: Place, how: Any, before: Any, objects: Any, whole: Any, where: str) -> None:
    reports = recover(state_of(place), place.stores(), how=how, now=clock)
    assert [report.failures for report in reports if report.outcome == "unsettled"] == [], where
    state = state_of(place)
    assert state.unsettled() == [], where
    assert place.uploads() == 0, where
    outcome = state.runs()[0].outcome if state.runs() else "rolled-back"
    if outcome == "rolled-back":
        assert difference(before, snapshot(place.base / "home")) == [], where
        assert place.objects() == objects, where
        assert not place.attic.documents, where
    else:
        assert outcome == "done", where
        assert outcome_of(place) == whole, where
    if how == "finish" and reports:
        assert outcome == "done", where


@pytest.mark.parametrize("how", ["rollback", "finish"])
@pytest.mark.parametrize("bucket", ["attic", "plain"])
def test_killed_inside_an_upload_in_parts(base: Base, how: Any, bucket: str) -> None:
    """Finish goes on with the parts that are there; rollback gives them up. Somebody else's upload at that key is left alone."""
    _, whole = finished(base)
    for parts in (1, 2, 3):
        place = laid(base)
        stores = place.stores()
        plan = every_object_kind(stores)
        before, objects = snapshot(base.place / "home"), place.objects()
        getattr(place, bucket).kill_after = parts
        with pytest.raises(Killed):
            apply(plan, stores, state_of(place), now=clock)
        assert place.uploads() == 1
        check(place, how, before, objects, whole, f"{how}, killed in {bucket} after {parts} parts")


@pytest.mark.parametrize("how", ["rollback", "finish"])
def test_killed_once_a_key_is_reserved(base: Base, how: Any) -> None:
    """Where a copy cannot refuse a key that is taken, an empty object takes it first: none of those is ever left."""
    _, whole = finished(base)
    for copy in range(1, 100):
        place = laid(base)
        stores = place.stores()
        plan = every_object_kind(stores)
        before, objects = snapshot(base.place / "home"), place.objects()
        place.plain.reserves, place.plain.kill_reserved = True, copy
        died = False
        try:
            apply(plan, stores, state_of(place), now=clock)
        except Killed:
            died = True
            assert reserved(place)
        check(place, how, before, objects, whole, f"{how}, killed once copy {copy} had its key")
        assert not reserved(place)
        if not died:
            assert copy == 7
            return


def reserved(place: Place) -> list[str]:
    return [key for key, versions in place.plain.keys.items() if RESERVATION in versions[-1].metadata]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["rollback", "finish"])
@pytest.mark.parametrize("first", range(3, 70, 4))
def test_killed_again_inside_recover(base: Base, how: Any, first: int) -> None:
    _, whole = finished(base)
    for second in range(1, 500):
        place = laid(base)
        stores = place.stores()
        plan = every_object_kind(stores)
        before, objects = snapshot(base.place / "home"), place.objects()
        with dying_at(first, False), suppress(Killed):
            apply(plan, stores, state_of(place), now=clock)
        again, died = place.stores(), True
        with dying_at(second, False), suppress(Killed):
            recover(state_of(place), again, how=how, now=clock)
            died = False
        check(place, how, before, objects, whole, f"{how}, killed before point {first}, then in recover before point {second}")
        if not died:
            return
    raise AssertionError("recover never ended")
