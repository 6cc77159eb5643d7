"""Looks at a folder: `scan PATH`, `observe PATH` and `status PATH` need no workspace, and leave no trace anywhere."""

import os
from pathlib import Path

import pytest

from reshelve import api
from tests.support.plain_user import call_as_plain_user
from tests.support.shellcalls import Came, call
from tests.support.shellplaces import WHEN, lay

FILES = {
    "Nordlys.S01E01.1080p.mkv": "one",
    "Nordlys.S01E01.1080p.en.srt": "subtitles",
    "films/Heat.1995.1080p.mkv": "heat" * 10,
    "films/xyz.bin": "what is this",
    "@eaDir/thumb.jpg": "not ours",
    "My Photos.photoslibrary/a.jpg": "one thing",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for number, (name, text) in enumerate(FILES.items()):
        path = tmp_path / "there" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (WHEN + number, WHEN + number))
    return tmp_path


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*")}


def look(folder: Path, *args: str) -> Came:
    """Run a command, and see that it wrote nothing: not there, not here, not into any state folder."""
    before = everything(folder)
    came = call(folder, *args)
    assert everything(folder) == before
    return came


def test_a_scan_says_what_a_preset_would_make_of_a_folder(folder: Path) -> None:
    came = look(folder, "scan", "there")
    assert came.code == 0, came.err
    lines = [line.split() for line in came.out.splitlines()]
    assert ["episode", "2", "12", "B", "1", "1", "0"] in lines and ["movie", "1", "40", "B", "1", "1", "0"] in lines
    assert "films/xyz.bin: no rule matched" in came.out and "@eaDir" in came.out
    assert "by the rules of the preset plex" in came.out
    assert "  library:films/Heat.1995.1080p.mkv -> library:Movies/Heat (1995)/Heat.1995.1080p.mkv" in came.out, came.out
    assert ["other", "1", "12", "B", "1", "-", "-"] in lines, "no column is blank"
    assert came.out.splitlines()[-1] == "Nothing was written. To see it as a plan: reshelve organize there --preset plex"
    figures = look(folder, "scan", "there", "--json", "--preset", "jellyfin").events[-1]
    assert figures["kinds"]["movie"] == {"files": 1, "bytes": 40, "names": 1, "certain": 1}
    assert figures["preset"] == "jellyfin" and figures["counts"]["to_review"] == 1


def test_a_look_says_the_same_in_a_workspace_and_leaves_its_layout_alone(folder: Path) -> None:
    outside = look(folder, "scan", "there").out
    lay(folder)
    assert look(folder, "scan", "there").out == outside
    assert look(folder, "status", "there").code == look(folder, "observe", "there").code == 0
    assert not (folder / "layout.yaml").exists()


def test_a_look_does_not_write_into_what_an_organize_remembers(folder: Path) -> None:
    assert call(folder, "organize", "there", "--yes").code == 0
    assert look(folder, "scan", "there").code == 0


def test_status_says_what_a_folder_holds(folder: Path) -> None:
    came = look(folder, "status", "there")
    lines = came.out.splitlines()
    assert came.code == 0 and lines[-1] == "4 files, 64 B, in 1 folder."
    assert "  video             2 files      43 B" in lines
    assert "Oldest: Nordlys.S01E01.1080p.mkv, 2023-11-14 22:13:20 UTC" in lines
    assert "Newest: films/xyz.bin, 2023-11-14 22:13:23 UTC" in lines
    assert lines[lines.index("Largest:") + 1].split() == ["40", "B", "films/Heat.1995.1080p.mkv"]
    assert "  @eaDir (NAS metadata)" in lines
    told = look(folder, "status", "there", "--json").events
    assert [event["type"] for event in told] == ["version", "folder", "summary"]
    assert told[1]["kinds"]["subtitle"] == {"files": 1, "bytes": 9} and len(told[1]["left_alone"]) == 2


def test_status_says_how_many_runs_the_log_of_a_folder_has(folder: Path) -> None:
    assert look(folder, "status", "there", "--json").events[1]["runs"] == 0
    assert "Its log" not in look(folder, "status", "there").out
    assert call(folder, "organize", "there", "--yes").code == call(folder, "undo", "--yes").code == 0
    last = call(folder, "log", "--json").events[1]["id"]
    told = look(folder, "status", "there", "--json").events[1]
    assert (told["runs"], told["last_run"]) == (2, last)
    assert f"Its log has 2 runs, the last {last} of " in look(folder, "status", "there").out
    (folder / "reshelve.yaml").write_text("version: 1\nstores: [\n")
    assert look(folder, "status", "there").out.splitlines()[-1] == "4 files, 64 B, in 1 folder."


def test_a_tree_has_each_folder_with_all_that_is_in_it(folder: Path) -> None:
    for number in range(20):
        (folder / "there" / "films" / f"{number:02}.txt").write_text("x")
    lines = look(folder, "observe", "there", "--tree").out.splitlines()
    assert lines[0] == f"{folder / 'there'}  26 files, 101 B"
    assert "  films/  22 files, 72 B" in lines and "    … and 12 files, 62 B more" in lines
    assert "    xyz.bin  12 B" in look(folder, "observe", "there", "--tree", "--full").out.splitlines()


def test_an_observed_folder_is_events_or_an_inventory(folder: Path) -> None:
    told = look(folder, "observe", "there", "--json").events
    assert {event["type"] for event in told} == {"version", "item", "summary"}
    assert told[-1]["items"] == len(told) - 2 and told[-1]["bytes"] == 81
    assert call(folder, "observe", "there", "-o", "seen.ndjson").code == 0
    (listing,) = api.load_inventory(folder / "seen.ndjson").listings.values()
    assert len(listing.items) == told[-1]["items"]


@pytest.mark.parametrize("command", ["scan", "status", "observe"])
def test_what_is_no_folder_is_said_to_be_none(folder: Path, command: str) -> None:
    for path in ("there/films/xyz.bin", "nowhere"):
        came = look(folder, command, path)
        assert came.code == 1 and "There is no such folder" in came.err and path in came.err


@pytest.mark.parametrize("line", ["scan there -o x", "scan there --prune", "scan --preset plex", "observe there --tree --json"])
def test_options_that_do_not_go_together(folder: Path, line: str) -> None:
    assert look(folder, *line.split()).code == 64


def test_a_folder_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "there" / "films").chmod(0)
    try:
        came = call_as_plain_user(folder, "status", "there")
        assert came.returncode == 0 and "films" in came.stderr
    finally:
        (folder / "there" / "films").chmod(0o755)
