"""What is told when a redo cannot be: each command it names is one that runs, and helps."""

import re
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = """\
version: 1
stores: {inbox: {path: inbox}, shelf: {path: shelf}}
"""
LAYOUT = """\
version: 1
files:
  "shelf:films/a.mkv": {from: "inbox:a.mkv"}
  "shelf:films/b.mkv": {from: "inbox:b.mkv"}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "shelf").mkdir()
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "layout.yaml").write_text(LAYOUT)
    for name in ("a", "b"):
        (tmp_path / "inbox" / f"{name}.mkv").write_text(f"film {name}")
    for command in (("apply", "--yes"), ("undo", "--yes")):
        assert call(tmp_path, *command).code == 0
    return tmp_path


def commands(came: Came) -> list[list[str]]:
    """Return the commands of reshelve that hints name."""
    hints = [hint for event in came.events if event["type"] == "problem" for hint in [event["hint"]]]
    return [found.split() for hint in hints for found in re.findall(r"reshelve ((?:undo|redo)[^;,\n]*)", hint)]


def test_a_changed_file_names_the_redo_of_the_rest(place: Path) -> None:
    (place / "inbox" / "a.mkv").write_text("another film")
    refused = call(place, "redo", "--yes", "--json")
    assert refused.code != 0 and {tuple(command[:1]) for command in commands(refused)} == {("redo",)}
    assert "cannot be redone" in str(refused.events)
    [partial] = [command for command in commands(refused) if "--partial" in command]
    assert call(place, *partial, "--yes").code == 0
    assert sorted(path.name for path in (place / "shelf").rglob("*.mkv")) == ["b.mkv"]


def test_a_later_run_in_the_way_is_named_with_its_own_command(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nfiles: {"shelf:other/a.mkv": {from: "inbox:a.mkv"}}\n')
    assert call(place, "apply", "--yes").code == 0
    refused = call(place, "redo", "--yes", "--json")
    assert refused.code != 0
    first, *rest = commands(refused)
    assert first[0] == "undo" and all("--through" not in command for command in [first, *rest])
    assert call(place, *first, "--yes").code == 0
    again = next(command for command in rest if command[0] == "redo" and "--partial" not in command)
    assert call(place, *again, "--yes").code == 0
    assert len(list((place / "shelf").rglob("*.mkv"))) == 2


def test_what_is_taken_back_already_names_the_run_that_did(place: Path) -> None:
    undone = call(place, "log", "--json")
    runs = {event["command"]: event["id"] for event in undone.events if event["type"] == "run"}
    refused = call(place, "undo", runs["apply"], "--yes", "--json")
    assert commands(refused) == [["redo", runs["undo"]]]
    assert call(place, "redo", "--yes").code == 0
    refused = call(place, "redo", runs["undo"], "--yes", "--json")
    redone = next(e["id"] for e in call(place, "log", "--json").events if e["type"] == "run" and e["command"] == "redo")
    assert commands(refused) == [["undo", redone]]
    assert call(place, "undo", redone, "--yes").code == 0


def test_a_store_that_is_away_names_the_command_that_was_asked_for(place: Path) -> None:
    (place / "shelf").rename(place / "away")
    refused = call(place, "redo", "--yes", "--json")
    assert refused.code != 0 and all(command[0] == "redo" for command in commands(refused))


def test_where_nothing_is_left_to_redo_no_redo_of_the_rest_is_named(place: Path) -> None:
    """Two copies whose undo put them into a trash that was emptied: neither redo nor `--partial` can bring them back."""
    for name in ("a", "b"):
        (place / "inbox" / f"{name}.mkv").write_text(f"film {name}, again")
    (place / "layout.yaml").write_text(LAYOUT.replace('.mkv"}', '.mkv", transfer: copy}').replace("films/", ""))
    for command in (("apply", "--yes"), ("undo", "--yes"), ("trash", "empty", "--yes")):
        assert call(place, *command).code == 0
    refused = call(place, "redo", "--yes", "--json")
    assert refused.code == 1 and {event["code"] for event in refused.events if event["type"] == "problem"} == {"gone-for-good"}
    assert commands(refused) == []
    [hint] = {event["hint"] for event in refused.events if event["type"] == "problem"}
    release = hint.rpartition("reshelve ")[2].split()
    assert call(place, *release).code == 0
    assert call(place, "apply", "--yes").code == 0
    assert sorted(path.name for path in (place / "shelf").rglob("*.mkv") if ".reshelve-trash" not in path.parts) == [
        "a.mkv",
        "b.mkv",
    ]
