"""Twins: of the files of one batch that hold the same only one is filed unasked."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.readers import File, Thing, TreeReader
from tests.support.scanning import Told, moves, reasons, scanned, workspace

ALL = {"name": "all", "place": "movies:new/{{ filename }}"}
TOLD = Told({})
BIG = 1 << 20


def of(tree: dict[str, Thing], *rules: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str | None]]:
    result = scanned(workspace(*(rules or (ALL,))), TreeReader("inbox", tree), told=TOLD)
    return moves(result), reasons(result)


def test_the_one_with_the_shortest_name_is_filed_and_the_others_are_told() -> None:
    tree: dict[str, Thing] = {"b copy.mkv": "1", "a (1) - other.mkv": "1", "x/b.mkv": "1", "c.mkv": "2"}
    assert of(tree) == (
        {"inbox:x/b.mkv": "movies:new/b.mkv", "inbox:c.mkv": "movies:new/c.mkv"},
        {"inbox:b copy.mkv": "same content as inbox:x/b.mkv", "inbox:a (1) - other.mkv": "same content as inbox:x/b.mkv"},
    )


def test_the_one_that_has_company_is_filed() -> None:
    tree: dict[str, Thing] = {"film of the year.mkv": "1", "film of the year.srt": "words", "f.mkv": "1"}
    filed, left = of(tree)
    assert sorted(filed) == ["inbox:film of the year.mkv", "inbox:film of the year.srt"]
    assert left == {"inbox:f.mkv": "same content as inbox:film of the year.mkv"}


def test_what_travels_with_a_twin_stays_with_it() -> None:
    tree: dict[str, Thing] = {"a.mkv": "1", "a.en.srt": "words", "later.mkv": "1", "later.en.srt": "words"}
    filed, left = of(tree)
    assert sorted(filed) == ["inbox:a.en.srt", "inbox:a.mkv"]
    assert left == {"inbox:later.mkv": "same content as inbox:a.mkv", "inbox:later.en.srt": "with inbox:later.mkv"}


@pytest.mark.parametrize("other", ["b.wav", "b.txt"])
def test_another_medium_is_no_twin(other: str) -> None:
    assert not of({"a.mkv": "1", other: "1"})[1]


def test_another_name_of_the_file_itself_is_no_twin() -> None:
    assert not of({"a.mkv": File(b"1", ino=7), "b.mkv": File(b"1", ino=7)})[1]


@pytest.mark.parametrize("config", [{"on_duplicate": "file"}, {"transfer": "copy"}, {"transfer": "hardlink"}])
def test_what_is_filed_all_the_same_is_not_compared(config: dict[str, str]) -> None:
    inbox = TreeReader("inbox", {"a.mkv": "1", "b.mkv": "1"})
    result = scanned(workspace(ALL, **config), inbox, told=TOLD)
    assert (len(moves(result)), reasons(result), inbox.digests) == (2, {}, 0)


def test_what_goes_to_two_stores_is_filed_in_both() -> None:
    rules: list[dict[str, Any]] = [{"name": "shows", "when": {"path": {"glob": "s/*"}}, "place": "tv:{{ filename }}"}, ALL]
    assert not of({"s/a.mkv": "1", "b.mkv": "1"}, *rules)[1]


def test_nothing_whole_is_read_that_ends_otherwise() -> None:
    inbox = TreeReader("inbox", {"a.mkv": File(b"a", size=BIG), "b.mkv": File(b"b", size=BIG), "c.mkv": File(b"c", size=BIG + 1)})
    assert len(moves(scanned(workspace(ALL), inbox, told=TOLD))) == 3
    # The double counts ends with the rest: one each, of the two that are of one size.
    assert inbox.digests == 2


def test_numbers_of_one_name_are_settled_with_it() -> None:
    filed, left = of({"a/x.mkv": "1", "b/x.mkv": "1"})
    assert filed == {"inbox:a/x.mkv": "movies:new/x.mkv"}
    assert left == {"inbox:b/x.mkv": "holds the same as inbox:a/x.mkv, which goes to movies:new/x.mkv; scan again once it has"}
