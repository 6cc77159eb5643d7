"""The guarantees over random trees and layouts: nothing is lost, it arrives, it goes back, failures and power cuts leave before or after."""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from executors.apply import apply
from executors.recover import recover
from executors.state import State
from executors.stores.memory import MemoryStore
from executors.stores.memory_disk import MemoryDisk
from planner.plan import PlanRequest, make_plan
from planner.undo import make_undo
from schemas.inventory import Root
from schemas.layout import Absent, Entry, Layout
from schemas.locations import TRASH
from tests.support.failing import FailingStore
from tests.support.plans import clock

SLOW = settings(max_examples=120, deadline=None, derandomize=True)

names = st.sampled_from(["a", "b", "c", "x.mkv", "y.mkv", "é.srt", "Ж", "d"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
contents = st.sampled_from([b"", b"one", b"two", b"three"])
stores = st.sampled_from(["inbox", "shelf", "attic"])


@dataclass
class World:
    """Three stores: inbox and shelf on one disk, attic on another."""

    files: dict[tuple[str, str], bytes]
    wishes: list[tuple[int, tuple[str, str] | int, str]]
    gone: list[int]
    dirs: list[tuple[str, str]]
    on_conflict: str
    tidy: bool
    disks: list[MemoryDisk] = field(default_factory=list)

    def stores(self) -> dict[str, MemoryStore]:
        self.disks = [MemoryDisk("disk1"), MemoryDisk("disk2")]
        made = self.reopened()
        for (store, rel), content in sorted(self.files.items()):
            try:
                made[store].put(rel, content, mtime_ns=1_500_000_000_000_000_000 + len(rel))
            except OSError:
                continue  # a file stands where this one needs a folder
        return made

    def reopened(self) -> dict[str, MemoryStore]:
        near, far = self.disks
        return {
            "inbox": MemoryStore(Root("inbox", "/inbox", fs="disk1"), near),
            "shelf": MemoryStore(Root("shelf", "/shelf", fs="disk1"), near),
            "attic": MemoryStore(Root("attic", "/attic", fs="disk2"), far),
        }

    def layout(self, shuffled: bool = False) -> Layout:
        files: dict[str, Entry] = {}
        wanted: set[str] = set()
        there = sorted(self.files) or [("inbox", "nothing")]
        for source, target, transfer in self.wishes:
            to = there[target % len(there)] if isinstance(target, int) else target
            origin, place = "{}:{}".format(*there[source % len(there)]), "{}:{}".format(*to)
            if place not in files and origin not in wanted:
                size = len(self.files.get(there[source % len(there)], b""))
                files[place] = Entry(source=origin, size=size, transfer=transfer, on_conflict=self.on_conflict)  # type: ignore[arg-type]
                wanted.add(origin)
        if shuffled:
            files = dict(reversed(files.items()))
        unwanted = {"{}:{}".format(*there[one % len(there)]) for one in self.gone} - wanted
        absent = [Absent(one) for one in sorted(unwanted)]
        tidy: dict[str, list[str]] = {"inbox": ["junk"]} if self.tidy else {}
        return Layout(files=files, absent=absent, dirs=sorted({"{}:{}".format(*one) for one in self.dirs}), tidy=tidy)


places = st.tuples(stores, paths)
worlds = st.builds(
    World,
    files=st.dictionaries(places, contents, max_size=9),
    wishes=st.lists(
        st.tuples(st.integers(0, 20), places | st.integers(0, 20), st.sampled_from(["move"] * 4 + ["copy", "hardlink", "symlink"])),
        max_size=8,
    ),
    gone=st.lists(st.integers(0, 20), max_size=2),
    dirs=st.lists(places, max_size=2),
    on_conflict=st.sampled_from(["fail", "keep-both", "skip", "replace"]),
    tidy=st.booleans(),
)


def tree(store: MemoryStore) -> dict[str, Any]:
    """Everything in a store but the trash: kind, mode, mtime, content."""
    found = {}
    for item in store.walk("").items:
        content: Any = ""
        if item.kind == "file":
            content = store.content(item.rel)
        elif item.kind == "link":
            content = store.read_link(item.rel)
        found[item.rel] = (item.kind, item.mode, item.mtime_ns, content)
    return found


def trees(made: dict[str, MemoryStore]) -> list[dict[str, Any]]:
    return [tree(made[key]) for key in ("inbox", "shelf", "attic")]


def held(world: World) -> Counter[bytes]:
    """Every content on the disks, under whatever name: the trash and temporary names too."""
    found: Counter[bytes] = Counter()
    for disk in world.disks:
        folders, seen = [disk.top], set()
        while folders:
            for node in folders.pop().entries.values():
                if node.kind == "dir":
                    folders.append(node)
                elif node.kind == "file" and node.ino not in seen:
                    seen.add(node.ino)
                    found[node.content] += 1
    return found


def nothing_to_do(world: World, made: dict[str, MemoryStore], first: Any) -> bool:
    """A second plan is empty, unless the first warned that it would not be."""
    told = any(problem.code == "swap-untold" for problem in first.problems)
    return told or not planned(world, made).operations


def planned(world: World, made: dict[str, MemoryStore], shuffled: bool = False) -> Any:
    return make_plan(world.layout(shuffled), made, PlanRequest())


@SLOW
@given(worlds)
def test_nothing_is_lost_it_arrives_and_it_goes_back(world: World) -> None:
    made = world.stores()
    before, contents_before = trees(made), held(world)
    plan = planned(world, made)
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        report = apply(plan, made, state, now=clock)
        assert report.outcome == "done", report.failures
        assert not contents_before - held(world), "content was lost"
        assert nothing_to_do(world, made, plan)
        if not plan.operations:
            return
        undo = make_undo(state.run(report.run), [], made, base=state.base(), workspace="")
        undone = apply(undo, made, state, now=clock)
        assert undone.outcome == "done", undone.failures
        assert trees(made) == before
        redo = make_undo(state.run(undone.run), [], made, command="redo", base=state.base(), workspace="")
        assert apply(redo, made, state, now=clock).outcome == "done"
        assert nothing_to_do(world, made, plan)


@SLOW
@given(worlds)
def test_the_order_of_a_layout_does_not_matter(world: World) -> None:
    made = world.stores()
    assert planned(world, made).id == planned(world, made, shuffled=True).id


VERBS = ["rename", "make_dir", "copy_to", "link", "symlink", "remove_dir"]


@SLOW
@given(worlds, st.sampled_from(VERBS), st.integers(0, 3))
def test_a_failure_leaves_it_as_before(world: World, verb: str, passes: int) -> None:
    made = world.stores()
    before = trees(made)
    plan = planned(world, made)

    class Late(FailingStore):
        """Lets a few calls pass before it fails."""

        left = passes

        def __getattr__(self, name: str) -> Any:
            if name == self.verb and Late.left:
                Late.left -= 1
                return FailingStore(self.real, "", "").__getattr__(name)
            return super().__getattr__(name)

    failing: dict[str, Any] = {key: Late(store, verb, "", times=1) for key, store in made.items()}  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        report = apply(plan, failing, state, now=clock)
        if report.outcome == "unsettled":  # taking back failed too, for each store fails once: recover ends it
            [report] = recover(state, made, now=clock)
        if report.outcome == "done":
            assert nothing_to_do(world, made, plan)
        else:
            assert report.outcome == "rolled-back", report.failures
            assert trees(made) == before


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it."""


@SLOW
@given(worlds, st.integers(0, 40), st.data())
def test_a_power_cut_leaves_before_or_after(world: World, point: int, data: Any) -> None:
    made = world.stores()
    before, contents_before = trees(made), held(world)
    plan = planned(world, made)
    count = 0

    class Cut(FailingStore):
        def __getattr__(self, name: str) -> Any:
            nonlocal count
            if name in (*VERBS, "sync", "remove", "make_trash"):
                count += 1
                if count > point:
                    raise PowerCut
            return super().__getattr__(name)

    cutting: dict[str, Any] = {key: Cut(store, "", "") for key, store in made.items()}  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        try:
            apply(plan, cutting, state, now=clock)
            return
        except PowerCut:
            pass
        for disk in world.disks:
            unsynced = disk.unsynced
            kept = data.draw(st.lists(st.sampled_from(range(unsynced)), unique=True)) if unsynced else []
            disk.crash(lambda _, kept=kept: sorted(kept))  # type: ignore[misc]
        made = world.reopened()
        assert not contents_before - held(world), "content was lost"
        reports = recover(state, made, how="rollback", now=clock)
        assert [report.unsure for report in reports if report.outcome == "unsettled"] == []
        if not reports or reports[0].outcome == "rolled-back":
            assert strip_times(trees(made)) == strip_times(before)


def strip_times(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Times of folders are not synced one by one; everything else is compared."""
    return [{rel: (kind, mode, 0 if kind == "dir" else mtime, content) for rel, (kind, mode, mtime, content) in one.items()} for one in found]
