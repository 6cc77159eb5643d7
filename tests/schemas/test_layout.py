"""The layout's model: what its fields may hold, and the names documents know them by."""

import pytest
from pydantic import TypeAdapter, ValidationError

from reshelve.schemas.layout import Entry, Layout, Review

entries = TypeAdapter(Entry)


def test_documents_say_from_and_with() -> None:
    entry = entries.validate_python({"from": "inbox:a", "with": "tv:b", "size": "8"}, by_alias=True, by_name=False)
    assert entry == Entry(source="inbox:a", beside="tv:b", size=8)
    assert entry.transfer == "move" and entry.on_conflict == "fail"


@pytest.mark.parametrize(
    "raw",
    [
        {"source": "inbox:a"},
        {"from": "inbox:a", "size": -1},
        {"from": "inbox:a", "transfer": "teleport"},
        {"from": 3},
        {"from": "inbox:a", "facts": {"kind": "saga"}},
        {"from": "inbox:a", "facts": {"season": "two"}},
        {"from": "inbox:a", "extra": 1},
    ],
)
def test_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entries.validate_python(raw, by_alias=True, by_name=False)


def test_facts_may_have_names_of_their_own() -> None:
    facts = {"kind": "movie", "job": "J-17", "take": 3}
    assert entries.validate_python({"from": "inbox:a", "facts": facts}).facts == facts


def test_an_item_under_review_needs_its_source() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Review).validate_python({"because": "?"})


def test_empty_layouts_share_nothing() -> None:
    one, other = Layout(), Layout()
    one.files["tv:a"] = Entry(source="inbox:a")
    assert not other.files
