"""What goes because its content stands elsewhere says where that is, and stays when that is to leave as well."""

import pytest

from reshelve.schemas.layout import Absent, Entry
from reshelve.schemas.operations import Trash
from reshelve.schemas.plan import Plan
from tests.support.plandesk import Desk, codes, lines


def rests(plan: Plan) -> dict[str, list[str]]:
    """Return what each thing that goes rests on."""
    return {one.src: [each.place for each in one.witnesses] for one in plan.operations if isinstance(one, Trash)}


def test_a_duplicate_rests_on_the_one_at_its_target() -> None:
    plan = Desk("/in/1=a", "/lib/x=a").plan({"lib:x": "in:1"})
    assert rests(plan) == {"in:1": ["lib:x"]}
    (trash,) = plan.operations
    assert isinstance(trash, Trash) and trash.hash.startswith("xxh3:") and trash.witnesses[0].op == -1


def test_with_copies_each_is_a_witness() -> None:
    files = {"ext:x": Entry(source="in:1", transfer="copy")}
    plan = Desk("/in/1=a", "/lib/x=a").plan(files, absent=[Absent("in:1", copies=["lib:x", "ext:x"])])
    assert rests(plan) == {"in:1": ["lib:x", "ext:x"]}
    trash = plan.operations[-1]
    assert isinstance(trash, Trash) and [each.op for each in trash.witnesses] == [-1, 0]


def test_what_goes_for_another_reason_rests_on_nothing() -> None:
    desk = Desk("/in/1=a", "/lib/x=b")
    assert rests(desk.plan({"lib:x": Entry(source="in:1", on_conflict="replace")})) == {"lib:x": []}
    assert rests(desk.plan({}, absent=["in:1"])) == {"in:1": []}


def test_two_copies_that_rest_on_each_other_do_not_both_go() -> None:
    plan = Desk("/in/1=a", "/lib/x=a").plan({}, absent=[Absent("in:1", copies=["lib:x"]), Absent("lib:x", copies=["in:1"])])
    assert len(plan.operations) == 1
    assert list(codes(plan).values()) == ["copy-leaves"]


def test_where_the_other_one_is_to_go_the_duplicate_takes_its_place() -> None:
    desk = Desk("/in/1=a", "/lib/x=a")
    gone = Absent("lib:x", size=1, hash=desk.readers["lib"].digest("x"))
    plan = desk.plan({"lib:x": "in:1"}, absent=[gone])
    assert lines(plan) == ["trash lib:x", "move in:1 to lib:x"]
    assert rests(plan) == {"lib:x": []}


@pytest.mark.parametrize("through", ["in:deep/1", "view:1"])
def test_a_thing_is_no_copy_of_itself(through: str) -> None:
    desk = Desk("/in/deep/1=a", **{"in": "/in", "view": "/in/deep"})
    plan = desk.plan({}, absent=[Absent("in:deep/1", copies=[through])])
    assert plan.operations == []
    assert list(codes(plan).values()) == ["copy-missing"]


def test_a_copy_in_the_trash_is_none() -> None:
    desk = Desk("/in/1=a", "/lib/.reshelve-trash/0123456789ab/x=a")
    plan = desk.plan({}, absent=[Absent("in:1", copies=["lib:.reshelve-trash/0123456789ab/x"])])
    assert plan.operations == []
    assert list(codes(plan).values()) == ["bad-location"]
