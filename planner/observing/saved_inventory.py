"""Reading from memory: a saved inventory stands in for the disks, and says so when asked for what nobody looked at."""

import errno
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NoReturn

from reshelve.planner.ports.store_reader import Enter, Readers
from reshelve.schemas.inventory import Inventory, Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.locations import is_own, parent
from reshelve.schemas.verbs import Member


class NotObserved(OSError):  # noqa: N818 - what is not known, not what went wrong
    """Asked for something that the inventory does not hold; what depends on it is unknown."""

    def __init__(self, rel: str, what: str) -> None:
        super().__init__(errno.ENODATA, f"{what} was not observed", rel)


Known = Callable[[Item], str | None]
"""What is remembered of the content of exactly this item: its hash, or None."""


def _nothing(_item: Item) -> None:
    return None


class InventoryReader:
    """One root as it was seen. It satisfies the planner's Reader without touching a disk.

    Content is not kept in an inventory: `known` says what is remembered of it. `unopened` are files that were to be opened.
    """

    def __init__(self, listing: Listing, known: Known = _nothing) -> None:
        self.root: Root = listing.root
        self.unopened: set[str] = set()
        self._listing = listing
        self._remembered = known
        self._items: dict[str, Item] | None = None
        self._names: dict[str, set[str]] = {}

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, or None where there was nothing. Raises NotObserved below a folder that could not be read."""
        return self._known(rel).get(rel)

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what was at `rel`, or None as `stat` would."""
        item = self.stat(rel)
        return (item.ino, item.size, item.mtime_ns) if item is not None else None

    def names(self, rel: str) -> set[str] | None:
        """Return the names in a folder (reshelve's own left out), or None where there was none. Raises NotObserved."""
        item = self._known(rel).get(rel)
        if item is None and self.root.kind == "bucket":
            return set(self._names.get(rel, ()))
        if item is None or item.kind != "dir":
            return None
        if rel in self._listing.unreadable:
            raise NotObserved(rel, "the content of this folder")
        return set(self._names.get(rel, ()))

    def walk(self, rel: str = "", enter: Enter | None = None) -> Listing:
        """Return everything seen below `rel`, sorted by path."""
        self._known(rel)
        if enter is not None:
            return self.walk(rel).entered(rel, enter)
        if rel == "":
            return self._listing
        below = rel + "/"
        items = [item for item in self._listing.items if item.rel.startswith(below)]
        unreadable = {folder: why for folder, why in self._listing.unreadable.items() if folder == rel or folder.startswith(below)}
        odd = [item for item in self._listing.odd if item.rel.startswith(below)]
        return replace(self._listing, items=items, unreadable=unreadable, odd=odd)

    def links(self, enter: Enter) -> list[SymbolicLink]:  # noqa: ARG002
        """Return none: what links hold is not kept."""
        return []

    def read_link(self, rel: str) -> str:
        """Raise NotObserved: what links hold is not kept."""
        raise NotObserved(rel, "what this link holds")

    def digest(self, rel: str) -> str:
        """Return the content hash that is remembered of exactly this file. Raises NotObserved where none is."""
        item = self.stat(rel)
        digest = self._remembered(item) if item is not None and item.kind == "file" else None
        if digest is None:
            raise NotObserved(rel, "the content of this file")
        return digest

    def open(self, rel: str) -> NoReturn:
        """Raise NotObserved: content is not kept."""
        self.unopened.add(rel)
        raise NotObserved(rel, "the content of this file")

    def tail(self, rel: str) -> str:
        """Raise NotObserved: content is not kept."""
        raise NotObserved(rel, "the content of this file")

    def checksum(self, rel: str, kind: str) -> str:  # noqa: ARG002
        """Raise NotObserved: content is not kept."""
        raise NotObserved(rel, "the content of this file")

    def hidden(self, rel: str, ino: int = 0) -> Item | None:  # noqa: ARG002
        """Raise NotObserved: what lies under delete markers is not kept."""
        raise NotObserved(rel, "what lies under a delete marker here")

    def beneath(self, rel: str, ino: int) -> Item | None:  # noqa: ARG002
        """Raise NotObserved: versions are not kept."""
        raise NotObserved(rel, "what lies beneath this object")

    def details(self, rel: str) -> Mapping[str, str]:
        """Raise NotObserved: what is recorded with objects is not kept."""
        raise NotObserved(rel, "what is recorded with this object")

    def known_digest(self, rel: str) -> str:
        """Return the content hash that is remembered of exactly this object, else ""."""
        item = self.stat(rel)
        return (self._remembered(item) if item is not None else None) or ""

    def checksums(self, rel: str) -> tuple[str, ...]:
        """Raise NotObserved: what the service tells of objects is not kept."""
        raise NotObserved(rel, "what the service tells of this object")

    def made_by(self, rel: str) -> str:
        """Raise NotObserved: what is recorded with objects is not kept."""
        raise NotObserved(rel, "what is recorded with this object")

    def verified(self, rel: str) -> str:
        """Raise NotObserved: what archives hold is not kept."""
        raise NotObserved(rel, "what this archive holds")

    def odd(self) -> list[Item]:
        """Return the objects whose keys are no paths."""
        return self._listing.odd

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:  # noqa: ARG002 - as the port has it
        """Return nothing: what objects have besides their content is not observed, and so not told."""
        return ()

    def read_document(self, what: str) -> str:
        """Raise NotObserved: a bucket's documents are not kept."""
        raise NotObserved("", f"the {what} of this bucket")

    def record(self, rel: str) -> str:
        """Raise NotObserved: what archives hold is not kept."""
        raise NotObserved(rel, "what this archive holds")

    def manifest(self, rel: str) -> str:
        """Raise NotObserved: what archives hold is not kept."""
        raise NotObserved(rel, "what this archive holds")

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Raise NotObserved: what archives hold is not kept."""
        raise NotObserved(rel, "what this archive holds")

    def space(self, rel: str = "") -> Space:
        """Return the room there was on the root's own file system. Raises NotObserved for any other."""
        if self.fs_of(rel)[1] or self._listing.space is None:
            raise NotObserved(rel, "the room on this file system")
        return self._listing.space

    def fs_of(self, rel: str) -> tuple[str, str]:
        """Return the file system that held `rel` or its nearest parent, and the topmost folder of it in this root."""
        items = self._known("")
        while rel and rel not in items:
            rel = parent(rel)
        item = items.get(rel)
        if item is None or item.fs == self.root.fs:
            return self.root.fs, ""
        top = rel if item.kind == "dir" else parent(rel)
        while (above := items.get(parent(top))) is not None and above.rel and above.fs == item.fs:
            top = above.rel
        return item.fs, top

    def folds(self, rel: str = "") -> bool:
        """Say whether names fold on the root's own file system, which stands for all of the root."""
        del rel
        return self._listing.folds

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:  # noqa: ARG002
        """Return none: it cannot be told here."""
        return set()

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (-1, -1): owners are not kept."""
        del rel
        return -1, -1

    def _known(self, rel: str) -> dict[str, Item]:
        """Return the index of items, made at first use. Raises NotObserved where nothing can be told about `rel`."""
        if not self.root.available:
            raise NotObserved(rel, f"{self.root.key} is unavailable ({self.root.why}); it")
        items = self._items
        if items is None:
            items = self._items = {"": Item("", "dir", 0, 0, 0, 0, 1, 0o755, self.root.fs)}
            for item in self._listing.items:
                items[item.rel] = item
                folder, _, name = item.rel.rpartition("/")
                if not is_own(name):
                    self._names.setdefault(folder, set()).add(name)
                while folder and folder not in items and self.root.kind == "bucket":
                    # In a bucket a folder is what keys lie below.
                    items[folder] = Item(folder, "dir", 0, 0, 0, 0, 1, 0o755, self.root.fs)
                    folder, _, name = folder.rpartition("/")
                    self._names.setdefault(folder, set()).add(name)
        if self._listing.unreadable and rel not in items:
            above = rel
            while above:
                above = parent(above)
                if above in self._listing.unreadable:
                    raise NotObserved(rel, "this")
        return items


def readers_from(inventory: Inventory, known: Known = _nothing) -> dict[str, InventoryReader]:
    """Return readers that answer from a saved inventory; `known` says what is remembered of the content of a file."""
    return {key: InventoryReader(listing, known) for key, listing in inventory.listings.items()}


def not_observed(root: Root) -> InventoryReader:
    """Return the reader of a root that an inventory does not hold: it counts as away."""
    why = "it is not in the inventory"
    return InventoryReader(
        Listing(replace(root, available=False, why=why, remedy="reshelve observe -o FILE"), unreadable={"": why})
    )


def with_room(inventory: Inventory, readers: Readers) -> Inventory:
    """Return the inventory with the room on each root's file system and whether names fold there, as far as can be told."""
    listings = dict(inventory.listings)
    for key, listing in listings.items():
        reader = readers.get(key)
        if reader is None or not listing.root.available:
            continue
        try:
            listings[key] = replace(listing, folds=reader.folds(), space=reader.space())
        except OSError:
            continue
    return replace(inventory, listings=listings)
