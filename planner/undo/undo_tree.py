"""What stands where while a run is taken back: the stores as they are, with what this undo has moved so far."""

from collections.abc import Iterable
from functools import lru_cache

from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import TRASH, join, parent, split
from reshelve.schemas.name_rules import fold

Folder = tuple[str, str]


@lru_cache(512)
def spot(place: str) -> tuple[str, str, Folder, str]:
    """Return root key and path of a place, its folder, and its name in there; kept, for one operation asks for them many times."""
    root, rel = split(place)
    above, _, name = rel.rpartition("/")
    return root, rel, (root, above), name


class InTheWayError(Exception):
    """Something stands where a folder is needed, or the root itself is gone: `place`, and `what` in words."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place)
        self.place = place
        self.what = what


class UndoTree:
    """A view of the stores on which operations are tried. Reads each folder once; OSError passes through."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._placed: dict[str, tuple[Item, int]] = {}
        self._freed: dict[str, int] = {}
        self._went: dict[str, str] = {}
        self._came: dict[str, str] = {}
        self._names: dict[Folder, set[str] | None] = {}
        self._folds: dict[Folder, bool] = {}
        self._took: dict[Folder, list[int]] = {}
        self._made: dict[Folder, int] = {}
        self._filesystems: dict[Folder, tuple[str, str]] = {}

    def item(self, place: str) -> Item | None:
        """Return what stands at `place` by now."""
        placed = self._placed.get(place)
        if placed is not None:
            return placed[0]
        if place in self._freed:
            return None
        root, rel, _, _ = spot(place)
        return self._readers[root].stat(rel)

    def brought_by(self, place: str) -> int:
        """Return the operation of this undo that brought what stands at `place`, or -1."""
        placed = self._placed.get(place)
        return placed[1] if placed is not None else -1

    def freed_by(self, place: str) -> int:
        """Return the operation of this undo that took away what stood at `place`, or -1."""
        return self._freed.get(place, -1)

    def made_by(self, folder: Folder) -> int:
        """Return the operation of this undo that made `folder`, or -1."""
        return self._made.get(folder, -1)

    def took_from(self, folder: Folder) -> list[int]:
        """Return the operations of this undo that took something out of `folder`."""
        return self._took.get(folder, [])

    def names(self, folder: Folder) -> set[str] | None:
        """Return the names in `folder` by now (folded where its file system folds), or None where there is no folder."""
        if folder in self._names:
            return self._names[folder]
        root, rel = folder
        reader = self._readers[root]
        seen = reader.names(rel)
        if seen is None:
            self._names[folder] = None
            return None
        self._folds[folder] = reader.folds(rel)
        names = {fold(one) for one in seen} if self._folds[folder] else set(seen)
        self._names[folder] = names
        return names

    def taken(self, place: str) -> bool:
        """Say whether something stands at `place` by now, or under a name that its file system takes for the same."""
        _, _, folder, name = spot(place)
        names = self.names(folder)
        return names is not None and self._key(folder, name) in names

    def now(self, place: str) -> str | None:
        """Return where what stood at `place` before this undo stands by now, or None where it is out of sight."""
        while place in self._freed:
            if place not in self._went:
                return None
            place = self._went[place]
        return place

    def origin(self, place: str) -> str:
        """Return where what stands at `place` by now stood before this undo."""
        return self._came.get(place, place)

    def put(self, place: str, item: Item, index: int, came_from: str) -> None:
        """Operation `index` brings `item` to `place`, from another place or, where that is "", from out of sight."""
        self._placed[place] = item, index
        if came_from:
            self._went[came_from] = place
            self._came[place] = self.origin(came_from)
        self._freed.pop(place, None)
        self._enter(place)

    def take(self, place: str, index: int) -> None:
        """Operation `index` takes away what stands at `place`."""
        self._placed.pop(place, None)
        self._freed[place] = index
        _, _, folder, name = spot(place)
        self._took.setdefault(folder, []).append(index)
        names = self._names.get(folder) if TRASH in folder[1] else self.names(folder)
        if names is not None:
            names.discard(self._key(folder, name))

    def missing(self, folder: Folder) -> list[Folder]:
        """Return the folders to make so that `folder` stands, topmost first. Raises InTheWayError."""
        found: list[Folder] = []
        while self.names(folder) is None:
            place = join(*folder)
            if folder[1] == "":
                raise InTheWayError(place, "is gone: there is no such folder")
            above = folder[0], parent(folder[1])
            if self.item(place) is not None or (self.names(above) is not None and self.taken(place)):
                raise InTheWayError(place, "is no longer a folder")
            found.append(folder)
            folder = above
        return found[::-1]

    def make(self, folder: Folder, index: int) -> None:
        """Operation `index` makes `folder`."""
        self._names[folder] = set()
        self._folds[folder] = self._folds.get((folder[0], parent(folder[1])), False)
        self._made[folder] = index
        self._enter(join(*folder))

    def remove(self, folder: Folder, index: int) -> None:
        """Operation `index` removes `folder`."""
        self.take(join(*folder), index)
        self._names[folder] = None
        self._made.pop(folder, None)

    def filesystem(self, place: str) -> tuple[str, str]:
        """Return the file system a file at `place` lies on, and that one's topmost folder in its root."""
        _, _, folder, _ = spot(place)
        found = self._filesystems.get(folder)
        if found is None:
            found = self._filesystems[folder] = self._readers[folder[0]].fs_of(folder[1])
        return found

    def _enter(self, place: str) -> None:
        _, _, folder, name = spot(place)
        names = self.names(folder)
        if names is not None:
            names.add(self._key(folder, name))

    def _key(self, folder: Folder, one: str) -> str:
        return fold(one) if self._folds.get(folder) else one


def ready_after(indices: Iterable[int]) -> tuple[int, ...]:
    """Return operations as an operation's needs: sorted, each once, -1 for none left out."""
    return tuple(sorted({index for index in indices if index >= 0}))
