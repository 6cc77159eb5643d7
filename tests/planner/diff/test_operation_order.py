"""Vacate before occupy; circles through one step aside."""

import pytest

from reshelve.schemas.layout import Absent, Entry
from tests.support.plandesk import Desk, codes, lines, problems


def test_a_chain_goes_from_its_end() -> None:
    desk = Desk("/lib/1=a", "/lib/2=bb", "/lib/3=ccc")
    files = {"lib:2": "lib:1", "lib:3": "lib:2", "lib:4": "lib:3"}
    plan = desk.plan(files)
    assert lines(plan) == ["move lib:3 to lib:4", "move lib:2 to lib:3", "move lib:1 to lib:2"]
    assert [operation.needs for operation in plan.operations] == [(), (0,), (1,)]
    desk.do(plan)
    again = desk.plan(files)
    assert (again.operations, again.settled, again.problems) == ([], 3, [])


def test_two_names_are_swapped_through_one_step_aside_and_stay_swapped() -> None:
    desk = Desk("/lib/a=1", "/lib/b=22")
    files = {"lib:a": Entry(source="lib:b", size=2), "lib:b": Entry(source="lib:a", size=1)}
    plan = desk.plan(files)
    assert lines(plan) == ["move lib:b to lib:.reshelve-swap-0", "move lib:a to lib:b", "move lib:.reshelve-swap-0 to lib:a"]
    assert [operation.needs for operation in plan.operations] == [(), (0,), (0, 1)]
    desk.do(plan)
    assert desk.plan(files).operations == []


def test_a_swap_that_the_next_plan_could_not_tell_is_said() -> None:
    plan = Desk("/lib/a=1", "/lib/b=2").plan({"lib:a": "lib:b", "lib:b": "lib:a"})
    assert len(plan.operations) == 3
    assert problems(plan) == [("warning", "swap-untold", "lib:a")]


def test_a_swap_across_file_systems_steps_aside_by_a_rename() -> None:
    desk = Desk("/lib/a=1", "/ext/b=22")
    plan = desk.plan({"lib:a": Entry(source="ext:b", size=2), "ext:b": Entry(source="lib:a", size=1)})
    assert [getattr(operation, "across", None) for operation in plan.operations] == [False, True, True]
    desk.do(plan)


def test_a_leftover_of_another_swap_is_not_in_the_way() -> None:
    desk = Desk("/lib/a=1", "/lib/b=22", "/lib/.reshelve-swap-0")
    plan = desk.plan({"lib:a": Entry(source="lib:b", size=2), "lib:b": Entry(source="lib:a", size=1)})
    assert ".reshelve-swap-1" in lines(plan)[0]


@pytest.mark.parametrize("system", ["other", "exfat:1"])
def test_a_case_only_rename_takes_two_steps_where_names_fold(system: str) -> None:
    desk = Desk("/ext/Film.MKV")
    desk.disk.mounts["/ext"] = system
    desk.disk.folding = {system}
    files = {"ext:film.mkv": "ext:Film.MKV"}
    plan = desk.plan(files)
    assert lines(plan) == ["move ext:Film.MKV to ext:.reshelve-swap-0", "move ext:.reshelve-swap-0 to ext:film.mkv"]
    desk.do(plan)
    assert (desk.plan(files).operations, desk.plan(files).settled) == ([], 1)


@pytest.mark.parametrize("system", ["other", "exfat:1"])
def test_a_name_in_other_letters_is_the_file_itself(system: str) -> None:
    desk = Desk("/ext/Film.MKV", "/ext/Show/a")
    desk.disk.mounts["/ext"] = system
    desk.disk.folding = {system}
    plan = desk.plan({"ext:Film.MKV": "ext:FILM.mkv", "ext:SHOW/a": "ext:Show/a"})
    assert (lines(plan), codes(plan), plan.settled) == ([], {}, 2)
    plan = desk.plan(absent=[Absent("ext:Film.MKV", copies=["ext:film.mkv"])])
    assert (lines(plan), [each.code for each in plan.blocked]) == ([], ["copy-missing"])
    assert "is the file itself" in plan.blocked[0].detail


