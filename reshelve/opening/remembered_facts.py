"""Facts inside files where a saved inventory stands in for the disks: what is remembered of a file, and nothing made up."""

from collections.abc import Iterable, Mapping
from typing import Any

from reshelve.planner.metadata import MetadataReader
from reshelve.planner.observing.saved_inventory import InventoryReader, NotObserved
from reshelve.schemas.inventory import Item


class RememberedFacts:
    """Asks another reader, which opens nothing here. Satisfies reshelve.planner.metadata.MetadataReader."""

    def __init__(self, reader: MetadataReader, seen: Mapping[str, InventoryReader]) -> None:
        self._reader = reader
        self._seen = seen

    @property
    def media(self) -> frozenset[str]:
        """The media that could be read with what is installed."""
        return self._reader.media

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        """Begin looking up files that will be asked for, each with its medium."""
        self._reader.expect(root_key, items)

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        """Return what is remembered of a file. Raises NotObserved where that is nothing."""
        facts = self._reader.read(root_key, item, medium)
        if root_key in self._seen and item.rel in self._seen[root_key].unopened:
            raise NotObserved(item.rel, "what is inside this file")
        return facts
