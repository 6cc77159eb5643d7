"""A store with `paths:` of one folder: its root has a name of its own, and every place in a plan says it."""

from tests.support.plandesk import Desk, lines


def test_what_goes_to_the_one_folder_of_a_store_is_placed_on_that_folder() -> None:
    plan = Desk("/in/1=x", **{"in": "/in", "m__a": "/a"}).plan({"m:Film (2001)/1": "in:1"})
    assert lines(plan) == ["make folder m/a:Film (2001)", "move in:1 to m/a:Film (2001)/1"]
    assert set(plan.roots) == {"in", "m/a"}
