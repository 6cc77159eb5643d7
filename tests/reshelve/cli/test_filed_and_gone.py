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
        assert "It was filed, and is gone from there: `reshelve health` looks for it" in told.out + told.err, command
    assert "It is at movies:mine.mkv now" in call(filed, "health").out
    assert call(filed, "catalog", "update").code == 0
    for command in ("plan", "check"):
        told = call(filed, command)
        assert "It was filed, and is at movies:mine.mkv now." in told.out + told.err, command
        assert "To have it at its target again, put that into `from:`." in told.out + told.err, command
    for form in ("github", "junit", "json"):
        assert "put that into `from:`" in call(filed, "check", "--format", form).out, form
    assert "dropped: movies:Heat (1995)/Heat.1995.1080p.mkv: it was filed, and is at movies:mine.mkv now" in call(filed, "scan").out


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


def test_what_was_deleted_after_it_was_filed_is_not_dropped_as_if_it_never_was(filed: Path) -> None:
    (filed / HEAT).unlink()
    assert "dropped: movies:Heat (1995)/Heat.1995.1080p.mkv: it was filed, and is gone" in call(filed, "scan").out


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
