"""What holds of every attribute that a condition may ask about, whichever it is."""

from typing import Any

import pytest

from reshelve.planner.rules.condition_matching import ATTRIBUTES, Matcher, Subject, describe
from reshelve.schemas import conditions
from reshelve.schemas.conditions import Condition
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Item
from tests.support.readers import NOW_NS

ITEM = Item("Shows/24/24.S08E06.MKV", "file", 1_500_000_000, NOW_NS - 40 * 86_400 * 10**9, 0, 1, 1, 0o644, "fs-1")
OTHER = Item("notes", "file", 7, NOW_NS, 0, 2, 1, 0o644, "fs-1")
VALUES: dict[str, Any] = {
    "name": "24.S08E06.MKV",
    "stem": "24.S08E06",
    "ext": "mkv",
    "path": "Shows/24/24.S08E06.MKV",
    "store": "inbox",
    "size": "1.5GB",
    "age": "40d",
    "media": "video",
}
"""What a person would write of ITEM."""


def holds(asked: dict[str, Any], item: Item = ITEM, store: str = "inbox", facts: dict[str, Any] | None = None) -> bool:
    return Matcher(Condition.model_validate(asked)).holds(Subject(item, store, facts or {}, NOW_NS))


def test_every_attribute_has_its_value_here() -> None:
    assert VALUES.keys() == ATTRIBUTES


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_an_attribute_is_asked_in_every_form(name: str) -> None:
    value = VALUES[name]
    for asked in (value, [value], {"equals": value}, {"in": [value]}, {"known": True}):
        assert holds({name: asked}), asked
        assert not holds({"not": {name: asked}}), asked
    assert not holds({name: {"known": False}})
    assert holds({"any": [{name: value}, {"kind": "movie"}]}) and holds({"all": [{name: value}, {}]})


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_an_attribute_tells_items_apart(name: str) -> None:
    assert not holds({name: VALUES[name]}, OTHER, "movies")


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_an_attribute_is_no_fact(name: str) -> None:
    """What a file or model says of itself never stands for what it is."""
    assert name not in Facts.__annotations__
    assert holds({name: VALUES[name]}, facts={name: "another"})
    assert not holds({name: VALUES[name]}, OTHER, "movies", facts={name: VALUES[name]})
    assert Matcher(Condition.model_validate({name: VALUES[name]})).demands == frozenset()


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_an_attribute_is_named_in_reasons_and_where_conditions_are_explained(name: str) -> None:
    assert describe(Condition.model_validate({name: VALUES[name]})) == f"{name} {VALUES[name]}"
    assert f"`{name}`" in (conditions.__doc__ or "")
