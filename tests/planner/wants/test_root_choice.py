"""Which root of a group: where it is, else with its bundle, else the first that is there, writable and has room."""

from reshelve.planner.make_plan import PlanRequest
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Space
from reshelve.schemas.layout import Entry
from reshelve.views.plans import plan_text
from tests.support.plandesk import Desk, codes, lines, problems

MB, GB = 10**6, 10**9


def desk(*files: str) -> Desk:
    made = Desk(*files, **{"in": "/in", "m__a": "/a", "m__b": "/b"})
    made.disk.mounts = {"/a": "fa", "/b": "fb"}
    return made


def test_the_first_root_comes_first() -> None:
    plan = desk("/in/x").plan({"m:x": "in:x"})
    assert lines(plan) == ["move in:x to m/a:x"]
    assert plan.problems == []


def test_what_is_there_decides_and_the_bundle_follows() -> None:
    plan = desk("/in/x=new", "/in/x.srt", "/b/x=old").plan(
        {"m:x": Entry(source="in:x", on_conflict="replace"), "m:x.srt": Entry(source="in:x.srt", beside="m:x")}
    )
    assert lines(plan) == ["trash m/b:x", "move in:x.srt to m/b:x.srt", "move in:x to m/b:x"]


def test_a_bundle_goes_whole_where_it_fits_and_the_plan_says_why() -> None:
    on = desk("/in/x=12345", "/in/x.srt=123", "/in/y=1234567")
    on.disk.spaces = {"fa": Space(10, 100), "fb": Space(100, 100)}
    plan = on.plan({"m:x": "in:x", "m:x.srt": Entry(source="in:x.srt", beside="m:x"), "m:y": "in:y"})
    assert lines(plan) == ["move in:x to m/a:x", "move in:x.srt to m/a:x.srt", "move in:y to m/b:y"]
    assert problems(plan) == [("note", "fell-back", "m")]
    assert plan.problems[0].detail == (
        "y goes to m/b: m/a has no room left for all of it: it needs 7 B, and there is 2 B left (10 B free, 8 B planned before)."
    )


def test_of_several_that_went_to_another_root_the_note_has_the_figures_of_the_first() -> None:
    on = desk(*(f"/in/{name}" + "=" + "x" * 3 * MB for name in ("a", "b")), "/in/a.srt=1")
    on.disk.spaces = {"fa": Space(10 * MB, 10 * GB, block=4096), "fb": Space(GB, GB, block=4096)}
    on.about["m/a"] = {"reserve": 8 * MB}
    plan = on.plan({"m:a": "in:a", "m:a.srt": Entry(source="in:a.srt", beside="m:a"), "m:b": "in:b"})
    left = "1.934 MB left (10 MB free, 8 MB kept as its reserve, 66 kB for the run's own files)"
    assert plan.problems[0].detail == (
        f"3 entries go to m/b: m/a has no room left for all of it. The first, a (2 entries), needs 3.0 MB, and there is {left}."
    )
    alone = on.plan({"m:a": "in:a", "m:a.srt": Entry(source="in:a.srt", beside="m:a")})
    assert alone.problems[0].detail == (
        f"a (2 entries) goes to m/b: m/a has no room left for all of it: it needs 3.0 MB, and there is {left}."
    )


def test_what_passes_over_a_disk_that_is_away_is_named_too() -> None:
    on = desk("/in/x", "/in/y")
    on.about["m/a"] = {"available": False, "why": "not mounted"}
    plan = on.plan({"m:x": "in:x", "m:y": "in:y"})
    said = [each.detail for each in plan.problems if each.code == "fell-back"]
    assert said == ["2 entries go to m/b: m/a is not available: not mounted. The first is x."]


def test_a_bundle_that_fits_no_root_is_blocked_with_every_root_and_why_and_the_rest_goes() -> None:
    on = desk("/in/big=" + "x" * 200, "/in/big.srt=1", "/in/small=1")
    on.disk.spaces = {"fa": Space(10, 100), "fb": Space(100, 100)}
    wanted = {"m:big": "in:big", "m:big.srt": Entry(source="in:big.srt", beside="m:big"), "m:small": "in:small"}
    plan = on.plan(wanted)
    assert lines(plan) == ["move in:small to m/a:small"]
    assert codes(plan) == {"m:big": "no-root", "m:big.srt": "no-root"}
    free = "m/a has 10 B left; m/b has 100 B left"
    assert {each.detail for each in plan.blocked} == {"it needs 201 B, for which no disk of m has room"}
    hint = f"{free}. Free some room there, or add a folder on another disk to `paths:` of m; then plan again."
    assert {each.hint for each in plan.blocked} == {hint}
    assert plan.problems == []
    on.about = {"m/a": {"writable": False}, "m/b": {"available": False, "why": "not mounted"}}
    plan = on.plan(wanted)
    assert codes(plan) == {"m:big": "no-root", "m:big.srt": "no-root", "m:small": "no-root"}
    assert {each.detail for each in plan.blocked} == {"m/b is not available: not mounted; m/a cannot be written to"}


