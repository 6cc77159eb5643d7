"""Kill a real process at every verb and every journal sync; recover; the tree is exactly before, or exactly after."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.platforms import exclusive_renames
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.lock_holders import this_process
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.verbs.file_verbs import Stores
from reshelve.schemas.locations import LOCK
from reshelve.schemas.operations import MakeDir
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.crash.every_kind import every_kind, lay, other_file_system, stores_at
from tests.support.plans import clock, local, plan_of
from tests.support.shares import SHARES, Share, everything
from tests.support.snapshots import Standing, difference, snapshot

VERBS = (
    "make_dir", "make_trash", "remove_dir", "copy_to", "write_to", "receive", "set_mode", "link", "symlink", "remove",
    "set_times", "sync",
)  # fmt: skip


class Scene:
    """Three roots, laid afresh each time; attic and state lie on another file system where there is one."""

    def __init__(self, base: Path, elsewhere: Path) -> None:
        self.base, self.attic, self.folder = base, elsewhere / "attic", elsewhere / "state"

    def lay(self) -> dict[str, LocalStore]:
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.rmtree(self.attic, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.base / "inbox").mkdir(parents=True)
        lay(self.base / "inbox")
        return self.stores()

    def stores(self) -> dict[str, LocalStore]:
        return stores_at(self.base / "inbox", self.base / "shelf", self.attic)

    def state(self) -> State:
        return State(self.folder)

    def trees(self) -> list[dict[str, Standing]]:
        return [snapshot(root) for root in (self.base / "inbox", self.base / "shelf", self.attic)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    elsewhere = other_file_system(tmp_path)
    yield Scene(tmp_path / "here", elsewhere or tmp_path)
    if elsewhere:
        shutil.rmtree(elsewhere)


def die_at(point: int, after: bool) -> Callable[[], int]:
    """Arrange that this process dies at the `point`-th verb or journal sync, before or after it; return a counter."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **rest: Any) -> Any:
            nonlocal count
            count += 1
            mine = count
            if mine == point and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return real(*args, **rest)
            finally:
                if mine == point and after:
                    os.kill(os.getpid(), signal.SIGKILL)

        return wrapper

    for verb in VERBS:
        setattr(LocalStore, verb, counted(getattr(LocalStore, verb)))
    exclusive_renames.rename_new = counted(exclusive_renames.rename_new)  # one by one and many at once
    Journal.sync = counted(Journal.sync)  # type: ignore[method-assign]
    return lambda: count


def in_a_process(work: Callable[[], None]) -> int:
    """Run `work` in a process of its own; return its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:  # whatever it raised must not run on in the child
            os._exit(1)
    return os.waitpid(child, 0)[1]


def points(scene: Scene) -> int:
    """Count the points a whole run passes."""
    reader, writer = os.pipe()

    def work() -> None:
        stores = scene.lay()
        plan = every_kind(stores)
        counter = die_at(0, False)
        apply(plan, stores, scene.state(), now=clock)
        os.write(writer, str(counter()).encode())

    assert in_a_process(work) == 0
    return int(os.read(reader, 20))


def outcome_of(scene: Scene) -> list[dict[str, tuple[str, str]]]:
    """What the trees hold, but for what differs from one laying to the next: inodes, so the run's id, and times."""
    run = scene.state().runs()[0].id
    return [{rel.replace(run, "RUN"): (one.kind, one.content) for rel, one in tree.items()} for tree in scene.trees()]


def killed_then_recovered(scene: Scene, how: Any, after: bool, which: Share = everything) -> None:
    total = points(scene)
    finished = outcome_of(scene)
    assert total > 50
    for point in which(range(1, total + 1)):
        stores = scene.lay()
        plan = every_kind(stores)
        before = scene.trees()

        def work(plan: Plan = plan, stores: Stores = stores, point: int = point) -> None:
            die_at(point, after)
            apply(plan, stores, scene.state(), now=clock)

        where = f"killed {'after' if after else 'before'} point {point} of {total}"
        assert in_a_process(work) == signal.SIGKILL, where
        reports = recover(scene.state(), scene.stores(), how=how, now=clock)
        assert [report.failures for report in reports if report.outcome == "unsettled"] == [], where
        state = scene.state()
        assert state.unsettled() == [], where
        outcome = state.runs()[0].outcome if state.runs() else "rolled-back"
        trees = scene.trees()
        if outcome == "rolled-back":
            assert [difference(a, b) for a, b in zip(before, trees, strict=True)] == [[], [], []], where
        else:
            assert outcome == "done", where
            assert outcome_of(scene) == finished, where
        if how == "finish" and reports:
            assert outcome == "done", where


@pytest.mark.parametrize("which", SHARES)
@pytest.mark.parametrize(("how", "after"), [("rollback", False), ("finish", True)])
def test_killed_at_every_point_then_recovered(scene: Scene, how: Any, after: bool, which: Share) -> None:
    """What stands after one point stands before the next too, but for what nobody counts."""
    killed_then_recovered(scene, how, after, which)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "after"), [("rollback", True), ("finish", False)])
def test_killed_at_every_point_then_recovered_the_other_way(scene: Scene, how: Any, after: bool) -> None:
    killed_then_recovered(scene, how, after)


