"""Folders that are not there: which one beside them may have been meant, and what to do about them."""

from pathlib import Path

import pytest

from reshelve.opening.missing_folders import Named, meant_for, remedy_of
from reshelve.schemas.inventory import Root


@pytest.fixture
def disks(tmp_path: Path) -> Path:
    for name in ("library/films", "disk1", "downloads", ".hidden", "a/b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "librarx").write_text("a file")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("libary", "library"),
        ("Library", "library"),
        ("LIBARY/films", "library/films"),
        ("libary/series", ""),
        ("library/flims", "library/films"),
        ("disk2", ""),
        ("Disk1", "disk1"),
        ("hidden", ""),
        ("music", ""),
        ("librarx/x", ""),
    ],
)
def test_a_folder_of_nearly_the_name_may_have_been_meant(disks: Path, given: str, meant: str) -> None:
    assert meant_for(str(disks / given), ()) == (str(disks / meant) if meant else "")


def test_a_folder_of_another_store_was_not_meant(disks: Path) -> None:
    assert meant_for(str(disks / "libary"), {str(disks / "library")}) == ""


def gone(path: Path, *, optional: bool = False) -> Root:
    return Root("films", str(path), available=False, why="there is no folder", optional=optional)


def test_the_advice_names_what_was_meant_and_the_line(disks: Path) -> None:
    assert remedy_of(gone(disks / "libary"), Named("reshelve.yaml:4")) == (
        f"Did you mean {disks}/library? Then correct the path of films (reshelve.yaml:4). Else make the folder if it was never "
        f"there (mkdir -p {disks}/libary), connect its disk, or say `optional: true` of films if its disk may be away."
    )
    assert remedy_of(gone(disks / "a b")) == (
        f"Make the folder if it was never there (mkdir -p '{disks}/a b'), connect its disk, correct the path of films, "
        "or say `optional: true` of films if its disk may be away."
    )


def test_one_that_may_be_away_is_only_told_where_another_was_meant(disks: Path) -> None:
    assert remedy_of(gone(disks / "music", optional=True)) == ""
    assert remedy_of(gone(disks / "libary", optional=True)) == (
        f"Did you mean {disks}/library? Then correct the path of films. Else connect its disk."
    )