def test_what_the_disks_have_left_is_said_once_for_all_that_fits_none() -> None:
    on = desk("/in/big=" + "x" * 200, "/in/small=12345", "/in/vast=" + "x" * 150)
    on.disk.spaces = {"fa": Space(10, 100), "fb": Space(100, 100)}
    on.about["m/b"] = {"reserve": 80}
    plan = on.plan({"m:big": "in:big", "m:small": "in:small", "m:vast": "in:vast"})
    assert [each.detail.partition(",")[0] for each in plan.blocked] == ["it needs 200 B", "it needs 150 B"]
    (hint,) = {each.hint for each in plan.blocked}
    left = "m/a has 5 B left (10 B free, 5 B planned before); m/b has 20 B left (100 B free, 80 B kept as its reserve)."
    assert hint.startswith(left)
    assert sum("planned before" in line for line in plan_text(plan)) == 1


def test_where_source_and_target_are_away_both_are_told() -> None:
    on = Desk(**{"in": "/in", "tv": "/tv", "m__a": "/a", "m__b": "/b"})
    for key in ("in", "m/a", "m/b"):
        on.about[key] = {"available": False, "why": "not mounted", "optional": True}
    told = {problem.path: problem.detail for problem in on.plan({"m:x": "in:x", "m:y": "in:y", "tv:z": "in:z"}).problems}
    assert {key: detail.partition("for ")[2].partition(",")[0] for key, detail in told.items()} == {
        "in": "3 entries",
        "m/a": "2 entries",
        "m/b": "2 entries",
    }


def test_roots_that_are_away_or_read_only_are_passed_over() -> None:
    on = desk("/in/x")
    on.about["m/a"] = {"writable": False}
    assert lines(on.plan({"m:x": "in:x"})) == ["move in:x to m/b:x"]
    on.about["m/a"] = {"available": False, "why": "not mounted"}
    plan = on.plan({"m:x": "in:x", "m:lost": "in:lost"})
    assert lines(plan) == ["move in:x to m/b:x"]
    assert problems(plan) == [("note", "fell-back", "m"), ("warning", "store-unavailable", "m/a")]


def test_a_root_that_was_never_there_is_an_error_where_others_would_take_its_files() -> None:
    on = desk("/in/x")
    on.about["m/b"] = {"available": False, "why": "no folder", "remedy": "make it", "unseen": True}
    assert problems(on.plan({"m:x": "in:x"})) == [("error", "store-unseen", "m/b")]
    assert problems(on.plan({})) == [("error", "store-unseen", "m/b")]
    only = PlanRequest(only=("in:**",))
    assert problems(on.plan({"in:y": "in:x"}, only)) == []
    assert problems(on.plan({"m:x": "in:x"}, PlanRequest(command="new"))) == [("error", "store-unseen", "m/b")]
    assert problems(on.plan({"in:y": "in:x"}, PlanRequest(command="new"))) == []
    on.about["m/a"] = on.about["m/b"]
    assert [code for _, code, _ in problems(on.plan({"m:x": "in:x"}))] == ["store-unavailable", "store-unavailable"]


def test_what_is_away_and_would_not_have_been_taken_is_not_called_passed_over() -> None:
    on = desk("/in/x")
    on.about["m/b"] = {"available": False, "why": "not mounted"}
    plan = on.plan({"m:x": "in:x"})
    assert lines(plan) == ["move in:x to m/a:x"]
    assert plan.problems == []


def test_what_joins_its_home_fell_back_from_nothing() -> None:
    on = desk("/in/y", "/b/Show/x")
    on.about["m/a"] = {"available": False, "why": "not mounted"}
    plan = on.plan({"m:Show/y": Entry(source="in:y", facts=Facts(kind="episode"))})
    assert lines(plan) == ["move in:y to m/b:Show/y"]
    assert problems(plan) == []


def test_a_rename_within_a_group_stays_on_its_root() -> None:
    assert lines(desk("/b/x").plan({"m:y": "m:x"})) == ["move m/b:x to m/b:y"]


def test_one_path_on_two_roots_is_a_problem() -> None:
    assert codes(desk("/a/x", "/b/x", "/in/y").plan({"m:z": "m:x", "m:x": "in:y"})) == {"m:z": "two-roots", "m:x": "two-roots"}


