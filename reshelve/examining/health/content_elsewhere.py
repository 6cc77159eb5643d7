"""Where a file stands, or its content, that is gone from its place: moved, copied, packed, in the trash, or nowhere."""

import sqlite3
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from reshelve.examining.health.arrivals import Arrivals
from reshelve.examining.health.check_inputs import Sight
from reshelve.executors.catalog.catalog_whereabouts import has_run, packed_in, places_of_content, was_copied
from reshelve.planner.trash import TrashedItem
from reshelve.schemas.asset_questions import AssetPlace
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, split
from reshelve.schemas.quick_dataclasses import dataclass

Became = Literal["moved", "trashed", "copied", "packed", "twin", "only-trashed", "missing"]


@dataclass(slots=True, frozen=True)
class Whereabouts:
    """What became of a file, and where it or its content is now ("" nowhere).

    moved: there is a file that the catalog did not know. trashed: a run put it into the trash, where it lies. copied, packed: a run
    had copied it, and a copy stands, or is in an archive. twin: another file has its content. only-trashed: only one in the trash
    has, which a `run` put there from `original`. missing: nowhere, or `where` an archive holds it that it was unpacked from.
    """

    became: Became
    where: str = ""
    run: str = ""
    original: str = ""


class Elsewhere:
    """Tells of files that are gone what became of them: by content where that is known, else as `Arrivals` does.

    `here` is what stands, `known` the places that the catalog knows. Nothing is looked up before a file is missed.
    """

    def __init__(self, sight: Sight, catalog: sqlite3.Connection, known: Iterable[AssetPlace]) -> None:
        self._sight = sight
        self._catalog = catalog
        self.here: dict[str, Item] = {join(key, item.rel): item for key, item in sight.files()}
        self._known = {place.location: place for place in known}

    def find(self, place: AssetPlace) -> Whereabouts:
        """Return what became of a file that is gone from a place."""
        put = self._trash_by_original.get(place.location)
        # Where the catalog has that run, the file was there again after it.
        if put is not None and (put.size, put.mtime_ns) == (place.size, place.mtime_ns) and not has_run(self._catalog, put.run):
            return Whereabouts("trashed", put.place, put.run)
        found = self._by_content.get(place.xxh3, []) if place.xxh3 else []
        new = [one for one in (*found, self._arrivals.of(place)) if one and one not in self._known]
        root, _ = split(place.location)
        stayed = [one for one in new if split(one)[0] == root]
        if found and not stayed and was_copied(self._catalog, place.location):
            return Whereabouts("copied", found[0])
        if new:
            return Whereabouts("moved", [*stayed, *new][0])
        if found:
            return Whereabouts("twin", found[0])
        return self._out_of_sight(place)

    def unread(self, place: AssetPlace) -> int:
        """Count the files of the same size of which nobody knows what they hold."""
        return self._unread.get(place.size, 0)

    def _out_of_sight(self, place: AssetPlace) -> Whereabouts:
        """Look into archives and the trash, by what runs are known to have put there."""
        others = [each for each in places_of_content(self._catalog, place.xxh3) if each != place.location] if place.xxh3 else []
        for other in others:
            if archive := self._archive_of(other):
                return Whereabouts("packed", archive)
        # What a run packed away from here is here again, or the catalog would not know it to stand: it is lost since.
        if archive := self._archive_of(place.location):
            return Whereabouts("missing", archive)
        for other in others:
            put = self._trash_by_place.get(other)
            if put is not None and put.size == place.size:
                return Whereabouts("only-trashed", put.place, put.run, put.original)
        return Whereabouts("missing")

    def _archive_of(self, place: str) -> str:
        """Return an archive that stands, into which a run packed what it took from a place last; "" none."""
        return next((one for one in packed_in(self._catalog, place) if one in self.here), "")

    @cached_property
    def _contents(self) -> dict[str, str]:
        """The content of each file here whose content was read or recorded before, by its place."""
        cache = self._sight.digests
        found: dict[str, str] = {}
        for location, item in self.here.items():
            digest = cache.get(item) if cache is not None else None
            before = self._known.get(location)
            if digest is None and before is not None and (before.size, before.mtime_ns) == (item.size, item.mtime_ns):
                digest = before.xxh3
            if digest:
                found[location] = digest
        return found

    @cached_property
    def _by_content(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for location, digest in self._contents.items():
            found.setdefault(digest, []).append(location)
        return found

    @cached_property
    def _unread(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for location, item in self.here.items():
            if location not in self._contents:
                found[item.size] = found.get(item.size, 0) + 1
        return found

    @cached_property
    def _arrivals(self) -> Arrivals:
        return Arrivals(self._sight, self._catalog, self.here, self._known.values(), self._contents)

    @cached_property
    def _trashed(self) -> list[TrashedItem]:
        return [item for item in self._sight.session.trash.find(quick=True).items if item.kind == "file"]

    @cached_property
    def _trash_by_original(self) -> dict[str, TrashedItem]:
        return {item.original: item for item in self._trashed}

    @cached_property
    def _trash_by_place(self) -> dict[str, TrashedItem]:
        return {item.place: item for item in self._trashed}
