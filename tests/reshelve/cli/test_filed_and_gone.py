"""A file that was filed, and is not at its target any more: plan, check and scan say so, and where it is where that is known."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay

HEAT = "movies/Heat (1995)/Heat.1995.1080p.mkv"


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    return tmp_path


def test_where_a_file_is_that_was_moved_by_hand_is_named_once_the_catalog_knows(filed: Path) -> None:
    (filed / HEAT).rename(filed / "movies/mine.mkv")
    for command in ("plan", "check"):
        told = call(filed, command)
        assert "It was filed, and is gone from there." in told.out + told.err, command
    assert "It is at movies:mine.mkv now" in call(filed, "health").out
    assert call(filed, "catalog", "update").code == 0
    for command in ("plan", "check"):
        told = call(filed, command)
        assert "It was filed, and is at movies:mine.mkv now." in told.out + told.err, command
        assert "To have it at its target again, put that into `from:`." in told.out + told.err, command
    annotated = call(filed, "check", "--format", "github").out
    assert "To leave it there: reshelve scan --follow" in annotated and "put that into" not in annotated, "what to do first"
    for form in ("junit", "json"):
        assert "put that into `from:`" in call(filed, "check", "--format", form).out, form
    told = call(filed, "scan").out
    assert "kept as lost: movies:Heat (1995)/Heat.1995.1080p.mkv: it was filed, and is at movies:mine.mkv now" in told
    assert "What is lost: if somebody moved it, reshelve scan --follow; else reshelve check" in told
    assert call(filed, "check").code == 2, "a scan never turns drift green"


def test_the_same_content_in_another_store_is_named(filed: Path) -> None:
    assert call(filed, "catalog", "update", "--hash").code == 0
    (filed / HEAT).rename(filed / "projects/mine.mkv")
    os.utime(filed / "projects/mine.mkv", (1, 1))
    assert call(filed, "catalog", "update", "--hash").code == 0
    told = call(filed, "plan")
    assert "It was filed, and is at projects:mine.mkv now." in told.out + told.err
    (filed / "projects/mine.mkv").unlink()  # the catalog still has it there: nothing false is said
    told = call(filed, "plan")
    assert "projects:mine.mkv" not in told.out + told.err and "is gone from there" in told.out + told.err


def test_what_was_deleted_after_it_was_filed_stays_drift_until_a_person_says_otherwise(filed: Path) -> None:
    (filed / HEAT).unlink()
    assert "kept as lost: movies:Heat (1995)/Heat.1995.1080p.mkv: it was filed, and is gone" in call(filed, "scan").out
    sought = call(filed, "scan", "--follow").out
    assert "What is lost was not found: " in sought and "reshelve scan --follow" not in sought, sought
    assert call(filed, "check").code == 2
    pruned = call(filed, "scan", "--prune").out
    assert "movies:Heat (1995)/Heat.1995.1080p.mkv, because it was filed, and is gone" in pruned
    assert "its file is in place" in pruned, "what stands where it should is told, too"
    assert call(filed, "check").code == 0


def test_what_was_filed_and_came_back_under_another_name_is_followed_by_its_new_entry(filed: Path) -> None:
    assert call(filed, "catalog", "update", "--hash").code == 0
    (filed / HEAT).rename(filed / "inbox/Heat.1995.2160p.mkv")
    (filed / "movies/other.txt").write_text("no mount point without its disk")
    assert call(filed, "catalog", "update", "--hash").code == 0
    told = call(filed, "scan").out
    assert "1 entry left the layout: movies:Heat (1995)/Heat.1995.1080p.mkv, because its file is at inbox:Heat." in told
    assert call(filed, "check").code == 2, "the new entry is pending"


def test_what_an_undo_brought_back_and_a_person_deleted_leaves_with_a_word(filed: Path) -> None:
    assert call(filed, "undo", "--yes").code == 0
    (filed / "inbox/Heat.1995.1080p.mkv").unlink()
    (filed / "movies/other.txt").write_text("no mount point without its disk")
    told = call(filed, "scan").out
    assert "movies:Heat (1995)/Heat.1995.1080p.mkv, because inbox:Heat.1995.1080p.mkv is gone" in told


def test_whatever_a_scan_takes_out_of_a_layout_is_told(tmp_path: Path) -> None:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    before = (tmp_path / "layout.yaml").read_text()
    assert "Heat" in before
    rules = tmp_path / "reshelve.yaml"
    rules.write_text(rules.read_text().replace("kind: movie", "kind: music"))
    told = call(tmp_path, "scan")
    assert "1 entry left the layout: movies:Heat (1995)/Heat.1995.1080p.mkv, because inbox:Heat.1995.1080p.mkv is left" in told.out
    rules.write_text(rules.read_text().replace("kind: music", "kind: movie"))
    call(tmp_path, "scan")
    rules.write_text(rules.read_text().replace("kind: movie", "kind: music"))
    assert '"type":"left-layout","what":"movies:Heat (1995)/Heat.1995.1080p.mkv"' in call(tmp_path, "scan", "--json").out


def test_what_was_never_filed_is_told_as_before(tmp_path: Path) -> None:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    (tmp_path / "movies/other.txt").write_text("no mount point without its disk")
    (tmp_path / "inbox/Heat.1995.1080p.mkv").unlink()
    told = call(tmp_path, "plan")
    assert "is not there, nor is its target." in told.out + told.err and "It was filed" not in told.out + told.err
    assert "Heat.1995.1080p.mkv is gone, and nothing is at the target" in call(tmp_path, "scan").out


def test_a_damaged_catalog_keeps_no_plan_from_being_made(filed: Path) -> None:
    (filed / ".reshelve/assets.db").write_text("nonsense")
    (filed / HEAT).unlink()
    told = call(filed, "plan")
    assert told.code == 0 and "is not there, nor is its target." in told.out + told.err


def test_health_names_a_lost_file_once(filed: Path) -> None:
    (filed / HEAT).unlink()
    told = call(filed, "health")
    said = told.out + told.err
    assert told.code == 2 and said.count("A file is missing.") == 1 and "An entry is lost." not in said, said
    alone = call(filed, "health", "--skip", "missing")
    assert "An entry is lost." in alone.out + alone.err


def test_doctor_tells_of_an_empty_folder_in_place_of_what_the_last_run_saw(filed: Path) -> None:
    assert call(filed, "doctor").code == 0
    (filed / "movies").rename(filed / "away")
    (filed / "movies").mkdir()
    told = call(filed, "doctor")
    assert told.code == 1 and "is empty, and another folder than the last run saw there" in told.out + told.err
    (filed / "movies/new.mkv").write_text("begun anew")
    assert call(filed, "doctor").code == 0
    (filed / "movies/new.mkv").unlink()
    assert call(filed, "doctor", "--accept", "movies").code == 0
    assert call(filed, "doctor").code == 0


def test_the_remedy_of_health_for_a_moved_file_is_to_mend_its_entry_and_it_helps(filed: Path) -> None:
    (filed / HEAT).rename(filed / "movies/mine.mkv")
    told = call(filed, "health")
    said = told.out + told.err
    assert told.code == 2 and "The layout has it where it was." in said and "put that into `from:`" in said, said
    assert call(filed, "catalog", "update").code == 0
    told = call(filed, "health")
    assert told.code == 2 and "put that into `from:`" in told.out + told.err, "the same, whatever the catalog knows"
    layout = filed / "layout.yaml"
    layout.write_text(layout.read_text().replace("inbox:Heat.1995.1080p.mkv", "movies:mine.mkv"))
    assert call(filed, "apply", "--yes").code == 0
    assert call(filed, "catalog", "update").code == 0
    told = call(filed, "health")
    assert told.code == 0 and "moved by hand" not in told.out + told.err, told.out + told.err
