"""Sight: what one scan has looked at, so that what it did not see is only called gone where it would have been seen."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import field
from typing import Literal

from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.quick_dataclasses import dataclass

Standing = Literal["there", "gone", "unknown"]


Ask = Callable[[str], Item | None]
"""What stands at a path of a root, None where nothing does; raises OSError where that cannot be told."""


@dataclass(slots=True)
class _Looked:
    seen: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    whole: bool = True
    passed_by: list[tuple[Ask, frozenset[str]]] = field(default_factory=list)


class Sight:
    """What was seen in the stores that were scanned. Not `now`: it was some time ago, so that nothing is gone."""

    def __init__(self, *, now: bool = True) -> None:
        self._stores: dict[str, _Looked] = {}
        self._now = now
        self._untold: set[str] = set()

    def look(self, store: str, listings: Iterable[Listing], *, whole: bool) -> None:
        """Note what was seen of a store; not `whole` where one of its roots was away."""
        looked = self._stores.setdefault(store, _Looked())
        looked.whole = looked.whole and whole
        for listing in listings:
            looked.seen.update([item.rel for item in listing.items])
            looked.unreadable.update(listing.unreadable)

    def passed_by(self, store: str, ask: Ask, folders: Iterable[str]) -> None:
        """Note which folders of one root of a store were seen and not gone into; `ask` tells of single places in them."""
        looked = self._stores.setdefault(store, _Looked())
        looked.passed_by.append((ask, frozenset(folders)))

    def cannot_tell(self, locations: Iterable[str]) -> None:
        """Note what was seen, but of which not enough is known to decide about it."""
        self._untold.update(locations)

    def beside(self, store: str, folders: Collection[str]) -> dict[str, list[str]]:
        """Return the names seen in each of these folders of a store, sorted."""
        found: dict[str, list[str]] = {folder: [] for folder in folders}
        looked = self._stores.get(store)
        for rel in looked.seen if looked is not None else ():
            folder, _, name = rel.rpartition("/")
            if folder in found:
                found[folder].append(name)
        for names in found.values():
            names.sort()
        return found

    def looked_at(self, location: str) -> bool:
        """Say whether a location's store was scanned at all."""
        return store_of(split(location)[0]) in self._stores

    def standing(self, location: str) -> Standing:
        """Say whether a location's item was seen, is gone, or was where nothing could be seen."""
        store, rel = split(location)
        looked = self._stores.get(store_of(store))
        if looked is None:
            return "unknown"
        rel = rel.rstrip("/")
        if location in self._untold:
            return "unknown"
        if rel in looked.seen:
            return "there"
        for ask, folders in looked.passed_by:
            if folders and any(above in folders for above in _above(rel)):
                try:
                    if ask(rel) is not None:
                        return "there"
                except OSError:
                    return "unknown"
        if not looked.whole or not self._now:
            return "unknown"
        while looked.unreadable and rel:
            rel = rel.rpartition("/")[0]
            if rel in looked.unreadable:
                return "unknown"
        return "gone"


def _above(rel: str) -> Iterator[str]:
    """Yield the folders above a path, the nearest first."""
    while rel := rel.rpartition("/")[0]:
        yield rel
