"""A root that fails in a run: told once; what is still to do there is left out and counted, and the rest is done."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.support.failing import FailingStore
from tests.support.plans import Planning, clock, local, plan_of

MANY = 50


def stores_in(base: Path) -> dict[str, LocalStore]:
    stores = {key: local(key, base / key) for key in ("inbox", "full", "other")}
    for number in range(MANY):
        (base / f"inbox/{number:02}.mkv").write_text(f"{number}")
    return stores


def plan_in(stores: dict[str, LocalStore]) -> Plan:
    """Half of the inbox goes to each of two stores, copied as between disks."""
    p = Planning(stores)
    folders = [p.mkdir("full:Show"), p.mkdir("other:Show")]
    moves = [
        p.move(f"inbox:{number:02}.mkv", f"{('full', 'other')[number % 2]}:Show/{number:02}.mkv", across=True, needs=(number % 2,))
        for number in range(MANY)
    ]
    return plan_of(stores, *folders, *moves)


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize(("code", "told"), [(errno.ENOSPC, "no-room"), (errno.EROFS, "read-only")])
def test_a_store_that_is_full_or_read_only_is_told_once_and_left_out(tmp_path: Path, code: int, told: str, jobs: int) -> None:
    stores = stores_in(tmp_path)
    plan = plan_in(stores)
    failing: dict[str, Any] = {key: FailingStore(store, "", "") for key, store in stores.items()}
    # A copy is asked of the store that it comes from.
    failing["inbox"] = Full(stores["inbox"], stores["full"], code)
    report = apply(plan, failing, State(tmp_path / "state"), on_error="continue", jobs=jobs, now=clock)
    assert [problem.code for problem in report.failures] == [told, "store-left-out"]
    left = report.failures[1]
    assert (left.path, left.severity) == ("full", "warning")
    assert "24 operations that would need it were not tried" in left.detail
    assert left.hint.endswith("then do the rest with: reshelve plan")
    undone = [each for each in report.results if each.result == "not-done"]
    assert len(undone) == (25 if jobs == 1 else len(undone))
    assert all(each.why for each in undone if each.op == "move")
    assert sorted(os.listdir(tmp_path / "other/Show")) == [f"{number:02}.mkv" for number in range(1, MANY, 2)]
    assert len(list((tmp_path / "inbox").glob("*.mkv"))) == MANY // 2


def test_no_empty_folder_is_left_behind(tmp_path: Path) -> None:
    stores = stores_in(tmp_path)
    plan = plan_in(stores)
    failing: dict[str, Any] = {"inbox": Full(stores["inbox"], stores["full"], errno.ENOSPC)}
    state = State(tmp_path / "state")
    report = apply(plan, {**stores, **failing}, state, on_error="continue", now=clock)
    assert os.listdir(tmp_path / "full") == []
    assert report.counts == {"mkdir": 1, "move": MANY // 2}
    assert 0 not in state.run("last").done


def test_a_folder_into_which_something_else_came_stays(tmp_path: Path) -> None:
    stores = stores_in(tmp_path)
    plan = plan_in(stores)
    full = Full(stores["inbox"], stores["full"], errno.ENOSPC)
    full.first = lambda: (tmp_path / "full/Show/mine").write_text("mine")
    apply(plan, {**stores, "inbox": full}, State(tmp_path / "state"), on_error="continue", now=clock)  # type: ignore[dict-item]
    assert os.listdir(tmp_path / "full/Show") == ["mine"]


def going_away(base: Path, stores: dict[str, LocalStore]) -> dict[str, Any]:
    """The stores, one of which is taken off as soon as something is to be copied to it."""
    gone = Full(stores["inbox"], stores["full"], errno.ENOENT)
    gone.first = lambda: (base / "full").rename(base / "taken off")
    return {**stores, "inbox": gone, "full": Moved(stores["full"], lambda: not (base / "full").exists())}


def test_a_store_that_goes_away_is_told_once_and_left_out(tmp_path: Path) -> None:
    stores = stores_in(tmp_path)
    p = Planning(stores)
    to = ("full", "other")
    moves = [p.move(f"inbox:{n:02}.mkv", f"{to[n % 2]}:{n:02}.mkv", across=True) for n in range(MANY)]
    plan, state = plan_of(stores, *moves), State(tmp_path / "state")
    report = apply(plan, going_away(tmp_path, stores), state, on_error="continue", now=clock)
    assert [problem.code for problem in report.failures] == ["drifted", "store-left-out"]
    assert "another disk is mounted in its place: 24 operations" in report.failures[1].detail
    assert len(list((tmp_path / "other").glob("*.mkv"))) == MANY // 2
    assert state.unsettled() == []


def test_what_was_done_just_before_a_store_went_away_is_told_by_looking_when_it_is_back(tmp_path: Path) -> None:
    stores = stores_in(tmp_path)
    plan, state = plan_in(stores), State(tmp_path / "state")
    with pytest.raises(ReshelveError) as broken:
        apply(plan, going_away(tmp_path, stores), state, on_error="continue", now=clock)
    assert (broken.value.kind, broken.value.problems[0].path) == ("unsettled", "full")
    (tmp_path / "taken off").rename(tmp_path / "full")
    [report] = recover(state, {key: local(key, tmp_path / key) for key in stores}, now=clock)
    assert report.outcome == "stopped"
    assert len(os.listdir(tmp_path / "other/Show")) == MANY // 2
    assert not (tmp_path / "full/Show").exists()


@pytest.mark.parametrize("on_error", ["rollback", "stop", "continue"])
def test_nothing_is_begun_on_a_disk_that_was_changed_for_another(tmp_path: Path, on_error: Any) -> None:
    stores = stores_in(tmp_path)
    plan = plan_in(stores)
    lost = Moved(stores["full"], lambda: True)
    report = apply(plan, {**stores, "full": lost}, State(tmp_path / "state"), on_error=on_error, now=clock)  # type: ignore[dict-item]
    assert report.failures[0].code == "store-unavailable"
    assert os.listdir(tmp_path / "full") == []
    assert len(list((tmp_path / "other").glob("Show/*"))) == (MANY // 2 if on_error == "continue" else 0)


class Full(FailingStore):
    """A store from which nothing can be copied to one other; `first` happens before the first of it."""

    def __init__(self, real: Any, to: Any, code: int) -> None:
        super().__init__(real, "", "")
        self.to, self.code, self.first = to, code, lambda: None

    def __getattr__(self, name: str) -> Any:
        attribute = super().__getattr__(name)
        if name != "copy_to":
            return attribute

        def copy(rel: str, to: Any, *args: Any, **rest: Any) -> Any:
            if getattr(to, "real", to) is self.to:
                self.first()
                self.first = lambda: None
                raise OSError(self.code, "made to fail", self.to.root.path)
            return attribute(rel, to, *args, **rest)

        return copy


class Moved(FailingStore):
    """A store that lies on another file system as soon as `when` says so."""

    def __init__(self, real: Any, when: Any) -> None:
        super().__init__(real, "", "")
        self.when = when

    def fs_of(self, rel: str) -> tuple[str, str]:
        return ("another", "") if self.when() else self.real.fs_of(rel)


class NeverSynced(FailingStore):
    """A store whose folders can be changed, and not synced: its disk lost what was done last."""

    def sync(self, folders: list[str]) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), self.root.path)


@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_what_was_kept_and_may_not_have_lasted_is_told_by_looking(tmp_path: Path, on_error: Any) -> None:
    """An ext4 that finds itself damaged forgets what it did last, and says so only when that is synced."""
    stores = stores_in(tmp_path)
    p = Planning(stores)
    plan, state = plan_of(stores, *(p.move(f"inbox:{n:02}.mkv", f"inbox:new {n}.mkv") for n in range(3))), State(tmp_path / "state")
    lost = NeverSynced(stores["inbox"], "", "")
    with pytest.raises(ReshelveError) as broken:
        apply(plan, {**stores, "inbox": lost}, state, on_error=on_error, now=clock)  # type: ignore[dict-item]
    assert (broken.value.kind, state.unsettled()) == ("unsettled", [plan.run])
    assert "may not have lasted" in broken.value.problems[0].detail
    (tmp_path / "inbox/new 1.mkv").rename(tmp_path / "inbox/01.mkv")
    [report] = recover(state, {key: local(key, tmp_path / key) for key in stores}, now=clock)
    assert (report.outcome, report.done, report.counts) == ("stopped", 2, {"move": 2})
