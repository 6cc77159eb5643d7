"""Undo by content: a library that a backup brought back has other inodes and maybe other times; what its files hold tells them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.planner.undo.by_content import ByContent
from reshelve.schemas.operations import Link
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import Run
from tests.crash.every_kind import every_kind
from tests.support.undodesk import UndoDesk, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        yield one


def restore(desk: UndoDesk, *, fresh_times: bool = False) -> None:
    """Bring every folder back from a backup: the same names, other inodes; as `cp -a` does, or with other times."""
    for folder in desk.folders.values():
        backup = folder.with_name(f"{folder.name}.{len(list(folder.parent.glob(f'{folder.name}.*')))}")
        backup.mkdir()
        for each in list(folder.iterdir()):
            each.rename(backup / each.name)  # it stays, so that no inode is given out again
        subprocess.run(["cp", "-a", f"{backup}/.", f"{folder}/"], check=True)
        if fresh_times:
            for path in [*folder.rglob("*")]:
                os.utime(path, ns=(1_700_000_000_000_000_001, 1_700_000_000_000_000_001), follow_symlinks=False)
    for store in desk.stores.values():
        store.forget()


def remembering(desk: UndoDesk) -> dict[tuple[int, int, int], set[str]]:
    """Return the hash of every file that stands, as a catalog would have it."""
    found: dict[tuple[int, int, int], set[str]] = {}
    for name, folder in desk.folders.items():
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                about = path.stat()
                digest = desk.stores[name].digest(str(path.relative_to(folder)))
                found[about.st_size, about.st_mtime_ns, about.st_ino] = {digest}
    return found


def by_content(known: dict[tuple[int, int, int], set[str]] | None = None, told: list[tuple[int, int]] | None = None) -> ByContent:
    said = told if told is not None else []
    return ByContent(lambda _, seen: (known or {}).get(seen, set()), lambda files, size: said.append((files, size)))


def refused(desk: UndoDesk, run: Run, **rest: object) -> list[tuple[str, str, str]]:
    with pytest.raises(ReshelveError) as caught:
        desk.plan_undo(run, **rest)
    return [(problem.path, problem.detail, problem.hint) for problem in caught.value.problems]


@pytest.mark.parametrize("fresh_times", [False, True])
def test_a_restored_library_is_taken_back_and_done_again(desk: UndoDesk, fresh_times: bool) -> None:
    run = desk.apply(every_kind(desk.stores))
    known = remembering(desk)
    restore(desk, fresh_times=fresh_times)
    named = refused(desk, run)
    assert named and any(hint.endswith(f"reshelve undo {run.id} --by-content") for _, _, hint in named)
    told: list[tuple[int, int]] = []
    undo = desk.undo(run, by_content=by_content(known, told))
    assert undo.plan.whole and told
    known |= remembering(desk)
    restore(desk, fresh_times=fresh_times)
    assert any(hint.endswith(f"reshelve redo {undo.id} --by-content") for _, _, hint in refused(desk, undo, command="redo"))
    desk.undo(undo, command="redo", by_content=by_content(known))


def test_changed_content_is_refused_whatever_its_times(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(p.mkdir("shelf:Show"), p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)))
    known = remembering(desk)
    restore(desk)
    film = desk.shelf / "Show/one.mkv"
    about = film.stat()
    film.write_bytes(b"X" * about.st_size)
    os.utime(film, ns=(about.st_mtime_ns, about.st_mtime_ns))
    place, detail, _ = refused(desk, run, by_content=by_content(known))[0]
    assert (place, detail) == ("shelf:Show/one.mkv", "shelf:Show/one.mkv holds other content than when this run left it.")


def test_where_nothing_was_recorded_size_and_time_have_to_do_and_that_is_said(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(p.mkdir("shelf:Show"), p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)))
    restore(desk)
    told: list[tuple[int, int]] = []
    plan = desk.plan_undo(run, by_content=by_content(told=told))
    assert told == []
    assert [(one.code, one.path) for one in plan.problems] == [("known-by-time", "shelf:Show/one.mkv")]
    # A tool that keeps whole seconds, as tar does.
    film = desk.shelf / "Show/one.mkv"
    second = film.stat().st_mtime_ns // 10**9 * 10**9
    os.utime(film, ns=(second, second))
    assert desk.plan_undo(run, by_content=by_content()).whole
    os.utime(film, ns=(second + 5 * 10**9, second + 5 * 10**9))
    assert "what it held then was never recorded" in refused(desk, run, by_content=by_content())[0][1]


def test_how_much_is_read_is_said_before(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(p.mkdir("shelf:Show"), p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)))
    known = remembering(desk)
    restore(desk)
    told: list[tuple[int, int]] = []
    plan = desk.plan_undo(run, by_content=by_content(known, told))
    size = (desk.shelf / "Show/one.mkv").stat().st_size
    assert told == [(1, size)]
    assert [one.code for one in plan.problems] == ["known-by-content"]


def test_two_names_that_came_back_as_two_files(desk: UndoDesk) -> None:
    about = (desk.inbox / "a/one.mkv").stat()
    seen = about.st_size, about.st_mtime_ns, about.st_ino
    run = desk.do(Link("inbox:a/one.mkv", "shelf:one.mkv", *seen))
    restore(desk)
    assert refused(desk, run)[0][2].endswith("--by-content")
    desk.undo(run, by_content=by_content())
    assert not (desk.shelf / "one.mkv").exists()
    assert (desk.inbox / "a/one.mkv").exists()
