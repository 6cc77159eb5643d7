"""One place is one place, whatever names it; what is planned counts as much as what is there."""

from reshelve.planner.wants.virtual_tree import Tree
from reshelve.schemas.locations import LEVELS
from tests.support.plandesk import Desk, codes, lines


def test_a_root_inside_another_root_is_the_same_tree() -> None:
    desk = Desk("/d/movies/a/x", all="/d", movies="/d/movies", again="/d/movies")
    tree = Tree(desk.readers)
    readers = desk.readers
    assert tree.folder(readers["all"], "movies/a") is tree.folder(readers["movies"], "a") is tree.folder(readers["again"], "a")


def test_two_names_of_one_target_are_found() -> None:
    desk = Desk("/d/1", "/d/2", all="/d", movies="/d/movies")
    assert codes(desk.plan({"all:movies/x": "all:1", "movies:x": "all:2"})) == {"movies:x": "two-sources"}


def test_names_that_fold_together_are_found() -> None:
    desk = Desk("/in/1", "/in/2", "/in/3", "/in/4", "/ext/There")
    desk.disk.folding = {"other"}
    plan = desk.plan({"ext:\u00e9": "in:1", "ext:e\u0301": "in:2", "ext:THERE": "in:3", "ext:d/x": "in:4"})
    assert set(codes(plan).values()) == {"names-fold"}
    assert len(plan.blocked) == 2
    assert len(plan.operations) == 3


def test_folders_that_fold_together_are_one_folder() -> None:
    desk = Desk("/in/1", "/in/2", "/in/3", "/ext/Show/old")
    desk.disk.folding = {"other"}
    plan = desk.plan({"ext:show/1": "in:1", "ext:New/2": "in:2", "ext:NEW/3": "in:3"})
    assert lines(plan) == ["make folder ext:NEW", "move in:2 to ext:NEW/2", "move in:3 to ext:NEW/3", "move in:1 to ext:Show/1"]
    desk.do(plan)


def test_a_file_and_a_folder_cannot_have_one_place() -> None:
    plan = Desk("/in/1", "/in/2", "/in/3", "/lib/file").plan({"lib:x": "in:1", "lib:x/y": "in:2", "lib:file/z": "in:3"})
    assert codes(plan) == {"lib:x/y": "not-a-folder", "lib:file/z": "not-a-folder"}
    plan = Desk("/in/1", "/lib/x/").plan({"lib:x": "in:1"}, dirs=["lib:x", "lib:y/z", "lib:y/z/"])
    assert codes(plan) == {"lib:x": "target-taken"}
    assert lines(plan) == ["make folder lib:y", "make folder lib:y/z"]


def test_nothing_goes_through_a_link() -> None:
    desk = Desk("/in/1", "/out/x")
    desk.disk.add("/lib/road", "/out", kind="link")
    assert codes(desk.plan({"lib:road/1": "in:1"})) == {"lib:road/1": "not-a-folder"}


def test_what_was_given_up_holds_up_the_folder_it_stood_in_the_way_of() -> None:
    plan = Desk("/lib/x=1", "/in/y", "/lib/z=2").plan({"lib:z": "lib:x", "lib:x/a/y": "in:y"})
    assert codes(plan) == {"lib:z": "target-taken", "lib:x/a/y": "not-a-folder"}
    assert plan.operations == []


def test_very_deep_paths_are_no_trouble() -> None:
    deep = "/".join("d" for _ in range(LEVELS))
    plan = Desk("/in/1").plan({f"lib:{deep}/x": "in:1"})
    assert len(plan.operations) == LEVELS + 1
