"""Records and the view: what people tell each other, read from strangers' bytes, and merged the same by whoever does it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reshelve.planner.sync.sync_records import Shared, SyncRecord, Told, read_record, record_text, renewed, view_text
from reshelve.schemas.inventory import Item

HASH = "xxh3:" + "0" * 32
OTHER = "xxh3:" + "1" * 32


def item(name: str, ino: int, size: int = 3) -> Item:
    return Item(name, "file", size, 1_700_000_000_000_000_000, 0, ino, 1, 0o644, "s3:x/y")


def test_a_record_is_read_as_it_was_written() -> None:
    record = SyncRecord("jan", {"a.mp4": Shared(HASH, 3, 7, "f" * 32)}, {"b.mp4": (OTHER,)})
    assert read_record(record_text(record), "jan") == record


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'{"version": 2}', b'{"version": 1, "files": [], "cleaned": 3}', b"[" * 100_000, b"\xff"],
)
def test_what_is_no_record_counts_as_an_empty_one(text: bytes) -> None:
    assert read_record(text, "jan") == SyncRecord("jan")


@given(
    st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_no_bytes_break_it(text: bytes) -> None:
    assert read_record(text, "jan").user == "jan"


def test_only_what_makes_sense_is_taken_of_it() -> None:
    files = {"a": {"hash": "md5:x", "size": 1, "object": 2}, "b": {"hash": HASH, "size": True, "object": 2}, "c": 4}
    good = {"hash": HASH, "size": 1, "object": 2, "md5": "no"}
    text = json.dumps({"version": 1, "files": files | {"d": good}, "cleaned": {"x": [1, OTHER], "y": "z"}}).encode()
    assert read_record(text, "jan") == SyncRecord("jan", {"d": Shared(HASH, 1, 2)}, {"x": (OTHER,)})


def test_what_somebody_put_there_counts_only_while_it_stands() -> None:
    told = Told({"jan": SyncRecord("jan", {"a.mp4": Shared(HASH, 3, 7)})})
    assert told.uploader("a.mp4", item("a.mp4", 7)) == "jan"
    assert told.uploader("a.mp4", item("a.mp4", 8)) == ""
    assert told.shared("b.mp4", item("b.mp4", 7)) is None


def test_a_renewed_record_forgets_what_stands_no_more_and_keeps_what_was_removed() -> None:
    before = SyncRecord("jan", {"a": Shared(HASH, 3, 7), "b": Shared(HASH, 3, 8), "e": Shared(HASH, 3, 9)}, {"c": (HASH,)})
    after = renewed(before, {"d": Shared(OTHER, 1, 9)}, {"a": HASH, "c": OTHER}, ["b", "d"])
    assert set(after.files) == {"a", "b", "d"}
    assert after.cleaned == {"a": (HASH,), "c": (HASH, OTHER)}


def test_the_view_is_the_same_whoever_makes_it() -> None:
    items = {"b.wav": item("b.wav", 8), "a.mp4": item("a.mp4", 7)}
    records = {"jan": SyncRecord("jan", {"b.wav": Shared(HASH, 3, 8, "f" * 32)}), "david": SyncRecord("david")}
    one = view_text("b63", "v-appydave", items, Told(records), 1_700_000_000_000_000_000)
    other = view_text(
        "b63", "v-appydave", dict(sorted(items.items())), Told(dict(sorted(records.items()))), 1_700_000_000_000_000_000
    )
    assert one == other
    said = json.loads(one)
    assert said["last_sync"] == "2023-11-14T22:13:20Z"
    assert said["files"][0] == {"name": "a.mp4", "size_bytes": 3, "uploaded_at": "2023-11-14T22:13:20Z"}
    assert said["files"][1]["uploaded_by"] == "jan"
