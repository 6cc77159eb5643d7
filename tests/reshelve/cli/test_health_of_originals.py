"""`health` of originals that were copied: a card that was emptied, or is not in the reader, has lost nothing."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = """version: 1
stores: {card: {path: card}, shoots: {path: shoots}, attic: {path: attic}}
scan:
  card:
    transfer: copy
    rules: [{name: clips, when: {media: video}, place: "shoots:ACM/{{ filename }}"}]
tiers:
  shoots:
    order: {work: {at: "shoots:{project}"}, attic: {at: "attic:{project}", form: tar.gz}}
    moves: [{from: work, to: [attic], after: 90d}]
"""
CLIPS = ("A001.MP4", "A002.MP4")


@pytest.fixture
def shoot(tmp_path: Path) -> Path:
    """A card whose clips a run copied into a shoot."""
    for folder in ("card/DCIM", "shoots", "attic"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    for number, name in enumerate(CLIPS):
        path = tmp_path / "card/DCIM" / name
        path.write_text(name * 100)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    (tmp_path / "card/other.txt").write_text("no mount point without its disk")
    return tmp_path


def swap_the_card(shoot: Path) -> None:
    shutil.rmtree(shoot / "card/DCIM")


def empty_the_card(shoot: Path) -> None:
    """Empty it by a run that is not of this workspace."""
    came = call(shoot, "organize", "card", "--into", "shoots/ACM", "--preset", "video", "--empty", "--yes")
    assert came.code == 0 and not list((shoot / "card/DCIM").glob("*")), came.out + came.err


def health(shoot: Path) -> Came:
    return call(shoot, "health", "--scrub", "0B")


def test_a_card_that_is_not_in_the_reader_was_not_moved_by_hand(shoot: Path) -> None:
    swap_the_card(shoot)
    came = health(shoot)
    assert came.code == 0 and "moved by hand" not in came.out and came.out.endswith("Everything is healthy.\n"), came.out
    assert "2 originals are gone, and copies of them are there. card:DCIM/A001.MP4 is at shoots:ACM/A001.MP4" in came.out
    assert "0 missing, 0 moved, 2 copied" in came.out


def test_what_another_run_put_into_the_trash_is_told_as_that(shoot: Path) -> None:
    empty_the_card(shoot)
    came = health(shoot)
    assert came.code == 0 and "moved by hand" not in came.out and came.out.endswith("Everything is healthy.\n"), came.out
    assert "2 files are in the trash." in came.out and "reshelve trash list" in came.out


def test_originals_whose_copies_were_archived_are_in_the_archive(shoot: Path) -> None:
    swap_the_card(shoot)
    assert call(shoot, "archive", "ACM", "--yes").code == 0
    came = health(shoot)
    assert "A file is missing" not in came.out and "is packed in attic:ACM.tar.gz" in came.out, came.out
    (shoot / "attic/ACM.tar.gz").unlink()
    came = health(shoot)
    assert "is packed in" not in came.out and "card:DCIM/A001.MP4 is in the trash of run" in came.out, came.out
    assert call(shoot, "trash", "empty", "--yes").code == 0
    came = health(shoot)
    assert came.code == 2 and "A file is missing." in came.out and "Its content is nowhere else" in came.out, came.out


def test_a_copy_that_was_deleted_was_not_moved_to_its_original(shoot: Path) -> None:
    (shoot / "shoots/ACM/A001.MP4").unlink()
    came = health(shoot)
    assert came.code == 0 and "moved by hand" not in came.out, came.out
    assert "shoots:ACM/A001.MP4: A file is gone. Its content is at card:DCIM/A001.MP4, too." in came.out


def test_a_file_is_nowhere_else_only_if_all_files_of_its_size_were_read(shoot: Path) -> None:
    swap_the_card(shoot)
    content = (shoot / "shoots/ACM/A001.MP4").read_bytes()
    (shoot / "shoots/ACM/A001.MP4").unlink()
    assert "Its content is nowhere else." in health(shoot).out
    (shoot / "attic/unknown.bin").write_bytes(content)
    came = health(shoot)
    assert "A file is missing." in came.out and "nowhere else" not in came.out, came.out
    assert "1 file of its size was never read" in came.out and "reshelve catalog update --hash" in came.out
    assert call(shoot, "catalog", "update", "--hash").code == 0
    assert "nowhere else" not in health(shoot).out


def test_an_original_that_was_moved_on_its_card_was_moved(shoot: Path) -> None:
    (shoot / "card/DCIM").rename(shoot / "card/OLD")
    came = health(shoot)
    assert "A file was moved by hand. (2)" in came.out, came.out
    assert "card:DCIM/A001.MP4: It is at card:OLD/A001.MP4 now." in came.out, came.out


def test_what_came_back_with_its_project_is_known_to_stand(shoot: Path) -> None:
    swap_the_card(shoot)
    assert call(shoot, "archive", "ACM", "--yes").code == call(shoot, "restore", "ACM", "--yes").code == 0
    came = health(shoot)
    assert came.code == 0 and came.out.endswith("Everything is healthy.\n") and "moved by hand" not in came.out, came.out
    assert "2 originals are gone, and copies of them are there. card:DCIM/A001.MP4 is at shoots:ACM/A001.MP4" in came.out
    told = call(shoot, "history", "shoots/ACM/A001.MP4").out.splitlines()
    assert "archive: trash" in told[-2] and "restore: unpack  attic:ACM.tar.gz -> shoots:ACM" in told[-1], told


def test_what_is_lost_after_its_project_came_back_is_missing(shoot: Path) -> None:
    swap_the_card(shoot)
    assert call(shoot, "archive", "ACM", "--yes").code == call(shoot, "restore", "ACM", "--yes").code == 0
    (shoot / "shoots/ACM/A001.MP4").unlink()
    came = health(shoot)
    assert came.code == 2 and "1 missing" in came.out, came.out
    assert "shoots:ACM/A001.MP4: A file is missing. It was last seen on " in came.out, came.out
    assert "It is packed in attic:ACM.tar.gz" in came.out


def test_what_went_with_a_restore_that_was_undone_is_not_missing(shoot: Path) -> None:
    assert call(shoot, "archive", "ACM", "--yes").code == call(shoot, "restore", "ACM", "--yes").code == 0
    assert call(shoot, "undo", "--yes").code == 0
    came = health(shoot)
    assert came.code == 0 and came.out.endswith("Everything is healthy.\n") and "missing: 3 known, 0 missing" in came.out, came.out
    assert "Nothing to do: 2 held." in call(shoot, "plan").out
    assert call(shoot, "redo", "--yes").code == 0
    swap_the_card(shoot)
    (shoot / "shoots/ACM/A002.MP4").unlink()
    came = health(shoot)
    assert "shoots:ACM/A002.MP4: A file is missing. It was last seen on " in came.out, came.out
    assert came.out.endswith("1 error, 0 warnings.\n")
