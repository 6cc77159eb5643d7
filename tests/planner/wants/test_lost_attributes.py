"""What a target cannot hold of a file: said once for each file system, or in the way where everything is to be preserved."""

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Entry, Layout
from tests.support.plandesk import Desk, lines, problems


def desk() -> Desk:
    found = Desk("/home/a", "/home/b", "/stick/c", home="/home", stick="/stick", card="/card", s3="/s3")
    found.about |= {"s3": {"kind": "bucket", "fs": "s3:aws/bucket"}, "stick": {"fs": "exfat:1"}, "card": {"fs": "vfat:2"}}
    return found


def test_what_a_file_system_has_no_place_for_is_said_once() -> None:
    found = desk().plan({"stick:a": "home:a", "stick:b": Entry("home:b", transfer="copy")})
    assert lines(found) == ["move home:a to stick:a", "copy home:b to stick:b"]
    assert problems(found) == [("note", "not-preserved", "stick")]
    assert found.problems[0].detail == (
        "stick is on exfat, which has no place for modes, owners and extended attributes: 2 files come without."
    )


def test_nothing_is_lost_between_two_that_hold_nothing_or_within_one() -> None:
    assert problems(desk().plan({"card:c": "stick:c"})) == []
    assert problems(desk().plan({"stick:d": "stick:c"})) == []
    assert problems(desk().plan({"home:c": "stick:c"})) == []


def test_strict_blocks_what_would_lose_something() -> None:
    at = desk()
    layout = Layout(files={"stick:a": Entry("home:a"), "s3:b": Entry("home:b"), "home:c": Entry("stick:c")})
    found = make_plan(layout, at.readers, PlanRequest(strict=True))
    assert {each.source: each.code for each in found.blocked} == {"home:a": "not-preserved", "home:b": "not-preserved"}
    assert lines(found) == ["move stick:c to home:c"]


def test_what_a_copy_of_an_object_is_not_given_is_said_and_strict_blocks_it() -> None:
    at = Desk("/s3/a", "/s3/b", s3="/s3", two="/two")
    at.about |= {"s3": {"kind": "bucket", "fs": "s3:aws/one"}, "two": {"kind": "bucket", "fs": "s3:aws/two"}}
    at.disk.bare["a"] = ("its object lock", "what others were granted of it (ACL)")
    found = at.plan({"two:a": Entry("s3:a", transfer="copy"), "two:b": "s3:b"})
    assert problems(found) == [("note", "not-preserved", "two")]
    assert found.problems[0].detail == (
        "1 object in two will be without its object lock and what others were granted of it (ACL): "
        "a copy within the service is made without."
    )
    strict = make_plan(Layout(files={"two:a": Entry("s3:a"), "two:b": Entry("s3:b")}), at.readers, PlanRequest(strict=True))
    assert {each.source: each.code for each in strict.blocked} == {"s3:a": "not-preserved"}
    assert lines(strict) == ["move s3:b to two:b"]
