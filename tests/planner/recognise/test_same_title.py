"""Titles that mean one show, however they are spelled."""

import pytest

from reshelve.planner.recognise.same_title import Work, canonical, has_more_accents, normalise, same_title

ALIKE = [
    ("The Office", "the office", "The.Office", "Office, The", "OFFICE", "the_office"),
    ("Law & Order", "Law and Order", "law.and.order"),
    ("Amélie & Co", "Amelie and Co."),
    ("Pokémon", "Pokemon", "POKE\u0301MON"),
    ("S.W.A.T.", "SWAT", "swat"),
    ("Grey's Anatomy", "Greys Anatomy", "Grey’s Anatomy"),
]
APART = [("24", "24 Hours"), ("Show", "Show 2"), ("The A", "The B"), ("The", "A"), ("夏天", "冬天"), ("!!!", "???")]
APART += [("バス", "パス"), ("ハス", "バス")]


@pytest.mark.parametrize("spellings", ALIKE)
def test_one_title(spellings: tuple[str, ...]) -> None:
    assert len({normalise(title) for title in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_titles(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("spellings", ALIKE[1:])
def test_readers_of_one_name_read_one_title(spellings: tuple[str, ...]) -> None:
    assert all(same_title(spellings[0], title) for title in spellings)


def test_readers_of_one_name_that_differ_on_its_article_read_two_titles() -> None:
    assert not any(same_title(one, other) for one, other in [*APART, ("The Office", "Office"), ("Office, The", "The Office")])


def test_the_fuller_spelling_has_the_accents() -> None:
    assert has_more_accents("Pokémon", "Pokemon")
    assert not has_more_accents("Pokemon", "Pokémon")
    assert not has_more_accents("Pokémon", "POKÉMON")


def nothing_stands(_: Work) -> None:
    return None


def test_the_spelling_used_most_wins() -> None:
    seen = [Work("the office"), Work("The Office"), Work("The Office"), Work("Office, The")]
    assert canonical(seen, nothing_stands) == {Work("the office"): Work("The Office"), Work("Office, The"): Work("The Office")}


def test_of_spellings_used_alike_the_one_that_looks_like_a_title_wins() -> None:
    seen = [Work("amelie and co"), Work("AMELIE AND CO"), Work("Amélie and Co")]
    assert set(canonical(seen, nothing_stands).values()) == {Work("Amélie and Co")}


def test_what_stands_wins() -> None:
    seen = [Work("The Office"), Work("The Office"), Work("the office")]
    assert set(canonical(seen, lambda _: Work("the Office", 2005)).values()) == {Work("the Office", 2005)}


def test_a_year_that_all_agree_on_is_everyones_but_a_film_without_one_stays_so() -> None:
    assert canonical([Work("Show"), Work("Show", 2004)], nothing_stands) == {Work("Show"): Work("Show", 2004)}
    assert canonical([Work("Show"), Work("Show", 1978), Work("Show", 2004)], nothing_stands) == {}
    assert canonical([Work("Film"), Work("Film", 2004)], nothing_stands, film=True) == {}


def test_where_years_tell_of_several_works_an_article_may_too() -> None:
    known = {Work("Open Road"): 9, Work("Open Road", 1995): 1, Work("Open Road", 2018): 1}
    assert canonical({**known, Work("The Open Road"): 3}, lambda _: None) == {}
    once = canonical({**known, Work("The Open Road"): 2}, lambda _: None)
    assert once == {Work("The Open Road"): Work("Open Road")}
    assert canonical({Work("Open Road", 1995): 9, Work("The Open Road"): 3}, lambda _: None) == {
        Work("The Open Road"): Work("Open Road", 1995)
    }
