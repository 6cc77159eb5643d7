"""The way through: scan, plan, apply, check, undo, redo, release, trash, recover; each with its exit code."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay, tree

FILED = {
    "tv/Nordlys/Season 01/Nordlys.S01E01.Home.mkv": "one",
    "tv/Nordlys/Season 01/Nordlys.S01E01.Home.en.srt": "subtitles of one",
    "tv/Nordlys/Season 01/Nordlys.S01E02.Away.mkv": "two",
    "movies/Heat (1995)/Heat.1995.1080p.mkv": "heat",
    "inbox/xyz.bin": "what is this",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def files(folder: Path) -> dict[str, str | None]:
    return {name: text for name, text in tree(folder).items() if text is not None}


def scanned(place: Path) -> Path:
    came = call(place, "scan")
    assert came.code == 0, came.err
    return place


def applied(place: Path) -> Path:
    came = call(scanned(place), "apply", "--yes")
    assert came.code == 0, came.err
    return place


def test_a_plan_heeds_policies_about_facts(place: Path) -> None:
    policy = "{name: films-have-a-track, when: {kind: movie}, require: {track: {known: true}}, level: error}"
    with (scanned(place) / "reshelve.yaml").open("a") as workspace:
        workspace.write(f"policies: [{policy}]\n")
    came = call(place, "plan")
    assert came.code == 1 and "films-have-a-track" in came.out
    came = call(place, "apply", "--yes")
    assert came.code == 1 and "films-have-a-track" in came.out + came.err


def test_the_whole_way_and_back(place: Path) -> None:
    before = tree(place)
    came = call(place, "scan")
    assert "Left for review (1)" in came.out and "inbox:xyz.bin: no rule matched" in came.out
    assert tree(place) == before
    assert call(place, "plan").code == 0
    assert call(place, "plan", "--detailed-exitcode").code == 2
    assert call(place, "check").code == 2
    done = call(place, "apply", "--yes")
    assert done.code == 0 and "Done: run" in done.out
    assert files(place) == FILED and not (place / "inbox" / "new").exists()
    assert call(place, "plan", "--detailed-exitcode").code == 0
    assert "Nothing to do" in call(place, "apply").out
    assert call(place, "check").code == 0
    undone = call(place, "undo", "--yes")
    assert undone.code == 0, undone.err
    assert tree(place) == before
    log = call(place, "log").out.splitlines()
    assert "undo of" in log[0] and "undone by" in log[1] and "held" in log[1]


def test_what_an_undo_took_back_is_held_until_released_or_redone(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    held = call(place, "plan", "--detailed-exitcode")
    assert held.code == 0 and "held" in held.out
    assert call(place, "release").code == 0
    assert call(place, "plan", "--detailed-exitcode").code == 2
    assert call(place, "release").code == 0
    redone = call(place, "redo", "--yes")
    assert redone.code == 0, redone.err
    assert files(place) == FILED
    assert call(place, "redo", "--yes").code == 1


def test_redo_lets_go_of_what_the_undo_held(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    assert "held" in call(place, "log").out
    call(place, "redo", "--yes")
    assert "held" not in call(place, "log").out
    assert call(place, "undo", "--yes").code == 0
    assert "inbox/xyz.bin" in files(place) and "tv/Nordlys" not in tree(place)


def test_a_saved_plan_is_shown_and_applied_once(place: Path) -> None:
    scanned(place)
    assert call(place, "plan", "-o", "plan.json").code == 0
    assert json.loads((place / "plan.json").read_text())["version"] == 1
    assert "Plan:" in call(place, "show", "plan.json").out
    assert call(place, "apply", "plan.json", "--yes").code == 0
    again = call(place, "apply", "plan.json", "--yes")
    assert again.code == 5 and "plan-used" in again.err
    shown = call(place, "show", "last")
    assert shown.code == 0 and "Done: run" in shown.out
    assert call(place, "show", "nothing").code == 1


def test_the_same_inputs_give_the_same_plan(place: Path) -> None:
    scanned(place)
    for name in ("one.json", "two.json"):
        call(place, "plan", "-o", name)
    assert (place / "one.json").read_bytes() == (place / "two.json").read_bytes()


def test_a_plan_of_elsewhere_or_of_a_changed_tree_is_refused_before_anything(place: Path) -> None:
    scanned(place)
    call(place, "plan", "-o", "plan.json")
    other = lay(place / "other")
    foreign = call(other, "apply", str(place / "plan.json"), "--yes")
    assert foreign.code == 5 and "foreign-plan" in foreign.err
    (place / "inbox" / "Heat.1995.1080p.mkv").write_text("another heat")
    before = tree(place)
    stale = call(place, "apply", "plan.json", "--yes")
    assert stale.code == 5 and "Heat" in stale.err
    assert tree(place) == before
    (place / "inbox" / "xyz.bin").write_text("of no concern")


def test_what_the_plan_does_not_touch_never_makes_it_stale(place: Path) -> None:
    scanned(place)
    call(place, "plan", "-o", "plan.json")
    (place / "inbox" / "xyz.bin").write_text("another")
    assert call(place, "apply", "plan.json", "--yes").code == 0


def test_without_yes_somebody_must_answer(place: Path) -> None:
    scanned(place)
    before = tree(place)
    refused = call(place, "apply")
    assert refused.code == 7 and "nobody-to-ask" in refused.err and "Plan:" in refused.out
    for answer in ("no\n", "\n", "", "maybe\nno\n"):
        declined = call(place, "apply", answers=answer)
        assert declined.code == 7, answer
    assert tree(place) == before and not list((place / ".reshelve" / "runs").iterdir())
    agreed = call(place, "apply", answers="details\nyes\n")
    assert agreed.code == 0 and "from inbox:new/" in agreed.err
    assert files(place) == FILED


def test_json_names_its_version_first_and_ends_with_a_summary(place: Path) -> None:
    assert call(place, "scan", "--json").events[-1]["entries"] == 4
    plan = call(place, "plan", "--json").events
    assert plan[0] == {"type": "version", "version": 1, "reshelve": plan[0]["reshelve"]}
    assert plan[-1]["type"] == "summary" and plan[-1]["changes"] is True
    run = call(place, "apply", "--yes", "--json").events
    assert [event["type"] for event in run if event["type"] in ("version", "report", "summary")] == ["version", "report", "summary"]
    assert run[-1]["exit"] == 0 and run[-1]["outcome"] == "done"


def test_json_into_a_file_beside_text(place: Path) -> None:
    scanned(place)
    came = call(place, "plan", "--json-into", "events.ndjson")
    assert "Plan:" in came.out
    events = [json.loads(line) for line in (place / "events.ndjson").read_text().splitlines()]
    assert events[0]["type"] == "version" and events[-1]["type"] == "summary"


def test_json_into_a_file_tells_a_failure_to_its_end(place: Path) -> None:
    came = call(place, "plan", "nowhere.yaml", "--json-into", "events.ndjson")
    assert came.code == 1 and "There is no layout" in came.err and not came.out
    events = [json.loads(line) for line in (place / "events.ndjson").read_text().splitlines()]
    assert [event["type"] for event in events] == ["version", "problem", "summary"]
    assert events[-1]["exit"] == 1


def test_markdown_for_a_pull_request(place: Path) -> None:
    scanned(place)
    assert call(place, "plan", "--markdown").out.startswith("**Plan:")


def test_plan_and_check_on_a_saved_inventory_without_the_disks(place: Path) -> None:
    scanned(place)
    assert call(place, "observe", "-o", "inventory.ndjson").code == 0
    live = call(place, "plan", "--json").events
    (place / "inbox").rename(place / "away")
    assert call(place, "plan").code == 1
    came = call(place, "plan", "--against", "inventory.ndjson", "-o", "plan.json", "--json")
    assert came.code == 0, came.out
    # An inventory does not hold the owners of folders.
    planned, saved = [
        [{**event, "uid": 0, "gid": 0} for event in events if event["type"] == "operation"] for events in (live, came.events)
    ]
    assert planned == saved
    refused = call(place, "apply", "plan.json", "--yes")
    assert refused.code == 5 and "for reading" in refused.err
    assert call(place, "check", "--against", "inventory.ndjson", "--max-age", "1h").code == 2
    stale = call(place, "check", "--against", "inventory.ndjson", "--max-age", "0s")
    assert stale.code == 1 and "s ago; the limit is 0 s." in stale.out
    assert call(place, "check", "--offline", "--format", "github").code == 0


def test_only_and_exclude_choose_entries_and_keep_bundles_whole(place: Path) -> None:
    scanned(place)
    chosen = [event["dst"] for event in call(place, "plan", "--only", "tv:*E01*.mkv", "--json").events if event.get("op") == "move"]
    assert sorted(name.rpartition(".")[2] for name in chosen) == ["mkv", "srt"]
    rest = [event["dst"] for event in call(place, "plan", "--exclude", "tv:*", "--json").events if event.get("op") == "move"]
    assert [name.partition(":")[0] for name in rest] == ["movies"]


def test_an_unavailable_store_is_an_error_and_an_optional_one_is_not(place: Path) -> None:
    scanned(place)
    (place / "movies").rmdir()
    came = call(place, "plan")
    assert came.code == 1 and "movies" in came.out + came.err
    assert call(place, "apply", "--yes").code == 1
    assert (place / "inbox" / "Heat.1995.1080p.mkv").exists() and not (place / "tv" / "Nordlys").exists()
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("movies: {path: movies}", "movies: {path: movies, optional: true}"))
    assert call(place, "apply", "--yes").code == 0
    assert (place / "tv" / "Nordlys").exists()


def test_blocked_entries_fail_only_when_strict(place: Path) -> None:
    scanned(place)
    taken = place / "movies" / "Heat (1995)" / "Heat.1995.1080p.mkv"
    taken.parent.mkdir()
    taken.write_text("another film")
    assert call(place, "plan").code == 0
    assert call(place, "plan", "--strict").code == 1
    strictly = call(place, "apply", "--yes", "--strict")
    assert strictly.code == 1 and "Nothing was done: 1 entry is blocked." in strictly.err
    assert not (place / "tv" / "Nordlys").exists()
    assert call(place, "apply", "--yes").code == 0
    # All that is left to do is blocked.
    again = call(place, "apply", "--yes")
    assert again.code == 1 and "1 blocked" in again.out
    assert taken.read_text() == "another film" and (place / "inbox" / "Heat.1995.1080p.mkv").read_text() == "heat"


def test_the_deletion_guard_refuses_until_raised(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nabsent:\n  - {path: "inbox:xyz.bin"}\n')
    (place / "reshelve.yaml").write_text(WORKSPACE + "guards: {max_delete: 10%}\n")
    warned = call(place, "plan")
    assert warned.code == 0 and "warning[max-delete]" in warned.err
    refused = call(place, "apply", "--yes")
    assert refused.code == 7 and "max-delete" in refused.err
    assert (place / "inbox" / "xyz.bin").exists()
    assert call(place, "apply", "--yes", "--max-delete", "1").code == 0
    assert not (place / "inbox" / "xyz.bin").exists()


def test_the_trash_lists_restores_and_empties(place: Path) -> None:
    absent = '  - {path: "inbox:xyz.bin"}\n  - {path: "inbox:Heat.1995.1080p.mkv"}\n'
    (place / "layout.yaml").write_text(f"version: 1\nabsent:\n{absent}")
    assert call(place, "apply", "--yes").code == 0
    assert "inbox:xyz.bin" in call(place, "trash", "list").out
    assert call(place, "trash", "restore", "nothing").code == 1
    assert call(place, "trash", "restore", "xyz.bin", "--yes").code == 0
    assert (place / "inbox" / "xyz.bin").read_text() == "what is this"
    assert "Nothing to do" in call(place, "trash", "empty", "--older-than", "1d", "--yes").out
    assert call(place, "trash", "empty").code == 7
    assert call(place, "trash", "empty", "--yes").code == 0
    assert "Trash: 0 files" in call(place, "trash", "list").out


def test_a_whole_store_is_restored_from_the_trash(place: Path) -> None:
    absent = [f'  - {{path: "inbox:{name}"}}\n' for name in ("xyz.bin", "new/Nordlys.S01E01.Home.mkv")]
    (place / "layout.yaml").write_text("version: 1\nabsent:\n" + "".join(absent))
    before = tree(place)
    assert call(place, "apply", "--yes").code == 0
    assert call(place, "trash", "restore", "tv:", "--yes").code == 1
    assert call(place, "trash", "restore", "inbox:", "--yes").code == 0
    assert tree(place) == before


def test_undo_of_an_earlier_run_names_the_later_one_in_its_way(place: Path) -> None:
    applied(place)
    first = call(place, "log", "--json").events[1]["id"]
    moved = place / "layout.yaml"
    moved.write_text('version: 1\nfiles:\n  "movies:Heat.mkv": {from: "movies:Heat (1995)/Heat.1995.1080p.mkv"}\n')
    assert call(place, "apply", "--yes").code == 0
    refused = call(place, "undo", first, "--yes")
    assert refused.code == 1 and "Heat" in refused.err
    shown = call(place, "undo", first, "--through", "--dry-run")
    assert shown.code == 0 and first in shown.out
    assert call(place, "undo", first, "--through", "--yes").code == 0
    assert (place / "inbox" / "Heat.1995.1080p.mkv").read_text() == "heat"


def test_undo_dry_run_shows_and_does_nothing(place: Path) -> None:
    applied(place)
    before = tree(place)
    came = call(place, "undo", "--dry-run")
    assert came.code == 0 and "Taking back run" in came.out
    assert tree(place) == before
    assert call(place, "undo", "--only", "*Heat*", "--yes").code == 0
    assert (place / "inbox" / "Heat.1995.1080p.mkv").exists() and (place / "tv" / "Nordlys").exists()


def test_nothing_to_take_back_or_settle(place: Path) -> None:
    assert call(place, "undo", "--yes").code == 1
    assert call(place, "redo", "--yes").code == 1
    assert call(place, "recover").out.startswith("Nothing to recover")
    assert call(place, "log").out == "No runs yet.\n"


def test_diff_of_two_layouts(place: Path) -> None:
    scanned(place)
    (place / "other.yaml").write_text((place / "layout.yaml").read_text().replace("movies:Heat (1995)/", "movies:Heat/"))
    came = call(place, "diff", "layout.yaml", "other.yaml")
    assert came.code == 0 and "movies:Heat/Heat.1995.1080p.mkv" in came.out
    assert [event["type"] for event in call(place, "diff", "layout.yaml", "layout.yaml", "--json").events] == ["version", "summary"]


def test_status_and_doctor_say_how_things_stand(place: Path) -> None:
    applied(place)
    came = call(place, "status")
    assert came.code == 0 and "Layout: 4 entries" in came.out and "Last run:" in came.out
    assert call(place, "doctor").code == 0
    (place / "tv").rename(place / "gone")
    ill = call(place, "doctor")
    assert ill.code == 1 and "BAD  tv" in ill.out


def test_status_shows_the_rest_when_the_layout_is_broken(place: Path) -> None:
    (place / "layout.yaml").write_text("version: 1\nfiles: [\n")
    came = call(place, "status")
    assert came.code == 0 and "Layout: 1 problem: reshelve validate" in came.out and "free of" in came.out
    assert "layout: 1 problem\n" in call(place, "doctor").out


def test_doctor_does_not_mind_an_optional_store_that_is_away(place: Path) -> None:
    text = (place / "reshelve.yaml").read_text()
    (place / "reshelve.yaml").write_text(text.replace("stores:\n", "stores:\n  spare: {path: nowhere, optional: true}\n"))
    came = call(place, "doctor", "--json")
    assert came.code == 0
    spare = next(event for event in came.events if event.get("what") == "spare")
    assert spare["how"].startswith("not available, and optional: ") and not spare["advice"]


def test_where_the_state_cannot_be_written_nothing_begins(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(place, "scan").code == 0
    before = tree(place)
    monkeypatch.setattr("reshelve.executors.state.workspace_state.os.access", lambda path, mode: ".reshelve" not in str(path))
    came = call(place, "apply", "--yes")
    assert came.code == 1 and "state-not-writable" in came.err
    assert tree(place) == before


def test_a_layout_that_cannot_be_written_is_named(place: Path) -> None:
    came = call(place, "scan", "-o", "nowhere/layout.yaml")
    assert came.code == 1 and "--> nowhere/layout.yaml" in came.err and "not-written" in came.err


def test_scan_keeps_what_a_person_decided(place: Path) -> None:
    scanned(place)
    layout = place / "layout.yaml"
    layout.write_text(layout.read_text().replace("movies:Heat (1995)/", "movies:Crime/"))
    came = call(place, "scan")
    assert "movies:Crime/Heat.1995.1080p.mkv" in layout.read_text() and "movies:Heat (1995)/" not in layout.read_text()
    assert "Crime" in came.out
    before = layout.read_bytes()
    call(place, "scan")
    assert layout.read_bytes() == before
    assert call(place, "scan", "-o", "-").out.encode() == before
    assert call(place, "scan", "--only", "nowhere").code == 64


def test_review_writes_answers_down(place: Path) -> None:
    scanned(place)
    assert call(place, "review").code == 7
    came = call(place, "review", answers="nonsense\nmovies:Odd/\n")
    assert came.code == 0 and "1 decided, 0 left." in came.out and "bad-location" in came.err
    assert call(place, "apply", "--yes").code == 0
    assert (place / "movies" / "Odd" / "xyz.bin").exists()
    assert call(place, "review").out == "Nothing to review.\n"


def test_new_adds_a_project_asks_and_makes_it(place: Path) -> None:
    declined = call(place, "new", "b63", "--client", "Acme", answers="no\n")
    assert declined.code == 7 and "b63" not in (place / "reshelve.yaml").read_text()
    came = call(place, "new", "b63", "--client", "Acme", "--yes")
    assert came.code == 0, came.err
    assert sum(path.is_dir() for path in (place / "projects" / "b63_Acme").rglob("*")) == 38
    assert json.loads((place / "projects" / "b63_Acme" / "project_config.json").read_text())
    assert "name: b63" in (place / "reshelve.yaml").read_text()
    assert "Nothing to do" in call(place, "new", "b63", "--yes").out
    assert call(place, "new", "b64", "--in", "nowhere:").code == 64


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        (("--client", "Acme: Co/../x"), "p_Acme - Co-..-x"),
        ((), "p"),
        (("--client", "Acme", "--set", "folder=mine"), "mine"),
        (("--client", "Acme", "--in", "projects:{{ client }}"), "Acme/p_Acme"),
        (("--in", "projects:{{ client }}/{{ team }}", "--set", "team=Red"), "Red/p"),
    ],
)
def test_the_folder_of_a_new_project_is_made_of_its_name_and_client(place: Path, given: tuple[str, ...], folder: str) -> None:
    came = call(place, "new", "p", *given, "--yes")
    assert came.code == 0, came.err
    assert (place / "projects" / folder / "project_config.json").is_file()
    assert "Nothing to do" in call(place, "new", "p", "--yes").out


def test_a_new_project_of_a_client_changes_no_other(place: Path) -> None:
    with (place / "reshelve.yaml").open("a") as file:
        file.write("projects:\n  - {name: old, client: Acme, in: 'projects:'}\n")
    assert call(place, "new", "p", "--client", "Acme", "--yes").code == 0
    assert call(place, "scan").code == 0
    assert call(place, "apply", "--yes").code == 0
    assert sorted(path.name for path in (place / "projects").iterdir()) == ["old", "p_Acme"]


def test_a_store_elsewhere_is_not_made_by_new(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("mnt") / "disk"
    with (place / "reshelve.local.yaml").open("w") as file:
        file.write(f"stores: {{projects: {{path: {away}}}}}\n")
    came = call(place, "new", "p", "--yes")
    assert came.code == 1 and "store-unavailable" in came.out + came.err
    assert not away.exists() and "name: p" not in (place / "reshelve.yaml").read_text()


def test_what_was_worked_out_is_remembered_from_the_first_scan_on(place: Path) -> None:
    assert call(place, "scan").code == 0
    assert (place / ".reshelve" / "catalog.db").exists() and (place / ".reshelve" / ".gitignore").read_text() == "*\n"
    with sqlite3.connect(place / ".reshelve" / "catalog.db") as catalog:
        assert catalog.execute("SELECT count(*) FROM readings").fetchone()[0] >= 2


def test_what_an_undo_took_back_is_held_whole_and_a_second_new_makes_all_of_it(place: Path) -> None:
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    made = tree(place)
    assert call(place, "undo", "--yes").code == 0
    assert call(place, "scan").code == 0
    for command in (("plan", "--detailed-exitcode", "--exclude", "inbox:*"), ("check", "--offline")):
        came = call(place, *command)
        assert came.code == 0 and "b63" not in came.out, came.out
    # Named again, it is meant.
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    assert {path: text for path, text in tree(place).items() if path in made} == made
    assert "held" not in call(place, "plan").out
    (place / "projects" / "b63-flivideo" / "project_config.json").unlink()
    assert "project_config.json" in call(place, "plan").out


def test_a_second_new_lets_go_of_what_is_there_by_now_too(place: Path) -> None:
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    folders = sorted(path for path in tree(place) if path.startswith("projects/b63-flivideo/"))
    assert call(place, "undo", "--yes").code == 0
    first = place / "projects" / "b63-flivideo" / "01_Project_Files"
    first.mkdir(parents=True)
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    assert set(folders) <= set(tree(place))
    assert call(place, "new", "b63-flivideo", "--yes").code == 0  # nothing to do, and nothing held
    assert call(place, "scan").code == 0
    assert "held" not in call(place, "plan").out
