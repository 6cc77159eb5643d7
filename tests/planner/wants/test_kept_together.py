"""What belongs together by its home goes to one root of a group, if any root holds all of it; the plan says where none does."""

from reshelve.planner.make_plan import PlanRequest
from reshelve.schemas.inventory import Space
from reshelve.schemas.layout import Entry
from reshelve.schemas.plan import Plan
from reshelve.schemas.store_settings import Store
from reshelve.views.colour import Paint
from reshelve.views.plan_markdown import plan_markdown
from reshelve.views.plans import apart_of, operations_text, plan_text
from tests.support.plandesk import Desk, codes, lines, problems


def desk(*files: str, a: int = 100, b: int = 100) -> Desk:
    made = Desk(*files, **{"in": "/in", "m__a": "/a", "m__b": "/b"})
    made.disk.mounts = {"/a": "fa", "/b": "fb"}
    made.disk.spaces = {"fa": Space(a, 1000), "fb": Space(b, 1000)}
    return made


def told(source: str, **facts: object) -> Entry:
    return Entry(source=source, facts=facts)  # type: ignore[typeddict-item, arg-type]


def moves(plan: Plan) -> list[str]:
    return [line for line in lines(plan) if line.startswith("move")]


def sizes(*named: tuple[str, int]) -> list[str]:
    return [f"/in/{name}={'x' * size}" for name, size in named]


def test_the_episodes_of_a_new_show_go_where_all_of_them_fit() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), a=10)
    plan = on.plan(
        {
            "m:TV/Show/Season 01/1": told("in:1", kind="episode", show="Show"),
            "m:TV/Show/Season 02/2": told("in:2", kind="episode", show="Show"),
        }
    )
    assert moves(plan) == ["move in:1 to m/b:TV/Show/Season 01/1", "move in:2 to m/b:TV/Show/Season 02/2"]
    assert problems(plan) == [("note", "fell-back", "m")]


def test_what_is_in_its_way_in_between_does_not_part_a_show() -> None:
    on = desk(*sizes(("1", 4), ("2", 4), ("film", 4)), a=10)
    plan = on.plan(
        {
            "m:A Show/1": told("in:1", kind="episode", show="A Show"),
            "m:A Film (2001)/film": told("in:film", kind="movie", title="A Film", year=2001),
            "m:A Show/2": told("in:2", kind="episode", show="A Show"),
        }
    )
    assert {line.partition(" to ")[2][:10] for line in moves(plan) if "Show" in line} == {"m/b:A Show"}


