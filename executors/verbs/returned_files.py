"""What a run brings back out of a trash folder goes back there only as the run left it: somebody may work on it meanwhile.

Whoever rewrites a file in place and puts its size and times back leaves another change time than the rename did. That is kept, by
inode, and written to the journal. Where a kill kept it from the journal the trash folder tells: its modification time is that of
the last rename out of it, and whatever was changed later than that was changed by somebody.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from reshelve.executors.contracts.changed_since_plan import DriftedError
from reshelve.executors.contracts.object_store import AnyStore, folder_store
from reshelve.executors.verbs.original_removal import TICK_NS
from reshelve.schemas.inventory import Item, tells_changes
from reshelve.schemas.locations import TRASH, in_trash, join, parent, split
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.verbs import Rename

Name = tuple[str, int]
"""A file, by the id of its file system and its inode number."""
_CHANGED = 0
"""In place of a change time: somebody changed it between two steps of the run."""
_UNREADABLE = 1 << 63


def comes_back(verb: Rename) -> bool:
    """Say whether a rename brings something out of a trash folder into sight."""
    return TRASH in verb.src and in_trash(split(verb.src)[1]) and not in_trash(split(verb.dst)[1])


class Returned:
    """What one run brought back, by how it left it. `untold` are the places of what went to the trash again with nothing to tell
    whether anybody had written to it.
    """

    def __init__(self, stores: Mapping[str, AnyStore]) -> None:
        self._stores = stores
        self._left: dict[Name, int] = {}
        self._doubtful: set[Name] = set()
        self._fresh: dict[str, int] = {}
        self.inos: set[int] = set()
        self.untold: list[str] = []

    def follows(self, verb: Rename) -> bool:
        """Say whether a rename is to be looked at just before and just after."""
        return (TRASH in verb.src and comes_back(verb)) or verb.ino in self.inos

    def renamed(self, verb: Rename, before: Item, after: Item | None) -> None:
        """Note a rename of something that came back, or comes back by it, as it was seen just before and just after."""
        name, back = (before.fs, before.ino), comes_back(verb)
        if name not in self._left:
            if not back:
                return
            self._left[name] = before.ctime_ns
            self.inos.add(before.ino)
        self.stepped(before, after)
        if back and after is not None and tells_changes(after.fs):
            self._fresh[verb.src] = self._left[name]

    def stepped(self, before: Item, after: Item | None) -> None:
        """Note what a step of this run made of the change time of something that came back."""
        name = before.fs, before.ino
        if name not in self._left:
            return
        if after is None:
            self._doubtful.add(name)
        else:
            self._left[name] = after.ctime_ns if self._left[name] == before.ctime_ns else _CHANGED

    def unwritten(self, operations: Iterable[tuple[int, AnyOperation]]) -> dict[int, int]:
        """Return, once, the change times that the journal lacks of what these numbered operations brought back."""
        if not self._fresh:
            return {}
        return {index: self._fresh.pop(each.frees) for index, each in operations if each.frees in self._fresh}

    def recall(self, verbs: Iterable[Rename], journaled: Mapping[str, int], *, links: bool) -> None:
        """Find out, before a process that goes on with the run changes anything, what is as the run left it.

        `links`: the run gives files further names.
        """
        back: list[tuple[Rename, Item]] = []
        again: set[int] = set()
        for verb in verbs:
            with suppress(OSError):  # of what cannot be looked at nothing is known
                item = self._seen(verb.dst)
                if item is None:
                    again.add(verb.ino)
                elif item.ino == verb.ino and tells_changes(item.fs):
                    back.append((verb, item))
        for verb, item in back:
            with suppress(OSError):
                # The run's own step with another of its names changes the change time, too.
                self._recall(verb, item, journaled.get(verb.src), doubtful=item.nlink > 1 and (links or item.ino in again))

    def _recall(self, verb: Rename, item: Item, until: int | None, *, doubtful: bool) -> None:
        name, journaled = (item.fs, item.ino), until is not None
        newest = self._newest(verb, item)
        if until is None:
            root, rel = split(verb.src)
            folder = self._seen(join(root, parent(rel)))
            until, doubtful = (folder.mtime_ns + TICK_NS, doubtful) if folder is not None else (_CHANGED, True)
        self.inos.add(item.ino)
        if newest <= until:
            self._left[name] = item.ctime_ns
        else:
            self._left.setdefault(name, _CHANGED)
            if doubtful:
                self._doubtful.add(name)
        if not journaled:
            self._fresh[verb.src] = item.ctime_ns if newest <= until else _CHANGED

    def expect_as_left(self, verb: Rename, item: Item) -> None:
        """Raise DriftedError if what goes into the trash again was changed since it came; note it where that is not known."""
        name = item.fs, item.ino
        if tells_changes(item.fs) and name in self._left:
            newest = self._newest(verb, item)
            if newest == self._left[name] or (item.kind == "dir" and newest < self._left[name]):
                return
            if name not in self._doubtful:
                raise DriftedError(verb.dst, "was changed since it came out of the trash, so it stays")
        self.untold.append(verb.dst)

    def _newest(self, verb: Rename, item: Item) -> int:
        """Return the change time of a file, of a folder the newest of all in it. Raises OSError."""
        if item.kind != "dir":
            return item.ctime_ns
        root, rel = split(verb.dst)
        listing = folder_store(self._stores[root]).walk(rel)
        if listing.unreadable:
            return _UNREADABLE
        return max((item.ctime_ns, *(each.ctime_ns for each in listing.items)))

    def _seen(self, place: str) -> Item | None:
        root, rel = split(place)
        return self._stores[root].stat(rel)
