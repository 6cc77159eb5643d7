"""State that travels: a workspace that was moved, a folder elsewhere, a store of another name: undo, redo, recover, trash go on."""

import os
import shutil
from pathlib import Path

import pytest

from reshelve.executors.runs import apply as applying
from reshelve.executors.state.workspace_state import State
from tests.support.killed_runs import PowerCut, cut
from tests.support.shellcalls import Came, call

WORKSPACE = "version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n"
LAYOUT = 'version: 1\nfiles: {"tv:Show/a": {from: "inbox:a"}, "tv:Show/b": {from: "inbox:b"}}\nabsent: [{path: "inbox:old"}]\n'


def lay(place: Path) -> Path:
    for name in ("a", "b", "old"):
        (place / "inbox").mkdir(parents=True, exist_ok=True)
        (place / "inbox" / name).write_bytes(name.encode() * 1000)
    (place / "tv").mkdir()
    (place / "reshelve.yaml").write_text(WORKSPACE)
    (place / "layout.yaml").write_text(LAYOUT)
    return place


@pytest.fixture
def place(tmp_path: Path) -> Path:
    laid = lay(tmp_path / "desk")
    assert call(laid, "apply", "--yes").code == 0
    return laid


@pytest.fixture
def cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose only run was killed when all of it was done, and nothing settled."""
    laid = lay(tmp_path / "desk")
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            call(laid, "apply", "--yes")
    return laid


def all_back(inbox: Path, tv: Path) -> bool:
    return {*os.listdir(inbox)} - {".reshelve-trash"} == {"a", "b", "old"} and os.listdir(tv) == []


def moved(place: Path) -> Path:
    return place.rename(place.with_name("elsewhere"))


def words(came: Came) -> str:
    return " ".join((came.out + came.err).split())


def test_a_workspace_that_was_moved_is_undone_and_redone(place: Path) -> None:
    now = moved(place)
    assert call(now, "log").code == 0
    came = call(now, "undo", "--yes")
    assert came.code == 0 and all_back(now / "inbox", now / "tv"), came.err
    assert "note[store-found]" in came.out and "known by its file system and the number of its folder" in words(came)
    assert "held" in call(now, "plan").out
    assert call(now, "redo", "--yes").code == 0
    assert os.listdir(now / "inbox") == [".reshelve-trash"] and sorted(os.listdir(now / "tv/Show")) == ["a", "b"]
    again = now.rename(place)
    assert call(again, "undo", "--yes").code == 0 and all_back(again / "inbox", again / "tv")


def test_a_store_renamed_in_the_document_is_known(place: Path) -> None:
    (place / "reshelve.yaml").write_text("version: 1\nstores: {new: {path: inbox}, shows: {path: tv}}\n")
    (place / "layout.yaml").write_text(LAYOUT.replace("tv:", "shows:").replace("inbox:", "new:"))
    came = call(place, "undo", "--yes")
    assert came.code == 0 and all_back(place / "inbox", place / "tv"), came.err
    assert "tv is shows now" in words(came)
    planned = call(place, "plan", "--detailed-exitcode")
    assert planned.code == 0 and "held" in planned.out, planned.out
    assert call(place, "redo", "--yes").code == 0 and sorted(os.listdir(place / "tv/Show")) == ["a", "b"]


def test_stores_that_changed_names_are_not_taken_for_each_other(place: Path) -> None:
    (place / "reshelve.yaml").write_text("version: 1\nstores: {tv: {path: inbox}, inbox: {path: tv}}\n")
    came = call(place, "undo", "--yes")
    assert came.code == 0 and all_back(place / "inbox", place / "tv"), came.err


def test_a_folder_moved_and_declared_anew_is_known_by_itself(place: Path) -> None:
    (place / "tv").rename(place.parent / "films")
    (place / "tv").mkdir()
    (place / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: ../films}}\n")
    came = call(place, "undo", "--yes")
    assert came.code == 0 and all_back(place / "inbox", place.parent / "films"), came.err


def test_another_folder_is_never_acted_on(place: Path) -> None:
    shutil.copytree(place / "tv", place.parent / "films")
    (place / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: ../films}}\n")
    came = call(place, "undo", "--yes")
    assert came.code == 1 and "store-moved" in came.err
    assert os.listdir(place / "inbox") == [".reshelve-trash"] and (place.parent / "films/Show/a").exists()


def test_trash_of_a_moved_workspace_is_listed_and_restored(place: Path) -> None:
    now = moved(place)
    assert "inbox:old" in call(now, "trash", "list").out
    assert call(now, "trash", "restore", "inbox:old", "--yes").code == 0
    assert os.listdir(now / "inbox") == ["old"]


@pytest.mark.parametrize("how", ["--rollback", "--finish"])
@pytest.mark.parametrize("what", ["moved", "renamed"])
def test_a_run_cut_short_is_settled_where_the_workspace_is_now(cut_short: Path, how: str, what: str) -> None:
    place = cut_short
    assert State(place / ".reshelve").unsettled()
    if what == "moved":
        place = moved(place)
    else:
        (place / "reshelve.yaml").write_text("version: 1\nstores: {new: {path: inbox}, shows: {path: tv}}\n")
    came = call(place, "recover", how)
    assert not State(place / ".reshelve").unsettled(), came.err
    if how == "--rollback":
        assert all_back(place / "inbox", place / "tv")
    else:
        assert sorted(os.listdir(place / "tv/Show")) == ["a", "b"] and os.listdir(place / "inbox") == [".reshelve-trash"]
    if how == "--finish":
        assert call(place, "undo", "--yes").code == 0 and all_back(place / "inbox", place / "tv")


def test_recover_leaves_a_folder_alone_that_is_not_proved_to_be_the_one(cut_short: Path) -> None:
    place = cut_short
    shutil.copytree(place / "tv", place.parent / "films")
    (place / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: ../films}}\n")
    came = call(place, "recover")
    assert came.code == 4 and "store-moved" in came.err
    assert State(place / ".reshelve").unsettled()


@pytest.mark.parametrize("where", ["inside", "above", "beside"])
@pytest.mark.parametrize("how", ["undo", "by its id", "the folder above too"])
def test_what_was_organized_is_undone_though_its_folder_was_moved(tmp_path: Path, where: str, how: str) -> None:
    base = tmp_path / "base"
    (base / "in").mkdir(parents=True)
    (base / "in/Alien.1979.1080p.mkv").write_bytes(b"film")
    assert call(base, "organize", "in", "--into", "films", "--yes").code == 0
    assert os.listdir(base / "in") == []
    run = call(base, "log", "--json").events[1]["id"] if how == "by its id" else ""
    (base / "films").rename(base / "movies")
    if how == "the folder above too":
        (base / "movies").rename(base / "films")
        base = base.rename(tmp_path / "elsewhere")
    here = {"inside": next(each for each in base.iterdir() if each.name != "in"), "above": base, "beside": base / "in"}[where]
    came = call(here, "undo", *filter(None, [run]), "--yes")
    assert came.code == 0, came.err
    assert os.listdir(base / "in") == ["Alien.1979.1080p.mkv"]
