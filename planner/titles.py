"""Titles that mean one show: how spellings are compared, and which of them stands for all."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "der", "die", "das", "el", "los", "las", "il"})
_APOSTROPHES = re.compile(r"(?<=\w)['’`´](?=\w)")
_YEAR = re.compile(r"\A(?P<title>.*\S) \((?P<year>(?:19|20)\d\d)\)\Z")


@dataclass(slots=True, frozen=True)
class Show:
    """A show as a name or folder writes it. `year` None: it gives none."""

    title: str
    year: int | None = None


@lru_cache(maxsize=16384)
def normalise(title: str) -> str:
    """Return what every spelling of a title has in common.

    Case, diacritics, punctuation, an article in front or after a comma, "&" or "and" make no difference. A title of nothing
    else is its own.
    """
    plain = unicodedata.normalize("NFKD", title.casefold().replace("&", " and "))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = _WORD.findall(_APOSTROPHES.sub("", plain))
    if len(words) > 1 and words[-1] in _ARTICLES and "," in title:
        words = words[:-1]
    elif len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    # "S.W.A.T." and "SWAT" are one, "9 1 1" and "911" as well: words are not kept apart.
    return "".join(words) or title.casefold()


def canonical(seen: Iterable[Show], standing: Iterable[str], *, with_year: bool) -> dict[Show, Show]:
    """Return, for each spelling that is not to be kept, the one to use.

    `standing` are names of folders that shows already have; theirs wins. It gives a show without a year its own year when no
    other folder of that title could be meant. Else the spelling used most wins, of those the one that looks most like a title.
    `with_year`: a show's folder is named after its year, too; without it, a folder's whole name is the show's.
    """
    folders = _by_title(standing)
    counts = Counter(seen)
    chosen: dict[Show, Show] = {}
    for spellings in _alike(counts).values():
        for show in spellings:
            best = _standing(show, folders, with_year=with_year) or _best(spellings, counts, show)
            if best != show:
                chosen[show] = best
    return chosen


def _by_title(folders: Iterable[str]) -> Mapping[str, list[tuple[str, Show]]]:
    found: dict[str, list[tuple[str, Show]]] = defaultdict(list)
    for folder in sorted(folders):
        match = _YEAR.match(folder)
        show = Show(match["title"], int(match["year"])) if match else Show(folder)
        found[normalise(show.title)].append((folder, show))
    return found


def _alike(shows: Iterable[Show]) -> Mapping[str, list[Show]]:
    found: dict[str, list[Show]] = defaultdict(list)
    for show in shows:
        found[normalise(show.title)].append(show)
    return found


def _standing(show: Show, folders: Mapping[str, list[tuple[str, Show]]], *, with_year: bool) -> Show | None:
    alike = folders.get(normalise(show.title), [])
    if not with_year:
        fits = [Show(folder, show.year) for folder, one in alike if one.year is None or show.year in (None, one.year)]
    else:
        fits = [one for _, one in alike if one.year == show.year]
        if not fits and show.year is None:
            fits = [one for _, one in alike]
    if show in fits:
        return show
    return fits[0] if len(fits) == 1 or (with_year and len({one.year for one in fits}) == 1) else None


def _best(spellings: Iterable[Show], counts: Mapping[Show, int], show: Show) -> Show:
    votes: Counter[str] = Counter()
    for one in spellings:
        votes[one.title] += counts[one]
    return Show(max(votes, key=lambda title: (votes[title], _looks(title), title)), show.year)


def _looks(title: str) -> tuple[bool, bool, int]:
    """Say how much a spelling looks like a title: its article in front, in mixed case, with all its punctuation and accents."""
    inverted = title.rpartition(", ")[2].lower() in _ARTICLES
    return not inverted, title != title.lower() and title != title.upper(), len(title)
