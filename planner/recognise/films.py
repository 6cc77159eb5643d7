"""Films: a title and a year that leave no doubt."""

import re
from typing import Any

from planner.recognise.titles import IDS, QUALITY, YEAR, clean, until_quality

_BRACKETED = re.compile(r"[(\[{](?P<year>19\d\d|20[0-4]\d)[)\]}]")
_PART = re.compile(r"(?<![^\W_])(?:cd|dvd|dis[ck]|part|pt)[ ._-]?(?P<part>\d{1,2}|[a-d])(?![^\W_])", re.IGNORECASE)
_EDITION = re.compile(
    r"(?:[ ._-]+[(\[]?(?:extended|unrated|uncut|remastered|theatrical|imax|director'?s[ ._](?=cut)|special[ ._](?=edition))"
    r"(?:[ ._]?(?:edition|cut|version))?[)\]]?)+[ ._-]*\Z",
    re.IGNORECASE,
)
_EPISODIC = re.compile(
    r"(?<![^\W_])(?:e(?:p|pisode|pisodio)?[ ._]?\d{1,4}|s\d{1,2}|(?:season|sezon|saison|staffel|stagione)|"
    r"mini-?series|bolum|blm|seri[jy]a|\d{1,2}[ ._]?of[ ._]?\d)"
    r"(?![^\W_])|[{]\d{1,3}[}]|\][ _]?.*[ _]-[ _]\d{2,4}(?:v\d)?[ _]|\]\[\d{2,4}(?:[ _]\w+)?\]",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(
    r"\d{1,2}[-. ]\d{1,2}[-. (]*\Z|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ._]\d{1,2}[ ._]*\Z",
    re.IGNORECASE,
)
_DAY_AFTER = re.compile(r"[-. ]\d\d[-. ]\d\d(?!\d)")
_AFTER = re.compile(r"[ ._-]*(?:[\[({]|\Z)")


def read_film(stem: str) -> tuple[dict[str, Any], bool] | None:
    """Return (facts, are title and year beyond doubt) of a stem that has a title and a year, or None."""
    bare = IDS.sub("", stem)
    bracketed = list(_BRACKETED.finditer(bare))
    found = bracketed[-1] if bracketed else None
    if found and clean(bare[: found.start()]):
        years = {one["year"] for one in bracketed}
        return _facts(stem, bare, found.start(), found.end(), int(found["year"])), len(years) == 1 and _clear(bare, found)
    years_seen = [one for one in YEAR.finditer(bare) if one.start() and clean(bare[: one.start()])]
    for one in reversed(years_seen):
        rest = bare[one.end() :].lstrip(" ._-")
        quality_follows = QUALITY.match(rest) is not None
        at_end = not rest or _AFTER.match(bare, one.end()) is not None or _PART.match(rest) is not None
        if quality_follows or at_end:
            # "Death Race 2000.mkv" ends in its title; "Pi.1998.mkv" is how releases write the year.
            dotted = bare[one.start() - 1] == "." and " " not in bare
            facts = _facts(stem, bare, one.start(), one.end(), int(one.group()))
            return facts, (quality_follows or dotted) and _clear(bare, one)
    if years_seen and QUALITY.search(bare, years_seen[-1].end()):
        one = years_seen[-1]
        return _facts(stem, bare, one.start(), one.end(), int(one.group())), len(years_seen) == 1 and _clear(bare, one)
    return None


def _clear(bare: str, year: re.Match[str]) -> bool:
    """Say whether nothing around a year hints at an episode, a date, or a title that is more than a title."""
    title = _EDITION.sub("", bare[: year.start()])
    return not (
        _EPISODIC.search(bare)
        or _DAY_BEFORE.search(title)
        or _DAY_AFTER.match(bare, year.end())
        or QUALITY.search(title, 1)
        or title.count("(") != title.count(")")
        or clean(title)[:1] in {"[", "("}
    )


def _facts(stem: str, bare: str, start: int, end: int, year: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": "movie", "title": clean(_EDITION.sub("", bare[:start])), "year": year}
    part = _PART.search(bare, end)
    if part:
        number = part["part"].lower()
        facts["part"] = int(number) if number.isdecimal() else "abcd".index(number) + 1
    for found in IDS.finditer(stem):
        facts[(found["of"] or "imdb").lower()] = found["id"]
    return facts


def leading_title(stem: str) -> str:
    """Return the title a stem begins with, up to the first word of its quality."""
    return clean(until_quality(stem))
