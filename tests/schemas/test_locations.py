"""Locations hold any path there is on disk, and nothing that could leave a store."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.schemas import locations

relaxed = settings(derandomize=True, max_examples=200, deadline=None)
raw_names = st.binary(min_size=1, max_size=20).map(lambda b: b.replace(b"/", b"_").replace(b"\0", b"_"))
parts = raw_names.filter(lambda b: b not in (b".", b".."))
paths = st.lists(parts, min_size=1, max_size=4).map(b"/".join).map(os.fsdecode)


@relaxed
@given(paths)
def test_any_path_survives(rel: str) -> None:
    location = locations.join("tv", rel)
    assert location.encode()
    assert locations.fault(location) is None
    assert locations.split(location) == ("tv", rel)


@relaxed
@given(paths)
def test_root_keys_too(rel: str) -> None:
    root, back = locations.split(locations.join("tv/nas", rel))
    assert (root, back) == ("tv/nas", rel)
    assert locations.store_of(root) == "tv"


BAD = [
    *("", "x", "/a", ":a", "tv:/a", "tv:../a", "tv:a/..", "tv:a/../b", "tv:./a", "tv:a//b", "tv:.", "tv:..", "tv:a\0"),
    *("9:a", "t v:a", "tv//x:a", "tv%:%2e%2e/a", "tv%:a/%2E%2E", "tv%:%2Fetc", "tv%:a%00", "tv%:a%2F%2Fb", "../tv:a"),
]
GOOD = ["tv:", "tv:a", "tv:a/", "tv:...", "tv:a..b/.c", "tv/1:a", "tv:a:b", "tv:a\nb", "tv%:%E9", "tv:%2e%2e/a"]


@pytest.mark.parametrize("bad", BAD)
def test_faults(bad: str) -> None:
    assert locations.fault(bad)


@pytest.mark.parametrize("good", GOOD)
def test_no_fault(good: str) -> None:
    assert locations.fault(good) is None


def test_parents_and_names() -> None:
    assert [locations.parent(p) for p in ("a/b/c", "a", "")] == ["a/b", "", ""]
    assert [locations.name(p) for p in ("a/b/c", "a", "")] == ["c", "a", ""]


def test_printable_shows_what_hides() -> None:
    assert locations.printable("a\x1b[31m\u202eb\udce9\u200bc") == "a\\x1b[31m\\u202eb\\xe9\\u200bc"
    assert locations.printable("été 🎬") == "été 🎬"


def test_printable_shows_brackets_of_what_documents_encode() -> None:
    assert locations.printable("inbox%:Film %FF Six %282018%29 [x].mkv") == "inbox%:Film %FF Six (2018) [x].mkv"
    assert locations.printable("tv/nas%:%FF %5Ba%5D%2528 50%25: why") == "tv/nas%:%FF [a]%2528 50%25: why"
    assert locations.printable("inbox:100%28.mkv") == "inbox:100%28.mkv", "what is not encoded is a name as it is"


@pytest.mark.parametrize(
    ("place", "location"),
    [("tv:a/b", "tv:a/b"), ("tv/1:a", "tv:a"), ("tv%:a%FF", "tv%:a%FF"), ("tv/nas%:a%FF/b", "tv%:a%FF/b"), ("tv/1:", "tv:")],
)
def test_a_place_has_a_location_in_its_store(place: str, location: str) -> None:
    assert locations.location_of(place) == location
