"""Sight: what one scan has looked at, so that what it did not see is only called gone where it would have been seen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from reshelve.schemas.inventory import Listing
from reshelve.schemas.locations import split, store_of

Standing = Literal["there", "gone", "unknown"]


@dataclass(slots=True)
class _Looked:
    seen: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    whole: bool = True


class Sight:
    """What was seen in the stores that were scanned."""

    def __init__(self) -> None:
        self._stores: dict[str, _Looked] = {}

    def look(self, store: str, listings: Iterable[Listing], *, whole: bool) -> None:
        """Note what was seen of a store; not `whole` where one of its roots was away."""
        looked = self._stores.setdefault(store, _Looked())
        looked.whole = looked.whole and whole
        for listing in listings:
            looked.seen.update([item.rel for item in listing.items])
            looked.unreadable.update(listing.unreadable)

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
        if rel in looked.seen:
            return "there"
        if not looked.whole:
            return "unknown"
        while looked.unreadable and rel:
            rel = rel.rpartition("/")[0]
            if rel in looked.unreadable:
                return "unknown"
        return "gone"
