"""Recorded answers: what a database has, kept in a file and replayed without a network.

The file is NDJSON, one film or show a line, as a person would write it:
{"film": "Heat", "year": 1995, "id": "949", "by": "TMDB", "day": "2026-11-28"}. `also` lists more titles of it. A show may have
`episodes`: {"season": 2, "episode": 3, "number": 29, "date": "2021-05-04"} each, `number` counted through all seasons.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reshelve.executors.lookup.plain_answers import text
from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.schemas.lookup_answers import EpisodeAsked, Episodes, KnownWork, WorkAsked, Works

_Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Episode(_Strict):
    season: Annotated[int, Field(ge=0)]
    episode: Annotated[int, Field(ge=0)]
    number: Annotated[int, Field(ge=1)] | None = None
    date: _Day | None = None


class _Line(_Strict):
    film: str | None = None
    show: str | None = None
    year: int | None = None
    id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
    also: list[str] = []
    by: Literal["TMDB", "TheTVDB"]
    day: _Day
    episodes: list[_Episode] = []

    @model_validator(mode="after")
    def _whole(self) -> "_Line":
        if (self.film is None) == (self.show is None):
            raise ValueError("it names either a `film` or a `show`")
        return self

    @property
    def known(self) -> KnownWork:
        titles = (self.film or self.show or "", *self.also)
        return KnownWork(self.id, tuple(text(each) for each in titles), self.year)


class Recorded:
    """Replays what a file has. Raises NoAnswerError for one that cannot be read."""

    name = "recorded"

    def __init__(self, path: Path) -> None:
        self._lines: list[_Line] = []
        hint = "Check `answers:` of `lookup:`."
        try:
            rows = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as trouble:
            raise NoAnswerError(f"{path} cannot be read: {trouble}", hint) from trouble
        for number, row in enumerate(rows, 1):
            if row.strip():
                try:
                    self._lines.append(_Line.model_validate_json(row))
                except (ValidationError, RecursionError) as wrong:
                    raise NoAnswerError(f"{path}:{number} is no recorded film or show", hint) from wrong

    def works(self, asked: WorkAsked) -> Works:
        """Return every film or show of the file, or the one of an id: the title decides which fits."""
        ours = [line for line in self._lines if (line.film is not None) == (asked.kind == "film")]
        if asked.id:
            ours = [line for line in ours if line.id == asked.id]
        words = asked.title.casefold()
        said = [line for line in ours if any(words == each.casefold() for each in line.known.titles)] or ours
        if not said:
            return Works("TMDB", "1970-01-01")
        return Works(said[0].by, min(line.day for line in said), tuple(line.known for line in ours))

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        """Return which episodes of a show have that number or date."""
        for line in self._lines:
            if line.show is not None and line.id == asked.show:
                found = {(each.season, each.episode) for each in line.episodes if _fits(each, asked)}
                return Episodes(line.by, line.day, tuple(sorted(found)))
        return Episodes("TMDB", "1970-01-01")


def _fits(episode: _Episode, asked: EpisodeAsked) -> bool:
    return episode.number == asked.number if asked.number is not None else episode.date == asked.date
