"""A plan says which symbolic links it leaves dangling, or leading elsewhere, and how to mend them; it changes none itself."""

from reshelve.schemas.layout import Absent
from reshelve.schemas.plan import Plan
from tests.support.plandesk import Desk, lines


def desk(*files: str, **links: str) -> Desk:
    made = Desk(*files)
    for place, text in links.items():
        made.disk.add("/" + place.replace("__", "/"), text, kind="link")
    return made


def told(plan: Plan) -> dict[str, str]:
    return {
        each.path: f"{each.detail} {each.hint.partition(': ')[2]}".rstrip() for each in plan.problems if each.code == "link-left"
    }


def test_a_link_whose_target_moves_is_named_with_what_mends_it() -> None:
    plan = desk("/in/x", "/in/y", lib__fav__x="../../in/x", in__abs="/in/x", in__other="y").plan({"lib:Films/x": "in:x"})
    assert told(plan) == {
        "in:abs": "It leads to in:x, which goes to lib:Films/x. ln -sfn /lib/Films/x /in/abs",
        "lib:fav/x": "It leads to in:x, which goes to lib:Films/x. ln -sfn ../Films/x /lib/fav/x",
    }
    assert {each.severity for each in plan.problems} == {"warning"}


def test_a_link_to_what_goes_to_the_trash_or_to_a_folder_that_is_removed_is_named() -> None:
    on = desk("/in/show/x", "/in/old", lib__show="../in/show/", lib__old="/in/old")
    plan = on.plan({"lib:x": "in:show/x"}, absent=[Absent("in:old")], tidy={"in": []})
    assert "remove empty folder in:show" in lines(plan)
    assert told(plan) == {
        "lib:old": "It leads to in:old, which goes to the trash.",
        "lib:show": "It leads to in:show, a folder that is removed because nothing is left in it.",
    }


def test_a_relative_link_that_goes_elsewhere_itself_is_named_unless_it_goes_with_what_it_leads_to() -> None:
    on = desk("/in/a/x", "/in/y", in__a__link="x", in__apart="y")
    plan = on.plan({"lib:a/": "in:a/", "lib:sub/apart": "in:apart"})
    assert told(plan) == {
        "in:apart": "It goes to lib:sub/apart, and y does not lead to the same from there. ln -sfn ../../in/y /lib/sub/apart"
    }


def test_what_swaps_its_names_is_followed_to_where_it_ends() -> None:
    plan = desk("/in/a=1", "/in/b=22", lib__a="/in/a").plan({"in:a": "in:b", "in:b": "in:a"})
    assert told(plan) == {"lib:a": "It leads to in:a, which goes to in:b. ln -sfn /in/b /lib/a"}


def test_a_plan_that_takes_nothing_away_asks_for_no_links() -> None:
    plan = desk("/in/x", lib__fav="../in/x").plan({"lib:y": "in:z", "lib:w": "in:x"} | {"lib:fav": "in:fav"})
    assert told(plan) == {"lib:fav": "It leads to in:x, which goes to lib:w. ln -sfn w /lib/fav"}
    on = desk("/in/x", lib__fav="../in/x")
    assert told(on.plan({"lib:z": "in:gone"})) == {}
