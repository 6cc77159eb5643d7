"""Folders that a plan empties go too."""

import pytest

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.operations import RemoveDir
from reshelve.schemas.problems import ReshelveError
from tests.support.plandesk import Desk, lines
from tests.support.plandisk import DiskReader

JUNK = {"in": [".DS_Store", "*.txt"]}


def test_emptied_folders_go_deepest_first_with_their_junk() -> None:
    desk = Desk("/in/a/b/film", "/in/a/song", "/in/a/b/.DS_Store", "/in/a/read.txt", "/in/a/empty/deep/")
    plan = desk.plan({"lib:film": "in:a/b/film", "lib:song": "in:a/song"}, tidy=JUNK)
    assert lines(plan) == [
        "move in:a/b/film to lib:film", "move in:a/song to lib:song",
        "remove empty folder in:a/empty/deep", "trash in:a/b/.DS_Store",
        "remove empty folder in:a/b", "remove empty folder in:a/empty", "trash in:a/read.txt", "remove empty folder in:a",
    ]  # fmt: skip
    last = plan.operations[-1]
    assert isinstance(last, RemoveDir)
    assert (last.mode, last.uid, last.gid, last.needs) == (0o755, 7, 8, (1, 4, 5, 6))
    desk.do(plan)
    assert "/in" in desk.disk.nodes


def test_a_folder_that_was_empty_stays_where_only_what_lies_beside_it_leaves() -> None:
    desk = Desk(
        "/in/Movies/Heat/film", "/in/Movies/Heat/empty/", "/in/Movies/Alien (1979)/", "/in/Ronin/VIDEO_TS/x", "/in/Ronin/AUDIO_TS/"
    )
    plan = desk.plan({"lib:1": "in:Movies/Heat/film", "lib:2": "in:Ronin/VIDEO_TS/x"}, tidy=JUNK)
    assert [line for line in lines(plan) if line.startswith("remove")] == [
        "remove empty folder in:Movies/Heat/empty", "remove empty folder in:Movies/Heat",
        "remove empty folder in:Ronin/AUDIO_TS", "remove empty folder in:Ronin/VIDEO_TS", "remove empty folder in:Ronin",
    ]  # fmt: skip
    desk.do(plan)
    assert "/in/Movies/Alien (1979)" in desk.disk.nodes


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


@pytest.mark.parametrize(
    ("film", "others"),
    [
        ("/in/#recycle/film", []),
        ("/in/A.photoslibrary/originals/film", []),
        ("/in/code/film/film", ["/in/code/.git/"]),
        ("/in/_UNPACK_x/film", []),
        ("/in/x/film", ["/in/x/@eaDir/"]),
        ("/in/x/film", ["/in/x/code/.git/"]),
    ],
)
def test_folders_that_scans_leave_alone_stay_though_they_are_empty(film: str, others: list[str]) -> None:
    desk = Desk(film, *others, "/in/film")
    plan = desk.plan({"lib:1": film.replace("/in/", "in:", 1)}, tidy=JUNK)
    assert [line for line in lines(plan) if line.startswith("remove")] == []
    desk.do(plan)


@pytest.mark.parametrize("junk", ["@eaDir", "@eaDir/", "@ea*/"])
def test_a_folder_that_is_junk_goes_with_all_that_is_in_it(junk: str) -> None:
    desk = Desk(
        "/in/a/film", "/in/a/@eaDir/film/thumb.jpg", "/in/a/subs/@eaDir/empty/", "/in/b/keep", "/in/b/@eaDir/x", "/in/b/film"
    )
    plan = desk.plan({"lib:1": "in:a/film", "lib:2": "in:b/film"}, tidy={"in": [junk]})
    assert lines(plan) == [
        "move in:a/film to lib:1", "move in:b/film to lib:2", "remove empty folder in:a/subs/@eaDir/empty",
        "trash in:a/@eaDir/film/thumb.jpg", "remove empty folder in:a/@eaDir/film", "remove empty folder in:a/subs/@eaDir",
        "remove empty folder in:a/@eaDir", "remove empty folder in:a/subs", "remove empty folder in:a",
    ]  # fmt: skip
    desk.do(plan)
    assert not [path for path in desk.disk.nodes if path.startswith("/in/a")]


@pytest.mark.parametrize("junk", ["*ea*", "*", "film"])
def test_a_glob_of_files_names_no_folders(junk: str) -> None:
    desk = Desk("/in/a/film", "/in/a/@eaDir/thumb.jpg")
    assert lines(desk.plan({"lib:1": "in:a/film"}, tidy={"in": [junk]})) == ["move in:a/film to lib:1"]


def test_a_folder_called_like_junk_is_no_junk_where_it_is_a_disk_or_gets_something() -> None:
    for more in ({}, {"in:a/@eaDir/new": "in:x"}):
        desk = Desk("/in/a/film", "/in/x", "/in/a/@eaDir/y")
        if not more:
            desk.disk.mounts["/in/a/@eaDir"] = "usb"
        plan = desk.plan({"lib:1": "in:a/film"} | more, tidy={"in": ["@eaDir"]})
        assert not [line for line in lines(plan) if line.startswith(("remove", "trash"))]


def test_a_store_inside_such_a_folder_is_tidied_like_any_other() -> None:
    desk = Desk("/d/#recycle/a/film", **{"in": "/d/#recycle", "all": "/d", "lib": "/lib"})
    assert lines(desk.plan({"lib:1": "in:a/film"}, tidy=JUNK))[-1] == "remove empty folder in:a"


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


class Failing(DiskReader):
    """A disk that stops answering for one path."""

    bad = ""

    def stat(self, rel: str) -> Item | None:
        if rel == self.bad:
            raise OSError(5, "Input/output error", rel)
        return super().stat(rel)


def failing_at(desk: Desk, bad: str) -> dict[str, DiskReader]:
    readers: dict[str, DiskReader] = {key: Failing(desk.disk, key, path) for key, path in desk.roots.items()}
    readers["in"].bad = bad  # type: ignore[attr-defined]
    return readers


def test_a_folder_that_cannot_be_looked_at_stays_with_its_junk_and_those_above() -> None:
    desk = Desk("/in/a/b/film", "/in/a/b/.DS_Store")
    layout = Layout(files={"lib:film": Entry(source="in:a/b/film")}, tidy=JUNK)
    for bad in ("a/b", "a/b/.DS_Store"):
        assert lines(make_plan(layout, failing_at(desk, bad), PlanRequest())) == ["move in:a/b/film to lib:film"]
    plan = make_plan(layout, failing_at(desk, "a"), PlanRequest())
    assert lines(plan) == ["move in:a/b/film to lib:film", "trash in:a/b/.DS_Store", "remove empty folder in:a/b"]


def test_a_disk_that_stops_answering_in_the_midst_of_planning_is_a_problem() -> None:
    desk = Desk("/in/a=1", "/in/b=2")
    layout = Layout(files={"in:a": Entry(source="in:b"), "in:b": Entry(source="in:a")})
    with pytest.raises(ReshelveError) as caught:
        make_plan(layout, failing_at(desk, ".reshelve-swap-0"), PlanRequest())
    assert [(problem.code, problem.detail) for problem in caught.value.problems] == [
        ("unreadable", ".reshelve-swap-0: Input/output error.")
    ]
