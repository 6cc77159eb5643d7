"""What planning may ask of earlier runs: whether what stands at a place is a copy that a run made, and of what."""

from collections.abc import Callable

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, location_of, printable
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Copied:
    """What a run copied to a place last: from where (a place), of what size in bytes and time of writing (ns since the epoch)."""

    run: str
    source: str
    size: int
    mtime_ns: int

    def is_of(self, item: Item, reader: Reader) -> bool:
        """Say whether this very file was copied, and is as it was then."""
        return (join(reader.root.key, item.rel), item.size, item.mtime_ns) == (self.source, self.size, self.mtime_ns)

    def changed(self, place: str) -> str:
        """Say that what stands at the place it was copied to is not that copy any more."""
        there, source = printable(location_of(place)), printable(location_of(self.source))
        return f"{there} is not as run {self.run} left it there, which copied it from {source}"

    @property
    def ways_on(self) -> str:
        """What to do about such a copy."""
        source = printable(location_of(self.source))
        return (
            "To have the original there again, move that file away, then plan. "
            f"To keep it as it is, name {source} under `leave:` in the layout, then scan."
        )


CopiedBefore = Callable[[str], Copied | None]
"""Tells of a place what a run copied there last, None where none did, or it was taken away since."""


def nothing_copied(place: str) -> Copied | None:  # noqa: ARG001 - a CopiedBefore
    """Know of nothing that was copied."""
    return None
