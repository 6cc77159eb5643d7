"""Room is summed over the whole plan, for each file system."""

from typing import Any

import pytest

from reshelve.schemas.inventory import Space
from reshelve.schemas.layout import Absent, Entry
from tests.support.plandesk import Desk, codes, lines, problems


def test_only_what_is_copied_needs_room() -> None:
    plan = Desk("/in/a=123", "/in/b=12", "/in/c=1").plan(
        {"lib:a": "in:a", "ext:b": "in:b", "lib:c": Entry(source="in:c", transfer="copy"), "lib:w": Entry(content="four")}
    )
    assert [(need.fs, need.root, need.needs, need.files) for need in plan.space] == [("other", "ext", 2, 1), ("main", "lib", 5, 2)]


def test_what_has_no_room_stays_and_the_rest_goes_in_the_order_of_the_plan() -> None:
    desk = Desk("/in/a=12345", "/in/b=12345", "/in/c=1", "/in/d=1")
    desk.disk.spaces = {"other": Space(19, 100)}
    desk.about["ext"] = {"reserve": 10}
    assert codes(desk.plan({"ext:a": "in:a"})) == {}
    plan = desk.plan({"ext:a": "in:a", "ext:b": "in:b", "ext:c": "in:c", "lib:d": "in:d"})
    assert lines(plan) == ["move in:a to ext:a", "move in:c to ext:c", "move in:d to lib:d"]
    assert codes(plan) == {"ext:b": "no-room"}
    assert problems(plan) == []
    assert plan.blocked[0].detail == (
        "it needs 5 B, and ext has 4 B left (19 B free, 10 B kept as its reserve, 5 B planned before)"
    )


def test_a_bundle_without_room_stays_whole() -> None:
    desk = Desk("/in/a=123", "/in/a.srt=123", "/in/b=123")
    desk.disk.spaces = {"other": Space(5, 100)}
    plan = desk.plan({"ext:a": "in:a", "ext:a.srt": Entry(source="in:a.srt", beside="ext:a"), "ext:b": "in:b"})
    assert lines(plan) == ["move in:b to ext:b"]
    assert codes(plan) == {"ext:a": "no-room", "ext:a.srt": "bundle"}
    assert plan.blocked[0].detail == "it needs 6 B, and ext has 5 B left"


def test_what_was_to_come_where_something_without_room_stays_is_blocked_too() -> None:
    desk = Desk("/in/a=123", "/lib/x=4567")
    desk.disk.spaces = {"other": Space(3, 100)}
    plan = desk.plan({"ext:x": "lib:x", "lib:x": "in:a"})
    assert (lines(plan), codes(plan)) == ([], {"ext:x": "no-room", "lib:x": "target-taken"})


def test_the_only_copy_stays_where_its_other_copy_has_no_room() -> None:
    desk = Desk("/in/a=123")
    desk.disk.spaces = {"other": Space(2, 100)}
    plan = desk.plan({"ext:a": Entry(source="in:a", transfer="copy")}, absent=[Absent("in:a", copies=["ext:a"])])
    assert (lines(plan), codes(plan)) == ([], {"ext:a": "no-room", "in:a": "copy-missing"})


def test_too_few_files_left_blocks_what_is_too_many() -> None:
    desk = Desk("/in/a=", "/in/b")
    desk.disk.spaces = {"other": Space(100, 100, 2)}
    assert codes(desk.plan({"ext:d/a": "in:a"})) == {}
    plan = desk.plan({"ext:d/a": "in:a", "ext:d/b": "in:b"})
    assert lines(plan) == ["make folder ext:d", "move in:a to ext:d/a"]
    assert codes(plan) == {"ext:d/b": "no-room"}
    assert plan.blocked[0].detail == "it makes 1 new file or folder, and ext has room for 0 more"


def test_a_file_takes_whole_blocks_and_a_run_needs_some_of_its_own() -> None:
    desk = Desk("/in/a=12345", "/in/b=12345", "/in/c=1")
    desk.disk.spaces = {"other": Space(20 + 16 * 9, 1000, block=10)}
    plan = desk.plan({"ext:a": "in:a", "ext:b": "in:b", "ext:c": "in:c"})
    assert codes(plan) == {"ext:c": "no-room"}
    assert [(need.root, need.needs) for need in plan.space] == [("ext", 20)]


RESERVED = ("/in/a=12345", "/in/d/x=12345", "/lib/there=1")


@pytest.mark.parametrize(
    ("files", "blocked"),
    [
        pytest.param({"lib:a": "in:a"}, [], id="a move within one file system takes nothing"),
        pytest.param({"lib:a": Entry(source="in:a", transfer="hardlink")}, [], id="so does a hard link"),
        pytest.param({"lib:a": Entry(source="in:a", transfer="symlink")}, [], id="and a symbolic one"),
        pytest.param({"lib:a": Entry(source="in:a", transfer="copy")}, ["lib:a"], id="a copy takes all of it"),
        pytest.param({"lib:d.zip": Entry(source="in:d/", pack="zip")}, ["lib:d.zip"], id="an archive, too"),
        pytest.param({"lib:d.zip": Entry(source="in:d/", pack="zip", transfer="copy")}, ["lib:d.zip"], id="also beside its folder"),
        pytest.param({"lib:w": Entry(content="four")}, ["lib:w"], id="and what is written"),
        pytest.param({"ext:a": "in:a"}, ["ext:a"], id="a move to another disk"),
        pytest.param({"lib:b": "bucket:b"}, ["lib:b"], id="a download"),
    ],
)
def test_the_reserve_is_kept_from_whatever_takes_room_and_from_nothing_else(files: dict[str, Any], blocked: list[str]) -> None:
    desk = Desk(*RESERVED, "/s3/b=12345", **{"in": "/in", "lib": "/lib", "ext": "/ext", "bucket": "/s3"})
    desk.disk.mounts["/s3"] = "s3:service/bucket"
    desk.about = {"lib": {"reserve": 500}, "ext": {"reserve": 500}, "bucket": {"kind": "bucket"}}
    desk.disk.spaces = {"main": Space(400, 1000), "other": Space(400, 1000)}
    plan = desk.plan(files)
    assert (list(codes(plan)), bool(plan.operations)) == (blocked, not blocked), (lines(plan), plan.blocked, plan.problems)
    desk.about["lib"]["reserve"] = desk.about["ext"]["reserve"] = 100
    assert codes(desk.plan(files)) == {}


def test_an_archive_is_unpacked_only_beside_the_reserve() -> None:
    desk = Desk(*RESERVED)
    desk.do(desk.plan({"ext:d.zip": Entry(source="in:d/", pack="zip", transfer="copy")}))
    desk.about, desk.disk.spaces = {"lib": {"reserve": 500}}, {"main": Space(400, 1000)}
    assert codes(desk.plan({"lib:d/": Entry(unpack="ext:d.zip", transfer="copy")})) == {"lib:d": "no-room"}