def test_seasons_stay_whole_where_no_root_holds_the_show_and_the_plan_says_so() -> None:
    on = desk(*sizes(("1", 5), ("2", 5), ("3", 5), ("4", 5)), a=17, b=17)
    plan = on.plan({f"m:Show/Season 0{1 if n < 3 else 2}/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2, 3, 4)})
    assert [line.partition(" to ")[2] for line in moves(plan)] == [
        "m/a:Show/Season 01/1", "m/a:Show/Season 01/2", "m/b:Show/Season 02/3", "m/b:Show/Season 02/4",
    ]  # fmt: skip
    assert ("note", "parted", "m:Show") in problems(plan)
    said = next(each for each in plan.problems if each.code == "parted")
    assert said.detail == "No disk has room for all that is new: 2 entries go to m/a, 2 entries to m/b."


def test_even_a_season_is_parted_where_no_root_holds_it() -> None:
    on = desk(*sizes(("1", 5), ("2", 5), ("3", 5)), a=11, b=6)
    plan = on.plan({f"m:Show/S1/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2, 3)})
    assert [line.partition(" to ")[2] for line in moves(plan)] == ["m/a:Show/S1/1", "m/a:Show/S1/2", "m/b:Show/S1/3"]
    assert ("note", "parted", "m:Show") in problems(plan)
    assert codes(plan) == {}


def test_what_fits_nowhere_does_not_part_the_rest() -> None:
    on = desk(*sizes(("1", 8), ("2", 8), ("3", 80)), a=10, b=20)
    plan = on.plan({f"m:Show/S1/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2, 3)})
    assert [line.partition(" to ")[2] for line in moves(plan)] == ["m/b:Show/S1/1", "m/b:Show/S1/2"]
    assert codes(plan) == {"m:Show/S1/3": "no-root"}


def test_the_discs_of_an_album_stay_together() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), a=10)
    plan = on.plan(
        {
            "m:Music/Ann/Songs/Disc 01/1": told("in:1", kind="music", artist="Ann", album="Songs", title="One"),
            "m:Music/Ann/Songs/Disc 02/2": told("in:2", kind="music", artist="Ann", album="Songs", title="Two"),
        }
    )
    assert {line.partition(" to ")[2][:3] for line in moves(plan)} == {"m/b"}


def test_a_new_project_stays_together_with_its_folders() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/a/clients/x", a=10)
    plan = on.plan(
        {"m:clients/b63/01_Raw/1": "in:1", "m:clients/b63/02_Edit/2": "in:2"},
        dirs=["m:clients/b63/01_Raw", "m:clients/b63/03_Export"],
    )
    assert [line for line in lines(plan) if "m/a" in line] == []
    assert "make folder m/b:clients/b63/03_Export" in lines(plan)


def test_films_in_one_drawer_are_no_home_and_fill_the_roots_in_order() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), a=10)
    films = {f"m:Films/Film {n} (2001)/{n}": told(f"in:{n}", kind="movie", title=f"Film {n}", year=2001) for n in (1, 2)}
    flat = {f"m:Films/{n}": told(f"in:{n}", kind="movie", title=f"Film {n}", year=2001) for n in (1, 2)}
    bare = {f"m:{n}": f"in:{n}" for n in (1, 2)}
    for wanted in (films, flat, bare):
        assert {line.partition(" to ")[2][:3] for line in moves(on.plan(wanted))} == {"m/a", "m/b"}


def test_what_a_shows_own_root_cannot_take_is_told_with_where_the_show_is() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/a/Show/Season 01/x", a=10)
    plan = on.plan({f"m:Show/Season 02/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2)})
    assert {line.partition(" to ")[2][:3] for line in moves(plan)} == {"m/b"}
    said = next(each for each in plan.problems if each.code == "parted")
    assert (said.path, said.detail) == ("m:Show", "It is on m/a, which cannot take all that is new: 2 entries go to m/b.")


def test_what_has_a_home_gets_its_room_before_newcomers_that_could_go_elsewhere() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/b/Zorro/Season 01/x", a=7, b=10)
    plan = on.plan(
        {
            "m:A Film (2001)/1": told("in:1", kind="movie", title="A Film", year=2001),
            "m:Zorro/Season 02/2": told("in:2", kind="episode", show="Zorro"),
        }
    )
    assert moves(plan) == ["move in:2 to m/b:Zorro/Season 02/2"]
    assert codes(plan) == {"m:A Film (2001)/1": "no-root"}


def test_what_has_a_home_gets_its_room_first_where_only_one_disk_is_there() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/a/Zorro/x", a=10)
    on.about["m/b"] = {"available": False, "why": "not mounted"}
    plan = on.plan(
        {
            "m:A Film (2001)/1": told("in:1", kind="movie", title="A Film", year=2001),
            "m:Zorro/2": told("in:2", kind="episode", show="Zorro"),
        }
    )
    assert moves(plan) == ["move in:2 to m/a:Zorro/2"]


def test_what_overflows_one_home_takes_no_room_that_another_home_needs() -> None:
    on = desk(*sizes(("1", 8), ("2", 8), ("3", 8)), "/a/Harbour/Season 01/x", "/b/Zorro/Season 01/x", a=10, b=12)
    plan = on.plan(
        {
            "m:Harbour/Season 01/1": told("in:1", kind="episode", show="Harbour"),
            "m:Harbour/Season 01/2": told("in:2", kind="episode", show="Harbour"),
            "m:Zorro/Season 02/3": told("in:3", kind="episode", show="Zorro"),
        }
    )
    assert moves(plan) == ["move in:1 to m/a:Harbour/Season 01/1", "move in:3 to m/b:Zorro/Season 02/3"]
    assert codes(plan) == {"m:Harbour/Season 01/2": "no-root"}


def test_a_home_that_cannot_take_its_own_leaves_what_is_over_to_others() -> None:
    on = desk(*sizes(("1", 8), ("2", 80), ("3", 8)), "/a/Harbour/Season 01/x", "/b/Zorro/Season 01/x", a=10, b=30)
    plan = on.plan(
        {
            "m:Harbour/Season 01/1": told("in:1", kind="episode", show="Harbour"),
            "m:Harbour/Season 01/3": told("in:3", kind="episode", show="Harbour"),
            "m:Zorro/Season 02/2": told("in:2", kind="episode", show="Zorro"),
        }
    )
    assert moves(plan) == ["move in:1 to m/b:Harbour/Season 01/1", "move in:3 to m/b:Harbour/Season 01/3"]
    assert codes(plan) == {"m:Zorro/Season 02/2": "no-root"}


def test_what_stands_there_already_takes_no_room() -> None:
    on = desk("/in/1=xxxxxxxx", "/a/A Film (2001)/1=xxxxxxxx", *sizes(("2", 8)), a=10)
    plan = on.plan(
        {
            "m:A Film (2001)/1": told("in:1", kind="movie", title="A Film", year=2001),
            "m:Solaris (1972)/2": told("in:2", kind="movie", title="Solaris", year=1972),
        }
    )
    assert "move in:2 to m/a:Solaris (1972)/2" in moves(plan)
    assert problems(plan) == []


def test_a_season_that_stands_goes_on_there_and_only_the_new_one_moves_on() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/a/Show/Season 01/x", "/b/Show/Season 02/y")
    plan = on.plan(
        {
            "m:Show/Season 01/1": told("in:1", kind="episode", show="Show"),
            "m:Show/Season 02/2": told("in:2", kind="episode", show="Show"),
        }
    )
    assert moves(plan) == ["move in:1 to m/a:Show/Season 01/1", "move in:2 to m/b:Show/Season 02/2"]
    assert plan.problems == []


def test_what_is_filed_already_or_waits_for_its_disk_goes_to_no_other_one() -> None:
    on = Desk(*sizes(("1", 8), ("2", 8), ("3", 8)), **{"in": "/in", "m__a": "/a", "m__b": "/b", "m__c": "/c"})
    on.disk.mounts = {"/a": "fa", "/b": "fb", "/c": "fc"}
    on.disk.spaces = {"fa": Space(10, 1000), "fb": Space(100, 1000), "fc": Space(100, 1000)}
    on.about["m/b"] = {"available": False, "why": "not mounted", "homes": ("Show",)}
    waiting = {f"m:Show/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2)}
    filed = {f"m:Show/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (8, 9)}
    plan = on.plan(waiting | filed)
    assert moves(plan) == []
    assert {code for _, code, _ in problems(plan)} == {"home-away", "store-unavailable"}
    new = {f"m:New/{n}": told(f"in:{n}", kind="episode", show="New") for n in (3, 9)}
    plan = on.plan(waiting | filed | new)
    assert moves(plan) == ["move in:3 to m/a:New/3"]
    assert "fell-back" not in {code for _, code, _ in problems(plan)}


def test_only_what_goes_is_counted_among_what_a_full_disk_could_not_take() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), a=10)
    on.about["m/b"] = {}
    episodes = {f"m:Show/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2, 3)}
    plan = on.plan(episodes)
    assert [problem.detail for problem in plan.problems if problem.code == "fell-back"] == [
        "Show (2 entries) goes to m/b: m/a has no room left for all of it: it needs 16 B, and there is 10 B left."
    ]


TOGETHER = PlanRequest(stores={"m": Store(paths={"a": "/a", "b": "/b"}, together="required")})


def test_where_it_is_required_nothing_goes_apart_from_its_home() -> None:
    on = desk(*sizes(("1", 10), ("2", 12), ("3", 1), ("4", 12)), "/a/Show/Season 01/x", "/a/Heat (1995)/heat", a=10)
    plan = on.plan(
        {
            "m:Show/Season 02/1": told("in:1", kind="episode", show="Show"),
            "m:Heat (1995)/Heat - 2160p": told("in:2", kind="movie", title="Heat", year=1995),
            "m:Heat (1995)/Heat.en": told("in:3", kind="movie", title="Heat", year=1995),
            "m:Solaris (1972)/Solaris": told("in:4", kind="movie", title="Solaris", year=1972),
        },
        TOGETHER,
    )
    assert moves(plan) == ["move in:3 to m/a:Heat (1995)/Heat.en", "move in:4 to m/b:Solaris (1972)/Solaris"]
    assert codes(plan) == {"m:Show/Season 02/1": "home-full", "m:Heat (1995)/Heat - 2160p": "home-full"}
    said = next(each for each in plan.blocked if "Show" in each.target)
    assert said.detail.startswith("it needs 10 B, and m/a, where the rest of it is, has 9 B left (10 B free, ")
    assert "`together: required`" in said.hint
    assert not [problem for problem in plan.problems if problem.code == "parted"]


def test_where_it_is_required_what_is_new_stays_on_the_root_that_its_first_goes_to() -> None:
    on = desk(*sizes(("1", 5), ("2", 5), ("3", 5)), a=11, b=6)
    plan = on.plan({f"m:Show/S{n}/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2, 3)}, TOGETHER)
    assert [line.partition(" to ")[2] for line in moves(plan)] == ["m/a:Show/S1/1", "m/a:Show/S2/2"]
    assert codes(plan) == {"m:Show/S3/3": "home-full"}


def test_where_it_is_required_a_new_show_goes_whole_to_a_later_root() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), a=10)
    plan = on.plan({f"m:Show/S1/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2)}, TOGETHER)
    assert [line.partition(" to ")[2] for line in moves(plan)] == ["m/b:Show/S1/1", "m/b:Show/S1/2"] and codes(plan) == {}


def test_the_text_of_a_plan_says_where_it_splits_what_belongs_together() -> None:
    on = desk(*sizes(("1", 12), ("2", 12), ("3", 8)), "/a/Show/Season 01/x", "/a/Heat (1995)/heat", a=10)
    plan = on.plan(
        {
            "m:Show/Season 02/1": told("in:1", kind="episode", show="Show"),
            "m:Heat (1995)/Heat - 2160p": told("in:2", kind="movie", title="Heat", year=1995),
            "m:Solaris (1972)/Solaris": told("in:3", kind="movie", title="Solaris", year=1972),
        }
    )
    text = list(plan_text(plan))
    for folder in ("m/b:Heat (1995)/", "m/b:Show/Season 02/"):
        at = next(number for number, line in enumerate(text) if line.startswith(f"  {folder}"))
        assert text[at + 1] == "    apart from the rest: it is on m/a, which cannot take all that is new"
    assert sum("apart from the rest" in line for line in text) == 2
    assert "; 2 folders split over several disks; all can be undone." in text[-1]
    assert any(line.endswith("m/b:Show/Season 02/1 (apart from the rest)") for line in grouped_text(plan)), grouped_text(plan)
    assert "`m/b:Show/Season 02/` (apart from the rest)" in "\n".join(plan_markdown(plan))


def test_what_goes_to_its_home_is_not_called_apart_from_the_rest() -> None:
    on = desk(*sizes(("1", 8), ("2", 8)), "/a/Show/Season 01/x", a=10)
    plan = on.plan({f"m:Show/Season 01/{n}": told(f"in:{n}", kind="episode", show="Show") for n in (1, 2)})
    text = list(plan_text(plan))
    apart = [text[at - 1] for at, line in enumerate(text) if line.startswith("    apart from the rest")]
    assert [line.partition(":")[0] for line in apart] == ["  m/b"]


def grouped_text(plan: Plan) -> list[str]:
    """Return the text of a plan too long for its operations to be listed."""
    return list(operations_text(plan.operations, Paint(False), 100, 9, apart=apart_of(plan.problems)))
