"""The guarantees over random trees and layouts: nothing is lost, it arrives, it goes back; failures leave before or after."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.locations import split
from reshelve.schemas.problems import ReshelveError
from tests.support.failing import FailingStore
from tests.support.memory_folder import memory_folder
from tests.support.plans import clock
from tests.support.worlds import BUCKETS, SLOW, VERBS, Wish, World, comparable, held, nothing_to_do, planned, trees, worlds

pytestmark = pytest.mark.drawn


@pytest.fixture(autouse=True, scope="module")
def in_memory() -> Iterator[None]:
    """Have the state of the runs lie in memory: what the runs are about is, too."""
    with memory_folder() as folder, patch.object(tempfile, "tempdir", str(folder)):
        yield


@SLOW
@given(worlds)
def test_nothing_is_lost_it_arrives_and_it_goes_back(world: World) -> None:
    goes_there_and_back(world)


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("folder", ["inbox", "nest"])
def test_an_exchange_between_a_folder_and_a_bucket_goes_back(folder: str, bucket: str) -> None:
    """Found by the power cut inside an undo: the file had stepped aside in its folder, and went up from there."""
    files = {(folder, "d/a"): b"one", (bucket, "b"): b"two!"}
    file, thing = sorted(files).index((folder, "d/a")), sorted(files).index((bucket, "b"))
    world = World(files, wishes=[Wish(file, (bucket, "b")), Wish(thing, (folder, "d/a"))])
    assert {"upload", "download"} <= {operation.op for operation in planned(world, world.stores()).operations}
    goes_there_and_back(world)


def test_a_file_that_is_linked_and_then_leaves_its_disk_is_one_file_again_when_it_comes_back() -> None:
    """Found by the test above: what the plan itself linked had one name when it was planned."""
    world = World({("shelf", "d/a"): b"one"}, wishes=[Wish(0, ("shelf", "e"), "hardlink", folder=True), Wish(0, ("attic", "x"))])
    assert {"link", "move"} <= {operation.op for operation in planned(world, world.stores()).operations}
    goes_there_and_back(world)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_file_that_is_linked_and_then_goes_into_a_bucket_comes_back_and_its_link_goes(bucket: str) -> None:
    """Found by the test above: it came back as a file of its own, and the link counted as the last name of the file."""
    world = World({("inbox", "d/a"): b"one"}, wishes=[Wish(0, ("inbox", "c"), "hardlink", folder=True), Wish(0, (bucket, "x"))])
    assert {"link", "upload"} <= {operation.op for operation in planned(world, world.stores()).operations}
    goes_there_and_back(world)
    made = world.stores()
    plan = planned(world, made)
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        report = apply(plan, made, state, now=clock)
        [link] = [operation.dst for operation in plan.operations if operation.op == "link"]
        inbox = made["inbox"]
        assert isinstance(inbox, MemoryStore)
        above, name = inbox.place(split(link)[1])
        above.entries[name].content = b"new"
        with pytest.raises(ReshelveError, match="it is the last name of that file"):
            make_undo(state.run(report.run), [], made, base=state.base(), workspace="")


def goes_there_and_back(world: World) -> None:
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
        assert comparable(trees(made), plan) == comparable(before, plan)
        redo = make_undo(state.run(undone.run), [], made, command="redo", base=state.base(), workspace="")
        assert apply(redo, made, state, now=clock).outcome == "done"
        assert nothing_to_do(world, made, plan)


@SLOW
@given(worlds)
def test_the_order_of_a_layout_does_not_matter(world: World) -> None:
    made = world.stores()
    assert planned(world, made).id == planned(world, made, shuffled=True).id


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

    failing: dict[str, Any] = {key: Late(store, verb, "", times=1) for key, store in made.items()}
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
