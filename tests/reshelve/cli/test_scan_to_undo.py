"""The way through: scan, plan, apply, check, undo, redo, release; each with its exit code."""

import json
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from reshelve.api import load_layout
from reshelve.planner.layouts.scan_marks import mark_of
from tests.support.shellcalls import call
from tests.support.shellplaces import FILED, applied, files, lay, scanned, tree


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_the_whole_way_and_back(place: Path) -> None:
    before = tree(place)
    came = call(place, "scan")
    assert "Left for review (1)" in came.out and "inbox:xyz.bin: no rule matched" in came.out
    assert tree(place) == before
    assert call(place, "plan").code == 0
    assert call(place, "plan", "--detailed-exitcode").code == 2
    assert call(place, "check").code == 2
    annotated = call(place, "check", "--format", "github")
    assert annotated.code == 2 and all(",line=" in line for line in annotated.out.splitlines() if line.startswith("::warning"))
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
    assert "undo of" in log[0] and "undone by" in log[1] and "left out of plans" in log[1]


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


def test_what_an_undo_took_back_is_planned_where_a_rule_gives_it_another_target_and_scan_says_so(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    assert "no-longer-held" not in call(place, "scan").err
    workspace = place / "reshelve.yaml"
    workspace.write_text(workspace.read_text().replace('place: "movies:', 'place: "movies:Elsewhere/').replace("Season", "S"))
    scanned = call(place, "scan")
    assert scanned.code == 0 and "movies:Elsewhere/" in (place / "layout.yaml").read_text()
    assert "note[no-longer-held]: What an undo took back has another target now." in scanned.err, scanned.err
    assert call(place, "plan", "--detailed-exitcode").code == 2


def test_a_folder_that_an_undo_took_back_is_held_too(tmp_path: Path) -> None:
    lay(tmp_path, {"inbox/trip/a/1.jpg": "1", "inbox/trip/2.jpg": "2"})
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles:\n  "movies:trip/": {from: "inbox:trip/"}\n')
    assert call(tmp_path, "apply", "--yes").code == call(tmp_path, "undo", "--yes").code == 0
    held = call(tmp_path, "plan", "--detailed-exitcode")
    assert held.code == 0 and "1 entry held" in held.out, held.out


def test_show_of_a_run_that_was_taken_back_says_by_which_run_and_how_to_go_on(place: Path) -> None:
    applied(place)
    first, *_ = (run["id"] for run in call(place, "log", "--json").events if run.get("type") == "run")
    assert f"reshelve undo {first}" in call(place, "show", first).out
    assert call(place, "undo", "--yes", "--only", "*.srt").code == 0
    assert "Taken back in part, last by run " in call(place, "show", first).out
    assert call(place, "undo", first, "--yes").code == 0
    back = next(run["id"] for run in call(place, "log", "--json").events if run.get("type") == "run")
    shown = call(place, "show", first)
    assert f"Taken back by run {back}. Do it again with: reshelve redo {back}" in shown.out
    assert f"reshelve undo {first}" not in shown.out
    assert call(place, "show", first, "--json").events[-1]["undone_by"] == back
    assert call(place, "redo", "--yes").code == 0
    again = next(run["id"] for run in call(place, "log", "--json").events if run.get("type") == "run")
    assert f"Done again by run {again}. Take that back with: reshelve undo {again}" in call(place, "show", back).out
    assert f"For the rest: reshelve undo {first}" in call(place, "show", first).out


def test_redo_lets_go_of_what_the_undo_held(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    assert "left out of plans" in call(place, "log").out
    call(place, "redo", "--yes")
    assert "left out of plans" not in call(place, "log").out
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


def test_redo_dry_run_shows_and_does_nothing(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    before = tree(place)
    came = call(place, "redo", "--dry-run")
    assert came.code == 0 and "Plan:" in came.out and tree(place) == before
    assert len(call(place, "log").out.splitlines()) == 2


def test_show_without_a_name_is_about_the_last_run(place: Path) -> None:
    applied(place)
    assert call(place, "show").out == call(place, "show", "last").out


def test_a_line_more_in_the_workspace_changes_no_entry(place: Path) -> None:
    """A layout is kept in git: two people who edit rules would meet in every entry."""
    scanned(place)
    before = (place / "layout.yaml").read_text()
    file = place / "reshelve.yaml"
    file.write_text(f"# ours\n\n{file.read_text()}")
    scanned(place)
    assert (place / "layout.yaml").read_text() == before
    assert "reshelve.yaml:" not in before and "rule films" in before
    assert "rule films (reshelve.yaml:" in call(place, "explain", "inbox/Heat.1995.1080p.mkv").out


def test_an_entry_that_names_a_line_is_still_a_scans(place: Path) -> None:
    """As layouts of before have it: what was not edited follows the rules, and what was is kept."""
    scanned(place)
    layout = load_layout(place / "layout.yaml")
    target, entry = next(
        (target, entry) for target, entry in layout.files.items() if (entry.because or "").startswith("rule films")
    )
    old = replace(entry, because="rule films (reshelve.yaml:9), facts from the file name", mark=None)
    text = (place / "layout.yaml").read_text()
    assert entry.because is not None and entry.mark is not None and old.because is not None
    text = text.replace(entry.because, old.because).replace(entry.mark, mark_of(target, old))
    (place / "layout.yaml").write_text(text)
    assert call(place, "validate").code == 0
    assert "kept" not in call(place, "scan").out
    assert load_layout(place / "layout.yaml").files[target] == entry


def test_explain_tells_what_keeps_a_file_where_it_is(place: Path) -> None:
    applied(place)
    call(place, "undo", "--yes")
    came = call(place, "explain", "inbox/Heat.1995.1080p.mkv")
    assert "goes to movies:" in came.out and "stays for now: an undo took it back" in came.out
    call(place, "release")
    call(place, "apply", "--yes")
    (place / "inbox" / "Heat 1995 again.mkv").write_text("heat")
    assert "same content as" in call(place, "scan").out
    told = call(place, "explain", "inbox/Heat 1995 again.mkv").out
    assert "stays for now: the last scan left it for review: same content as movies:" in told or "is left for review" in told


def test_explain_takes_a_location_as_a_scan_prints_it(place: Path) -> None:
    odd = os.fsdecode(b"caf\xe9 (1999).mkv")
    (place / "inbox" / odd).write_text("x")
    assert "inbox%:caf%E9 (1999).mkv" in call(place, "scan").out + call(place, "scan", "--full").out
    for as_printed in ("inbox%:caf%E9 (1999).mkv", "inbox%:caf%E9 %281999%29.mkv"):
        came = call(place, "explain", as_printed)
        assert came.code == 0 and came.out.startswith("inbox%:caf%E9 (1999).mkv"), came


def test_a_name_as_a_scan_prints_it_is_answered_with_where_the_file_is(place: Path) -> None:
    scanned(place)
    for given, (code, meant) in {
        "Heat.1995.1080p.mkv": ("no-such-file", "Did you mean inbox:Heat.1995.1080p.mkv?"),
        "inbox:new/Heat.1995.1080p.mkv": ("no-such-file", "Did you mean inbox:Heat.1995.1080p.mkv?"),
        "heat.1995.108p.mkv": ("no-such-file", "Did you mean inbox:Heat.1995.1080p.mkv?"),
        "nothing like it": ("no-such-file", "write a location"),
        "ibox:Heat.1995.1080p.mkv": ("no-such-store", "Did you mean inbox:Heat.1995.1080p.mkv?"),
        "reshelve.yaml": ("in-no-store", "Stores: "),
    }.items():
        came = call(place, "explain", given)
        assert came.code == 64 and f"[{code}]" in came.err and meant in came.err, came.err


def test_a_name_whose_file_was_filed_is_answered_with_where_it_is_now(place: Path) -> None:
    scanned(place)
    target = next(each for each in load_layout(place / "layout.yaml").files if each.endswith("Heat.1995.1080p.mkv"))
    rel = target.partition(":")[2]
    assert "Did you mean inbox:Heat.1995.1080p.mkv?" in call(place, "explain", rel).err, "it is not filed yet"
    call(place, "apply", "--yes")
    for given in ("Heat.1995.1080p.mkv", "inbox:Heat.1995.1080p.mkv", f"inbox:{rel}", rel, "heat.1995.108p.mkv"):
        came = call(place, "explain", given)
        assert came.code == 64 and f"Did you mean {target}?" in came.err and "Did you mean inbox:" not in came.err, came.err


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


def test_a_layout_that_cannot_be_written_is_named(place: Path) -> None:
    came = call(place, "scan", "-o", "nowhere/layout.yaml")
    assert came.code == 1 and "--> nowhere/layout.yaml" in came.err and "not-written" in came.err


def test_scan_keeps_what_a_person_decided(place: Path) -> None:
    scanned(place)
    layout = place / "layout.yaml"
    layout.write_text(layout.read_text().replace("movies:Heat (1995)/", "movies:Crime/"))
    came = call(place, "scan", "--full")
    assert "movies:Crime/Heat.1995.1080p.mkv" in layout.read_text() and "movies:Heat (1995)/" not in layout.read_text()
    assert "Crime" in came.out
    before = layout.read_bytes()
    assert "1 edit" in call(place, "scan").out
    assert layout.read_bytes() == before
    assert call(place, "scan", "-o", "-").out.encode() == before
    assert call(place, "scan", "--only", "nowhere").code == 64


def test_review_writes_answers_down(place: Path) -> None:
    scanned(place)
    assert call(place, "review").code == 7
    came = call(place, "review", answers="nonsense\nmovies:Odd/\n")
    assert came.code == 0 and "1 file decided, 0 left." in came.out and "Not an answer: nonsense." in came.out
    assert call(place, "apply", "--yes").code == 0
    assert (place / "movies" / "Odd" / "xyz.bin").exists()
    assert call(place, "review").out == "Nothing to review.\n"


def test_what_was_worked_out_is_remembered_from_the_first_scan_on(place: Path) -> None:
    assert call(place, "scan").code == 0
    assert (place / ".reshelve" / "catalog.db").exists() and (place / ".reshelve" / ".gitignore").read_text() == "*\n"
    with sqlite3.connect(place / ".reshelve" / "catalog.db") as catalog:
        assert catalog.execute("SELECT count(*) FROM readings").fetchone()[0] >= 2