def test_a_run_of_another_workspace_waits_until_what_was_killed_here_is_settled(scene: Scene) -> None:
    half = points(scene) // 2

    def killed() -> None:
        stores = scene.lay()
        plan = every_kind(stores)
        die_at(half, False)
        apply(plan, stores, scene.state(), now=clock)

    assert os.WIFSIGNALED(in_a_process(killed))
    (scene.base / "other").mkdir()
    stores, mine, other = scene.stores(), scene.state(), State(scene.base / "other/.reshelve")
    (run,) = mine.unsettled()
    plan = plan_of(stores, MakeDir("shelf:mine"))
    before = scene.trees()
    with pytest.raises(ReshelveError) as caught:
        apply(plan, stores, other, now=clock)
    assert caught.value.kind == "unsettled"
    (problem,) = caught.value.problems
    assert run in problem.detail and str(mine.folder) in problem.detail
    assert f"In {mine.home}: `reshelve recover --finish` does the rest, `reshelve recover` takes it back" in problem.hint
    inner = local("inner", scene.base / "inbox/in/ner")
    with pytest.raises(ReshelveError, match="another workspace"):
        apply(plan_of({"inner": inner}, MakeDir("inner:mine")), {"inner": inner}, other, now=clock)
    shutil.rmtree(scene.base / "inbox/in")
    assert scene.trees() == before and other.unsettled() == []
    recover(mine, stores, how="rollback", now=clock)
    assert apply(plan, stores, other, now=clock).outcome == "done"


def test_a_lock_left_by_a_run_whose_state_is_gone_is_somebodys_until_a_person_removes_it(scene: Scene) -> None:
    stores = scene.lay()
    (scene.base / "shelf").mkdir(exist_ok=True)
    gone = this_process("apply 0123456789ab", State(scene.base / "gone/.reshelve"))
    (scene.base / "shelf" / LOCK).write_text(json.dumps(asdict(gone)))
    plan = plan_of(stores, MakeDir("shelf:mine"))
    with pytest.raises(ReshelveError) as caught:
        apply(plan, stores, scene.state(), now=clock)
    (problem,) = caught.value.problems
    assert "It is not known whether" in problem.detail and f"rm {scene.base / 'shelf' / LOCK}" in problem.hint
    (scene.base / "shelf" / LOCK).unlink()
    assert apply(plan, stores, scene.state(), now=clock).outcome == "done"


def test_recover_with_nothing_to_recover(scene: Scene) -> None:
    scene.lay()
    assert recover(scene.state(), scene.stores(), now=clock) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["rollback", "finish"])
@pytest.mark.parametrize("first", range(3, 50, 7))
def test_killed_again_inside_recover(scene: Scene, how: Any, first: int) -> None:
    for second in range(1, 500):
        stores = scene.lay()
        plan = every_kind(stores)
        before = scene.trees()

        def work(plan: Plan = plan, stores: Stores = stores) -> None:
            die_at(first, False)
            apply(plan, stores, scene.state(), now=clock)

        def work_again(second: int = second) -> None:
            again = scene.stores()
            die_at(second, False)
            recover(scene.state(), again, how=how, now=clock)

        assert in_a_process(work) == signal.SIGKILL
        died = in_a_process(work_again) == signal.SIGKILL
        recover(scene.state(), scene.stores(), how=how, now=clock)
        where = f"killed before point {first}, then in recover before point {second}"
        run = scene.state().runs()[0]
        assert run.outcome in ("done", "rolled-back"), where
        if run.outcome == "rolled-back":
            assert [difference(a, b) for a, b in zip(before, scene.trees(), strict=True)] == [[], [], []], where
        if not died:
            assert second > 3
            return
    raise AssertionError("recover never ended")


def test_killed_inside_a_copy(scene: Scene) -> None:
    """The temporary of a copy cut short is rubbish of the run: gone after recover, its source untouched."""
    stores = scene.lay()
    plan = every_kind(stores)
    before = scene.trees()

    def work() -> None:
        real = LocalStore.copy_to

        def half(self: LocalStore, src: str, to: Any, tmp: str, *args: Any, **rest: Any) -> Any:
            def die(count: int) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            return real(self, src, to, tmp, *args, **{**rest, "progress": die})

        LocalStore.copy_to = half  # type: ignore[assignment, method-assign]
        apply(plan, stores, scene.state(), now=clock)

    assert in_a_process(work) == signal.SIGKILL
    recover(scene.state(), scene.stores(), now=clock)
    assert [difference(a, b) for a, b in zip(before, scene.trees(), strict=True)] == [[], [], []]


@pytest.mark.parametrize("inside", ["pack", "unpack"])
@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_killed_inside_an_archive(scene: Scene, inside: str, pieces: int) -> None:
    """A half-written archive, and a half-unpacked folder, are rubbish of the run: gone after recover."""
    from reshelve.executors.archives.packed_members import Members
    from reshelve.executors.archives.unpacking import Unpacking

    stores = scene.lay()
    plan = every_kind(stores)
    before = scene.trees()

    def work() -> None:
        holder, name = (Members, "content") if inside == "pack" else (Unpacking, "_content")
        real = getattr(holder, name)
        count = 0

        def dying(self: Any, thing: Any) -> Iterator[bytes]:
            nonlocal count
            for piece in real(self, thing):
                yield piece
                count += 1
                if count == pieces:
                    os.kill(os.getpid(), signal.SIGKILL)

        setattr(holder, name, dying)
        apply(plan, stores, scene.state(), now=clock)

    if in_a_process(work) == signal.SIGKILL:
        recover(scene.state(), scene.stores(), now=clock)
        assert [difference(a, b) for a, b in zip(before, scene.trees(), strict=True)] == [[], [], []]
    else:
        assert pieces > 2, "nothing was packed"
