"""Stores become folders of this machine, each available or saying why not."""

from pathlib import Path

from reshelve.opening import store_folders
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


def test_it_is_known_where_the_path_of_each_folder_is_written() -> None:
    stores = {"a": Store(path="a"), "b": Store(paths=["x", "y"]), "c": Store(paths={"one": "z"}), "d": Store(s3="bucket")}
    assert store_folders.steps(Workspace(stores=stores)) == {
        "a": ("stores", "a", "path"),
        "b/1": ("stores", "b", "paths", 0),
        "b/2": ("stores", "b", "paths", 1),
        "c/one": ("stores", "c", "paths", "one"),
    }
