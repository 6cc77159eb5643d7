"""Trees that are watched: what happens in them is told as the folder it happened in, and what was missed as such."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.platforms.folder_events import FolderEvents, tells_everything
from reshelve.executors.platforms.watched_folders import WatchedFolders
from tests.support.watching import few_watches

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what changes in folders is told on Linux")


class Tree:
    def __init__(self, top: Path) -> None:
        self.top = top
        self.marked: list[str] = []
        self.folders = WatchedFolders(FolderEvents(), self.marked.append)

    def told(self) -> set[str]:
        """Return the folders in which something happened since this was asked last."""
        self.folders.read()
        marked = {os.path.relpath(path, self.top) for path in self.marked}
        self.marked.clear()
        return marked


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    (tmp_path / "in/a/b").mkdir(parents=True)
    tree = Tree(tmp_path / "in")
    tree.folders.add(str(tree.top))
    yield tree
    tree.folders.close()


def test_what_happens_is_told_as_the_folder_it_happened_in(tree: Tree) -> None:
    assert tree.told() == set() and tree.folders.folders == 3
    (tree.top / "a/b/f").write_text("x")
    assert tree.told() == {"a/b"}
    (tree.top / "a/b/f").rename(tree.top / "a/g")
    assert tree.told() == {"a/b", "a"}
    (tree.top / "a/g").unlink()
    (tree.top / "h").hardlink_to(__file__) if os.stat(__file__).st_dev == os.stat(tree.top).st_dev else (tree.top / "h").touch()
    assert tree.told() == {"a", "."}
    with (tree.top / "h").open("rb") as read:
        read.read()
    assert tree.told() == set()


def test_what_came_with_a_new_folder_or_before_it_was_watched_is_told(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "out/x/y").mkdir(parents=True)
    (tmp_path / "out/x/y/f").touch()
    (tmp_path / "out").rename(tree.top / "out")
    assert tree.told() == {"out"}
    (tree.top / "out/x/y/g").touch()
    assert tree.told() == {"out/x/y"}
    (tree.top / "n/m").mkdir(parents=True)
    (tree.top / "n/m/f").touch()
    assert "n" in tree.told()
    (tree.top / "n/m/g").touch()
    assert tree.told() == {"n/m"}


def test_a_folder_that_left_is_watched_no_more_and_one_renamed_by_its_new_name(tree: Tree, tmp_path: Path) -> None:
    (tree.top / "a").rename(tree.top / "c")
    tree.told()
    (tree.top / "c/b/f").touch()
    assert tree.told() == {"c/b"}
    (tree.top / "c").rename(tmp_path / "away")
    tree.told()
    (tmp_path / "away/b/g").touch()
    assert tree.told() == set()
    assert tree.folders.folders == 1


def test_what_reshelve_makes_for_itself_and_what_it_is_about_to_change_is_not_told(tree: Tree) -> None:
    (tree.top / ".reshelve-trash").mkdir()
    (tree.top / ".reshelve.lock").touch()
    assert tree.told() == set()
    (tree.top / "a/f").touch()
    tree.told()
    new, place = tree.top / "New", tree.top / "New/f"
    tree.folders.acting({str(tree.top / "a/f"), str(new), str(place)})
    new.mkdir()
    (tree.top / "a/f").rename(place)
    (tree.top / "a/other").touch()
    tree.folders.acted()
    assert tree.told() == {"a"}
    (new / "g").touch()
    assert tree.told() == {"New"}


def test_a_link_is_not_followed(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tree.top / "link").symlink_to(tmp_path / "out")
    tree.told()
    (tmp_path / "out/f").touch()
    assert tree.told() == set()


def test_a_top_that_goes_is_lost(tree: Tree, tmp_path: Path) -> None:
    tree.top.rename(tmp_path / "moved")
    tree.folders.read()
    assert tree.folders.lost == {str(tree.top)}
    shutil.rmtree(tmp_path / "moved")
    with pytest.raises(FileNotFoundError):
        tree.folders.add(str(tmp_path / "none"))


def test_a_queue_that_overran_is_told(tree: Tree) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 20_000:
        pytest.skip("the queue is long here")
    names = [tree.top / "a/f", tree.top / "a/b/g"]
    for name in names:
        name.touch()
    for turn in range(limit // 2 + 10):
        # Two events that are alike and follow each other are told as one.
        for name in names:
            name.rename(name.with_suffix(f".{turn % 2}"))
            name.with_suffix(f".{turn % 2}").rename(name)
    assert tree.told() == {"a", "a/b"}
    assert tree.folders.missed


def test_where_there_are_no_watches_left_the_tree_is_short_of_them(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    code = """import os, sys
from reshelve.executors.platforms.folder_events import FolderEvents
from reshelve.executors.platforms.watched_folders import WatchedFolders
marked = []
folders = WatchedFolders(FolderEvents(), marked.append)
folders.add(sys.argv[1])
print(folders.short, folders.folders)
os.mkdir(sys.argv[1] + "/z")
folders.read()
print(marked, folders.short == {sys.argv[1]})"""
    ran = subprocess.run([*few_watches(2), sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == (f"set() 2\n['{tmp_path}/z'] True\n", "")


def test_only_what_this_system_alone_writes_to_tells_everything() -> None:
    assert all(map(tells_everything, ("ext4", "xfs:1234", "btrfs", "tmpfs:1", "overlay")))
    assert not any(map(tells_everything, ("nfs4", "cifs:1", "fuse.rclone", "9p", "virtiofs", "", "new")))


class _Walked(dict[str, int]):
    """Tells whether it was ever gone through."""

    walked = False

    def __iter__(self) -> Iterator[str]:
        self.walked = True
        return super().__iter__()

    def items(self) -> Any:
        self.walked = True
        return super().items()


def test_folders_that_leave_are_forgotten_without_looking_through_all_that_are_watched(tree: Tree, tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(5_000)]
    for name in names:
        (tree.top / name).mkdir()
    tree.told()
    (tmp_path / "out").mkdir()
    for name in names:
        (tree.top / name).rename(tmp_path / "out" / name)
    tree.folders._watches = watches = _Walked(tree.folders._watches)
    tree.told()
    assert tree.folders.folders == 3 and not tree.folders.missed
    assert not watches.walked


@pytest.mark.slow
def test_what_is_watched_is_what_is_there_whatever_was_moved_where(tree: Tree, tmp_path: Path) -> None:
    """Folders are made, renamed, swapped, moved out and in, and removed at random, read at once or much later."""
    rng, outside = random.Random(7), tmp_path / "out"
    outside.mkdir()
    for step in range(600):
        folders = [path for path in (*tree.top.rglob("*"), *outside.iterdir()) if path.is_dir()]
        inside = [tree.top, *(path for path in folders if tree.top in path.parents)]
        one, into = rng.choice([*folders, None]), rng.choice([*inside, outside])
        new = into / f"f{rng.randrange(12)}"
        if one is None or rng.random() < 0.4:
            new.mkdir(exist_ok=True)
        elif rng.random() < 0.15:
            shutil.rmtree(one)
        elif not new.exists() and one not in new.parents:
            one.rename(new)
        if rng.random() < 0.3 or step == 599:
            tree.told()
            there = {path for path in tree.top.rglob("*") if path.is_dir()}
            assert tree.folders.folders == 1 + len(there), step
            for path in there:
                (path / "file").touch()
                assert tree.told() == {os.path.relpath(path, tree.top)}, (step, path)
                (path / "file").unlink()
                tree.told()
