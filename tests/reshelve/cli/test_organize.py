"""`organize`: scan, plan, ask and apply in one, outside any workspace, and back again from anywhere near."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay, tree

FILES = {"Nordlys.S01E01.Home.mkv": "one", "Heat.1995.1080p.mkv": "heat", "xyz.bin": "odd"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = tmp_path / "home"
    (home / "in").mkdir(parents=True)
    for name, text in FILES.items():
        (home / "in" / name).write_text(text)
    return home


def test_a_destination_that_is_not_there_is_made_and_taken_away_again(place: Path) -> None:
    before = tree(place)
    refused = call(place, "organize", "in", "--into", "media/films")
    assert refused.code == 7 and "it will be made" in refused.out
    assert tree(place) == before
    done = call(place, "organize", "in", "--into", "media/films", "--yes")
    assert done.code == 0, done.err
    assert (place / "media/films/Movies/Heat (1995)/Heat.1995.1080p.mkv").read_text() == "heat"
    assert (place / "in" / "xyz.bin").exists()
    undone = call(place / "media", "undo", "--yes")
    assert undone.code == 0, undone.err
    assert tree(place) == before
    redone = call(place / "in", "redo", "--yes")
    assert redone.code == 0, redone.err
    assert (place / "media/films/Movies/Heat (1995)/Heat.1995.1080p.mkv").read_text() == "heat"


def test_organizing_again_after_an_undo_starts_afresh(place: Path) -> None:
    for _ in range(2):
        done = call(place, "organize", "in", "--into", "out", "--yes")
        assert done.code == 0 and "Done: run" in done.out, done.err
        assert call(place, "undo", "--yes").code == 0
    assert len(call(place, "log").out.splitlines()) == 4


@pytest.mark.parametrize(("source", "dest"), [("in", "in/sorted"), ("in/deep", "in")])
def test_one_folder_inside_the_other(place: Path, source: str, dest: str) -> None:
    (place / "in" / "deep").mkdir()
    (place / "in" / "deep" / "Ronin.1998.mkv").write_text("ronin")
    done = call(place, "organize", source, "--into", dest, "--yes")
    assert done.code == 0, done.err
    assert (place / dest / "Movies" / "Ronin (1998)" / "Ronin.1998.mkv").read_text() == "ronin"
    again = call(place, "organize", source, "--into", dest, "--yes")
    assert again.code == 0 and "Nothing to do" in again.out
    assert call(place, "undo", "--yes").code == 0
    assert (place / "in" / "deep" / "Ronin.1998.mkv").read_text() == "ronin"


def test_inside_a_workspace_its_runs_are_found_by_their_id(place: Path) -> None:
    before = tree(place)
    assert call(place, "init").code == 0
    done = call(place, "organize", "in", "--into", "out", "--yes", "--json").events[-1]["plan"]
    assert call(place, "undo", "--yes").code == 1
    assert "Done: run" in call(place, "show", done[:8]).out
    assert call(place, "undo", done[:8], "--yes").code == 0
    assert tree(place) == before


def test_what_cannot_be_organized_is_said(place: Path) -> None:
    for source, dest, code in [("gone", "out", "no-source"), ("gone", "gone", "no-source"), ("in", "in/xyz.bin", "not-a-folder")]:
        came = call(place, "organize", source, "--into", dest, "--yes")
        assert came.code == 1 and code in came.err


def test_how_files_get_there_can_be_told(place: Path) -> None:
    assert call(place, "organize", "in", "--into", "out", "--transfer", "copy", "--exclude", "Heat*", "--yes").code == 0
    assert (place / "in" / "Nordlys.S01E01.Home.mkv").exists() and (place / "in" / "Heat.1995.1080p.mkv").exists()
    filed = place / "out" / "TV Shows" / "Nordlys" / "Season 01" / "Nordlys.S01E01.Home.mkv"
    assert list((place / "out").rglob("*.mkv")) == [filed]


@pytest.mark.parametrize("into", [[], ["--into", "in"], ["--into", "in/../in"]])
def test_in_place_and_back(place: Path, into: list[str]) -> None:
    before = tree(place)
    assert call(place, "organize", "in", *into, "--yes").code == 0
    after = tree(place)
    assert (place / "in/Movies/Heat (1995)/Heat.1995.1080p.mkv").exists() and (place / "in/xyz.bin").exists()
    again = call(place, "organize", "in", *into, "--yes")
    assert again.code == 0 and "Nothing to do" in again.out and tree(place) == after
    assert call(place, "undo", "--yes").code == 0 and tree(place) == before


@pytest.mark.parametrize("preset", ["plex", "jellyfin", "video", "comfyui"])
def test_in_place_a_second_time_changes_nothing(place: Path, preset: str) -> None:
    shoot = ("B001/C0001.MP4", "DCIM/IMG_1.JPG", "Screen Recording 1.mov", "a b.wav")
    for name in (*shoot, "mix/old/kai_1_00001_.png", "kai_1762406010_00001_.png"):
        path = place / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    before = tree(place)
    named = ["--set", "code=ACM"] if preset == "video" else []
    once = call(place, "organize", "in", "--preset", preset, *named, "--yes")
    assert once.code == 0, once.err
    after = tree(place)
    assert after != before and len(after) >= len(before)
    again = call(place, "organize", "in", "--preset", preset, *named, "--yes")
    assert again.code == 0 and "Nothing to do" in again.out, again.out
    assert tree(place) == after and call(place, "undo", "--yes").code == 0 and tree(place) == before


def test_the_word_on_one_kind_counts_what_is_in_place_as_well(place: Path) -> None:
    (place / "in" / "xyz.bin").unlink()
    assert "All that" not in call(place, "organize", "in", "--dry-run").out
    (place / "in" / "TV Shows/Nordlys/Season 01").mkdir(parents=True)
    (place / "in" / "Nordlys.S01E01.Home.mkv").rename(place / "in" / "TV Shows/Nordlys/Season 01/Nordlys.S01E01.Home.mkv")
    came = call(place, "organize", "in", "--dry-run")
    assert "1 to file, 1 in place" in came.out and "All that" not in came.out
    shutil.rmtree(place / "in" / "TV Shows")
    assert "All that is to be filed is films." in call(place, "organize", "in", "--dry-run").out


def test_room_is_left_free(place: Path) -> None:
    full = call(place, "organize", "in", "--into", "out", "--transfer", "copy", "--reserve", "900TB", "--yes")
    assert full.code == 1 and "no-room" in full.out and not list(place.glob("out/**/*.mkv"))
    assert call(place, "organize", "in", "--into", "out", "--transfer", "copy", "--reserve", "1B", "--yes").code == 0
    assert len(list(place.glob("out/**/*.mkv"))) == 2


def test_values_reach_the_rules(place: Path) -> None:
    (place / "in" / "animatediff_context_120frames_1762406010_00001.mp4").write_text("frames")
    came = call(place, "organize", "in", "--into", "out", "--preset", "comfyui", "--set", "project=kai", "--yes")
    assert came.code == 0, came.err
    assert list((place / "out" / "projects" / "kai").rglob("*.mp4"))


def test_commands_find_the_newest_organize_around_or_below(place: Path) -> None:
    (place / "else").mkdir()
    assert call(place, "organize", "in", "--into", "out", "--yes").code == 0
    assert "organize" in call(place, "log").out
    assert "organize" in call(place / "out" / "Movies", "log").out
    outside = call(place / "else", "log")
    assert outside.code == 1 and "no-workspace" in outside.err
    assert call(place, "status").code == 0


@pytest.fixture(params=["nowhere", "a workspace"])
def elsewhere(place: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if request.param == "a workspace":
        lay(folder)
        assert call(folder, "scan").code == 0 and call(folder, "apply", "--yes").code == 0
    return folder


def printed(out: str) -> list[str]:
    """Return the words of the command that a run ends with."""
    return out.splitlines()[-1].partition("reshelve ")[2].split()


def test_what_organize_prints_works_where_it_was_printed(place: Path, elsewhere: Path) -> None:
    before = tree(place)
    others = tree(elsewhere)
    done = call(elsewhere, "organize", str(place / "in"), "--into", str(place / "out"), "--yes")
    after = tree(place)
    back = printed(done.out)
    assert back[0] == "undo" and len(back) == 2
    assert call(elsewhere, "show", back[1]).code == 0
    undone = call(elsewhere, *back, "--yes")
    assert undone.code == 0 and tree(place) == before, undone.err
    again = call(elsewhere, *printed(undone.out), "--yes")
    assert again.code == 0 and tree(place) == after, again.err
    assert call(elsewhere, "recover", back[1][:6]).out.startswith("Nothing to recover")
    assert call(elsewhere, "trash", "empty", "--run", back[1], "--yes").code == 0
    assert call(elsewhere, "undo", back[1], "--yes").code == 0 and call(elsewhere, "release", back[1]).code == 0
    assert call(elsewhere, "redo", back[1], "--yes").code == 0 and tree(place) == after
    assert tree(elsewhere) == others


def test_a_run_that_nobody_knows_is_said(place: Path, elsewhere: Path) -> None:
    for command in ("undo", "redo", "recover", "show", "release"):
        came = call(elsewhere, command, "0123abcd")
        assert came.code == 1 and ("no-such-run" in came.err or "nothing-held" in came.err), (command, came.err)


def test_the_beginning_of_an_id_has_to_tell_one_organize(place: Path, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    for name in range(40):
        source = place / f"in{name}"
        source.mkdir()
        (source / "Heat.1995.mkv").write_text(str(name))
        assert call(place, "organize", source.name, "--into", f"out{name}", "--yes").code == 0
        runs = sorted(folder.name[7:] for folder in (tmp_path / "state").rglob("00000*-*"))
        twice = next((run[0] for run in runs if sum(other[0] == run[0] for other in runs) > 1), "")
        if twice:
            break
    before = tree(place)
    for folder in (place, tmp_path / "away"):
        came = call(folder, "undo", twice, "--yes")
        assert came.code == 1 and "That could be several runs." in came.err and "Give more of its id" in came.err
    assert tree(place) == before


def test_a_folder_lists_and_takes_back_what_came_to_it_from_anywhere(place: Path) -> None:
    (place / "card").mkdir()
    (place / "card" / "Dark.S01E01.mkv").write_text("dark")
    before = tree(place)
    for source in ("card", "in"):
        assert call(place, "organize", source, "--into", "out", "--yes").code == 0
    lines = call(place / "out", "log").out.splitlines()
    assert len(lines) == 2 and f"from {place / 'in'} into" in lines[0] and f"from {place / 'card'} into" in lines[1]
    events = call(place / "out", "log", "--json").events[1:-1]
    assert [event["source"] for event in events] == [str(place / "in"), str(place / "card")]
    # Only one of the two is about this folder: there is nothing to tell apart.
    assert "from" not in call(place / "card", "log").out
    for _ in range(2):
        undone = call(place / "out" if (place / "out").exists() else place, "undo", "--yes")
        assert undone.code == 0, undone.err
    assert tree(place) == before
    for _ in range(2):
        assert call(place, "redo", "--yes").code == 0
    assert (place / "out/TV Shows/Dark/Season 01/Dark.S01E01.mkv").read_text() == "dark"
    assert (place / "out/Movies/Heat (1995)/Heat.1995.1080p.mkv").read_text() == "heat"


def test_each_operation_has_its_result_with_its_facts(place: Path) -> None:
    applied = call(place, "organize", "in", "--into", "out", "--yes", "--json").events
    run = next(event for event in applied if event["type"] == "report")["run"]
    shown = call(place, "show", run, "--json").events
    results = [event for event in shown if event["type"] == "result"]
    assert results == [event for event in applied if event["type"] == "result"]
    filed = next(event for event in results if event.get("kind") == "episode")
    assert {name: filed[name] for name in ("op", "result", "show", "season", "episodes", "bytes", "src", "dst")} == {
        "op": "move", "result": "done", "show": "Nordlys", "season": 1, "episodes": [1], "bytes": 3,
        "src": "inbox:Nordlys.S01E01.Home.mkv", "dst": "library:TV Shows/Nordlys/Season 01/Nordlys.S01E01.Home.mkv",
    }  # fmt: skip
    report = json.loads(next((place.parent / "state").rglob("report.json")).read_text())
    assert [one["index"] for one in report["results"]] == list(range(report["operations"]))
    assert next(one for one in report["results"] if one.get("facts", {}).get("kind") == "movie")["facts"]["year"] == 1995


def test_what_was_left_behind_is_told_by_folder_once_and_in_full_when_asked(place: Path) -> None:
    for number in range(15):
        (place / "in" / f"odd{number:02}.bin").write_text("odd")
    brief = call(place, "organize", "in", "--into", "out")
    assert (
        "  inbox: 16 other files, no rule matched (odd00.bin, odd01.bin, odd02.bin, …)\n" in brief.out
        and "xyz.bin" not in brief.out
    )
    assert "Left for review (16), as said before" in call(place, "organize", "in", "--into", "out").out
    full = call(place, "organize", "in", "--into", "out", "--full")
    assert full.out.count("no rule matched") == 16 and "inbox:xyz.bin: no rule matched" in full.out
    events = call(place, "organize", "in", "--into", "out", "--json", "--yes").events
    assert len([event for event in events if event["type"] == "review" and event["because"] == "no rule matched"]) == 16
    assert next(event for event in events if event["type"] == "scanned")["reasons"] == {"no rule matched": 16}


def test_where_all_is_blocked_that_is_an_error(place: Path) -> None:
    (place / "in" / "Nordlys.S01E01.Home.mkv").unlink()
    taken = place / "out" / "Movies" / "Heat (1995)" / "Heat.1995.1080p.mkv"
    taken.parent.mkdir(parents=True)
    taken.write_text("another film")
    blocked = call(place, "organize", "in", "--into", "out", "--on-conflict", "fail", "--yes")
    assert blocked.code == 1 and "Nothing planned: " in blocked.out and "Nothing to do" not in blocked.out, blocked
    (place / "in" / "Ronin.1998.mkv").write_text("ronin")
    strictly = call(place, "organize", "in", "--into", "out", "--on-conflict", "fail", "--yes", "--strict")
    assert strictly.code == 1 and (place / "in" / "Ronin.1998.mkv").exists()
    beside = call(place, "organize", "in", "--into", "out", "--on-conflict", "fail", "--yes")
    assert beside.code == 0 and not (place / "in" / "Ronin.1998.mkv").exists(), beside


def test_organize_remembers_what_it_worked_out_before_its_first_run(place: Path) -> None:
    assert call(place, "organize", "in", "--into", "out").code == 7
    (state,) = (place.parent / "state" / "reshelve" / "organize").iterdir()
    assert (state / "catalog.db").exists()
    # It is no run, and nothing for `log` to find.
    assert "no-workspace" in call(place, "log").err


def test_a_second_card_is_filed_by_a_second_run(place: Path) -> None:
    lay(place, {"one/DCIM/C0001.MP4": "first", "two/DCIM/C0001.MP4": "second"})
    refused = call(place, "organize", "one", "two", "--into", "shoots", "--preset", "video", "--yes")
    assert refused.code == 64
    assert "It takes one SOURCE: run it once for each, with the same --into." in refused.err
    for card in ("one", "two"):
        assert call(place, "organize", card, "--into", "shoots", "--preset", "video", "--yes").code == 0
    camera = place / "shoots/New_Project/02_Raw_Media/Video/Camera_A"
    assert {file.name: file.read_text() for file in camera.iterdir()} == {"C0001.MP4": "first", "C0001_1.MP4": "second"}


def test_how_what_is_left_is_decided_is_said_once_and_works(place: Path) -> None:
    (place / "in" / "Unknown Title.mkv").write_text("one")
    came = call(place, "organize", "in", "--into", "out", "--set", "films=Kino", "--yes")
    made = f"reshelve init WORKSPACE --preset plex --source {place}/in --into {place}/out"
    assert made in came.out and "reshelve scan --set films=Kino, reshelve review, reshelve apply" in came.out, came.out
    again = [call(place, "organize", "in", "--into", "out", "--set", "films=Kino", "--yes").out for _ in range(2)]
    assert "reshelve init" not in again[1], "the first time nothing was filed before, and nothing is remembered"
    assert call(place, *made.replace("WORKSPACE", "films").split()[1:]).code == 0
    films = place / "films"
    assert call(films, "scan", "--set", "films=Kino").code == 0
    assert call(films, "review", answers="library:Kino/Unknown Title (1999)/\n\n").code == 0
    assert call(films, "apply", "--yes").code == 0
    assert (place / "out/Kino/Unknown Title (1999)/Unknown Title.mkv").read_text() == "one"


def test_a_misspelt_folder_is_told_whole_and_with_a_near_name(place: Path) -> None:
    (place / "cardB").mkdir()
    refused = call(place, "organize", "cardC", "--into", "out").err
    assert f"does not exist: {place}/cardC." in refused and f"Did you mean {place}/cardB?" in refused
    assert "Did you mean" not in call(place, "organize", "cardC", "--into", "cardB").err


def test_the_trash_of_each_emptied_card_is_named_and_emptied(place: Path) -> None:
    for card in ("a", "b"):
        (place / card).mkdir()
        (place / card / f"Heat.199{ord(card) % 10}.1080p.mkv").write_text(card)
        assert call(place, "organize", card, "--into", "out", "--transfer", "copy", "--yes").code == 0
    ends = [call(place, "organize", card, "--into", "out", "--empty", "--yes").out.splitlines()[-1] for card in ("a", "b")]
    assert all(end.startswith("Free the space for good with: reshelve trash empty --run ") for end in ends), ends
    listed = call(place, "trash", "list").out
    assert "Trash: 1 file" in listed and f"1 more file in the trash of what was organized from {place}/a into" in listed
    assert f"empty it in {place}/a" in listed
    for end in ends:
        assert call(place, *end.partition("reshelve ")[2].split(), "--yes").code == 0
    assert "more file" not in call(place, "trash", "list").out


def test_what_lies_in_the_trash_of_a_card_is_counted_once(place: Path) -> None:
    (place / "card").mkdir()
    (place / "card/Heat.1995.1080p.mkv").write_text("heat")
    desk = place / "desk"
    desk.mkdir()
    (desk / "reshelve.yaml").write_text("version: 1\nstores: {card: {path: ../card}, mine: {path: mine}}\n")
    (desk / "mine").mkdir()
    (desk / "mine/old.txt").write_text("old")
    (desk / "layout.yaml").write_text('version: 1\nabsent: [{path: "mine:old.txt"}]\nfiles: {"card:note.txt": {content: "a"}}\n')
    assert call(desk, "apply", "--yes", "--max-delete", "100%").code == 0
    assert call(place, "organize", "card", "--into", "out", "--transfer", "copy", "--yes").code == 0
    assert call(place, "organize", "card", "--into", "out", "--empty", "--yes").code == 0
    listed = call(place / "card", "trash", "list").out.splitlines()
    assert listed[-2:] == ["Trash: 1 file, 4 B.", f"1 more file in the trash of the workspace {desk}: list and empty it in {desk}"]


def test_looks_that_find_nothing_say_what_is_so(place: Path) -> None:
    assert call(place, "organize", "in", "--into", "out", "--yes").code == 0
    run = call(place, "log").out.split()[0]
    assert f"To show one: reshelve show {run}" in call(place, "log", run).err
    assert "There is no such file, and no run" in call(place, "history", "in/nothing.mkv").out
    assert call(place, "undo", "--yes").code == 0
    redo = call(place, "redo", "--dry-run").out
    assert "Doing again what undo " in redo and f"does again run {run}" in redo and "takes back" not in redo
