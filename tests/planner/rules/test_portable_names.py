"""Portable names: what each file system refuses is replaced, by bytes."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.rules.portable_names import encoded, portable_part, portable_text, truncate_part
from reshelve.schemas.name_rules import fold
from tests.support.shares import examples

TABLE = [
    ("Game of Thrones", "Game of Thrones"),
    ("Alien: Covenant", "Alien - Covenant"),
    ("3:10 to Yuma", "3-10 to Yuma"),
    ("AC/DC", "AC-DC"),
    ("M*A*S*H", "M-A-S-H"),
    ("Who Is X?", "Who Is X"),
    ('The "Best"', "The 'Best'"),
    ("a  b\tc\nd", "a b c d"),
    ("trailing. . ", "trailing"),
    ("  leading", "leading"),
    ("..", "_"),
    ("???", "_"),
    ("", "_"),
    ("CON", "CON_"),
    ("nul.mkv", "nul_.mkv"),
    ("com1 .txt", "com1_.txt"),
    ("Console", "Console"),
    ("\u202eevil\u200b", "evil"),
    ("Cafe\u0301", "Café"),
    ("a?\u0301", "á"),
    ("Caf\udce9 Noir", "Caf_ Noir"),
    ("E.T.", "E.T"),
    (".hack//SIGN", ".hack--SIGN"),
]


@pytest.mark.parametrize(("text", "part"), TABLE)
def test_a_part_is_safe_everywhere(text: str, part: str) -> None:
    assert portable_part(text) == part


@given(st.text(max_size=400))
@pytest.mark.drawn
@settings(derandomize=True, max_examples=examples(150), deadline=None)
def test_portable_part_is_idempotent_and_holds_its_promise(text: str) -> None:
    part = portable_part(text)
    assert portable_part(part) == part
    assert portable_text(part) == part
    assert 0 < len(part.encode()) <= 255
    assert not set(part) & set('<>:"/\\|?*\0')
    assert part[-1] not in ". "
    assert unicodedata.is_normalized("NFC", part)


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(20, 255))
@pytest.mark.drawn
@settings(derandomize=True, max_examples=examples(100), deadline=None)
def test_truncating_cuts_between_characters(name: str, limit: int) -> None:
    cut = truncate_part(name, limit)
    assert len(encoded(cut)) <= limit
    cut.encode()
    if len(name.encode()) <= limit:
        assert cut == name


def test_truncating_keeps_the_extension_and_undecodable_bytes() -> None:
    assert truncate_part("é" * 200 + ".mkv") == "é" * 125 + ".mkv"
    assert truncate_part("x" * 300 + ".mkv", 255) == "x" * 251 + ".mkv"
    assert len(encoded(truncate_part("\udcff" * 300 + ".mkv"))) == 255
    assert len(encoded(truncate_part("\udc80" * 300 + ".mkv"))) == 255


@pytest.mark.parametrize(
    ("one", "other"),
    [("Show", "SHOW"), ("Amélie", "AME\u0301LIE"), ("Straße", "STRASSE"), ("ǅ", "ǆ"), ("a\udcff", "A\udcff")],
)
def test_names_that_collide_fold_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_names_that_do_not_collide_fold_apart() -> None:
    assert fold("Show 1") != fold("Show 2")
    assert fold("Amelie") != fold("Amélie")
