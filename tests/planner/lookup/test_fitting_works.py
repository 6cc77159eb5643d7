"""Which works of a database fit a title, and what is said where not exactly one does."""

import pytest

from reshelve.planner.lookup.fitting_works import candidates_text, fitting, is_exact
from reshelve.schemas.lookup_answers import KnownWork, Works

HEAT, OTHER = KnownWork("1", ("Heat",), 1995), KnownWork("2", ("Heat",), 1986)
THE = KnownWork("3", ("The Heat",), 2013)
UNDATED = KnownWork("4", ("Hitze", "Heat"), None)


@pytest.mark.parametrize(
    ("title", "year", "ids"),
    [
        ("heat", None, ["1", "2", "3", "4"]),
        ("H.E.A.T.", 1995, ["1"]),
        ("The Heat", None, ["1", "2", "3", "4"]),
        ("A Heat", None, ["1", "2", "4"]),
        ("Heat 2", None, []),
        ("Heat", 1996, []),
        ("Hitze", None, ["4"]),
    ],
)
def test_which_fit(title: str, year: int | None, ids: list[str]) -> None:
    assert [work.id for work in fitting([HEAT, OTHER, THE, UNDATED], title, year)] == ids


def test_an_article_counts() -> None:
    assert is_exact(HEAT, ["heat"]) and is_exact(UNDATED, ["Heat"]) and not is_exact(THE, ["Heat", "A Heat"])


@pytest.mark.parametrize(
    ("fits", "more", "text"),
    [
        ([HEAT, OTHER], False, "TMDB has 2 films of this title: Heat (1995), Heat (1986)"),
        ([HEAT, OTHER], True, "TMDB has several films of this title: Heat (1995), Heat (1986) and more"),
        ([HEAT, UNDATED], False, "TMDB has 2 films of this title: Heat (1995), Hitze (TMDB 4)"),
        ([HEAT], True, "TMDB has more films of like titles than were read, among them Heat (1995) and more"),
        ([], True, "TMDB has more films of like titles than were read"),
        ([THE], False, "TMDB has no film of this title, but The Heat (2013)"),
    ],
)
def test_what_is_said(fits: list[KnownWork], more: bool, text: str) -> None:
    assert candidates_text(Works("TMDB", "2026-11-28", (), more), fits, film=True) == text
