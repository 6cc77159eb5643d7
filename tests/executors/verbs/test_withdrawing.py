"""Taking back what a run made, while somebody puts something else in its place, or writes to it, at any moment between."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.verbs.withdrawing import Withdrawing
from reshelve.planner.trash import list_trash
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import AnyOperation, Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report
from tests.support.failing import FailingStore
from tests.support.killed_runs import PowerCut, cut, killed, recovered
from tests.support.moments import Moments
from tests.support.plans import clock, plan_of
from tests.support.somebody import At
from tests.support.undodesk import UndoDesk, undo_desk

THEIRS = b"somebody's own"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        (one.inbox / "film.mkv").write_bytes(b"a film")
        (one.inbox / "folder").mkdir()
        (one.inbox / "folder" / "in.txt").write_bytes(b"in it")
        yield one


def _unpacking(desk: UndoDesk) -> AnyOperation:
    desk.do(desk.planning.pack("inbox:folder", "inbox:folder.tar.gz"))
    return desk.planning.unpack("inbox:folder.tar.gz", "shelf:made")


MAKING: dict[str, Callable[[UndoDesk], AnyOperation]] = {
    "copy": lambda desk: desk.planning.copy("inbox:film.mkv", "shelf:made"),
    "write": lambda desk: Write("shelf:made", "{}"),
    "pack": lambda desk: desk.planning.pack("inbox:folder", "shelf:made"),
    "unpack": _unpacking,
    "hard link": lambda desk: desk.planning.link("inbox:film.mkv", "shelf:made", how="hard"),
    "symbolic link": lambda desk: desk.planning.link("inbox:film.mkv", "shelf:made", how="symbolic", text="../inbox/film.mkv"),
}


def replace(path: Path) -> None:
    """Put another file in the place of what is there, which is moved away, as a person would."""
    os.rename(path, path.with_name("away"))
    path.write_bytes(THEIRS)


def rewrite(path: Path) -> None:
    """Write other bytes of the same size in place, and put the times back."""
    inside = path / "in.txt" if path.is_dir() else path
    seen = inside.stat()
    with open(inside, "r+b") as file:
        file.write(b"#" * seen.st_size)
        file.flush()
        os.utime(file.fileno(), ns=(seen.st_atime_ns, seen.st_mtime_ns))


def add(path: Path) -> None:
    """Save one more file into a folder."""
    (path / "more.txt").write_bytes(THEIRS)


def meddled(desk: UndoDesk, deed: Callable[[Path], None], method: str, part: str, *, after: bool = False) -> Report:
    """Take the killed run back while somebody does something to what it made, wherever that is by then."""

    def now() -> None:
        deed(next(path for path in (desk.shelf / "made", *desk.shelf.glob(".reshelve-*")) if os.path.lexists(path)))

    for store in desk.stores.values():
        store.forget()
    shelf = At(desk.stores["shelf"], method, part, now, after=after)
    [report] = recover(desk.state, {**desk.stores, "shelf": shelf}, how="rollback", now=clock)
    for thread in shelf.threads:
        thread.join()
    assert shelf.threads, "the moment never came"
    return report


def on_the_shelf(desk: UndoDesk) -> set[bytes]:
    return {path.read_bytes() for path in desk.shelf.rglob("*") if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("kind", MAKING)
def test_what_somebody_puts_in_its_place_is_never_removed(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    killed(desk, plan_of(desk.stores, MAKING[kind](desk)), monkeypatch)
    report = meddled(desk, replace, "rename", "made")
    assert (report.outcome, report.unsure) == ("unsettled", ["shelf:made"])
    assert (desk.shelf / "made").read_bytes() == THEIRS
    assert os.path.lexists(desk.shelf / "away")
    assert not list(desk.shelf.glob(".reshelve-*"))


@pytest.mark.parametrize("after", [False, True], ids=["before its name goes", "once it went"])
@pytest.mark.parametrize("kind", ["copy", "write", "pack", "unpack"])
def test_what_is_written_into_it_is_never_removed(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, kind: str, after: bool) -> None:
    killed(desk, plan_of(desk.stores, MAKING[kind](desk)), monkeypatch)
    report = meddled(desk, rewrite, "rename", "made", after=after)
    assert (report.outcome, report.unsure) == ("unsettled", ["shelf:made"])
    assert any(content and set(content) == {ord("#")} for content in on_the_shelf(desk))
    assert (desk.shelf / "made").exists()


@pytest.mark.parametrize("after", [False, True], ids=["before its name goes", "once it went"])
def test_what_is_saved_into_an_unpacked_folder_is_never_removed(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    killed(desk, plan_of(desk.stores, _unpacking(desk)), monkeypatch)
    assert meddled(desk, add, "rename", "made", after=after).outcome == "unsettled"
    assert (desk.shelf / "made" / "more.txt").read_bytes() == THEIRS


@pytest.mark.parametrize("kind", ["copy", "write", "pack", "unpack"])
def test_what_has_lost_its_name_is_in_the_trash_and_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    killed(desk, plan_of(desk.stores, MAKING[kind](desk)), monkeypatch)

    def both(brought_away: Path) -> None:
        (desk.shelf / "made").write_bytes(THEIRS)
        rewrite(brought_away)

    report = meddled(desk, both, "rename", "made", after=True)
    assert (desk.shelf / "made").read_bytes() == THEIRS
    told = [problem for problem in report.failures if "its name is taken again" in problem.detail]
    assert len(told) == 1 and f"reshelve trash restore shelf:made --run {report.run}\n" in told[0].hint
    kept = [item for item in list_trash(desk.stores) if item.run == report.run]
    assert [item.original for item in kept] == ["shelf:made/in.txt" if kind == "unpack" else "shelf:made"]
    assert printable(kept[0].place).removesuffix("/in.txt") in told[0].detail
    assert set((desk.shelf / kept[0].place.removeprefix("shelf:")).read_bytes()) == {ord("#")}
    assert not list(desk.shelf.glob(".reshelve-*.back"))
    assert recovered(desk, "rollback").outcome == "rolled-back"
    assert (desk.shelf / "made").read_bytes() == THEIRS and [item.place for item in list_trash(desk.stores)] == [kept[0].place]


@pytest.mark.parametrize(("method", "name"), [("walk", "in.txt"), ("walk", "more.txt"), ("remove", "more.txt")])
def test_what_is_saved_by_way_of_an_open_folder_is_never_removed(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, method: str, name: str
) -> None:
    killed(desk, plan_of(desk.stores, _unpacking(desk)), monkeypatch)
    folder = os.open(desk.shelf / "made", os.O_RDONLY)

    def save() -> None:
        with open(os.open("new", os.O_CREAT | os.O_WRONLY, dir_fd=folder), "wb") as file:
            file.write(THEIRS)
        os.replace("new", name, src_dir_fd=folder, dst_dir_fd=folder)

    real = Withdrawing.tree

    def cleared(self: Any, tmp: str) -> None:
        self._stores = {**self._stores, "shelf": At(self._stores["shelf"], method, ".tmp", save, after=method == "walk")}
        real(self, tmp)

    monkeypatch.setattr(Withdrawing, "tree", cleared)
    for store in desk.stores.values():
        store.forget()
    [report] = recover(desk.state, desk.stores, how="rollback", now=clock)
    os.close(folder)
    monkeypatch.undo()
    told = [problem for problem in report.failures if "saved into a folder" in problem.detail]
    assert len(told) == 1 and f"reshelve trash restore shelf:unpacked-{report.run} --run {report.run}\n" in told[0].hint
    kept = {item.original: desk.shelf / item.place.removeprefix("shelf:") for item in list_trash(desk.stores)}
    assert kept[f"shelf:unpacked-{report.run}/{name}"].read_bytes() == THEIRS
    assert not list(desk.shelf.glob(".reshelve-*.tmp*"))
    assert recovered(desk, "rollback").outcome == "rolled-back"


@pytest.mark.parametrize("kind", MAKING)
@pytest.mark.parametrize("how", ["rollback", "finish"])
def test_a_kill_on_the_way_leaves_nothing_hidden(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, kind: str, how: Any) -> None:
    operation = MAKING[kind](desk)
    before = desk.trees()
    killed(desk, plan_of(desk.stores, operation), monkeypatch)
    for method in ("_expect_file", "_is_link"):
        looks = getattr(Withdrawing, method)

        def killing(self: Any, verb: Any, store: Any, rel: Any, *rest: Any, looks: Any = looks) -> Any:
            return cut() if not os.path.lexists(desk.shelf / "made") else looks(self, verb, store, rel, *rest)

        monkeypatch.setattr(Withdrawing, method, killing)
    if kind == "unpack":
        monkeypatch.setattr("reshelve.executors.verbs.witness_checks.Witnesses._expect_unchanged_inside", cut)
    with pytest.raises(PowerCut):
        recovered(desk, "rollback")
    monkeypatch.undo()
    assert [path.suffix for path in desk.shelf.iterdir()] == [".back"]
    report = recovered(desk, how)
    assert (report.outcome, report.unsure) == ("rolled-back" if how == "rollback" else "done", [])
    assert not list(desk.shelf.glob(".reshelve-*"))
    if how == "rollback":
        assert desk.unlike(before) == []
    else:
        assert (desk.shelf / "made").exists()


def test_what_is_in_the_trash_stays_while_somebody_writes_to_it(desk: UndoDesk) -> None:
    run = desk.do(desk.planning.trash("inbox:film.mkv"))
    place = f"inbox:.reshelve-trash/{run.id}/film.mkv"
    path = desk.inbox / place.removeprefix("inbox:")
    plan = plan_of(desk.stores, desk.planning.purge(place), base=desk.state.base())
    with open(path, "r+b"):
        report = apply(plan, desk.stores, desk.state, now=clock)
    assert [problem.code for problem in report.failures] == ["being-written"]
    assert path.read_bytes() == b"a film"


def _purging(desk: UndoDesk) -> tuple[Plan, Path]:
    run = desk.do(desk.planning.trash("inbox:film.mkv"))
    place = f"inbox:.reshelve-trash/{run.id}/film.mkv"
    return plan_of(desk.stores, desk.planning.purge(place), base=desk.state.base()), desk.inbox / place.removeprefix("inbox:")


def test_what_somebody_puts_into_the_trash_as_it_is_emptied_is_never_removed(tmp_path: Path) -> None:
    calm = Moments()
    (tmp_path / "calm").mkdir()
    with undo_desk(tmp_path / "calm") as one:
        (one.inbox / "film.mkv").write_bytes(b"a film")
        assert apply(_purging(one)[0], calm.over(one.stores), one.state, now=clock).outcome == "done"
    for at in range(len(calm.calls)):
        (tmp_path / str(at)).mkdir()
        with undo_desk(tmp_path / str(at)) as one:
            (one.inbox / "film.mkv").write_bytes(b"a film")
            plan, path = _purging(one)
            put: list[Path] = []

            def meddle(path: Path = path, put: list[Path] = put) -> None:
                if path.exists():
                    replace(path)
                    put.append(path)

            with suppress(ReshelveError):
                apply(plan, Moments(at, meddle).over(one.stores), one.state, now=clock)
            assert not put or path.read_bytes() == THEIRS, calm.calls[at]
            assert not list(one.inbox.rglob("*.back"))


def test_a_full_disk_can_be_emptied(desk: UndoDesk) -> None:
    plan, path = _purging(desk)
    full = FailingStore(desk.stores["inbox"], "rename", "film.mkv", code=errno.ENOSPC, times=9)
    assert apply(plan, {**desk.stores, "inbox": full}, desk.state, now=clock).outcome == "done"
    assert not path.exists()


@pytest.mark.parametrize("how", ["rollback", "finish"])
def test_a_kill_as_the_trash_is_emptied_leaves_nothing_under_another_name(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    plan, path = _purging(desk)
    monkeypatch.setattr(LocalStore, "remove", cut)
    with pytest.raises(PowerCut):
        apply(plan, desk.stores, desk.state, now=clock)
    monkeypatch.undo()
    assert not path.exists()
    recovered(desk, how)
    assert path.exists() is (how == "rollback")
    assert not list(desk.inbox.rglob("*.back"))
