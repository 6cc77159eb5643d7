"""What of a reading is open that a database of films and shows can tell. What is certain is no question."""

from typing import Literal

from reshelve.planner.recognise.name_reading import Reading
from reshelve.schemas.quick_dataclasses import dataclass

FILMS = frozenset({"movie", "documentary", "standup"})
"""The kinds that databases have among their films."""

Wanted = Literal["year", "title", "number", "date"]


@dataclass(slots=True, frozen=True)
class OpenQuestion:
    """What is open of one file. `titles` are what its name may mean, `year` is that of the film or show where it is known.

    `wanted`: the year of a film; the title of a film or show whose year is known; or the season and episodes of a show, from
    `numbers` counted through all seasons, or from the day it was aired.
    """

    wanted: Wanted
    film: bool
    titles: tuple[str, ...]
    year: int | None = None
    numbers: tuple[int, ...] = ()
    date: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that an answer gives."""
        if self.wanted in ("number", "date"):
            return ("season", "episodes")
        if self.wanted == "year":
            return ("year",)
        return ("title",) if self.film else ("show", "title")


def question_of(reading: Reading, needs: frozenset[str]) -> OpenQuestion | None:
    """Return what is open of a reading and could be settled, None where that is nothing. `needs` are the facts that rules use."""
    facts, doubtful = reading.facts, reading.doubtful
    kind = facts.get("kind")
    if "kind" in doubtful or "extra" in facts:
        return None
    if kind in FILMS:
        title, year = facts.get("title"), facts.get("year")
        if not title or "year" in doubtful:
            return None
        if "title" in doubtful:
            return OpenQuestion("title", True, _titles(reading, "title"), year) if year and "title" in needs else None
        return OpenQuestion("year", True, (title,)) if year is None and "year" in needs else None
    return _episode(reading, needs) if kind == "episode" and facts.get("show") else None


def _episode(reading: Reading, needs: frozenset[str]) -> OpenQuestion | None:
    facts, doubtful = reading.facts, reading.doubtful
    year = facts.get("show_year") if "show_year" not in doubtful else None
    if "show" in doubtful:
        return OpenQuestion("title", False, _titles(reading, "show"), year) if year and "show" in needs else None
    if "season" in facts or needs.isdisjoint({"season", "episodes"}):
        return None
    show = (facts["show"],)
    numbers = tuple(facts.get("episodes") or ())
    if numbers and "season" in needs and all(type(each) is int and each > 0 for each in numbers):
        return OpenQuestion("number", False, show, year, numbers)
    date = facts.get("date")
    return OpenQuestion("date", False, show, year, date=date) if date and not numbers and "date" not in doubtful else None


def _titles(reading: Reading, name: str) -> tuple[str, ...]:
    """Return what readers made of a title, each once."""
    said = (reading.facts[name], *reading.alternatives.get(name, ()))
    return tuple(dict.fromkeys(each for each in said if isinstance(each, str) and each))
