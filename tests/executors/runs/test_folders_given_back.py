"""A folder that goes to the trash and is found changed there goes back under its name, with whatever was done in it meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.schemas.plan import Plan
from tests.support.killed_runs import killed
from tests.support.moments import Moments
from tests.support.plans import clock
from tests.support.undodesk import UndoDesk, undo_desk

THEIRS = b"somebody's own"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        (one.inbox / "folder").mkdir()
        (one.inbox / "folder" / "in.txt").write_bytes(b"in it")
        yield one


def save(folder: Path) -> None:
    """Save a file as editors do: under another name first, which then takes the place of the old file."""
    (folder / "in.txt~").write_bytes(THEIRS)
    (folder / "in.txt~").rename(folder / "in.txt")


def add_folder(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "in.txt").write_bytes(THEIRS)


DEEDS: dict[str, Callable[[Path], object]] = {
    "saves": save,
    "adds": lambda folder: (folder / "more.txt").write_bytes(THEIRS),
    "adds a folder": add_folder,
}


def unpacked(desk: UndoDesk) -> Plan:
    """Unpack an archive, and plan the undo of that: the folder goes to the trash, for the archive holds what is in it."""
    desk.do(desk.planning.pack("inbox:folder", "inbox:folder.tar.gz"))
    return desk.plan_undo(desk.do(desk.planning.unpack("inbox:folder.tar.gz", "shelf:made")))


def somebody_in(desk: UndoDesk, deed: str) -> Callable[[], None]:
    """Return what does a deed in the unpacked folder, wherever that is by then."""

    def now() -> None:
        DEEDS[deed](next(path for path in desk.shelf.rglob("made") if path.is_dir()))

    return now


def stands(desk: UndoDesk) -> bool:
    return any(path.read_bytes() == THEIRS for path in (desk.shelf / "made").rglob("*") if path.is_file())


@pytest.mark.parametrize("moment", ["before it goes", "once it went"])
@pytest.mark.parametrize("deed", DEEDS)
def test_it_stands_where_it_was_and_the_run_is_taken_back(desk: UndoDesk, deed: str, moment: str) -> None:
    plan = unpacked(desk)
    calm = next(at for at, (method, paths) in enumerate(calls(desk)) if method == "rename" and paths[0] == "shelf:made")
    moments = Moments(calm if moment == "before it goes" else calm + 1, somebody_in(desk, deed))
    report = apply(plan, moments.over(desk.stores), desk.state, now=clock)
    moments.wait()
    assert (report.outcome, stands(desk)) == ("rolled-back", True), report.failures


def calls(desk: UndoDesk) -> list[tuple[str, tuple[str, ...]]]:
    """Return the calls of an undo of this kind, as found on another desk that lies beside."""
    beside = desk.inbox.parent / "calm"
    beside.mkdir()
    with undo_desk(beside) as calm:
        (calm.inbox / "folder").mkdir()
        (calm.inbox / "folder" / "in.txt").write_bytes(b"in it")
        moments = Moments()
        assert apply(unpacked(calm), moments.over(calm.stores), calm.state, now=clock).outcome == "done"
        return moments.calls


@pytest.mark.parametrize("deed", DEEDS)
def test_after_a_kill_it_is_told_by_what_it_is_and_goes_back(desk: UndoDesk, deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = unpacked(desk)
    killed(desk, plan, monkeypatch)
    somebody_in(desk, deed)()
    for store in desk.stores.values():
        store.forget()
    [report] = recover(desk.state, desk.stores, how="rollback", now=clock)
    assert (report.outcome, stands(desk)) == ("rolled-back", True), report.failures