def test_a_case_only_rename_is_a_rename_elsewhere() -> None:
    plan = Desk("/lib/Film.MKV").plan({"lib:film.mkv": "lib:Film.MKV"})
    assert lines(plan) == ["move lib:Film.MKV to lib:film.mkv"]


def test_a_file_makes_way_for_the_folder_it_goes_into() -> None:
    desk = Desk("/lib/x=1", "/in/y")
    plan = desk.plan({"lib:x/x": "lib:x", "lib:x/y": "in:y"})
    assert lines(plan) == [
        "move lib:x to lib:.reshelve-swap-0", "make folder lib:x", "move lib:.reshelve-swap-0 to lib:x/x", "move in:y to lib:x/y",
    ]  # fmt: skip
    desk.do(plan)


def test_a_file_is_copied_before_it_leaves() -> None:
    desk = Desk("/in/a")
    plan = desk.plan({"lib:z": Entry(source="in:a", transfer="copy"), "ext:a": "in:a"})
    assert lines(plan) == ["copy in:a to lib:z", "move in:a to ext:a"]
    assert plan.operations[1].needs == (0,)


def test_one_folder_s_files_stay_together() -> None:
    plan = Desk("/in/1", "/in/2", "/in/3", "/lib/p/", "/lib/q/").plan({"lib:q/1": "in:1", "lib:p/2": "in:2", "lib:q/0": "in:3"})
    assert lines(plan) == ["move in:2 to lib:p/2", "move in:3 to lib:q/0", "move in:1 to lib:q/1"]


def test_a_long_chain_and_a_long_circle_cost_no_more_a_step() -> None:
    count = 500
    desk = Desk(*(f"/lib/{number:05}={'x' * (number % 7 + 1)}" for number in range(count)))
    circle = {f"lib:{(number + 1) % count:05}": Entry(source=f"lib:{number:05}", size=number % 7 + 1) for number in range(count)}
    plan = desk.plan(circle)
    assert len(plan.operations) == count + 1
    chain = {f"lib:{number + 1:05}": f"lib:{number:05}" for number in range(count)}
    assert len(desk.plan(chain).operations) == count


def test_a_copy_is_made_once_its_place_is_free_and_before_its_source_leaves() -> None:
    plan = Desk("/lib/a=1", "/lib/b=22", "/in/x").plan(
        {"lib:b": Entry(source="lib:a", transfer="copy"), "lib:c": "lib:b", "lib:d": "lib:a"}
    )
    assert lines(plan) == ["move lib:b to lib:c", "copy lib:a to lib:b", "move lib:a to lib:d"]


def test_copies_that_would_replace_each_other_are_blocked() -> None:
    one, other = (Entry(source=source, transfer="copy", on_conflict="replace") for source in ("lib:a", "lib:b"))
    plan = Desk("/lib/a=1", "/lib/b=22", "/lib/c=333").plan({"lib:b": one, "lib:a": other, "lib:d": "lib:c"})
    assert codes(plan) == {"lib:a": "entangled", "lib:b": "entangled"}
    assert lines(plan) == ["move lib:c to lib:d"]


def test_a_copy_and_a_move_change_places() -> None:
    desk = Desk("/lib/a=1", "/lib/b=22")
    files = {
        "lib:b": Entry(source="lib:a", size=1, transfer="copy", on_conflict="replace"),
        "lib:a": Entry(source="lib:b", size=2, on_conflict="replace"),
    }
    desk.do(desk.plan(files))
    assert (desk.disk.nodes["/lib/a"].content, desk.disk.nodes["/lib/b"].content) == ("22", "1")


def test_the_copy_that_a_step_aside_waits_for_goes_first() -> None:
    desk = Desk("/lib/a=1", "/lib/b=22", "/lib/c=333", "/lib/d=4444")
    files = {
        "lib:a": "lib:b", "lib:b": "lib:a",
        "lib:c": Entry(source="lib:a", transfer="copy", on_conflict="replace"),
        "lib:d/c": Entry(source="lib:c", transfer="copy"), "lib:e": "lib:d",
    }  # fmt: skip
    desk.do(desk.plan(files))
    assert {path: node.content for path, node in desk.disk.nodes.items() if node.kind == "file"} == {
        "/lib/a": "22", "/lib/b": "1", "/lib/c": "1", "/lib/d/c": "333", "/lib/e": "4444",
    }  # fmt: skip
