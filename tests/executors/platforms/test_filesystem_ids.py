"""A file system is known by its own id; places between which nothing can be renamed have different ids."""

import os
from pathlib import Path

import pytest

from reshelve.executors.platforms import filesystem_ids, mounts, path_lookup
from reshelve.executors.platforms.filesystem_ids import FileSystems
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root

TABLE = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 21 0:24 / /mnt/my\\040disk rw - nfs4 server:/export rw
23 21 0:25 / /mnt/fuse rw master:3 - fuse.sshfs user@host:/films rw
24 21 8:17 / /mnt/usb rw - vfat /dev/sdb1 rw
25 21 254:0 /srv/films /films rw - ext4 /dev/vda rw
26 21 0:26 / /mnt/odd rw - fuse none rw
broken line
"""


def test_the_mount_table_is_read() -> None:
    table = mounts.parse_mounts(TABLE)
    assert [mount.point for mount in table] == ["/", "/mnt/my disk", "/mnt/fuse", "/mnt/usb", "/films", "/mnt/odd"]
    assert (table[1].kind, table[1].source, table[1].device) == ("nfs4", "server:/export", "0:24")


def test_ids_are_the_file_systems_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "mounts", lambda: mounts.parse_mounts(TABLE))
    monkeypatch.setattr(os, "statvfs", lambda _: type("Seen", (), {"f_fsid": 0xABC}))
    monkeypatch.setattr(filesystem_ids, "_uuid_of", lambda device: "1234-ABCD" if device == "/dev/sdb1" else "")
    systems = FileSystems()
    assert systems.id_of(1, "/home/films") == "ext4:abc"
    assert systems.id_of(2, "/mnt/my disk/tv") == "nfs4:server:/export"
    assert systems.id_of(3, "/mnt/fuse") == "fuse.sshfs:user@host:/films"
    assert systems.id_of(4, "/mnt/usb/x") == "vfat:1234-ABCD"
    assert systems.id_of(5, "/mnt/odd") == "fuse:/mnt/odd"


def test_a_bind_mount_is_the_same_file_system_in_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "mounts", lambda: mounts.parse_mounts(TABLE))
    monkeypatch.setattr(os, "statvfs", lambda _: type("Seen", (), {"f_fsid": 0xABC}))
    systems = FileSystems()
    assert systems.id_of(1, "/films/x") == systems.id_of(1, "/srv/films/x") == "ext4:abc"
    assert systems.place_of(1, "/srv/films/x") == "ext4:abc"
    assert systems.place_of(1, "/films/x") == "ext4:abc@/films"


def test_a_bind_mount_within_a_root_is_another_place_with_its_own_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "films/new/deep").mkdir(parents=True)
    device = os.stat(tmp_path).st_dev
    numbers = f"{os.major(device)}:{os.minor(device)}"
    table = f"1 0 {numbers} / / rw - ext4 /dev/x rw\n2 1 {numbers} /a {tmp_path}/films/new rw - ext4 /dev/x rw\n"
    monkeypatch.setattr(mounts, "mounts", lambda: mounts.parse_mounts(table))
    store = LocalStore(Root("s", str(tmp_path)))
    here, top = store.fs_of("films/not/yet")
    assert (here, top) == (store.root.fs, "")
    there, top = store.fs_of("films/new/deep/not/yet")
    assert there == f"{here}@{tmp_path}/films/new"
    assert top == "films/new"
    item = store.stat("films/new/deep")
    assert item is not None
    assert item.fs == here


def test_folding_is_told_by_a_name_in_the_other_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, unnamed = tmp_path / "named", tmp_path / "unnamed"
    named.mkdir()
    unnamed.mkdir()
    (named / "Film.MKV").touch()
    (unnamed / "123").touch()
    monkeypatch.setattr(path_lookup, "_told_by_its_way", lambda _path: None)
    for kind, expected in (("vfat", True), ("ntfs3", False)):
        monkeypatch.setattr(FileSystems, "kind_of", lambda _self, _path, kind=kind: kind)
        monkeypatch.setattr(FileSystems, "format_of", lambda _self, _path, kind=kind: kind)
        assert LocalStore(Root("s", str(named))).folds() is False
        assert LocalStore(Root("s", str(unnamed))).folds("not/yet") is expected
    native = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path, **more: native(str(path).replace("fILM.mkv", "Film.MKV"), **more))
    assert LocalStore(Root("s", str(named))).folds() is True


def test_folding_of_an_empty_folder_is_told_by_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "Films/2026"
    empty.mkdir(parents=True)
    monkeypatch.setattr(FileSystems, "kind_of", lambda _self, _path: "fuseblk")
    assert LocalStore(Root("s", str(empty))).folds() is False
    native = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path, **more: native(str(path).replace("fILMS", "Films"), **more))
    assert LocalStore(Root("s", str(empty))).folds() is True


def test_folding_is_told_where_each_spelling_has_a_number_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Film.MKV").touch()
    (tmp_path / "other").touch()
    monkeypatch.setattr(FileSystems, "kind_of", lambda _self, _path: "fuseblk")
    native = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path, **more: native(_as_fuse(str(path)), **more))
    assert LocalStore(Root("s", str(tmp_path))).folds() is True


def _as_fuse(path: str) -> str:
    """Return what stands for a path where another spelling of a name shows the same file with another number."""
    return path.replace("fILM.mkv", "other").replace("OTHER", "Film.MKV")


def test_an_ordinary_folder_here_keeps_case_apart(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "A").touch()
    both = len(os.listdir(tmp_path)) == 2
    assert LocalStore(Root("s", str(tmp_path))).folds() is not both
