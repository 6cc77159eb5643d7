"""Runs are found from the folders they acted in, wherever their workspace lies, and by their id from anywhere."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in `home`, its stores in `disks`, one run done; `away` has nothing to do with it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    lay(tmp_path, "home", "inbox", "tv")
    (tmp_path / "away").mkdir()
    return tmp_path


def lay(top: Path, home: str, inbox: str, tv: str) -> str:
    for folder in (f"disks/{inbox}", f"disks/{tv}/deep", home):
        (top / folder).mkdir(parents=True, exist_ok=True)
    (top / "disks" / inbox / f"{home}.txt").write_text(home)
    stores = f"{{inbox: {{path: ../disks/{inbox}}}, tv: {{path: ../disks/{tv}}}}}"
    (top / home / "reshelve.yaml").write_text(f"version: 1\nstores: {stores}\n")
    (top / home / "layout.yaml").write_text(f'version: 1\nfiles: {{"tv:{home}.txt": {{from: "inbox:{home}.txt"}}}}\n')
    assert call(top / home, "apply", "--yes").code == 0
    return str(call(top / home, "log", "--json").events[1]["id"])


@pytest.mark.parametrize("here", ["disks/tv", "disks/tv/deep", "disks/inbox", "disks"])
def test_log_and_undo_in_a_store(place: Path, here: str) -> None:
    (run,) = [event for event in call(place / here, "log", "--json").events if event["type"] == "run"]
    assert run["workspace"] == str(place / "home")
    assert f"of {place / 'home'}" in call(place / here, "log").out
    assert call(place / here, "undo", "--yes").code == 0
    assert (place / "disks/inbox/home.txt").read_text() == "home"
    assert call(place / here, "redo", "--yes").code == 0
    assert call(place / here, "status").code == 0


def test_a_run_is_found_by_its_id_from_anywhere(place: Path) -> None:
    (run,) = [event["id"] for event in call(place / "home", "log", "--json").events if event["type"] == "run"]
    assert call(place / "away", "log").code == 1, "nothing acted there"
    assert "home.txt" in call(place / "away", "show", run).out
    assert call(place / "away", "undo", run, "--yes").code == 0
    assert (place / "disks/inbox/home.txt").exists()


def test_a_workspace_lists_what_others_did_in_its_folder_and_undoes_its_own(place: Path) -> None:
    inner = place / "disks/tv"
    (inner / "own").mkdir()
    (inner / "a").write_text("a")
    (inner / "reshelve.yaml").write_text("version: 1\nstores: {tv: {path: .}}\n")
    (inner / "layout.yaml").write_text('version: 1\nfiles: {"tv:own/a": {from: "tv:a"}}\n')
    assert call(inner, "apply", "--yes").code == 0
    other = lay(place, "second", "inbox", "tv")
    told = [(event.get("workspace"), event["id"]) for event in call(inner, "log", "--json").events if event["type"] == "run"]
    assert [where for where, _ in told] == [str(place / "second"), None, str(place / "home")]
    assert call(inner, "log", "prune", "--keep", "1", "--also-undoable", "--yes").code == 0
    assert len(call(inner, "log", "--json").events) == 5, "forgets nothing of others"
    assert call(inner, "undo", "--yes").code == 0 and (inner / "a").exists()
    assert call(inner, "undo", other, "--yes").code == 0 and (place / "disks/inbox/second.txt").exists()


def test_the_newest_of_several_is_undone(place: Path) -> None:
    lay(place, "second", "inbox", "tv")
    assert call(place / "disks/tv", "undo", "--yes").code == 0
    assert (place / "disks/inbox/second.txt").exists() and not (place / "disks/inbox/home.txt").exists()
    assert call(place / "disks/tv", "undo", "--yes").code == 0
    assert (place / "disks/inbox/home.txt").exists()


def test_a_workspace_that_cannot_be_read_is_named_and_hides_no_other(place: Path) -> None:
    lay(place, "second", "inbox", "tv")
    (place / "second/reshelve.yaml").write_text("stores: {a: {pth: x}}\n")
    came = call(place / "disks/tv", "log")
    assert came.code == 0 and str(place / "home") in came.out and "pth" in came.err
    (place / "home/reshelve.yaml").write_text("stores: {a: {pth: x}}\n")
    assert "pth" in call(place / "disks/tv", "undo").err


def test_a_workspace_that_moved_is_found_beside_its_old_place(place: Path) -> None:
    (place / "home").rename(place / "new home")
    assert str(place / "new home") in call(place / "disks/tv", "log").out
    (place / "new home/reshelve.yaml").unlink()
    assert call(place / "disks/tv", "log").code == 1
