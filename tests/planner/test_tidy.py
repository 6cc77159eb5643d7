"""Folders that a plan empties go too."""

from schemas.operations import RemoveDir
from tests.support.plandesk import Desk, lines

JUNK = {"in": [".DS_Store", "*.txt"]}


def test_emptied_folders_go_deepest_first_with_their_junk() -> None:
    desk = Desk("/in/a/b/film", "/in/a/b/.DS_Store", "/in/a/read.txt", "/in/a/empty/deep/")
    plan = desk.plan({"lib:film": "in:a/b/film"}, tidy=JUNK)
    assert lines(plan) == [
        "move in:a/b/film to lib:film", "remove empty folder in:a/empty/deep", "trash in:a/b/.DS_Store",
        "remove empty folder in:a/b", "remove empty folder in:a/empty", "trash in:a/read.txt", "remove empty folder in:a",
    ]  # fmt: skip
    last = plan.operations[-1]
    assert isinstance(last, RemoveDir)
    assert (last.mode, last.uid, last.gid, last.needs) == (0o755, 7, 8, (3, 4, 5))
    desk.do(plan)
    assert "/in" in desk.disk.nodes


def test_folders_that_keep_something_stay_with_their_junk() -> None:
    desk = Desk("/in/a/film", "/in/a/keep", "/in/a/.DS_Store", "/in/b/film2", "/in/b/sub/keep", "/in/empty/")
    plan = desk.plan({"lib:1": "in:a/film", "lib:2": "in:b/film2"}, tidy=JUNK)
    assert lines(plan) == ["move in:a/film to lib:1", "move in:b/film2 to lib:2"]


def test_folders_that_receive_or_are_wanted_stay() -> None:
    desk = Desk("/in/a/film", "/in/b/film", "/in/x", "/in/c/film")
    files = {"lib:1": "in:a/film", "in:a/new": "in:x", "lib:2": "in:b/film", "in:c/d/film": "in:c/film"}
    plan = desk.plan(files, dirs=["in:b"], tidy=JUNK)
    assert not [line for line in lines(plan) if line.startswith("remove")]
    desk.do(plan)


def test_another_store_s_top_and_mounted_file_systems_stay() -> None:
    desk = Desk("/d/in/film", "/d/usb/film", **{"all": "/d", "in": "/d/in", "lib": "/lib"})
    desk.disk.mounts = {"/d/usb": "usb"}
    plan = desk.plan({"lib:1": "all:in/film", "lib:2": "all:usb/film"}, tidy={"all": [], "in": []})
    assert [line for line in lines(plan) if line.startswith("remove")] == []


def test_stores_not_named_are_left() -> None:
    assert len(Desk("/in/a/film").plan({"lib:film": "in:a/film"}).operations) == 1


def test_a_step_aside_leaves_the_folder_before_it_goes() -> None:
    desk = Desk("/in/s/a=1", "/lib/a=22")
    plan = desk.plan({"lib:a": "in:s/a", "in:a": "lib:a"}, tidy=JUNK)
    desk.do(plan)
    assert "/in/s" not in desk.disk.nodes
