"""`explain` of a file that is filed already: which entry of the layout has it there, and which run brought it, by which rule."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WHEN, WORKSPACE, applied, lay, scanned

HEAT = "movies/Heat (1995)/Heat.1995.1080p.mkv"
AT = "movies:Heat (1995)/Heat.1995.1080p.mkv"
RULE = "rule films, facts from the file name"


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    return applied(lay(tmp_path))


def run_of(place: Path) -> str:
    return next(str(event["id"]) for event in call(place, "log", "--json").events if event["type"] == "run")


def explained(place: Path, file: str) -> str:
    came = call(place, "explain", file)
    assert came.code == 0, came.err
    return came.out


def test_the_entry_and_the_run_are_told_with_the_rule(filed: Path) -> None:
    said = explained(filed, HEAT)
    assert "  is filed by an entry of the layout\n" in said, "what the run says of it is not said twice"
    assert f"  run {run_of(filed)} brought it here (apply, " in said
    assert f" UTC), from inbox:Heat.1995.1080p.mkv: {RULE}\n" in said
    assert "  a scan leaves it alone: the store `movies` is not scanned (scanned stores: inbox)\n" in said
    (told,) = [one for one in call(filed, "explain", HEAT, "--json").events if one["type"] == "explanation"]
    assert told["filed"]["at"] == AT and told["filed"]["run"] == run_of(filed)


def test_an_entry_that_no_run_filled_tells_its_own_source_and_rule(tmp_path: Path) -> None:
    scanned(lay(tmp_path))
    (tmp_path / HEAT).parent.mkdir()
    (tmp_path / "inbox/Heat.1995.1080p.mkv").rename(tmp_path / HEAT)
    assert f"  is filed by an entry of the layout, from inbox:Heat.1995.1080p.mkv: {RULE}\n" in explained(tmp_path, HEAT)


def test_an_entry_that_is_pruned_leaves_the_run(filed: Path) -> None:
    assert call(filed, "scan", "--prune").code == 0
    said = explained(filed, HEAT)
    assert "entry of the layout" not in said
    assert f"  run {run_of(filed)} brought it here" in said and RULE in said


def test_a_run_whose_records_were_pruned_is_told_without_its_rule(filed: Path) -> None:
    run = run_of(filed)
    assert call(filed, "scan", "--prune").code == 0
    (records,) = (filed / ".reshelve" / "runs").glob(f"*{run}*")
    shutil.rmtree(records)
    said = explained(filed, HEAT)
    assert f"  run {run} brought it here" in said and "from inbox:Heat.1995.1080p.mkv\n" in said and "rule films" not in said


def test_an_entry_of_a_persons_own_is_told_as_that(filed: Path) -> None:
    layout = filed / "layout.yaml"
    layout.write_text("".join(line for line in layout.read_text().splitlines(keepends=True) if "mark:" not in line))
    assert "  is filed by your own entry in the layout\n" in explained(filed, HEAT)


def test_what_changed_since_is_said(filed: Path) -> None:
    (filed / HEAT).write_text("another film altogether")
    assert "it has changed since" in explained(filed, HEAT)


def test_another_file_at_the_place_is_not_taken_for_it(filed: Path) -> None:
    assert call(filed, "undo", "--yes").code == 0
    (filed / HEAT).parent.mkdir()
    (filed / HEAT).write_text("put here by hand")
    assert "brought it here" not in explained(filed, HEAT)


def test_a_file_that_a_person_moved_on_keeps_its_run(filed: Path) -> None:
    (filed / HEAT).rename(filed / "movies/mine.mkv")
    assert call(filed, "catalog", "update").code == 0
    said = explained(filed, "movies/mine.mkv")
    assert f"  run {run_of(filed)} brought it to {AT} (apply, " in said and "it was moved here by hand since" in said


def test_the_source_of_a_copy_is_told_that_it_was_filed(tmp_path: Path) -> None:
    applied(lay(tmp_path, workspace=WORKSPACE.replace("    tidy: true\n", "    transfer: copy\n")))
    said = explained(tmp_path, "inbox:Heat.1995.1080p.mkv")
    assert f"  goes to {AT}: {RULE}\n" in said
    assert f"  run {run_of(tmp_path)} brought it there already (apply, " in said


def test_a_file_that_its_own_rules_keep_where_it_is_is_told_as_that(tmp_path: Path) -> None:
    own = WORKSPACE + WORKSPACE.partition("scan:\n")[2].replace("  inbox:", "  movies:", 1)
    lay(tmp_path, {HEAT: "heat"}, own)
    assert f"  is where it belongs: {RULE}\n" in explained(tmp_path, HEAT)


def test_a_file_that_nobody_filed_is_told_nothing_of_runs(filed: Path) -> None:
    (filed / "movies/Solaris.1972.mkv").write_text("by hand")
    os.utime(filed / "movies/Solaris.1972.mkv", (WHEN, WHEN))
    said = explained(filed, "movies/Solaris.1972.mkv")
    assert "run " not in said and "  is left alone: the store `movies` is not scanned" in said
