"""The many: moves within one file system whose files still stand as the run left them, taken back without asking anything twice."""

from collections.abc import Callable
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
        history, made = work.history, work.run.made
        self._only_moved = not (made or history.made or history.back)

    def take_back(self, index: int, operation: Move) -> bool:
        """Add the operation that takes back operation `index` of the run, and say so; or do nothing. Raises OSError."""
        here, back = operation.dst, operation.src
        if operation.across or TEMPORARY in here or TEMPORARY in back or not self._is_as_run(index, here, back):
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
        now.names.add(name_back)
        self._add(operation, item, now.made)
        leaves.now.take(name, len(self._work.operations) - 1)
        return True

    def _is_as_run(self, index: int, here: str, back: str) -> bool:
        """Say whether only the run itself did anything to these two places, and made nothing new."""
        work = self._work
        if not work.tree.is_untouched(here, back):
            return False
        known = work.history
        return self._only_moved or not (index in work.run.made or here in known.made or back in known.back)

    def _side(self, place: str, above: str) -> _Side:
        root, colon, rel = above.partition(":")
        reader = self._work.readers[root] if colon and root[-1:] != "%" and not self._work.away else None
        if reader is None or reader.root.kind == "bucket":
            return _Side(above, FolderNow())
        tree = self._work.tree
        return _Side(above, tree.unlisted((root, rel)), tree.filesystem(place)[0], len(root) + 1, reader.stat)

    def _add(self, operation: Move, item: Item, needs: tuple[int, ...]) -> None:
        """Add the operation. What a plan says of the file it has from the run, for it is the same."""
        work, here, back = self._work, operation.dst, operation.src
        kind: Literal["file", "link"] = "link" if item.kind == "link" else "file"
        seen = operation.size, operation.mtime_ns, operation.ino
        work.tree.carry(here, back, len(work.operations))
        work.operations.append(Move(here, back, *seen, kind, nlink=item.nlink, because=work.because, needs=needs))
