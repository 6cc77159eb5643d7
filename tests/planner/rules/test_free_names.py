"""Numbered names: how they are written, and that they are known again, at every length a name may have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.rules.free_names import (
    Shelf,
    is_labelled,
    is_variant,
    numbered,
    split_name,
    version,
    with_label,
    without_number,
)
from reshelve.planner.rules.portable_names import LIMIT, encoded
from tests.support.readers import TreeReader

NAMES = st.builds(
    "{}{}".format,
    st.text("aB1_. é😀", min_size=1, max_size=3).map(lambda piece: piece * 255),
    st.sampled_from(["", ".mkv", ".en.srt", ".b_2", "_3", "."]),
)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("a.mkv", "a_1.mkv"), ("A/a", "A/a_1"), (".hidden", ".hidden_1"), ("a.b_2", "a_1.b_2"),
        ("x" * 250 + ".mkv", "x" * 249 + "_1.mkv"),
        ("x" * 251 + ".mkv", "x" * 249 + "_1.mkv"), ("x" * 255, "x" * 253 + "_1"), ("x" * 400 + ".mkv", "x" * 398 + "_1.mkv"),
    ],
)  # fmt: skip
def test_a_numbered_name_is_no_longer_than_a_name_may_be(name: str, first: str) -> None:
    assert numbered(name, 1) == first
    assert is_variant(first, name)


@given(name=NAMES, cut=st.integers(200, 300), number=st.integers(1, 12_000))
@settings(max_examples=300, deadline=None)
def test_a_numbered_name_is_known_again(name: str, cut: int, number: int) -> None:
    name = name[-cut:]
    for variant in (numbered(name, number), version(name, number)):
        assert is_variant(variant, name)
        assert len(encoded(variant)) <= max(LIMIT, len(encoded(name)))


@pytest.mark.parametrize(
    "rel",
    [
        "b_1.mkv",
        "a_0.mkv",
        "a_01.mkv",
        "a_1.srt",
        "B/a_1.mkv",
        "a_1_1.mkv",
        "a.mkv_1",
        "a - version 1.mkv",
        "a - version 02.mkv",
        "a - 720p.mkv",
    ],
)
def test_another_name_is_no_variant(rel: str) -> None:
    assert not is_variant(rel, "a.mkv")


def test_versions_are_counted_from_the_second() -> None:
    assert [version("x/a.mkv", number) for number in (1, 2)] == ["x/a - version 2.mkv", "x/a - version 3.mkv"]
    assert without_number("x/a - version 2.mkv") == "x/a.mkv"
    assert with_label("x/a.mkv", "2160p") == "x/a - 2160p.mkv"
    assert is_labelled("x/a - 2160p.mkv", "x/a.mkv")
    assert not is_labelled("x/ab - 2160p.mkv", "x/a.mkv")


def test_a_copy_under_a_name_cut_for_its_number_is_found() -> None:
    name = "x" * 250 + ".mkv"
    reader = TreeReader("movies", {name: "other", numbered(name, 1): "same", "in": "same"})
    shelf = Shelf([reader], set())
    assert shelf.find(name) is not None
    item = reader.stat("in")
    assert item is not None
    assert shelf.twin(name, item, reader) == numbered(name, 1)


def test_a_name_is_split_before_its_last_dot() -> None:
    assert [split_name(name) for name in ("a.b.c", ".a", "a", "a.")] == [("a.b", ".c"), (".a", ""), ("a", ""), ("a", ".")]
