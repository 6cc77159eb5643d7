"""Room for coming back: what copying files home across file systems needs there."""

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.undo_tree import UndoTree
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, split, store_of
from reshelve.schemas.plan import SpaceNeed
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size


class UndoRoom:
    """Counts bytes and new files by the file system they come back to; names of one file are copied once, then linked."""

    def __init__(self, readers: Readers, tree: UndoTree) -> None:
        self._readers = readers
        self._tree = tree
        self._asked: dict[str, tuple[str, int, int]] = {}
        self._first: dict[tuple[str, int, str], str] = {}

    def copied_once(self, fs: str, item: Item, back: str) -> str:
        """Return the place another name of the file was copied back to, "" where this is the first: then its bytes are counted."""
        target = self._tree.filesystem(back)[0]
        if item.nlink > 1:
            first = self._first.setdefault((fs, item.ino, target), back)
            if first != back:
                return first
        place, size, files = self._asked.get(target, (back, 0, 0))
        self._asked[target] = place, size + item.size, files + 1
        return ""

    def needs(self) -> list[SpaceNeed]:
        """Return the room needed on each file system."""
        found = []
        for fs, (place, size, files) in sorted(self._asked.items()):
            root, _ = split(place)
            top = self._tree.filesystem(place)[1]
            found.append(SpaceNeed(fs, join(root, top) if top else root, size, files))
        return found

    def problems(self) -> list[Problem]:
        """Return an error for each file system that cannot hold what is to come back to it."""
        found = []
        for need in self.needs():
            root, _, top = need.root.partition(":")
            reader = self._readers[root]
            free, reserve = reader.space(top).free, reader.root.reserve
            room = max(free - reserve, 0)
            if need.needs > room:
                kept = f" ({human_size(free)} less the reserve of {human_size(reserve)})" if reserve else ""
                detail = f"The undo needs {human_size(need.needs)}, and {human_size(room)} are free{kept}."
                hint = "Free some room, or undo less at once with --only."
                hint += f" `reserve:` of {store_of(root)} says how much is kept." if reserve else ""
                found.append(Problem("no-room", "Not enough room.", detail, need.root, hint))
        return found
