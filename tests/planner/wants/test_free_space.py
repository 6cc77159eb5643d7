"""Room is summed over the whole plan, for each file system."""

from reshelve.schemas.inventory import Space
from reshelve.schemas.layout import Entry
from tests.support.plandesk import Desk, problems


def test_only_what_is_copied_needs_room() -> None:
    plan = Desk("/in/a=123", "/in/b=12", "/in/c=1").plan(
        {"lib:a": "in:a", "ext:b": "in:b", "lib:c": Entry(source="in:c", transfer="copy"), "lib:w": Entry(content="four")}
    )
    assert [(need.fs, need.root, need.needs, need.files) for need in plan.space] == [("other", "ext", 2, 1), ("main", "lib", 5, 2)]


def test_too_little_room_for_the_sum_is_an_error() -> None:
    desk = Desk("/in/a=12345", "/in/b=12345")
    desk.disk.spaces = {"other": Space(19, 100)}
    desk.about["ext"] = {"reserve": 10}
    assert problems(desk.plan({"ext:a": "in:a"})) == []
    plan = desk.plan({"ext:a": "in:a", "ext:b": "in:b"})
    assert problems(plan) == [("error", "no-room", "ext")]
    assert plan.problems[0].detail == "The plan needs 10 B, and 9 B are free (19 B less the reserve of 10 B)."


def test_too_few_files_left_is_an_error() -> None:
    desk = Desk("/in/a=", "/in/b")
    desk.disk.spaces = {"other": Space(100, 100, 2)}
    assert problems(desk.plan({"ext:d/a": "in:a"})) == []
    assert problems(desk.plan({"ext:d/a": "in:a", "ext:d/b": "in:b"})) == [("error", "no-room", "ext")]
