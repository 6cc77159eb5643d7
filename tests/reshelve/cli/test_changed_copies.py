"""A copy that was changed after a run made it is told as that: it is no other file, and the original is not filed once more."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = """version: 1
stores: {card: {path: card}, shoots: {path: shoots}}
scan:
  card:
    transfer: copy
    rules: [{name: clips, when: {media: video}, place: "PLACE"}]
"""
LONG_AGO = 1_700_000_000


def shoot_at(folder: Path, place: str) -> Path:
    """A card whose clips, one with a sidecar, a run copied to a place of a rule."""
    for store in ("card", "shoots"):
        (folder / store).mkdir(parents=True)
    (folder / "reshelve.yaml").write_text(WORKSPACE.replace("PLACE", place))
    for number, name in enumerate(("C0001.MP4", "C0001M01.XML", "C0002.MP4")):
        path = folder / "card" / name
        path.write_text(name * 100)
        os.utime(path, (LONG_AGO + number, LONG_AGO + number))
    assert call(folder, "scan").code == 0
    assert call(folder, "apply", "--yes").code == 0
    return folder


def said(came: Came) -> str:
    return came.out + came.err


def last_run(folder: Path) -> str:
    return next(str(event["id"]) for event in call(folder, "log", "--json").events if event["type"] == "run")


@pytest.mark.parametrize("place", ["shoots:{{ filename }}", "shoots:ACM_{{ seq }}.{{ ext }}"])
def test_a_copy_that_was_edited_is_no_other_file(tmp_path: Path, place: str) -> None:
    shoot = shoot_at(tmp_path, place)
    run, layout = last_run(shoot), (shoot / "layout.yaml").read_text()
    copy = next(one for one in sorted((shoot / "shoots").iterdir()) if one.read_text().startswith("C0001.MP4"))
    copy.write_text(copy.read_text() + "x")
    told = f"shoots:{copy.name} is not as run {run} left it there, which copied it from card:C0001.MP4"
    for command in ("plan", "check", "health"):
        came = call(shoot, command)
        assert told in said(came) and "another file" not in said(came), said(came)
        assert "reshelve show" not in said(came) and "leave" in said(came)
    came = call(shoot, "scan")
    assert came.code == 0 and told in said(came), said(came)
    assert (shoot / "layout.yaml").read_text() == layout
    copy.unlink()
    assert "Plan: 1 copy" in said(call(shoot, "plan")), "moved away, it is copied again"


def test_another_file_of_the_same_name_on_a_fresh_card_is_filed_beside(tmp_path: Path) -> None:
    shoot = shoot_at(tmp_path, "shoots:{{ filename }}")
    (shoot / "card/C0002.MP4").write_text("another shoot")
    came = call(shoot, "scan")
    assert "is not as run" not in said(came) and "shoots:C0002_1.MP4" in (shoot / "layout.yaml").read_text(), said(came)


def test_a_changed_copy_goes_where_the_rule_says_that_it_is_replaced(tmp_path: Path) -> None:
    shoot = shoot_at(tmp_path, "shoots:{{ filename }}")
    rules = shoot / "reshelve.yaml"
    rules.write_text(rules.read_text().replace("transfer: copy", "transfer: copy\n    on_conflict: replace"))
    copy = shoot / "shoots/C0002.MP4"
    copy.write_text("mine")
    assert call(shoot, "scan").code == 0
    assert "is not as run" not in said(call(shoot, "plan"))
    assert call(shoot, "apply", "--yes").code == 0 and copy.read_text() == "C0002.MP4" * 100


def test_an_edited_copy_stays_as_it_is_once_its_original_is_left(tmp_path: Path) -> None:
    shoot = shoot_at(tmp_path, "shoots:{{ filename }}")
    copy = shoot / "shoots/C0001.MP4"
    copy.write_text("graded")
    layout = shoot / "layout.yaml"
    layout.write_text(layout.read_text() + 'leave: ["card:C0001.MP4"]\n')
    assert call(shoot, "scan").code == 0
    came = call(shoot, "check")
    assert came.code == 0 and "is not as run" not in said(came), said(came)
    assert copy.read_text() == "graded"
