"""`restore --suggest`: which archived projects seem to be in use, by what evidence, and what bringing each back takes."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """version: 1
stores: {work: {path: work}, light: {path: light}, arch: {path: arch}}
tiers:
  v:
    order:
      local: {at: "work:{project}"}
      light: {at: "light:{project}", form: light}
      tar: {at: "arch:{project}", form: tar.gz}
    moves: [{from: local, to: [light, tar], after: 90d}]
"""
TODAY = datetime.now(UTC)


def iso(days: int) -> str:
    return (TODAY - timedelta(days=days)).strftime("%Y-%m-%d")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three projects of a film and three texts, all archived; one of them was restored since, and archived again."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for store in ("work", "light", "arch"):
        (tmp_path / store).mkdir()
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    for number in (1, 2, 3):
        for name in ("film.mp4", "cut.txt", "note.txt", "plan.txt"):
            path = tmp_path / f"work/b0{number}/{name}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{number} {name}")
            os.utime(path, (1_700_000_000, 1_700_000_000))
    assert call(tmp_path, "scan").code == 0 and call(tmp_path, "apply", "--yes").code == 0
    assert not list((tmp_path / "work").glob("b*")) and (tmp_path / "light/b01/cut.txt").exists()
    return tmp_path


def read(path: Path, days: int) -> None:
    """Let a file have been read, and never been changed since long before: only the times of the former can be set."""
    about = path.stat()
    os.utime(path, ns=(int((TODAY + timedelta(days=days)).timestamp() * 1e9), about.st_mtime_ns))


def suggested(place: Path, *args: str) -> list[tuple[str, list[str]]]:
    came = call(place, "restore", "--suggest", "--json", *args)
    assert came.code == 0, came.err
    events = [event for event in came.events if event["type"] == "restore-suggested"]
    return [(event["project"], [f"{sign['day']} {sign['what']}" for sign in event["signs"]]) for event in events]


def test_nothing_is_suggested_of_which_there_is_no_sign(place: Path) -> None:
    came = call(place, "restore", "--suggest")
    assert came.code == 0 and "Of 3 projects that a restore would bring back, none was used or asked for lately" in came.out


def test_a_project_that_was_restored_and_archived_again(place: Path) -> None:
    assert call(place, "restore", "b02", "--yes").code == 0
    assert suggested(place) == []  # it is there
    assert call(place, "archive", "b02", "--to", "tar", "--yes").code == 0
    [(project, [sign])] = suggested(place)
    assert project == "b02" and re.fullmatch(r"\d{4}-\d\d-\d\d restored by run \w+", sign)
    text = call(place, "restore", "--suggest").out
    assert "b02  in light, tar\n" in text and "reshelve restore b02    " in text and "no cost, no wait" in text
    assert suggested(place, "--since", "0s") == [] and suggested(place, "b01") == []


def test_assets_that_were_used_in_another_project(place: Path) -> None:
    assert call(place, "catalog", "update").code == 0
    used = call(place, "assets", "use", "light:b03/cut.txt", "--project", "b09", "--date", iso(3))
    assert used.code == 0, used.err
    assert suggested(place) == [("b03", [f"{iso(3)} used in b09"])]


def test_files_of_the_light_copy_that_were_read(place: Path) -> None:
    read(place / "light/b01/cut.txt", 1)
    [(project, [sign])] = suggested(place)
    assert project == "b01" and sign.endswith(" 1 of 3 files in light read")
    for name in ("note.txt", "plan.txt"):
        read(place / "light/b01" / name, 1)
    assert suggested(place) == []  # a program read them all


def test_it_goes_alone(place: Path) -> None:
    for options in (["--status"], ["--wait"], ["--to", "local"], ["--from", "tar"]):
        assert call(place, "restore", "--suggest", *options).code == 64
    assert call(place, "restore", "b01", "--since", "30d").code == 64
    assert call(place, "restore", "--suggest", "nothing-like-it").code == 64


def test_a_file_that_is_asked_for_says_where_it_is(place: Path) -> None:
    told = call(place, "history", "work:b01/film.mp4")
    assert (
        told.code == 0
        and "A run put it into arch:b01.tar.gz." in told.err + told.out
        and "reshelve restore b01" in told.err + told.out
    )
    shown = call(place, "assets", "show", "work:b01/film.mp4")
    assert shown.code == 1 and "A run put it into arch:b01.tar.gz." in shown.err and "reshelve restore b01" in shown.err
    assert call(place, "restore", "b01", "--yes").code == 0
    assert "A run put it into" not in call(place, "history", "work:b01/film.mp4").err
    assert "A run put it into" not in call(place, "history", "work:b02").err


def test_projects_that_are_at_home_too_are_not_counted_as_none(place: Path) -> None:
    assert call(place, "restore", "b0*", "--yes").code == 0
    came = call(place, "restore", "--suggest")
    assert came.code == 0 and "No project is away from where a restore would bring it." in came.out
