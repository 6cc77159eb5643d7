"""The contract of a provider: which films and shows a database has, and which episodes a show has there."""

from typing import Protocol

from reshelve.schemas.lookup_answers import EpisodeAsked, Episodes, WorkAsked, Works


class NoAnswerError(Exception):
    """A question without an answer, and what to do about it. Neither text holds a key or an address with one."""

    def __init__(self, why: str, hint: str = "", *, over_budget: bool = False) -> None:
        self.hint = hint
        self.over_budget = over_budget
        super().__init__(why)


class Provider(Protocol):
    """A database of films and shows. What it answers is checked, and comes with the day it was fetched."""

    name: str
    """The fact that holds its ids: tmdb, tvdb."""

    def works(self, asked: WorkAsked) -> Works:
        """Return the films or shows that are found for a title or id. Raises NoAnswerError."""

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        """Return which episodes of a show have that number or date. Raises NoAnswerError."""
