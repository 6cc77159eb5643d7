"""What a layout's `leave:` names stays where it is, whatever its entries say."""

import pytest

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Absent, Entry, Layout
from tests.support.plandesk import Desk, codes, lines


def plan_of(desk: Desk, layout: Layout) -> tuple[list[str], dict[str, str]]:
    plan = make_plan(layout, desk.readers, PlanRequest())
    return lines(plan), codes(plan)


@pytest.mark.parametrize("named", ["in:d/1", "in:d/"])
def test_an_entry_takes_nothing_away_that_is_left(named: str) -> None:
    desk = Desk("/in/d/1=1", "/in/2=2", "/lib/z=z")
    files = {"lib:x": Entry(source="in:d/1"), "lib:y": Entry(source="in:2")}
    assert plan_of(desk, Layout(files=files, leave=[named])) == (["move in:2 to lib:y"], {"lib:x": "left-as-told"})


def test_nor_does_an_absent_one_and_what_travels_with_it_stays_too() -> None:
    desk = Desk("/in/1=1", "/in/2=2", "/in/3=3", "/lib/z=z")
    files = {"lib:x": Entry(source="in:1"), "lib:y": Entry(source="in:2", beside="lib:x")}
    layout = Layout(files=files, absent=[Absent("in:3")], leave=["in:1", "in:3"])
    assert plan_of(desk, layout) == ([], {"lib:x": "left-as-told", "lib:y": "bundle", "in:3": "left-as-told"})


def test_a_copy_leaves_it_where_it_is() -> None:
    desk = Desk("/in/1=1", "/lib/z=z")
    layout = Layout(files={"lib:x": Entry(source="in:1", transfer="copy")}, leave=["in:1"])
    assert plan_of(desk, layout) == (["copy in:1 to lib:x"], {})


def test_what_has_gone_already_is_not_told() -> None:
    desk = Desk("/lib/x=1", "/in/2=2")
    assert plan_of(desk, Layout(files={"lib:x": Entry(source="in:1")}, leave=["in:1"])) == ([], {})
