"""Quiet parts: what a scan looks at when something came to rest, and not everything is to be looked at."""

from collections.abc import Callable, Mapping

from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.quick_dataclasses import dataclass

AT_TOP = ""
"""The part of a store that is not in any folder. Every other part is a folder at its top, by name, with all that is in it."""


def part_of(rel: str, *, folder: bool) -> str:
    """Return the part of its store that a path lies in."""
    top, below, _ = rel.partition("/")
    return top if below or folder else AT_TOP


@dataclass(slots=True, frozen=True)
class Parts:
    """Which parts of a store are looked at: those of `only`, where that is not None, but never those of `restless`."""

    only: frozenset[str] | None = None
    restless: frozenset[str] = frozenset()

    def take(self, part: str) -> bool:
        """Say whether a part is looked at."""
        return part not in self.restless and (self.only is None or part in self.only)

    def holds(self, item: Item) -> bool:
        """Say whether an item is in a part that is looked at."""
        return self.take(part_of(item.rel, folder=item.kind == "dir"))

    def door(self, door: Callable[[str], bool]) -> Callable[[str], bool]:
        """Return what tells a walk which folders to go into, where `door` tells it of those that are looked at."""
        return lambda rel: self.take(part_of(rel, folder=True)) and door(rel)

    def of(self, listing: Listing) -> None:
        """Leave in a listing only what is looked at."""
        listing.items = [item for item in listing.items if self.holds(item)]


@dataclass(slots=True, frozen=True)
class Resting:
    """A scan of what came to rest: `parts` by store, and no other store.

    A file that changed less than `settle_s` seconds ago is left; less than `unsure_s`, where the system cannot tell whether a
    program is writing to it. `told`: somebody says that it is complete, so that nothing waits for the `settle` of its store.
    """

    parts: Mapping[str, Parts]
    settle_s: float
    unsure_s: float
    told: bool = False
