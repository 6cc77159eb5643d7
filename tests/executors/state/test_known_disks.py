"""Disks known from the last run: which ids are of two file systems, and what a damaged record tells."""

from pathlib import Path

import pytest

from reshelve.executors.state.known_disks import Disk, KnownDisks
from reshelve.schemas.known_roots import is_other


@pytest.mark.parametrize(
    ("then", "now", "other"),
    [
        ("ext4:1a", "ext4:1a", False),
        ("ext4:1a", "ext4:2b", True),
        ("ext4:1a", "overlay:9", True),
        ("nfs4:nas:/tv", "ext4:1a", True),
        ("ext4:1a@/mnt/bound", "ext4:1a", False),
        ("fuse.sshfs:me@nas:/tv", "fuse.sshfs:you@nas:/tv", True),
        ("vfat:/dev/sdb1", "vfat:/dev/sdc1", False),
        ("vfat:/dev/sdb1", "ext4:1a", True),
        ("tmpfs:1", "tmpfs:2", False),
        ("overlay:1", "overlay:2", False),
        ("tmpfs:1", "overlay:2", True),
    ],
)
def test_two_file_systems(then: str, now: str, other: bool) -> None:
    assert is_other(then, now) == other


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    disks = {"tv/a": Disk("/mnt/a", "ext4:1", {"Deep": "xfs:2"}, ("Show (2011)",)), "inbox": Disk("%:/in%FF", "ext4:1")}
    KnownDisks(tmp_path).write(disks)
    assert KnownDisks(tmp_path).read() == disks


DAMAGED = ["", "[]", '{"tv": 1}', '{"tv": {"path": "/tv"}}', "{", '{"tv": {"path": 1, "fs": "", "inside": {}, "homes": [2]}}']


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_record_tells_nothing_but_that_it_is_damaged(tmp_path: Path, text: str) -> None:
    assert KnownDisks(tmp_path).fault() == ""
    (tmp_path / "disks.json").write_text(text)
    assert KnownDisks(tmp_path).read() == {}
    assert KnownDisks(tmp_path).fault() == "it is damaged"
