"""Titles that mean one show or film: how spellings are compared, and which of them stands for all."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from reshelve.schemas.quick_dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "der", "die", "das", "el", "los", "las", "il"})
_VOICED = frozenset("\u3099\u309a")
"""Marks that make another letter of a kana; left out, "bus" and "pass" would be one word in Japanese."""
_ATTESTED = 3
"""So many names that agree in an article, or in having none, are no slip."""
_APOSTROPHES = re.compile(r"(?<=\w)['’`´](?=\w)")


@dataclass(slots=True, frozen=True)
class Work:
    """A show or film as a name or folder writes it. `year` None: it gives none. `ids` are (database, number in it)."""

    title: str
    year: int | None = None
    ids: frozenset[tuple[str, str]] = frozenset()

    def differs(self, other: "Work") -> bool:
        """Say whether a year, or a number in one database, says that these are two works, whatever they are called."""
        if self.year is not None and other.year is not None and self.year != other.year:
            return True
        mine, theirs = dict(self.ids), dict(other.ids)
        return any(theirs.get(database, number) != number for database, number in mine.items())


def words(title: str) -> tuple[str, ...]:
    """Return the words of a title by which spellings are compared.

    Case, diacritics, punctuation, an article in front or after a comma, "&" or "and" make no difference. A title of nothing
    else is its own.
    """
    found = _spelled(title)
    if len(found) > 1 and found[-1] in _ARTICLES and "," in title:
        return found[:-1]
    return found[1:] if len(found) > 1 and found[0] in _ARTICLES else found


def article(title: str) -> str:
    """Return the article that a title has in front or after a comma, "" where it has none; "an" is "a"."""
    found = _spelled(title)
    if len(found) < 2:
        return ""
    if found[-1] in _ARTICLES and "," in title:
        return found[-1]
    return "a" if found[0] == "an" else found[0] if found[0] in _ARTICLES else ""


def articles_clash(one: str, other: str) -> bool:
    """Say whether two titles have two articles: "A Film" and "The Film" are hardly one, where "Film" may be either."""
    mine, theirs = article(one), article(other)
    return bool(mine and theirs and mine != theirs)


def normalise(title: str) -> str:
    """Return what every spelling of a title has in common: "S.W.A.T." and "SWAT" are one, so words are not kept apart."""
    return "".join(words(title))


def same_title(one: str, other: str) -> bool:
    """Say whether two readers that had one name before them, its article too, read one title: `normalise`, but articles count."""
    return one == other or "".join(_spelled(one)) == "".join(_spelled(other))


def has_more_accents(one: str, other: str) -> bool:
    """Say whether `one`, a spelling of the same title as `other`, has accents that are left out there."""
    return _accents(one) > _accents(other)


@lru_cache(maxsize=16384)
def _spelled(title: str) -> tuple[str, ...]:
    plain = title.casefold().replace("&", " and ")
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if char in _VOICED or not unicodedata.combining(char))
        plain = unicodedata.normalize("NFC", plain)
    return tuple(_WORD.findall(_APOSTROPHES.sub("", plain))) or (title.casefold(),)


def _accents(title: str) -> int:
    return 0 if title.isascii() else sum(unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFKD", title))


def canonical(
    seen: Iterable[Work] | Mapping[Work, int], standing: Callable[[Work], Work | None], *, film: bool = False
) -> dict[Work, Work]:
    """Return, for each spelling that is not to be kept, the one to use. `seen` may say how often each was.

    `standing` gives the work whose folder stands already; its spelling wins, and it gives its year. Else the spelling used most
    wins, of those the one that looks most like a title. A year that all agree on is everyone's; but a film without one stays so.
    """
    counts = Counter(seen)
    chosen: dict[Work, Work] = {}
    for spellings in _alike(counts, film=film):
        years = {work.year for work in spellings if work.year is not None}
        year = years.pop() if len(years) == 1 and not film else None
        title = _best(spellings, counts)
        for work in spellings:
            best = standing(work) or Work(title, work.year or year, work.ids)
            if best != work:
                chosen[work] = best
    return chosen


def _alike(works: Mapping[Work, int], *, film: bool) -> Iterable[list[Work]]:
    found: dict[tuple[str, int | None], list[Work]] = defaultdict(list)
    for work in works:
        found[normalise(work.title), work.year if film else None].append(work)
    for alike in found.values():
        by_article: dict[str, list[Work]] = defaultdict(list)
        for work in alike:
            by_article[article(work.title)].append(work)
        if len(by_article.keys() - {""}) < 2 and not _are_several(alike, by_article.values(), works):
            yield alike
            continue
        for one in sorted(by_article):
            yield by_article[one]


def _are_several(alike: Iterable[Work], spelled: Iterable[list[Work]], counts: Mapping[Work, int]) -> bool:
    """Say whether an article may tell works apart: years say that there are several, and more than a few names differ in it."""
    if len({work.year for work in alike} - {None}) < 2:
        return False
    return all(sum([counts[work] for work in works]) >= _ATTESTED for works in spelled)


def _best(spellings: Iterable[Work], counts: Mapping[Work, int]) -> str:
    votes: Counter[str] = Counter()
    for one in spellings:
        votes[one.title] += counts[one]
    return max(votes, key=lambda title: (votes[title], _looks(title), title))


def _looks(title: str) -> tuple[bool, bool, int]:
    """Say how much a spelling looks like a title: its article in front, in mixed case, with all its punctuation and accents."""
    inverted = title.rpartition(", ")[2].lower() in _ARTICLES
    return not inverted, title != title.lower() and title != title.upper(), len(title)
