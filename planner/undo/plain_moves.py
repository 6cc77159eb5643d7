"""The many: moves within one file system whose files still stand as the run left them, taken back without asking anything twice."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from reshelve.planner.undo.undo_tree import FolderNow
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import TEMPORARY
from reshelve.schemas.name_rules import fold
from reshelve.schemas.operations import Move
from reshelve.schemas.quick_dataclasses import dataclass

if TYPE_CHECKING:
    from reshelve.planner.undo.undo_context import UndoWork


@dataclass(slots=True)
class _Side:
    """The folder that files leave, or come back to: `above` is how its places begin, which are paths of its root from `start` on.

    `fs` is the file system of what is in it, "" where nothing in it is taken back this way.
    """

    above: str
    now: FolderNow
    fs: str = ""
    start: int = 0
    stat: Callable[[str], Item | None] = lambda _: None


class PlainMoves:
    """Takes back what has nothing to it but its rename. Everything else is left to the way that tells what is in its way."""

    def __init__(self, work: "UndoWork") -> None:
        self._work = work
        self._here = self._back = _Side("", FolderNow())

    def take_back(self, indices: Sequence[int], start: int) -> int:
        """Take back these operations of the run from number `start` on, as far as they are plain; return how far that is."""
        done = self._work.run.plan.operations
        changed = self._work.history.made or self._work.history.back or self._work.run.made
        with suppress(OSError):  # told of what it is about by the other way
            for position in range(start, len(indices)):
                operation = done[indices[position]]
                if type(operation) is not Move or operation.across or TEMPORARY in operation.dst or TEMPORARY in operation.src:
                    return position
                if changed and not self._is_as_run(indices[position], operation):
                    return position
                if not self._take_back(operation):
                    return position
            return len(indices)
        return position

    def _is_as_run(self, index: int, operation: Move) -> bool:
        """Say whether only the run itself did anything to these two places, and made nothing new."""
        history = self._work.history
        return not (index in self._work.run.made or operation.dst in history.made or operation.src in history.back)

    def _take_back(self, operation: Move) -> bool:
        """Add the operation that takes back a move, and say so; or do nothing. Raises OSError."""
        tree, here, back = self._work.tree, operation.dst, operation.src
        if not tree.is_untouched(here, back):
            return False
        above, _, name = here.rpartition("/")
        below, _, name_back = back.rpartition("/")
        if self._here.above != above:
            self._here = self._side(here, above)
        if self._back.above != below:
            self._back = self._side(back, below)
        leaves, enters = self._here, self._back
        now = enters.now
        if not leaves.fs or leaves.fs != enters.fs or not now.listed or now.names is None:
            return False
        name_back = fold(name_back) if now.folds else name_back
        if name_back in now.names:
            return False
        item = leaves.stat(here[leaves.start :])
        if item is None or item.ino != operation.ino or item.size != operation.size or item.mtime_ns != operation.mtime_ns:
            return False
        index = len(self._work.operations)
        self._add(operation, item, now.made)
        tree.carry(here, back, index)
        now.names.add(name_back)
        leaves.now.take(name, index)
        return True

    def _side(self, place: str, above: str) -> _Side:
        root, colon, rel = above.partition(":")
        reader = self._work.readers[root] if colon and root[-1:] != "%" and not self._work.away else None
        if reader is None or reader.root.kind == "bucket":
            return _Side(above, FolderNow())
        tree = self._work.tree
        return _Side(above, tree.unlisted((root, rel)), tree.filesystem(place)[0], len(root) + 1, reader.stat)

    def _add(self, operation: Move, item: Item, needs: tuple[int, ...]) -> None:
        """Add the operation. What a plan says of the file it has from the run, for it is the same."""
        kind: Literal["file", "link"] = "link" if item.kind == "link" else "file"
        seen = operation.size, operation.mtime_ns, operation.ino
        again = Move(operation.dst, operation.src, *seen, kind, nlink=item.nlink, because=self._work.because, needs=needs)
        self._work.operations.append(again)
