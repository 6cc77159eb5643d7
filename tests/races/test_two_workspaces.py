"""Two workspaces whose stores are one or lie inside one another: one run at a time, and what a killed one left goes first."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import Event, RunStarted
from reshelve.executors.state.acted_folders import acted_in
from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import LOCK
from reshelve.schemas.operations import Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.support.plans import Planning, clock, local, plan_of


class Workspace:
    """A workspace with one store, that files `in/a.mkv` and the like below it."""

    def __init__(self, base: Path, store: Path) -> None:
        self.stores = {"library": local("library", store)}
        base.mkdir(parents=True, exist_ok=True)
        self.state = State(base / "state")

    def plan(self, *pairs: tuple[str, str]) -> Plan:
        self.stores["library"].forget()
        p = Planning(self.stores)
        return plan_of(self.stores, *(p.move(f"library:{src}", f"library:{dst}") for src, dst in pairs))

    def apply(self, plan: Plan, emit: Callable[[Event], None] = lambda _: None) -> str:
        try:
            return apply(plan, self.stores, self.state, now=clock, emit=emit).outcome
        except ReshelveError as error:
            return error.problems[0].code


@contextmanager
def killed_below(inner: Workspace, plan: Plan) -> Iterator[int]:
    """Have another process begin to apply a plan and stand still; it is killed when this ends."""
    reader, writer = os.pipe()

    def stand_still(event: Event) -> None:
        if isinstance(event, RunStarted):
            os.write(writer, b"x")
            signal.pause()

    child = os.fork()
    if child == 0:
        try:
            inner.apply(plan, stand_still)
        finally:
            os._exit(1)
    # Without the other end here, a child that ends early ends the waiting, too.
    os.close(writer)
    assert os.read(reader, 1) == b"x", "the run did not begin"
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    (tmp_path / "media/Movies/in").mkdir(parents=True)
    for name in ("a", "b", "c"):
        (tmp_path / f"media/Movies/in/{name}.mkv").write_text(name)
    return tmp_path / "media"


def test_a_run_waits_for_one_at_work_in_a_folder_inside_its_store(tmp_path: Path, media: Path) -> None:
    outer, inner = Workspace(tmp_path / "outer", media), Workspace(tmp_path / "inner", media / "Movies")
    plan = outer.plan(("Movies/in/b.mkv", "b.mkv"))
    with killed_below(inner, inner.plan(("in/a.mkv", "a.mkv"))):
        assert outer.apply(plan) == "locked"
    assert outer.apply(plan) == "unsettled-elsewhere"
    assert (media / "Movies/in/b.mkv").read_text() == "b"
    assert [report.outcome for report in recover(inner.state, inner.stores, now=clock)] == ["rolled-back"]
    assert outer.apply(outer.plan(("Movies/in/b.mkv", "b.mkv"))) == "done"
    assert not list(media.rglob(LOCK))


@pytest.mark.parametrize("how", ["moved", "not mounted", "under a file"])
def test_a_killed_run_whose_workspace_is_not_where_it_was_still_goes_first(tmp_path: Path, media: Path, how: str) -> None:
    first, second = Workspace(tmp_path / "first", media), Workspace(tmp_path / "second", media)
    with killed_below(first, first.plan(("Movies/in/a.mkv", "a.mkv"))):
        pass
    away = (tmp_path / "first").rename(tmp_path / "away")
    if how == "not mounted":
        (tmp_path / "first").mkdir()
    elif how == "under a file":
        (tmp_path / "first").write_text("")
    plan = second.plan(("Movies/in/b.mkv", "b.mkv"))
    with pytest.raises(ReshelveError) as caught:
        apply(plan, second.stores, second.state, now=clock)
    [problem] = caught.value.problems
    assert (problem.code, caught.value.kind) == ("unsettled-elsewhere", "unsettled")
    assert f"{tmp_path / 'first/state'}, which is not there now" in problem.detail
    assert f"rm {media / LOCK}" in problem.hint
    recover(State(away / "state"), first.stores, now=clock)
    assert second.apply(plan) == "done"


def test_a_run_of_other_folders_of_the_store_need_not_wait(tmp_path: Path, media: Path) -> None:
    (media / "Shows").mkdir()
    (media / "Shows/s.mkv").write_text("s")
    outer, inner = Workspace(tmp_path / "outer", media), Workspace(tmp_path / "inner", media / "Movies")
    with killed_below(inner, inner.plan(("in/a.mkv", "a.mkv"))):
        assert outer.apply(outer.plan(("Shows/s.mkv", "s.mkv"))) == "done"


def test_who_begins_at_the_same_moment_above_is_found(tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outer run takes its lock just after the inner one looked, and before that has its own."""
    from reshelve.executors.state import root_locks

    real, first = root_locks._refuse_overlapping, True

    def looked(ours: list[str], inside: list[str]) -> None:
        nonlocal first
        real(ours, inside)
        if first:
            first = False
            outside.__enter__()

    outside = locked([str(media)], "apply outer", inside=[str(media / "Movies")])
    monkeypatch.setattr(root_locks, "_refuse_overlapping", looked)
    with pytest.raises(ReshelveError) as caught, locked([str(media / "Movies")], "apply inner"):
        pass
    assert caught.value.problems[0].path == str(media)
    outside.__exit__(None, None, None)
    assert not list(media.rglob(LOCK))


def test_a_plan_acts_in_every_folder_of_what_it_names(tmp_path: Path, media: Path) -> None:
    stores = {"library": local("library", media), "far/nas": local("far/nas", tmp_path / "far")}
    p = Planning(stores)
    (media / "Movies/in/\udcff").mkdir()
    odd = "library%:Movies/in/%FF/x.json"
    plan = plan_of(stores, p.move("library:Movies/in/a.mkv", "far/nas:x/y/a.mkv", across=True), Write(odd, "{}"))
    below = {"Movies", "Movies/in", "Movies/in/\udcff"}
    assert acted_in(plan) == sorted([*(str(media / each) for each in below), str(tmp_path / "far/x"), str(tmp_path / "far/x/y")])
    gone = plan_of(stores, p.trash("library:Movies"))
    assert {str(media / "Movies/in"), str(media / "Movies/in/\udcff")} < set(acted_in(gone))


def test_prefixes_of_a_bucket_overlap_as_folders_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reshelve.executors.state.root_locks import lock_folder
    from reshelve.schemas.plan import PlanRoot

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    outer = Plan(roots={"b": PlanRoot("s3://films", "s3/films")}, operations=[Write("b:Movies/new/a.json", "{}")])
    inner = lock_folder("s3://films/Movies", "s3/films")
    assert inner in acted_in(outer)
    assert not Path(inner, "_new").exists()
