"""What planning may ask of databases of films and shows."""

from typing import Protocol

from reshelve.schemas.lookup_answers import EpisodeAsked, Episodes, WorkAsked, Works
from reshelve.schemas.problems import Problem


class WorkLookup(Protocol):
    """Databases of films and shows, and what they answered before. They never raise for what is, or is not, answered."""

    @property
    def databases(self) -> tuple[str, ...]:
        """The names of the databases, in the order in which they are to be asked: those of facts that hold their ids."""

    def works(self, database: str, asked: WorkAsked) -> Works | None:
        """Return what a database has for a film or show; None: it did not answer, and nothing is remembered."""

    def episodes(self, database: str, asked: EpisodeAsked) -> Episodes | None:
        """Return what a database has for an episode; None: it did not answer, and nothing is remembered."""

    @property
    def requests(self) -> int:
        """How many requests were sent."""

    @property
    def remembered(self) -> int:
        """How many answers were remembered, each counted once."""

    def problems(self) -> list[Problem]:
        """Return why databases were not asked, or not to the end: one problem each."""
