"""What stands where while a run is taken back: the stores as they are, with what this undo has moved so far."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import lru_cache

from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, parent, split
from reshelve.schemas.name_rules import fold
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.quick_dataclasses import dataclass

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


@dataclass(slots=True)
class FolderNow:
    """A folder as it is by now. Until it is `listed`, only what was taken out of it is known.

    `names` are those in it, folded where `folds`, None where there is no such folder. `made` is the operation of this undo that
    made it, as one that brings something into it needs it; `took` are those that took something out of it. `lies_on` is the file
    system of what is in it, and that one's topmost folder in its root.
    """

    listed: bool = False
    names: set[str] | None = None
    folds: bool = False
    made: tuple[int, ...] = ()
    took: list[int] = field(default_factory=list)
    lies_on: tuple[str, str] | None = None

    def key(self, name: str) -> str:
        """Return what stands for a name among the `names`."""
        return fold(name) if self.folds else name

    def take(self, name: str, index: int) -> None:
        """Operation `index` takes away what has a name in here."""
        self.took.append(index)
        if self.names is not None:
            self.names.discard(self.key(name))


class UndoTree:
    """A view of the stores on which `operations` are tried as they are added. Reads each folder once; OSError passes through."""

    def __init__(self, readers: Readers, operations: Sequence[AnyOperation]) -> None:
        self._readers = readers
        self._operations = operations
        self._brought: dict[str, int] = {}
        self._items: dict[str, Item] = {}
        self._freed: dict[str, int] = {}
        self._went: dict[str, str] = {}
        self._came: dict[str, str] = {}
        self._folders: dict[Folder, FolderNow] = {}

    def item(self, place: str) -> Item | None:
        """Return what stands at `place` by now."""
        if place in self._brought:
            return self._items[place] if place in self._items else self._seen(self.origin(place))
        return None if place in self._freed else self._seen(place)

    def _seen(self, place: str) -> Item | None:
        root, rel, _, _ = spot(place)
        return self._readers[root].stat(rel)

    def brought_by(self, place: str) -> int:
        """Return the operation of this undo that brought what stands at `place`, or -1."""
        return self._brought.get(place, -1)

    def freed_by(self, place: str) -> int:
        """Return the operation of this undo that took away what stood at `place`, or -1."""
        return self._freed.get(place, -1)

    def is_untouched(self, one: str, other: str) -> bool:
        """Say whether this undo neither brought something to these places nor took something from there."""
        brought, freed = self._brought, self._freed
        return not (one in brought or one in freed or other in brought or other in freed)

    def made_by(self, folder: Folder) -> int:
        """Return the operation of this undo that made `folder`, or -1."""
        made = self.unlisted(folder).made
        return made[0] if made else -1

    def took_from(self, folder: Folder) -> list[int]:
        """Return the operations of this undo that took something out of `folder`."""
        return self.unlisted(folder).took

    def unlisted(self, folder: Folder) -> FolderNow:
        """Return a folder as it is by now; what is in it may not have been asked for yet."""
        now = self._folders.get(folder)
        if now is None:
            now = self._folders[folder] = FolderNow()
        return now

    def folder(self, folder: Folder) -> FolderNow:
        """Return a folder as it is by now, its names told; it is kept up as things move."""
        now = self.unlisted(folder)
        if not now.listed:
            root, rel = folder
            reader = self._readers[root]
            seen = reader.names(rel)
            if seen is not None:
                now.folds = reader.folds(rel)
                left = self._left(now, folder)
                now.names = set(map(fold, seen)).difference(map(fold, left)) if now.folds else seen.difference(left)
            now.listed = True
        return now

    def _left(self, now: FolderNow, folder: Folder) -> list[str]:
        """Return the names of what was taken out of a folder."""
        above = join(folder[0], f"{folder[1]}/" if folder[1] else "")  # where their names are text, their places begin so
        places = [self._operations[index].frees or "" for index in now.took]
        return [place[len(above) :] if place.startswith(above) else spot(place)[3] for place in places]

    def is_emptied(self, folder: Folder) -> bool:
        """Say whether this undo took all that was in a folder; False where that needs a closer look."""
        now, (root, rel) = self.unlisted(folder), folder
        if now.listed or not now.took:
            return False
        seen = self._readers[root].names(rel)
        return seen is not None and seen.issubset(self._left(now, folder))

    def names(self, folder: Folder) -> set[str] | None:
        """Return the names in `folder` by now (folded where its file system folds), or None where there is no folder."""
        return self.folder(folder).names

    def taken(self, place: str) -> bool:
        """Say whether something stands at `place` by now, or under a name that its file system takes for the same."""
        _, _, folder, name = spot(place)
        now = self.folder(folder)
        return now.names is not None and now.key(name) in now.names

    def now(self, place: str) -> str | None:
        """Return where what stood at `place` before this undo stands by now, or None where it is out of sight."""
        while place in self._freed:
            went = self._went.get(place) or self._operations[self._freed[place]].makes
            if went is None:
                return None
            place = went
        return place

    def origin(self, place: str) -> str:
        """Return where what stands at `place` by now stood before this undo."""
        if place in self._came:
            return self._came[place]
        carried = place in self._brought and place not in self._items
        return self._operations[self._brought[place]].frees or place if carried else place

    def put(self, place: str, item: Item, index: int, came_from: str) -> None:
        """Operation `index` brings `item` to `place`, from another place or, where that is "", from out of sight."""
        self._brought[place] = index
        self._items[place] = item
        if came_from:
            self._went[came_from] = place
            self._came[place] = self.origin(came_from)
        self._freed.pop(place, None)
        self._enter(place)

    def take(self, place: str, index: int) -> None:
        """Operation `index` takes away what stands at `place`."""
        self._brought.pop(place, None)
        self._items.pop(place, None)
        self._freed[place] = index
        _, _, folder, name = spot(place)
        self.unlisted(folder).take(name, index)

    def carry(self, here: str, back: str, index: int) -> None:
        """Operation `index` brings what stands at `here` to `back`, both untouched so far, by its name alone.

        For the many: the operation tells the rest, and who calls this keeps up the two folders.
        """
        self._freed[here] = self._brought[back] = index

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
        now = self.unlisted(folder)
        now.listed, now.names, now.made = True, set(), (index,)
        now.folds = self.unlisted((folder[0], parent(folder[1]))).folds
        self._enter(join(*folder))

    def remove(self, folder: Folder, index: int) -> None:
        """Operation `index` removes `folder`."""
        self.take(join(*folder), index)
        now = self.unlisted(folder)
        now.listed, now.names, now.made = True, None, ()

    def filesystem(self, place: str) -> tuple[str, str]:
        """Return the file system a file at `place` lies on, and that one's topmost folder in its root."""
        _, _, folder, _ = spot(place)
        now = self.unlisted(folder)
        if now.lies_on is None:
            now.lies_on = self._readers[folder[0]].fs_of(folder[1])
        return now.lies_on

    def _enter(self, place: str) -> None:
        _, _, folder, name = spot(place)
        now = self.folder(folder)
        if now.names is not None:
            now.names.add(now.key(name))


def ready_after(indices: Iterable[int]) -> tuple[int, ...]:
    """Return operations as an operation's needs: sorted, each once, -1 for none left out."""
    return tuple(sorted({index for index in indices if index >= 0}))
