"""Stores become folders of this machine, each available or saying why not."""

from pathlib import Path

from reshelve.executors.state.known_disks import Disk
from reshelve.opening import disk_memory, store_folders
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Workspace


def test_groups_are_numbered_or_named_and_ordered(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    workspace = Workspace(
        stores={
            "movies": Store(paths=["a", str(tmp_path / "b")], reserve="2GB"),
            "tv": Store(paths={"nas": "a", "attic": "c"}, optional=True),
        }
    )
    found = store_folders.resolve(workspace, tmp_path, {})
    assert [root.key for root in found] == ["movies/1", "movies/2", "tv/nas", "tv/attic"]
    assert [root.order for root in found] == [0, 1, 0, 1]
    assert found[0].available and found[0].writable and found[0].reserve == 2 * 10**9 and found[0].path == str(tmp_path / "a")
    assert not found[1].available and "there is no folder" in found[1].why and not found[1].optional
    assert found[3].optional


def test_home_is_the_environments(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    found = store_folders.resolve(Workspace(stores={"inbox": Store(path="~/in")}), Path("/"), {"HOME": str(tmp_path)})
    assert found[0].path == str(tmp_path / "in") and found[0].available


def test_a_link_to_a_folder_is_resolved_and_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").touch()
    found = store_folders.resolve(Workspace(stores={"one": Store(path="link"), "two": Store(path="file")}), tmp_path, {})
    assert found[0].path == str(tmp_path / "real")
    assert found[1].why.endswith("is not a folder")


def test_an_unmounted_disk_is_not_an_empty_library(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    stores = {"disk": Store(path="disk", mount="required"), "proc": Store(path="/proc", mount="required")}
    found = store_folders.resolve(Workspace(stores=stores), tmp_path, {})
    assert found[0].why.startswith("nothing is mounted") and not found[0].available
    assert found[1].available


def test_two_stores_that_are_one_folder_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "same").symlink_to("a")
    found = store_folders.resolve(Workspace(stores={"one": Store(path="a"), "two": Store(path="same")}), tmp_path, {})
    problems = store_folders.shared(found)
    assert [problem.code for problem in problems] == ["same-folder"]
    assert "`one` and `two`" in problems[0].detail


def test_only_a_folder_of_the_workspace_itself_is_one_to_be_made(tmp_path: Path) -> None:
    inside, outside = tmp_path / "work", tmp_path / "disk"
    inside.mkdir()
    (inside / "dangling").symlink_to(outside)
    stores = {
        "never": Store(path="in box"),
        "optional": Store(path="later", optional=True),
        "mount": Store(path="nas", mount="required"),
        "linked": Store(path="dangling"),
        "away": Store(path=str(outside)),
    }
    found = {root.key: root for root in store_folders.resolve(Workspace(stores=stores), inside, {})}
    assert found["never"].remedy == f"If it was never there: mkdir -p '{inside}/in box'. Else mount or connect it, then try again."
    assert [found[name].remedy for name in ("optional", "mount", "linked", "away")] == [""] * 4
    seen = disk_memory.remembered(found["never"], Disk(found["never"].path, "dev:1", {}, ()))
    assert seen.remedy == ""
