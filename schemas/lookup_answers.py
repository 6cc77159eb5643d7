"""What databases of films and shows are asked, and what they answer: facts with their date, never places."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.quick_dataclasses import dataclass

NAMES = {"tmdb": "TMDB", "tvdb": "TheTVDB"}
"""What people call each database."""
CREDITS = {
    "TMDB": "This product uses the TMDB API but is not endorsed or certified by TMDB. https://www.themoviedb.org",
    "TheTVDB": "Metadata provided by TheTVDB. Please consider adding missing information or subscribing. https://thetvdb.com",
}
"""What each database wants said where its answers are shown (themoviedb.org, "Terms of use"; thetvdb.com, "API information")."""
AS_OF = " as of "
"""How the source of a fact is put together: "TMDB as of 2026-11-28"."""


@dataclass(slots=True, frozen=True)
class WorkAsked:
    """A film or show that is asked for: by its title, and its first year where that is known; or by its id in the database.

    `lately`: an answer that is older than a day does not do, unless none can be had.
    """

    kind: Literal["film", "show"]
    title: str
    year: int | None = None
    id: str = ""
    lately: bool = False


@dataclass(slots=True, frozen=True)
class KnownWork:
    """A film or show as a database has it. `titles` are all it is known by there, the canonical one first."""

    id: str
    titles: tuple[str, ...]
    year: int | None = None


@dataclass(slots=True, frozen=True)
class Works:
    """What a database has for a question: `by` whom, and as of which day (ISO 8601). `more`: it has some that were not read."""

    by: str
    day: str
    works: tuple[KnownWork, ...] = ()
    more: bool = False


@dataclass(slots=True, frozen=True)
class EpisodeAsked:
    """An episode of one show that is asked for: by its number counted through all seasons, or by the day it was aired."""

    show: str
    number: int | None = None
    date: str = ""
    lately: bool = False


@dataclass(slots=True, frozen=True)
class Episodes:
    """Which (season, episode) a database has for a question: several where its orders disagree, or two were aired on one day."""

    by: str
    day: str
    found: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class LookupTally:
    """What came of looking up: files by what became of them, requests, answers that were remembered, and whose they are."""

    settled: int = 0
    in_doubt: int = 0
    unknown: int = 0
    requests: int = 0
    remembered: int = 0
    by: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        """How many files there was something to look up of."""
        return self.settled + self.in_doubt + self.unknown


def source_of(by: str, day: str) -> str:
    """Return the source of a fact that a database gave."""
    return f"{by}{AS_OF}{day}"


def giver_of(source: str) -> str:
    """Return which database a source of facts is, "" for any other."""
    by = source.partition(AS_OF)[0]
    return by if AS_OF in source and by in CREDITS else ""
