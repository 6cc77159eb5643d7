"""Editions: what a name says after its year of which cut it is."""

import pytest

from reshelve.planner.recognise.films import edition_in


@pytest.mark.parametrize(
    ("stem", "edition"),
    [
        ("Heat.1995.Directors.Cut.2160p-GRP", "Directors Cut"),
        ("Heat (1995) Director's Cut", "Director's Cut"),
        ("Heat.1995.1080p.Extended.BluRay", "Extended"),
        ("Alien.1979.40th.Anniversary.Edition", "40th Anniversary Edition"),
        ("Blade Runner (1982) {edition-Final Cut}", "Final Cut"),
        ("The.Final.Cut.2004.720p", ""),
        ("Uncut Gems 2019", ""),
        ("Extended", ""),
        ("1917", ""),
    ],
)
def test_an_edition_is_what_follows_the_year(stem: str, edition: str) -> None:
    assert edition_in(stem) == edition
