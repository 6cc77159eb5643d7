"""Reconciling: every row of the design's table, every pair of changes, the copies of conflicts, renames, emptied sides."""

from itertools import product

import pytest

from reshelve.planner.sync.decisions import (
    CleanedUp,
    Conflict,
    Decision,
    Download,
    Gone,
    Remove,
    RemovedHere,
    RenamedHere,
    RenamedThere,
    Same,
    Sides,
    Upload,
    Wish,
)
from reshelve.planner.sync.reconcile import emptied, reconcile, remembered


def sides(base: str, here: str, there: str, name: str = "a.mp4") -> Sides:
    """The sides of one name, each content a letter, "-" for nothing."""
    return Sides(*({} if content == "-" else {name: content} for content in (base, here, there)))


COPY = Conflict("a.mp4", "y", "z", "a-jan.mp4")
TABLE: list[tuple[str, str, str, Decision]] = [
    ("-", "x", "x", Same("a.mp4", "x")),
    ("y", "x", "x", Same("a.mp4", "x")),
    ("x", "x", "x", Same("a.mp4", "x")),
    ("x", "x", "y", Download("a.mp4", "y", over="x")),
    ("-", "-", "y", Download("a.mp4", "y")),
    ("x", "y", "x", Upload("a.mp4", "y", over="x")),
    ("-", "y", "-", Upload("a.mp4", "y")),
    ("x", "y", "z", COPY),
    ("-", "y", "z", COPY),
    ("x", "x", "-", CleanedUp("a.mp4", "x")),
    ("x", "y", "-", Upload("a.mp4", "y")),
    ("x", "-", "x", RemovedHere("a.mp4", "x")),
    ("x", "-", "y", Download("a.mp4", "y")),
    ("x", "-", "-", Gone("a.mp4")),
]


@pytest.mark.parametrize(("base", "here", "there", "expected"), TABLE)
def test_the_table(base: str, here: str, there: str, expected: Decision) -> None:
    assert reconcile(sides(base, here, there), "jan") == [expected]


def test_every_pair_of_changes_is_a_row_of_it() -> None:
    for base, here, there in product("-xyz", repeat=3):
        if base == here == there == "-":
            continue
        # Up to the letters used, each triple is one of the rows.
        names = iter("xyz")
        given: dict[str, str] = {"-": "-"}
        plain = tuple(given[c] if c in given else given.setdefault(c, next(names)) for c in (base, here, there))
        found = reconcile(sides(*plain), "jan")
        assert len(found) == 1, plain
        assert found[0].name == "a.mp4"
        if isinstance(found[0], Conflict):
            assert len({*plain}) == 3 or plain[0] == "-"


def test_again_brings_back_what_was_cleaned_up_or_removed() -> None:
    again = Wish(again=True)
    assert reconcile(sides("x", "x", "-"), "jan", again) == [Upload("a.mp4", "x")]
    assert reconcile(sides("x", "-", "x"), "jan", again) == [Download("a.mp4", "x")]


def test_delete_removes_from_the_bucket_only_what_was_last_seen_there() -> None:
    delete = Wish(delete=True)
    assert reconcile(sides("x", "-", "x"), "jan", delete) == [Remove("a.mp4", "x")]
    assert reconcile(sides("x", "-", "y"), "jan", delete) == [Download("a.mp4", "y")]
    assert reconcile(sides("-", "-", "y"), "jan", delete) == [Download("a.mp4", "y")]


def test_who_lost_the_base_does_not_bring_back_what_a_record_says_was_cleaned_up() -> None:
    cleaned = {"a.mp4": frozenset("x")}
    assert reconcile(Sides({}, {"a.mp4": "x"}, {}, cleaned), "jan") == [CleanedUp("a.mp4", "x")]
    assert reconcile(Sides({}, {"a.mp4": "y"}, {}, cleaned), "jan") == [Upload("a.mp4", "y")]
    assert reconcile(Sides({}, {"a.mp4": "x"}, {"a.mp4": "y"}, cleaned), "jan") == [Download("a.mp4", "y", over="x")]


def test_the_copy_of_a_conflict_keeps_the_ending_and_the_folder() -> None:
    found = reconcile(sides("x", "y", "z", "cut/a.tar.gz"), "jan")
    assert found == [Conflict("cut/a.tar.gz", "y", "z", "cut/a.tar-jan.gz")]


