"""Files that stand where the catalog knows none: which of the files that are gone each is, before anybody reads it."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from reshelve.examining.health.check_inputs import Sight
from reshelve.executors.catalog.catalog_whereabouts import identities
from reshelve.executors.state.cache_db import signed
from reshelve.schemas.asset_questions import AssetPlace
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.locations import split

_Written = tuple[int, int]
"""Size in bytes, mtime_ns."""


class Arrivals:
    """Tells by inode, size and time of writing where a file is now; without the inode only if just one was lost, and one is new.

    Many files may have one size and time: cameras fill their cards with such, and FAT counts in steps of two seconds.
    `contents` is what is known of the content of the files that stand, by place.
    """

    def __init__(
        self,
        sight: Sight,
        catalog: sqlite3.Connection,
        here: Mapping[str, Item],
        known: Collection[AssetPlace],
        contents: Mapping[str, str],
    ) -> None:
        self._sight = sight
        self._catalog = catalog
        self._here = here
        self._known = known
        self._contents = contents

    def of(self, place: AssetPlace) -> str:
        """Return where the file is that is gone from a place, "" where that cannot be told."""
        written = place.size, place.mtime_ns
        came = [one for one in self._came.get(written, ()) if self._may_be(one, place)]
        for one in came:
            if place.location in self._owners(one):
                return one
        if len(self._lost[written]) > 1:
            return ""
        unclaimed = [one for one in came if not self._owners(one)]
        return unclaimed[0] if len(unclaimed) == 1 else ""

    def _may_be(self, arrival: str, place: AssetPlace) -> bool:
        """Say whether nothing that is known of the contents speaks against it."""
        content = self._contents.get(arrival)
        return not content or content == place.xxh3 or not place.xxh3

    @cached_property
    def _came(self) -> dict[_Written, list[str]]:
        places = {place.location for place in self._known}
        found: dict[_Written, list[str]] = {}
        for location, item in self._here.items():
            if location not in places and item.size and lasting_inodes(item.fs):
                found.setdefault((item.size, item.mtime_ns), []).append(location)
        return found

    @cached_property
    def _lost(self) -> dict[_Written, set[str]]:
        """The contents of the files that are gone, or their places where these are not known, by size and time."""
        found: dict[_Written, set[str]] = {}
        for place in self._known:
            if place.location not in self._here:
                found.setdefault((place.size, place.mtime_ns), set()).add(place.xxh3 or place.location)
        return found

    def _owners(self, arrival: str) -> set[str]:
        """Return the places where the catalog knows the very file that stands here; a second name of one that stands is not new."""
        item = self._here[arrival]
        places = self._identities.get((signed(item.ino), item.size, item.mtime_ns), ())
        return {place for place in places if self._file_system(place) == item.fs}

    def _file_system(self, place: str) -> str:
        listing = self._sight.listings.get(split(place)[0])
        return listing.root.fs if listing is not None else ""

    @cached_property
    def _identities(self) -> dict[tuple[int, int, int], list[str]]:
        return _by_identity(identities(self._catalog), self._came)


def _by_identity(known: Iterable[tuple[str, int, int, int]], wanted: Collection[_Written]) -> dict[tuple[int, int, int], list[str]]:
    found: dict[tuple[int, int, int], list[str]] = {}
    for place, inode, size, mtime_ns in known:
        if (size, mtime_ns) in wanted:
            found.setdefault((inode, size, mtime_ns), []).append(place)
    return found
