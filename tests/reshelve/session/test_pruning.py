"""`log prune`: old runs are forgotten, but none that something still needs."""

import os
import shutil
from pathlib import Path

import pytest

from reshelve import api
from reshelve.executors.state.held_entries import held
from tests.support.shellcalls import call


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for store in ("inbox", "tv"):
        (tmp_path / store).mkdir()
    for name in "abcd":
        (tmp_path / "inbox" / name).write_text(name)
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    return tmp_path


def filed(place: Path, name: str) -> str:
    (place / "layout.yaml").write_text(f'version: 1\nfiles: {{"tv:{name}": {{from: "inbox:{name}"}}}}\n')
    return did(place, "apply")


def did(place: Path, *command: str) -> str:
    came = call(place, *command, "--yes")
    assert came.code == 0, came.err
    return max((place / ".reshelve/runs").iterdir()).name.partition("-")[2]


def there(place: Path) -> set[str]:
    return {event["id"] for event in call(place, "log", "--json").events if event["type"] == "run"}


def test_what_can_still_be_undone_is_kept_unless_asked_for(place: Path) -> None:
    runs = [filed(place, name) for name in "abc"]
    came = call(place, "log", "prune", "--keep", "1", "--yes")
    assert came.code == 0 and "Kept: 2 runs: an undo would still do something." in came.out and there(place) == set(runs)
    came = call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes")
    assert came.code == 0 and "Forgotten: 2 runs." in came.out and there(place) == {runs[2]}
    assert sorted(os.listdir(place / "tv")) == ["a", "b", "c"]
    assert call(place, "undo", "--yes").code == 0 and sorted(os.listdir(place / "inbox")) == ["c", "d"]


def test_it_shows_and_asks_and_without_a_terminal_refuses(place: Path) -> None:
    runs = [filed(place, name) for name in "ab"]
    (place / "tv/a").unlink()
    shown = call(place, "log", "prune", "--keep", "1", "--also-undoable", answers="no\n")
    assert shown.code == 7 and runs[0] in shown.out and runs[1] not in shown.out and there(place) == set(runs)
    assert call(place, "log", "prune", "--keep", "1", "--also-undoable").code == 7 and there(place) == set(runs)
    events = call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes", "--json").events
    assert [event["type"] for event in events] == ["version", "run", "summary"] and events[-1]["forgotten"] == 1
    assert call(place, "log", "prune").code == 64 and call(place, "log", "prune", "--keep", "0").code == 64


def test_only_what_is_old_enough_goes(place: Path) -> None:
    runs = [filed(place, name) for name in "ab"]
    assert call(place, "log", "prune", "--older-than", "1d", "--also-undoable", "--yes").code == 0
    assert there(place) == set(runs)
    assert call(place, "log", "prune", "--older-than", "0s", "--also-undoable", "--yes").code == 0
    assert there(place) == {runs[1]}  # the newest stays: plans build on it


def test_a_run_whose_trash_was_emptied_goes_unasked(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nabsent: [{path: "inbox:a", size: 1, because: mine}]\n')
    trashed = did(place, "apply", "--max-delete", "100%")
    assert call(place, "log", "prune", "--older-than", "0s", "--yes").code == 0 and there(place) == {trashed}
    emptied = did(place, "trash", "empty")
    newest = filed(place, "b")
    assert call(place, "log", "prune", "--keep", "1", "--yes").code == 0
    assert there(place) == {newest} and {trashed, emptied}.isdisjoint(there(place))


def test_what_an_undo_holds_stays_held(place: Path) -> None:
    run = filed(place, "a")
    undo = did(place, "undo")
    newest = filed(place, "b")
    before = held(api.open_workspace(place).setting.state)
    came = call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes")
    assert "an undo left files out of plans" in came.out and there(place) == {run, undo, newest}
    assert held(api.open_workspace(place).setting.state) == before
    assert call(place, "release").code == 0
    assert call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes").code == 0 and there(place) == {newest}


def test_an_undo_that_is_young_keeps_its_run(place: Path) -> None:
    run = filed(place, "a")
    undo = did(place, "undo")
    assert call(place, "release").code == 0
    assert call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes").code == 0
    assert there(place) == {run, undo}


def test_plain_trash_can_be_restored_and_emptied_after_its_run_was_forgotten(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nabsent: [{path: "inbox:a", size: 1, because: mine}]\n')
    did(place, "apply", "--max-delete", "100%")
    newest = filed(place, "b")
    assert call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes").code == 0 and there(place) == {newest}
    assert "inbox:a" in call(place, "trash", "list").out
    assert call(place, "trash", "restore", "inbox:a", "--yes").code == 0 and (place / "inbox/a").read_text() == "a"


def test_what_only_a_run_can_name_in_the_trash_keeps_it(place: Path) -> None:
    run = filed(place, "a")
    newest = filed(place, "b")
    aside = place / "inbox/.reshelve-trash" / run / ".moved"
    aside.mkdir(parents=True)
    (aside / "0").write_text("kept original")
    came = call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes")
    assert "something in the trash can only be found by this record" in came.out and there(place) == {run, newest}


def test_an_unsettled_run_and_one_that_cannot_be_read_stay(place: Path) -> None:
    runs = [filed(place, name) for name in "abc"]
    folders = {folder.name.partition("-")[2]: folder for folder in (place / ".reshelve/runs").iterdir()}
    (folders[runs[0]] / "report.json").unlink()
    (folders[runs[1]] / "report.json").write_text("{}")
    (folders[runs[1]] / "plan.json").write_text("{}")
    came = call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes")
    assert came.code == 0 and "not settled" in came.out and "what was done is not known" in came.out
    assert folders[runs[0]].exists() and folders[runs[1]].exists()


def test_of_a_store_that_is_away_nothing_is_forgotten(place: Path) -> None:
    run = filed(place, "a")
    newest = filed(place, "b")
    shutil.move(place / "tv", place / "elsewhere")
    assert call(place, "log", "prune", "--keep", "1", "--also-undoable", "--yes").code == 0
    assert there(place) == {run, newest}