def test_a_store_that_is_away_is_unknown_never_missing() -> None:
    on = Desk("/in/x")
    on.about["lib"] = {"available": False, "why": "not mounted"}
    plan = on.plan({"lib:x": "in:x", "in:y": "lib:y"}, absent=["lib:z"])
    assert (plan.operations, plan.blocked) == ([], [])
    assert problems(plan) == [("error", "store-unavailable", "lib")]
    on.about["lib"]["optional"] = True
    assert problems(on.plan({"lib:x": "in:x"})) == [("note", "store-unavailable", "lib")]


def test_a_store_nobody_knows_is_named_with_its_nearest() -> None:
    plan = Desk("/in/x").plan({"libb:x": "in:x"})
    assert problems(plan) == [("error", "unknown-store", "libb")]
    assert plan.problems[0].hint == "Did you mean `lib`?"
    named = Desk("/in/x").plan({"lib/two:x": "in:x"})
    assert problems(named) == [("error", "unknown-store", "lib/two")]
    assert named.problems[0].hint == "`lib` is one place: write lib:"


def test_a_read_only_store_gives_copies_but_no_moves() -> None:
    on = Desk("/in/x", "/in/y")
    on.about["in"] = {"writable": False}
    plan = on.plan({"lib:x": "in:x", "lib:y": Entry(source="in:y", transfer="copy")})
    assert lines(plan) == ["copy in:y to lib:y"]
    assert codes(plan) == {"lib:x": "read-only"}


def episode(source: str, show: str, **more: object) -> Entry:
    return Entry(source=source, facts={"kind": "episode", "show": show, **more})  # type: ignore[typeddict-item]


def test_an_episode_goes_to_the_root_its_show_has() -> None:
    on = desk("/in/x", "/in/y", "/a/TV/Other/x", "/b/TV/Show (2011) {tvdb-5}/Season 01/z")
    plan = on.plan(
        {
            "m:TV/Show (2011) {tvdb-5}/Season 02/x": episode("in:x", "Show", show_year=2011),
            "m:TV/New/Season 01/y": episode("in:y", "New"),
        }
    )
    moved = [line for line in lines(plan) if line.startswith("move")]
    assert moved == ["move in:y to m/a:TV/New/Season 01/y", "move in:x to m/b:TV/Show (2011) {tvdb-5}/Season 02/x"]
    assert plan.problems == []


def test_a_root_that_has_the_show_and_no_room_is_passed_over_and_the_plan_says_why() -> None:
    on = desk("/in/x=12345", "/b/Show/z")
    on.disk.spaces = {"fa": Space(100, 100), "fb": Space(1, 100)}
    plan = on.plan({"m:Show/x": episode("in:x", "Show")})
    assert [line for line in lines(plan) if line.startswith("move")] == ["move in:x to m/a:Show/x"]
    assert problems(plan) == [("note", "fell-back", "m"), ("note", "parted", "m:Show")]


def test_a_new_show_stays_together_when_the_first_root_has_room_for_small_files_only() -> None:
    on = desk("/in/1=1234567", "/in/2=1")
    on.disk.spaces = {"fa": Space(5, 100), "fb": Space(100, 100)}
    plan = on.plan({"m:Show/1": episode("in:1", "Show"), "m:Show/2": episode("in:2", "Show")})
    assert [line for line in lines(plan) if line.startswith("move")] == ["move in:1 to m/b:Show/1", "move in:2 to m/b:Show/2"]


def test_without_facts_the_folder_it_goes_to_decides() -> None:
    plan = desk("/in/x", "/b/Show/Season 01/z").plan({"m:Show/Season 01/x": "in:x"})
    assert lines(plan) == ["move in:x to m/b:Show/Season 01/x"]


def test_the_folder_of_a_film_on_two_roots_is_told_once_with_the_one_that_is_chosen() -> None:
    on = desk("/in/x", "/in/y", "/in/z", "/a/Heat (1995)/a", "/b/Heat (1995)/b", "/a/Films/c", "/b/Films/d")
    facts: Facts = {"kind": "movie", "title": "Heat", "year": 1995}
    plan = on.plan(
        {
            "m:Heat (1995)/x": Entry(source="in:x", facts=facts),
            "m:Heat (1995)/y": Entry(source="in:y", facts=facts),
            "m:Films/z": Entry(source="in:z", facts=facts),
        }
    )
    assert problems(plan) == [("note", "home-twice", "m:Heat (1995)")]
    assert plan.problems[0].detail == "Each of m/a and m/b has this folder. New files go to the one on m/a."
