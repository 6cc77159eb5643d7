"""Conditions: what holds of which item, on one screen."""

from typing import Any

import pytest

from reshelve.planner.rules.condition_matching import ConditionError, Matcher, Subject, demands_of, describe
from reshelve.schemas.conditions import Condition
from reshelve.schemas.inventory import Item
from tests.support.readers import NOW_NS

DAY = 86400 * 10**9
FACTS = {
    "kind": "episode",
    "show": "24",
    "season": 8,
    "episodes": [6, 7],
    "year": 1999,
    "date": "2024-05-17",
    "duration": 5400.0,
    "title": "Amélie",
    "generated": True,
}
ITEM = Item("Shows/24/24.S08E06.MKV", "file", 1_500_000_000, NOW_NS - 40 * DAY, 0, 1, 1, 0o644, "fs-1")


def condition(**demands: Any) -> Condition:
    return Condition.model_validate(demands)


def holds(asked: Condition, facts: dict[str, Any] | None = None, item: Item = ITEM) -> bool:
    return Matcher(asked).holds(Subject(item, "inbox", FACTS if facts is None else facts, NOW_NS))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({}, True),
        ({"kind": "Episode"}, True),
        ({"kind": ["movie", "episode"]}, True),
        ({"kind": "movie"}, False),
        ({"kind": "episode", "season": 7}, False),
        ({"show": 24}, True),
        ({"season": "8"}, True),
        ({"year": 1999.0}, True),
        ({"generated": True}, True),
        ({"generated": False}, False),
        ({"episodes": 7}, True),
        ({"episodes": 8}, False),
        ({"episodes": {"over": 6}}, True),
        ({"episodes": {"over": 7}}, False),
        ({"title": "AME\u0301LIE"}, True),
        ({"ext": "mkv"}, True),
        ({"ext": [".MKV", "avi"]}, True),
        ({"name": {"glob": "24.*.mkv"}}, True),
        ({"name": {"glob": ["*.avi", "*.mk?"]}}, True),
        ({"name": {"glob": "S08"}}, False),
        ({"name": {"regex": "s08e"}}, True),
        ({"name": {"regex": "^s08"}}, False),
        ({"stem": "24.S08E06"}, True),
        ({"path": {"glob": "shows/*"}}, True),
        ({"store": "inbox"}, True),
        ({"media": "video"}, True),
        ({"size": {"over": "1GB", "under": "2GB"}}, True),
        ({"size": {"over": "1.5GB"}}, False),
        ({"size": {"at_least": "1.5GB"}}, True),
        ({"size": {"at_most": 1_499_999_999}}, False),
        ({"size": "1.5GB"}, True),
        ({"age": {"over": "30d"}}, True),
        ({"age": {"over": "40d"}}, False),
        ({"age": {"at_least": "40d"}}, True),
        ({"duration": {"over": "1h", "under": "2h"}}, True),
        ({"year": {"at_most": "1999"}}, True),
        ({"date": {"under": "2025-01-01"}}, True),
        ({"date": {"over": "2025-01-01"}}, False),
        ({"year": {"known": True}}, True),
        ({"camera": {"known": True}}, False),
        ({"camera": {"known": False}}, True),
        ({"year": {"known": False}}, False),
        ({"camera": "A7S"}, False),
        ({"camera": {"over": 1}}, False),
        ({"year": {"in": [1998, 1999]}}, True),
        ({"year": {"equals": 1998}}, False),
        ({"any": [{"kind": "movie"}, {"season": 8}]}, True),
        ({"any": [{"kind": "movie"}, {"season": 7}]}, False),
        ({"any": []}, False),
        ({"all": [{"kind": "episode"}, {"season": 8}]}, True),
        ({"all": [{"kind": "episode"}, {"season": 7}]}, False),
        ({"not": {"kind": "movie"}}, True),
        ({"not": {"kind": "episode", "season": 8}}, False),
        ({"not": {"kind": "episode", "season": 7}}, True),
        ({"not": {"any": [{"camera": {"known": True}}]}}, True),
    ],
)
def test_table(asked: dict[str, Any], answer: bool) -> None:
    assert holds(condition(**asked)) is answer


@pytest.mark.parametrize("nothing", [{}, {"camera": None}, {"camera": ""}, {"camera": []}])
def test_what_is_not_known_meets_no_demand_but_known_false(nothing: dict[str, Any]) -> None:
    assert holds(condition(camera={"known": False}), nothing)
    assert not holds(condition(camera={"known": True}), nothing)
    assert not holds(condition(camera=["", "x"]), nothing)


def test_a_file_from_the_future_is_no_age_at_all() -> None:
    tomorrow = Item("a", "file", 1, NOW_NS + DAY, 0, 1, 1, 0o644, "fs-1")
    assert holds(condition(age={"under": "1s"}), {}, tomorrow)


def test_demands_are_facts_at_any_depth() -> None:
    asked = condition(kind="movie", ext="mkv", any=[{"year": 1}, {"not": {"camera": "x", "size": 1}}], all=[{"show": "y"}])
    assert demands_of(asked) == {"kind", "year", "camera", "show"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"age": {"over": "30d"}, "ext": ["log", "tmp"]}, "age over 30d, ext log or tmp"),
        ({"year": {"known": True}}, "year known"),
        ({"size": {"at_least": "1GB", "under": "2GB"}}, "size under 2GB and size at least 1GB"),
        (
            {"any": [{"kind": "movie"}, {"name": {"glob": "*x*"}}], "not": {"ext": "iso"}},
            "kind movie or name like *x*, not (ext iso)",
        ),
        ({}, ""),
    ],
)
def test_in_words(asked: dict[str, Any], words: str) -> None:
    assert describe(condition(**asked)) == words


@pytest.mark.parametrize("asked", [{"size": {"over": "big"}}, {"age": {"under": "1 fortnight"}}, {"size": "huge"}])
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ConditionError):
        Matcher(condition(**asked))
    with pytest.raises(ConditionError):
        Matcher(condition(any=[{"not": asked}]))


def test_named_groups_of_a_pattern_are_values() -> None:
    condition = Condition.model_validate({"name": {"regex": r"^(?P<show>.+)\.S(?P<season>\d\d)E\d\d"}, "ext": "mkv"})
    matcher = Matcher(condition)
    item = Item("drop/Quiet.Harbor.S02E03.mkv", "file", 1, 1, 1, 1, 1, 0o644, "fs")
    subject = Subject(item, "inbox", {}, 1)
    assert matcher.gives == {"show", "season"}
    assert matcher.holds(subject)
    assert matcher.captures(subject) == {"show": "Quiet.Harbor", "season": 2}
