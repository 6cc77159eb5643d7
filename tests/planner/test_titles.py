"""Titles that mean one show, however they are spelled."""

import pytest

from planner.titles import Show, canonical, normalise

ALIKE = [
    ("The Office", "the office", "The.Office", "Office, The", "OFFICE", "the_office"),
    ("Law & Order", "Law and Order", "law.and.order"),
    ("Amélie & Co", "Amelie and Co."),
    ("S.W.A.T.", "SWAT", "swat"),
    ("Grey's Anatomy", "Greys Anatomy", "Grey’s Anatomy"),
]
APART = [("24", "24 Hours"), ("Show", "Show 2"), ("The A", "The B"), ("The", "A"), ("夏天", "冬天"), ("!!!", "???")]


@pytest.mark.parametrize("spellings", ALIKE)
def test_one_title(spellings: tuple[str, ...]) -> None:
    assert len({normalise(title) for title in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_titles(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_the_spelling_used_most_wins() -> None:
    seen = [Show("the office"), Show("The Office"), Show("The Office"), Show("Office, The")]
    assert canonical(seen, [], with_year=True) == {Show("the office"): Show("The Office"), Show("Office, The"): Show("The Office")}


def test_of_spellings_used_alike_the_one_that_looks_like_a_title_wins() -> None:
    seen = [Show("amelie and co"), Show("AMELIE AND CO"), Show("Amélie and Co")]
    assert set(canonical(seen, [], with_year=True).values()) == {Show("Amélie and Co")}


def test_a_folder_that_stands_wins() -> None:
    seen = [Show("The Office"), Show("The Office"), Show("the office")]
    assert set(canonical(seen, ["the Office"], with_year=True).values()) == {Show("the Office")}


def test_a_folder_that_stands_gives_its_year_when_no_other_could_be_meant() -> None:
    one, two = "Show (1978)", "Show (2004)"
    assert canonical([Show("show")], [one], with_year=True) == {Show("show"): Show("Show", 1978)}
    assert canonical([Show("Show")], [one, two], with_year=True) == {}
    assert canonical([Show("show", 2004)], [one, two], with_year=True) == {Show("show", 2004): Show("Show", 2004)}
    assert canonical([Show("Show", 2010)], [one], with_year=True) == {}


def test_without_a_year_in_its_place_a_folder_is_taken_as_it_is() -> None:
    assert canonical([Show("show")], ["Show (1978)"], with_year=False) == {Show("show"): Show("Show (1978)")}
    assert canonical([Show("Show", 2004)], ["Show (1978)"], with_year=False) == {}


def test_what_is_spelled_well_stays() -> None:
    assert canonical([Show("Show"), Show("Show", 2010)], ["Show", "Show (2010)"], with_year=True) == {}
