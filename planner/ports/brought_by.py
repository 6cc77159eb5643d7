"""What planning may ask of the runs: which of them brought the file that stands at a place."""

from collections.abc import Callable

from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Brought:
    """The run that brought a file: its command and its end (ISO 8601 in UTC), from which place to which, and by which reason.

    `was` is "" where the run made the file, `because` where no record of that is left. `size` (bytes) and `mtime_ns` are the file's
    as the run left it, None where that is not known.
    """

    run: str
    command: str
    when: str
    was: str
    now: str
    because: str = ""
    size: int | None = None
    mtime_ns: int | None = None

    def changed(self, item: Item) -> bool:
        """Say whether the file that stands there now is known not to be as the run left it."""
        return self.size not in (None, item.size) or self.mtime_ns not in (None, item.mtime_ns)


BroughtBy = Callable[[str], Brought | None]
"""Tells of a location which run brought the file that stands there, None where none is known to have."""


def brought_by_nobody(location: str) -> Brought | None:  # noqa: ARG001 - a BroughtBy
    """Know of no run."""
    return None
