"""Whatever a plan did, on one disk or two, an undo brings back; a redo does it again; and another undo brings it back once more."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.undo.plain_moves import PlainMoves
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import TRASH
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.run_record import Run
from tests.support.memory_folder import memory_folder
from tests.support.plans import clock
from tests.support.shares import examples

pytestmark = pytest.mark.drawn
PHASES = [Phase.explicit, Phase.generate]
PLACES = [f"{store}:{folder}{name}" for store in ("near", "far") for folder in ("", "x/", "x/y/") for name in ("a", "b", "c")]


class Desk:
    """Two roots, each on a disk of its own."""

    def __init__(self, memory: Path, places: set[str]) -> None:
        base = Path(tempfile.mkdtemp(dir=memory))
        self.stores = {}
        for key in ("near", "far"):
            root = Root(key, f"{base}/{key}", fs=f"disk-{key}")
            (base / key).mkdir()
            self.stores[key] = MemoryStore(root, MemoryDisk(f"disk-{key}"))
        for place in sorted(places):
            key, _, rel = place.partition(":")
            self.stores[key].put(rel, f"content of {place}".encode())
        self.state = State(base / "state")
        self.runs: list[str] = []

    def tree(self) -> dict[str, Any]:
        """Return all that stands outside the trash: what it is, and what it holds."""
        found = {}
        for key, store in self.stores.items():
            for item in [store.stat(""), *store.walk().items]:
                assert item is not None
                if TRASH not in item.rel:
                    held = store.digest(item.rel) if item.kind == "file" else ""
                    found[f"{key}:{item.rel}"] = (item.kind, item.mode, item.mtime_ns, held)
        return found

    def apply(self, plan: Plan) -> Run:
        report = apply(plan, self.stores, self.state, now=clock)
        assert report.outcome == "done", report.failures
        self.runs.append(report.run)
        return self.state.run(report.run)

    def undo(self, run: Run) -> Run:
        later = [self.state.run(one) for one in self.runs[self.runs.index(run.id) + 1 :]]
        return self.apply(make_undo(self.state.run(run.id), later, self.stores, base=self.state.base(), workspace="desk"))


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    with memory_folder() as folder:
        yield folder


@st.composite
def wishes(draw: st.DrawFn) -> tuple[set[str], Layout]:
    present = draw(st.sets(st.sampled_from(PLACES), min_size=1))
    layout = Layout(tidy={"near": [], "far": []} if draw(st.booleans()) else {})
    sources = draw(st.lists(st.sampled_from(sorted(present)), unique=True))
    targets = draw(st.lists(st.sampled_from([*PLACES, "near:new/z", "far:new/deep/z"]), unique=True))
    for source, target in zip(sources, targets, strict=False):
        transfer = draw(st.sampled_from(["move", "move", "move", "copy", "symlink"]))
        conflict = draw(st.sampled_from(["fail", "replace"]))
        layout.files[target] = Entry(source=source, transfer=transfer, on_conflict=conflict)
    layout.absent = [Absent(place) for place in sorted(present - set(sources) - set(targets))[:2]]
    layout.dirs = draw(st.lists(st.sampled_from(["near:made/one", "far:made"]), unique=True))
    return present, layout


@settings(derandomize=True, max_examples=examples(60), phases=PHASES, deadline=None)
@given(wishes())
def test_what_a_run_did_is_undone_redone_and_undone(memory: Path, wish: tuple[set[str], Layout]) -> None:
    present, layout = wish
    desk = Desk(memory, present)
    before = desk.tree()
    plan = make_plan(layout, desk.stores, PlanRequest(workspace="desk"))
    if not plan.can_apply():
        return
    run = desk.apply(plan)
    after = desk.tree()
    undo = desk.undo(run)
    assert desk.tree() == before
    desk.undo(undo)
    assert desk.tree() == after
    desk.undo(run)
    assert desk.tree() == before


@settings(derandomize=True, max_examples=examples(60), phases=PHASES, deadline=None)
@given(wishes(), st.integers(0, 99), st.sampled_from([(), ("*/a",), ("near:*",)]))
def test_part_of_an_undo_loses_nothing_and_leaves_no_temporary_name(
    memory: Path, wish: tuple[set[str], Layout], which: int, only: tuple[str, ...]
) -> None:
    present, layout = wish
    desk = Desk(memory, present)
    plan = make_plan(layout, desk.stores, PlanRequest(workspace="desk"))
    if not plan.can_apply():
        return
    run = desk.apply(plan)
    files = [place for place, (kind, *_) in desk.tree().items() if kind == "file"]
    if files:
        key, _, rel = files[which % len(files)].partition(":")
        desk.stores[key].remove(rel)
        desk.stores[key].put(rel, b"changed since")
    held = contents(desk)
    undo = make_undo(run, [], desk.stores, base=desk.state.base(), workspace="desk", only=only, partial=True)
    if undo.can_apply():
        desk.apply(undo)
    assert contents(desk) >= held


@st.composite
def seasons(draw: st.DrawFn) -> tuple[set[str], Layout]:
    """Several files of one folder that go to another on the same disk, where some stay behind: what an undo takes back at once."""
    present = {f"near:in/{name}" for name in "abcdefgh"} | draw(st.sets(st.sampled_from(PLACES), max_size=3))
    layout = Layout(tidy={"near": []} if draw(st.booleans()) else {})
    for name in draw(st.lists(st.sampled_from("abcdefg"), unique=True, min_size=4)):
        layout.files[f"near:{draw(st.sampled_from(['out', 'out', 'out/deep']))}/{name}"] = Entry(source=f"near:in/{name}")
    return present, layout


@settings(derandomize=True, max_examples=examples(300), phases=PHASES, deadline=None)
@given(
    st.one_of(seasons(), seasons(), wishes()),
    st.integers(0, 99),
    st.booleans(),
    st.sampled_from(["", "remove", "change", "take the way", "take the way", "take the folder"]),
)
def test_what_is_taken_back_quickly_is_taken_back_as_carefully(
    memory: Path, wish: tuple[set[str], Layout], which: int, partial: bool, meanwhile: str
) -> None:
    present, layout = wish
    desk = Desk(memory, present)
    plan = make_plan(layout, desk.stores, PlanRequest(workspace="desk"))
    if not plan.can_apply():
        return
    run = desk.apply(plan)
    if meanwhile:
        interfere(desk, run, which, meanwhile)

    def undone() -> Plan | list[Problem]:
        try:
            return make_undo(run, [], desk.stores, base=desk.state.base(), workspace="desk", partial=partial)
        except ReshelveError as trouble:
            return trouble.problems

    quickly = undone()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainMoves, "take_back", lambda _, __, start: start)
        assert undone() == quickly


def test_files_that_left_a_folder_together_are_taken_back_quickly(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(memory, {f"near:in/{name}" for name in "abcde"})
    layout = Layout(files={f"near:out/{name}": Entry(source=f"near:in/{name}") for name in "abcd"})
    run = desk.apply(make_plan(layout, desk.stores, PlanRequest(workspace="desk")))
    took: list[int] = []
    quickly = PlainMoves.take_back

    def counted(self: PlainMoves, indices: Sequence[int], start: int) -> int:
        took.append(quickly(self, indices, start) - start)
        return start + took[-1]

    monkeypatch.setattr(PlainMoves, "take_back", counted)
    desk.undo(run)
    assert sum(took) >= 3


def interfere(desk: Desk, run: Run, which: int, how: str) -> None:
    """Do something to one of the places that a run moved a file to, or from, as far as that can be done."""
    moves = [operation for operation in run.plan.operations if operation.op == "move"]
    if not moves:
        return
    move = moves[which % len(moves)]
    key, _, rel = (move.dst if how in ("remove", "change") else move.src).partition(":")
    store = desk.stores[key]
    with contextlib.suppress(OSError):
        if how in ("remove", "change"):
            store.remove(rel)
        if how in ("change", "take the way"):
            store.put(rel, b"changed since")
        if how == "take the folder":
            store.put(rel.rpartition("/")[0] or rel, b"a file where a folder was")


def contents(desk: Desk) -> set[str]:
    """Return the hash of everything held, the trash included. Temporary names are not shown: what is under one counts as lost."""
    listings = [store.walk(rel) for store in desk.stores.values() for rel in ("", TRASH)]
    return {desk.stores[found.root.key].digest(item.rel) for found in listings for item in found.items if item.kind == "file"}
