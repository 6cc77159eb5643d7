"""Which of the films or shows that a database has are the one that a name means."""

from collections.abc import Iterable

from reshelve.planner.recognise.same_title import articles_clash, normalise, same_title
from reshelve.schemas.lookup_answers import KnownWork, Works

_NAMED = 5
"""How many candidates are named in a reason."""


def fitting(works: Iterable[KnownWork], title: str, year: int | None) -> list[KnownWork]:
    """Return the works of this title, however spelled, with or without an article, and of this year where one is known."""
    return [work for work in works if (year is None or work.year == year) and any(_same(each, title) for each in work.titles)]


def is_exact(work: KnownWork, titles: Iterable[str]) -> bool:
    """Say whether a work has one of these titles, its article too: "The Heat" is another film than "Heat"."""
    return any(same_title(one, other) for one in work.titles for other in titles)


def candidates_text(found: Works, fits: list[KnownWork], *, film: bool) -> str:
    """Return what a database has instead of exactly one work, for people: "TMDB has 3 films of this title: 1972, 1986, 1995"."""
    what = "film" if film else "show"
    known = [
        f"{work.titles[0]} ({work.year})" if work.year is not None else f"{work.titles[0]} ({found.by} {work.id})" for work in fits
    ]
    rest = " and more" if len(known) > _NAMED or (found.more and known) else ""
    named = ", ".join(known[:_NAMED]) + rest
    if found.more and len(fits) < 2:
        return f"{found.by} has more {what}s of like titles than were read" + (f", among them {named}" if known else "")
    if len(fits) == 1:
        return f"{found.by} has no {what} of this title, but {named}"
    return f"{found.by} has {'several' if found.more else len(fits)} {what}s of this title: {named}"


def _same(one: str, other: str) -> bool:
    return normalise(one) == normalise(other) and not articles_clash(one, other)
