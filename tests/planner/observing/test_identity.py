"""Two looks at one file, and one inode number given to two files."""

from dataclasses import replace

import pytest

from reshelve.planner.observing.identity import same_file
from reshelve.schemas.inventory import Item

FILM = Item("a.mkv", "file", 5, 1_000, 1_000, 7, 1, 0o644, "ext4:1")


@pytest.mark.parametrize("fs", ["ext4:1", "exfat:1", "fuseblk:/dev/sdb1", "vfat:1"])
def test_names_of_one_file_have_its_number(fs: str) -> None:
    film = replace(FILM, fs=fs)
    assert same_file(film, replace(film, rel="b.mkv"))
    assert not same_file(film, replace(film, rel="b.mkv", ino=8))


@pytest.mark.parametrize("fs", ["exfat:1", "fuseblk:/dev/sdb1", "vfat:1"])
def test_a_number_that_does_not_last_is_no_proof_alone(fs: str) -> None:
    film = replace(FILM, fs=fs)
    assert not same_file(film, replace(film, rel="b.mkv", size=6))
    assert not same_file(film, replace(film, rel="b.mkv", mtime_ns=2_000))
