"""Whole archives: one that can be read to its end, and holds what its own record says."""

from typing import Protocol

from reshelve.schemas.archive_record import record_of
from reshelve.schemas.verbs import Member


class Archived(Protocol):
    """What shows the archives of one root."""

    def record(self, rel: str) -> str:
        """Return the record in an archive's own comment."""
        ...

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive with the hashes of what they hold, read to its end."""
        ...


def is_whole(store: Archived, rel: str) -> bool:
    """Say whether an archive holds what its record says, reading it through. Raises OSError where it cannot be read."""
    return record_of(member for member, _ in store.archived(rel)) == store.record(rel)
