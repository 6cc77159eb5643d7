"""What FUSE mounts is known by its type, by its first sector, or by what udev keeps: nothing is written, nothing waited for."""

import os
from pathlib import Path

import pytest

from reshelve.executors.platforms import filesystem_ids, fuse_formats, mounts
from reshelve.executors.platforms.filesystem_ids import FileSystems
from reshelve.executors.platforms.fuse_formats import format_of
from reshelve.executors.platforms.mounts import Mount


def _sector(at: Path, name: bytes) -> str:
    at.write_bytes(b"\xeb\x76\x90" + name.ljust(509, b"\0"))
    return str(at)


@pytest.mark.parametrize(("name", "expected"), [(b"EXFAT   ", "exfat"), (b"NTFS    ", "ntfs"), (b"other", "fuse"), (b"", "fuse")])
def test_the_first_sector_of_the_source_tells(tmp_path: Path, name: bytes, expected: str) -> None:
    assert format_of(Mount("/m", "fuse", _sector(tmp_path / "image", name), "0:40")) == expected


def test_the_type_tells_where_the_program_writes_it() -> None:
    assert format_of(Mount("/m", "fuseblk.exfat", "/dev/none", "8:1")) == "exfat"
    assert format_of(Mount("/m", "fuse.sshfs", "user@host:/films", "0:25")) == "fuse.sshfs"


def test_what_is_no_fuse_mount_is_not_looked_into(tmp_path: Path) -> None:
    assert format_of(Mount("/m", "ext4", _sector(tmp_path / "image", b"EXFAT   "), "8:1")) == "ext4"


def test_a_pipe_is_not_waited_for_and_what_is_gone_tells_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert format_of(Mount("/m", "fuse", str(tmp_path / "pipe"), "0:40")) == "fuse"
    assert format_of(Mount("/m", "fuseblk", str(tmp_path / "gone"), "0:40")) == "fuseblk"


def test_udev_tells_who_may_not_read_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuse_formats, "_UDEV", str(tmp_path))
    (tmp_path / "b8:1").write_text("S:disk/by-uuid/1\nE:ID_FS_TYPE=exfat\nE:ID_FS_USAGE=filesystem\n")
    (tmp_path / "b8:2").write_text("E:ID_FS_TYPE=vfat\n")
    assert [format_of(Mount("/m", "fuseblk", "/dev/none", device)) for device in ("8:1", "8:2", "8:3")] == [
        "exfat",
        "fuseblk",
        "fuseblk",
    ]


TABLE = """\
1 0 8:1 / /exfat rw - exfat /dev/none rw,iocharset=utf8
2 0 8:2 / /dots rw - exfat /dev/none rw,keep_last_dots
3 0 8:3 / /fat rw - vfat /dev/none rw,iocharset=iso8859-1,utf8
4 0 8:4 / /ntfs rw - ntfs3 /dev/none rw
5 0 8:5 / /windows rw - ntfs3 /dev/none rw,windows_names
6 0 8:6 / /fuse rw - fuseblk.exfat /dev/none rw
7 0 8:7 / /ntfs-3g rw - fuseblk.ntfs-3g /dev/none rw
8 0 8:8 / /bytes rw - vfat /dev/none rw
9 0 8:9 / / rw - ext4 /dev/none rw
"""


def test_what_is_refused_is_told_by_the_type_and_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "mounts", lambda: mounts.parse_mounts(TABLE))
    monkeypatch.setattr(filesystem_ids.sys, "platform", "linux")
    systems = FileSystems()
    paths = ["/exfat/a", "/dots", "/fat", "/ntfs", "/windows", "/fuse", "/ntfs-3g", "/bytes", "/home"]
    told = ["exfat-ends", "exfat", "vfat", "any", "windows", "exfat", "unicode", "vfat-bytes", "any"]
    assert [systems.names_of(path) for path in paths] == told
