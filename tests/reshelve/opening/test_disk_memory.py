"""What is said of a root that is away: one that a run saw, and one of a group that none ever did."""

from pathlib import Path

import pytest

from reshelve.executors.state.known_disks import Disk
from reshelve.opening.disk_memory import away
from reshelve.schemas.inventory import Root


def gone(path: Path, key: str = "tv/two", *, optional: bool = False) -> Root:
    return Root(key, str(path), available=False, why=f"there is no folder {path}", optional=optional)


def test_a_folder_of_a_group_that_no_run_saw_may_be_misspelt(tmp_path: Path) -> None:
    root = away(gone(tmp_path / "tow"), {}, str(tmp_path / "tow"))
    assert root.unseen and root.why.endswith(", and none was seen there before")
    assert root.remedy.startswith(
        f"Make the folder if it was never there (mkdir -p {tmp_path}/tow), connect its disk, correct the path of tv/two, or say"
    )


@pytest.mark.parametrize("known", [Disk("two", "ext4:1"), Disk("elsewhere", "ext4:1", declared="two")])
def test_one_that_a_run_saw_under_whatever_key_is_only_away(tmp_path: Path, known: Disk) -> None:
    at = {"two": str(tmp_path / "two"), "elsewhere": "/elsewhere", "": ""}
    seen = Disk(at[known.path], known.fs, declared=at[known.declared])
    assert not away(gone(tmp_path / "two"), {"tv/1": seen}, str(tmp_path / "two")).unseen


def test_what_may_be_away_and_what_is_alone_is_not_told_so(tmp_path: Path) -> None:
    assert not away(gone(tmp_path / "x", optional=True), {}, str(tmp_path / "x")).unseen
    assert not away(gone(tmp_path / "x", "tv"), {}, str(tmp_path / "x")).unseen
    assert not away(gone(tmp_path), {}, str(tmp_path)).unseen, "an empty mount point is there"


def test_a_disk_that_a_run_saw_is_not_to_be_made(tmp_path: Path) -> None:
    path = str(tmp_path / "x")
    assert away(gone(tmp_path / "x", "tv"), {}, path).remedy
    assert not away(gone(tmp_path / "x", "tv"), {"tv": Disk(path, "ext4:1")}, path).remedy


def test_nobody_is_told_to_make_a_folder_where_that_would_not_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, mount, begins in [
        ("disk", True, "Mount its disk there, "),
        ("file", False, "Correct the path "),
        ("file/x", False, "Correct the"),
    ]:
        assert away(gone(tmp_path / path), {}, str(tmp_path / path), mount=mount).remedy.startswith(begins)
