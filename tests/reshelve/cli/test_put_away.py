"""Entries whose files a run put away (archived, cleaned up): held, not lost, and not filed again from a card that is there."""

import os
import time
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = """version: 1
stores: {card: {path: card}, shoots: {path: shoots}, attic: {path: attic}}
scan:
  card:
    transfer: copy
    rules: [{name: clips, when: {media: video}, place: "shoots:{{ subdir }}/{{ filename }}"}]
tiers:
  shoots:
    order: {work: {at: "shoots:{project}"}, attic: {at: "attic:{project}", form: tar.gz}}
    moves: [{from: work, to: [attic], after: 90d}]
"""


@pytest.fixture
def shoot(tmp_path: Path) -> Path:
    """Two jobs whose clips a run copied from a card."""
    for folder in ("card/ACM", "card/Other", "shoots", "attic"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    for number, name in enumerate(("ACM/A001.MP4", "ACM/A002.MP4", "Other/B001.MP4")):
        path = tmp_path / "card" / name
        path.write_text(name * 100)
        os.utime(path, (time.time() - 3600 + number, time.time() - 3600 + number))
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    return tmp_path


def said(came: Came) -> str:
    return came.out + came.err


def archived(shoot: Path) -> str:
    came = call(shoot, "archive", "ACM", "--yes")
    assert came.code == 0, said(came)
    assert "Free the space for good with: reshelve trash empty --run " in came.out.splitlines()[-1], said(came)
    assert "2 entries of the layout will be held until `reshelve release`" in said(came), said(came)
    return next(str(event["id"]) for event in call(shoot, "log", "--json").events if event["type"] == "run")


def empty_the_card(shoot: Path) -> None:
    for path in (shoot / "card/ACM").iterdir():
        path.unlink()


@pytest.mark.parametrize("card", ["there", "emptied"])
def test_entries_of_an_archived_project_are_held(shoot: Path, card: str) -> None:
    run = archived(shoot)
    if card == "emptied":
        empty_the_card(shoot)
    for command in ("plan", "check", "health"):
        came = call(shoot, command)
        assert came.code == 0 and "is gone" not in said(came), said(came)
    assert "Nothing to do: 1 entry is as desired, 2 held." in said(call(shoot, "plan")), said(call(shoot, "plan"))
    assert "2 entries held" in said(call(shoot, "plan"))
    assert "no drift" in call(shoot, "check").out
    assert f"reshelve release {run}" in call(shoot, "log").out
    told = call(shoot, "explain", "card:ACM/A001.MP4") if card == "there" else None
    assert told is None or "put its file away" in said(told), told
    assert call(shoot, "scan").code == 0
    assert call(shoot, "check").code == 0 and call(shoot, "plan", "--detailed-exitcode").code == 0


def test_what_was_archived_stays_in_the_layout_and_is_guarded_again_once_it_is_restored(shoot: Path) -> None:
    archived(shoot)
    empty_the_card(shoot)
    told = said(call(shoot, "scan"))
    assert "left the layout" not in told and "kept as lost" not in told and "2 entries held" in told, told
    assert call(shoot, "restore", "ACM", "--yes").code == 0
    assert "Check: 3 entries as desired, no drift." in call(shoot, "check").out
    (shoot / "shoots/ACM/A001.MP4").unlink()
    assert call(shoot, "check").code == 2


def test_an_undone_restore_is_held_again(shoot: Path) -> None:
    archived(shoot)
    empty_the_card(shoot)
    assert call(shoot, "restore", "ACM", "--yes").code == 0
    undone = call(shoot, "undo", "--yes").out
    assert "- ACM  2.4 kB" in undone and ": 2 files to the trash (2.4 kB in the trash)" in undone, undone
    for _ in range(2):
        told = said(call(shoot, "scan"))
        assert "lost" not in told and "left the layout" not in told and "2 entries held" in told, told
        assert "Nothing to do: 1 entry is as desired, 2 held." in said(call(shoot, "plan"))
    assert call(shoot, "redo", "--yes").code == 0
    assert "Check: 3 entries as desired, no drift." in call(shoot, "check").out


def test_a_scan_lets_go_of_what_was_archived_once_its_archive_is_gone(shoot: Path) -> None:
    run = archived(shoot)
    empty_the_card(shoot)
    (shoot / "attic/ACM.tar.gz").unlink()
    told = said(call(shoot, "scan"))
    assert "kept as lost" not in told and "shoots:ACM/A001.MP4, because run" in told, told
    assert f"because run {run} (archive) put it away, into attic:ACM.tar.gz" in told, told
    assert "shoots:ACM" not in (shoot / "layout.yaml").read_text()


def test_a_restore_lets_go_of_what_its_archiving_held(shoot: Path) -> None:
    archived(shoot)
    assert call(shoot, "restore", "ACM", "--yes").code == 0
    came = call(shoot, "plan")
    assert "held" not in said(came) and "Nothing to do: 3 entries are as desired." in said(came), said(came)


def test_an_undo_lets_go_and_a_redo_holds_again(shoot: Path) -> None:
    archived(shoot)
    assert call(shoot, "undo", "--yes").code == 0
    assert "Nothing to do: 3 entries are as desired." in said(call(shoot, "plan")), said(call(shoot, "plan"))
    assert call(shoot, "redo", "--yes").code == 0
    assert "1 entry is as desired, 2 held" in said(call(shoot, "plan")), said(call(shoot, "plan"))


def test_a_release_plans_them_again(shoot: Path) -> None:
    run = archived(shoot)
    assert call(shoot, "release", run).code == 0
    assert "2 files copied" in said(call(shoot, "apply", "--yes"))


def test_released_entries_whose_source_is_gone_say_which_run_put_the_file_away(shoot: Path) -> None:
    run = archived(shoot)
    empty_the_card(shoot)
    assert call(shoot, "release", run).code == 0
    told = said(call(shoot, "plan"))
    assert f"Run {run} (archive) put it away, into attic:ACM.tar.gz." in told, told


def test_what_another_layout_puts_away_is_held_too(shoot: Path) -> None:
    (shoot / "clean.yaml").write_text('version: 1\nabsent: [{path: "shoots:ACM/A001.MP4", copies: ["card:ACM/A001.MP4"]}]\n')
    assert call(shoot, "apply", "clean.yaml", "--yes").code == 0
    assert "2 entries are as desired, 1 held" in said(call(shoot, "plan")), said(call(shoot, "plan"))
    assert call(shoot, "trash", "restore", "shoots:ACM/A001.MP4", "--yes").code == 0
    assert "Nothing to do: 3 entries are as desired." in said(call(shoot, "plan")), said(call(shoot, "plan"))
