"""Twins: what is a copy of another file of its batch, by name and content, is not filed unasked."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.readers import File, Thing, TreeReader
from tests.support.scanning import FILMS, Told, film, moves, reasons, scanned, workspace

ALL = {"name": "all", "place": "movies:new/{{ filename }}"}
TOLD = Told({})
BIG = 1 << 20


def of(tree: dict[str, Thing], *rules: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str | None]]:
    result = scanned(workspace(*(rules or (ALL,))), TreeReader("inbox", tree), told=TOLD)
    return moves(result), reasons(result)


@pytest.mark.parametrize(
    "copy", ["b (1).mkv", "b copy.mkv", "x/b - Copy (2).MKV", "B (another copy).mkv", "b - Kopie.mkv", "Copy of b.mkv"]
)
def test_a_copy_by_name_and_content_is_told(copy: str) -> None:
    assert of({"b.mkv": "1", copy: "1"}) == ({"inbox:b.mkv": "movies:new/b.mkv"}, {f"inbox:{copy}": "same content as inbox:b.mkv"})


def test_of_other_names_the_content_says_nothing() -> None:
    tree: dict[str, Thing] = {"Show S01E01.mkv": "1", "Show S01E02.mkv": "1", "a (1).mkv": "2", "a (2).mkv": "2", "b.mkv": "3"}
    filed, left = of({**tree, "b (1).mkv": "4"})
    assert (len(filed), left) == (6, {})


def test_a_copy_of_a_copy_is_one_of_the_first() -> None:
    assert of({"a.mkv": "1", "a copy.mkv": "1", "a copy (1).mkv": "1"})[1] == {
        "inbox:a copy.mkv": "same content as inbox:a.mkv",
        "inbox:a copy (1).mkv": "same content as inbox:a.mkv",
    }


def test_what_travels_with_a_copy_stays_with_it() -> None:
    tree: dict[str, Thing] = {"a.mkv": "1", "a.en.srt": "words", "a copy.mkv": "1", "a copy.en.srt": "words"}
    filed, left = of(tree)
    assert sorted(filed) == ["inbox:a.en.srt", "inbox:a.mkv"]
    assert left == {"inbox:a copy.mkv": "same content as inbox:a.mkv", "inbox:a copy.en.srt": "with inbox:a copy.mkv"}


def test_what_belongs_to_the_folder_goes_with_the_original() -> None:
    facts = {f"f/{name}.mkv": film("F", 2001) for name in ("F.2001 (1)", "F.2001")}
    inbox = TreeReader(
        "inbox", {"f/F.2001 (1).mkv": "1", "f/F.2001.mkv": "1", "f/Extras/Deleted Scenes.mkv": "2", "f/F.2001 (1).en.srt": "3"}
    )
    result = scanned(workspace(FILMS), inbox, told=Told(facts))
    assert moves(result) == {
        "inbox:f/F.2001.mkv": "movies:F (2001)/F.2001.mkv",
        "inbox:f/Extras/Deleted Scenes.mkv": "movies:F (2001)/Extras/Deleted Scenes.mkv",
    }
    assert sorted(reasons(result)) == ["inbox:f/F.2001 (1).en.srt", "inbox:f/F.2001 (1).mkv"]


@pytest.mark.parametrize("other", ["a copy.wav", "a copy.txt"])
def test_another_medium_is_no_twin(other: str) -> None:
    assert not of({"a.mkv": "1", other: "1"})[1]


def test_another_name_of_the_file_itself_is_no_twin() -> None:
    assert not of({"a.mkv": File(b"1", ino=7), "a copy.mkv": File(b"1", ino=7)})[1]


@pytest.mark.parametrize("config", [{"on_duplicate": "file"}, {"transfer": "copy"}, {"transfer": "hardlink"}])
def test_what_is_filed_all_the_same_is_not_compared(config: dict[str, str]) -> None:
    inbox = TreeReader("inbox", {"a.mkv": "1", "a copy.mkv": "1"})
    result = scanned(workspace(ALL, **config), inbox, told=TOLD)
    assert (len(moves(result)), reasons(result), inbox.digests) == (2, {}, 0)


def test_what_goes_to_two_stores_is_filed_in_both() -> None:
    rules: list[dict[str, Any]] = [{"name": "shows", "when": {"path": {"glob": "s/*"}}, "place": "tv:{{ filename }}"}, ALL]
    assert not of({"s/a.mkv": "1", "a copy.mkv": "1"}, *rules)[1]


def test_nothing_whole_is_read_that_ends_otherwise() -> None:
    inbox = TreeReader(
        "inbox", {"a.mkv": File(b"a", size=BIG), "a (1).mkv": File(b"b", size=BIG), "a (2).mkv": File(b"c", size=BIG + 1)}
    )
    assert len(moves(scanned(workspace(ALL), inbox, told=TOLD))) == 3
    # The double counts ends with the rest: one each, of the two that are of one size.
    assert inbox.digests == 2


def episode(show: str, number: int) -> dict[str, Any]:
    return {"kind": "episode", "show": show, "title": show, "season": 1, "episodes": [number]}


BY_NAME = {
    "a/Film (2001).mkv": film("Film", 2001),
    "b/Film.2001.1080p.mkv": film("Film", 2001),
    "c/Other (2002).mkv": film("Other", 2002),
    "Show S01E01.mkv": episode("Show", 1),
    "Show S01E02.mkv": episode("Show", 2),
    "Show.1x01.mkv": episode("Show", 1),
}
WORKS = {"name": "works", "place": "movies:{{ title }}/{{ filename }}"}


ONE = File(b"1", size=BIG)


def works(tree: Mapping[str, Thing]) -> tuple[list[str], dict[str, str | None]]:
    result = scanned(workspace(WORKS), TreeReader("inbox", dict(tree)), told=Told(BY_NAME))
    return sorted(moves(result)), reasons(result)


def test_one_film_under_two_names_is_filed_once() -> None:
    left = {"inbox:b/Film.2001.1080p.mkv": "same content as inbox:a/Film (2001).mkv"}
    assert works({"a/Film (2001).mkv": ONE, "b/Film.2001.1080p.mkv": ONE}) == (["inbox:a/Film (2001).mkv"], left)
    left = {"inbox:Show.1x01.mkv": "same content as inbox:Show S01E01.mkv"}
    assert works({"Show S01E01.mkv": ONE, "Show.1x01.mkv": ONE, "Show S01E02.mkv": File(b"2", size=BIG)})[1] == left


def test_the_one_that_brings_more_is_filed() -> None:
    tree = {"a/Film (2001).mkv": ONE, "b/Film.2001.1080p.mkv": ONE, "b/Film.2001.1080p.en.srt": "words"}
    assert works(tree)[1] == {"inbox:a/Film (2001).mkv": "same content as inbox:b/Film.2001.1080p.mkv"}


def test_two_names_of_one_file_are_twins_also_where_they_would_meet() -> None:
    linked = File(b"1", ino=7, nlink=2)
    left = {"inbox:b/Film.2001.1080p.mkv": "same content as inbox:a/Film (2001).mkv"}
    assert works({"a/Film (2001).mkv": linked, "b/Film.2001.1080p.mkv": linked})[1] == left
    facts = {f"{folder}/Film (2001).mkv": film("Film", 2001) for folder in "ab"}
    inbox = TreeReader("inbox", dict.fromkeys(facts, linked))
    assert list(reasons(scanned(workspace(WORKS), inbox, told=Told(facts)))) == ["inbox:b/Film (2001).mkv"]


@pytest.mark.parametrize("names", [("a/Film (2001).mkv", "c/Other (2002).mkv"), ("Show S01E01.mkv", "Show S01E02.mkv")])
def test_names_of_two_works_are_believed(names: tuple[str, str]) -> None:
    assert works(dict.fromkeys(names, ONE)) == (sorted(f"inbox:{name}" for name in names), {})


def test_a_few_bytes_may_stand_in_for_any_film() -> None:
    assert works({"a/Film (2001).mkv": "1", "b/Film.2001.1080p.mkv": "1"})[1] == {}


def test_of_one_name_the_folder_of_a_season_knows_more() -> None:
    seasons = {"name": "seasons", "place": "tv:{{ show }}/{{ season }}/{{ filename }}"}
    facts = {"Show/Season 3/Show - 05.mkv": {**episode("Show", 5), "season": 3}, "old/Show - 05.mkv": episode("Show", 5)}
    result = scanned(workspace(seasons), TreeReader("inbox", dict.fromkeys(facts, ONE)), told=Told(facts))
    assert reasons(result) == {"inbox:old/Show - 05.mkv": "same content as inbox:Show/Season 3/Show - 05.mkv"}
    facts |= {"Show/Season 4/Show - 05.mkv": {**episode("Show", 5), "season": 4}}
    result = scanned(workspace(seasons), TreeReader("inbox", dict.fromkeys(facts, ONE)), told=Told(facts))
    assert list(reasons(result)) == ["inbox:old/Show - 05.mkv"]


def test_numbers_of_one_name_are_settled_with_it() -> None:
    result = scanned(workspace(ALL), TreeReader("inbox", {"a/x.mkv": "1", "b/x.mkv": "1"}), told=TOLD)
    assert moves(result) == {"inbox:a/x.mkv": "movies:new/x.mkv"}
    goes = ("inbox:b/x.mkv", "same content as inbox:a/x.mkv, which goes to movies:new/x.mkv", ["movies:new/x.mkv"])
    assert [(one.path, one.because, one.copies) for one in result.layout.absent] == [goes]


def test_what_stands_already_is_named_and_not_what_only_comes_to_it() -> None:
    standing = TreeReader("movies", {"new/x.mkv": "1"})
    inbox = TreeReader("inbox", {"a/x.mkv": "1", "b/x.mkv": "1"})
    result = scanned(workspace(ALL), inbox, standing, told=TOLD)
    assert [one.because for one in result.layout.absent] == ["already at movies:new/x.mkv"]
