"""A project that says `auto_organize: false` after files were copied into it: they are filed, and only new ones are asked about."""

import json
import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """version: 1
stores: {inbox: {path: inbox}, library: {path: library}}
scan:
  inbox:
    transfer: TRANSFER
    rules: [{name: clips, when: {ext: mp4}, content_type: cama, place: "library:p1/{{ filename }}"}]
"""
NAMES = {"pattern": "[project_code]_[sequence_number]", "project_code": "ACM", "sequence_number": 3}


def say(desk: Path, *, auto_organize: bool) -> None:
    settings = {"auto_organize": auto_organize, "naming_convention": NAMES}
    (desk / "library/p1/project_config.json").write_text(json.dumps({"settings": settings}))


def arrive(desk: Path, name: str) -> None:
    path = desk / "inbox" / name
    path.write_text(name * 50)
    os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.fixture(params=["copy", "hardlink", "symlink"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE.replace("TRANSFER", request.param))
    for folder in ("inbox", "library/p1"):
        (tmp_path / folder).mkdir(parents=True)
    say(tmp_path, auto_organize=True)
    for name in ("a.mp4", "a.srt", "b.mp4"):
        arrive(tmp_path, name)
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    return tmp_path


def test_what_was_filed_before_a_project_closed_stays_filed(desk: Path) -> None:
    before = (desk / "layout.yaml").read_text()
    say(desk, auto_organize=False)
    came = call(desk, "scan")
    assert "left the layout" not in came.out and "3 filed already" in came.out, came.out
    assert (desk / "layout.yaml").read_text() == before
    assert call(desk, "check").code == 0


def test_only_what_is_new_to_a_closed_project_is_asked_about(desk: Path) -> None:
    say(desk, auto_organize=False)
    arrive(desk, "c.mp4")
    arrive(desk, "b.srt")
    came = call(desk, "scan")
    assert "3 filed already, 2 to review" in came.out and "left the layout" not in came.out, came.out
    assert call(desk, "plan", "--detailed-exitcode").code == 0
    say(desk, auto_organize=True)
    assert "2 to file, 3 filed already" in call(desk, "scan").out


@pytest.mark.parametrize("desk", ["copy", "hardlink"], indirect=True)
def test_what_a_rule_files_no_more_is_not_said_to_have_made_way_for_other_files(desk: Path) -> None:
    text = (desk / "reshelve.yaml").read_text()
    (desk / "reshelve.yaml").write_text(text.replace("ext: mp4", "ext: mov"))
    came = call(desk, "scan")
    assert (
        "3 entries that were carried out left the layout: what has the names of their sources now goes elsewhere, or nowhere."
        in came.out
    ), came.out
    assert "What they filed stays where it is" in came.out and len(list((desk / "library/p1").iterdir())) == 4


def test_explain_says_of_a_filed_file_where_it_is_and_of_a_new_one_why_it_waits(desk: Path) -> None:
    say(desk, auto_organize=False)
    arrive(desk, "c.mp4")
    filed = call(desk, "explain", "inbox:a.mp4").out
    assert "library:p1/ACM_001.mp4" in filed and "left for review" not in filed, filed
    assert "left for review" in call(desk, "explain", "inbox:c.mp4").out


@pytest.mark.parametrize("desk", ["copy", "hardlink"], indirect=True)
def test_another_file_of_a_filed_name_is_asked_about(desk: Path) -> None:
    say(desk, auto_organize=False)
    (desk / "inbox/a.mp4").unlink()
    arrive(desk, "a.mp4")
    (desk / "inbox/a.mp4").write_text("b.mp4" * 49 + "other")
    came = call(desk, "scan")
    assert "inbox:a.mp4: library:p1/project_config.json says `auto_organize: false`" in came.out, came.out
    assert call(desk, "plan", "--detailed-exitcode").code == 0


def test_explain_tells_the_name_that_a_project_has_for_a_file(desk: Path) -> None:
    arrive(desk, "c.mp4")
    filed = call(desk, "explain", "inbox:a.mp4").out
    assert "goes to library:p1/ACM_001.mp4" in filed and "the name was taken" not in filed, filed
    assert "brought it there already" in filed, filed
    with_it = call(desk, "explain", "inbox:a.srt").out
    assert "goes to library:p1/ACM_001.srt" in with_it and "the name was taken" not in with_it, with_it
    coming = call(desk, "explain", "inbox:c.mp4").out
    assert "goes to library:p1/ACM_{{ seq }}.mp4" in coming and "number: the next scan gives it" in coming, coming


def test_explain_tells_what_is_wrong_with_the_names_of_a_project(desk: Path) -> None:
    arrive(desk, "c.mp4")
    settings = {"settings": {"naming_convention": {**NAMES, "pattern": "[camera]"}}}
    (desk / "library/p1/project_config.json").write_text(json.dumps(settings))
    told = call(desk, "explain", "inbox:c.mp4").out
    assert "is left for review: library:p1/project_config.json: naming_convention: there is no [camera]" in told, told


def test_explain_says_of_a_closed_project_what_a_scan_does(desk: Path) -> None:
    say(desk, auto_organize=False)
    arrive(desk, "b.srt")
    assert "left for review" in call(desk, "explain", "inbox/b.srt").out
    assert "left for review" not in call(desk, "explain", "inbox/b.mp4").out
    filed = sorted((desk / "library/p1").glob("*.mp4"))
    copy = next(path for path in filed if path.read_text() == (desk / "inbox/a.mp4").read_text())
    if not copy.is_symlink() and copy.stat().st_nlink == 1:
        copy.write_text("edited since")
        assert "left for review" not in call(desk, "explain", "inbox/a.mp4").out