def test_a_copy_that_stands_already_is_taken_up_again_and_another_is_numbered_past() -> None:
    there = {"a.mp4": "z", "a-jan.mp4": "y"}
    assert reconcile(Sides({}, {"a.mp4": "y"}, there), "jan") == [Conflict("a.mp4", "y", "z", "a-jan.mp4", sent=True)]
    here = {"a.mp4": "y", "a-jan.mp4": "y"}
    assert reconcile(Sides({}, here, {"a.mp4": "z"}), "jan") == [Conflict("a.mp4", "y", "z", "a-jan.mp4", kept=True)]
    other = {"a.mp4": "z", "a-jan.mp4": "w"}
    found = reconcile(Sides({}, {"a.mp4": "y"}, other), "jan")
    assert found == [Download("a-jan.mp4", "w"), Conflict("a.mp4", "y", "z", "a-jan-2.mp4")]


def test_a_copy_never_takes_a_name_that_another_file_system_would_take_for_one_there() -> None:
    found = reconcile(Sides({}, {"a.mp4": "y"}, {"a.mp4": "z", "A-JAN.mp4": "w"}), "jan")
    assert Conflict("a.mp4", "y", "z", "a-jan-2.mp4") in found


def test_two_conflicts_never_share_a_copy() -> None:
    found = reconcile(Sides({}, {"a.mp4": "y", "A.mp4": "v"}, {"a.mp4": "z", "A.mp4": "w"}), "jan")
    assert len({each.copy.lower() for each in found if isinstance(each, Conflict)}) == 2


def test_a_long_name_has_room_for_its_copy() -> None:
    (found,) = reconcile(sides("x", "y", "z", "ä" * 125 + ".mp4"), "jan")
    assert isinstance(found, Conflict)
    assert found.copy.endswith("ä-jan.mp4")
    assert len(found.copy.encode()) <= 255


def test_a_rename_is_recognised_on_either_side() -> None:
    assert reconcile(Sides({"a": "x"}, {"b": "x"}, {"a": "x"}), "jan") == [RenamedHere("b", "a", "x")]
    assert reconcile(Sides({"a": "x"}, {"a": "x"}, {"b": "x"}), "jan") == [RenamedThere("b", "a", "x")]


def test_no_rename_where_the_old_name_holds_another_content_by_now_or_was_cleaned_up() -> None:
    found = reconcile(Sides({"a": "x"}, {"b": "x"}, {"a": "y"}), "jan")
    assert found == [Download("a", "y"), Upload("b", "x")]
    found = reconcile(Sides({"a": "x"}, {"a": "x"}, {"b": "x"}, {"a": frozenset("x")}), "jan")
    assert found == [CleanedUp("a", "x"), Download("b", "x")]


def test_two_copies_under_new_names_are_one_rename_and_one_upload() -> None:
    found = reconcile(Sides({"a": "x"}, {"b": "x", "c": "x"}, {"a": "x"}), "jan")
    assert found == [RenamedHere("b", "a", "x"), Upload("c", "x")]


@pytest.mark.parametrize(
    ("base", "here", "there", "expected"),
    [
        ("ab", "", "ab", "here"),
        ("ab", "ab", "", "there"),
        ("ab", "", "", ""),
        ("ab", "", "c", ""),
        ("a", "", "a", ""),
        ("ab", "a", "ab", ""),
        ("abc", "", "ab", "here"),
        ("ab", "d", "abd", "here"),
    ],
)
def test_a_side_that_was_emptied_at_once(base: str, here: str, there: str, expected: str) -> None:
    assert emptied(Sides(*({name: name for name in side} for side in (base, here, there)))) == expected


def test_what_records_say_was_cleaned_up_or_stands_under_other_names_was_not_emptied() -> None:
    both = {"a": "x", "b": "y"}
    assert emptied(Sides(both, both, {}, {"a": frozenset("x"), "b": frozenset("y")})) == ""
    assert emptied(Sides(both, {"new/a": "x", "new/b": "y"}, both)) == ""


def test_only_what_stands_equal_or_was_carried_over_is_remembered() -> None:
    before = Sides({"a": "1", "b": "1", "c": "1", "d": "1"}, {"a": "2", "b": "1", "c": "3"}, {"a": "2", "c": "4"})
    assert remembered(before) == {"a": "2", "b": "1", "c": "1"}
    assert remembered(before, [("c", "3")]) == {"a": "2", "b": "1", "c": "3"}
