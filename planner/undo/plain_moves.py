"""The many: moves within one file system whose files still stand as the run left them, taken back without asking anything twice."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from reshelve.planner.undo.undo_tree import FolderNow
from reshelve.schemas.locations import TEMPORARY, TRASH
from reshelve.schemas.operations import Move
from reshelve.schemas.quick_dataclasses import dataclass

if TYPE_CHECKING:
    from reshelve.planner.undo.undo_context import UndoWork


@dataclass(slots=True)
class _Side:
    """The folder that files leave, or come back to: `above` is how the places of what lies in it begin.

    `root` is as long as the part of them that names their root. `fs` is the file system of what is in it, "" where nothing in it is
    taken back this way.
    """

    above: str
    now: FolderNow
    fs: str = ""
    root: int = 0
    fingerprint: Callable[[str], tuple[int, int, int] | None] = lambda _: None

    def holds(self, place: str) -> bool:
        """Say whether a place lies right in this folder."""
        return place.startswith(self.above) and "/" not in place[len(self.above) :]


class PlainMoves:
    """Takes back what has nothing to it but its rename. Everything else is left to the way that tells what is in its way."""

    def __init__(self, work: "UndoWork") -> None:
        self._work = work
        self._here = self._back = _Side(":", FolderNow())

    def take_back(self, indices: Sequence[int], start: int) -> int:
        """Take back these operations of the run from number `start` on, as far as they are plain; return how far that is."""
        done = self._work.run.plan.operations
        changed = self._work.history.made or self._work.history.back or self._work.run.made
        with suppress(OSError):  # told of what it is about by the other way
            for position in range(start, len(indices)):
                operation = done[indices[position]]
                if type(operation) is not Move or operation.across or TEMPORARY in operation.dst or TEMPORARY in operation.src:
                    return position
                if TRASH in operation.src:
                    # What came out of a trash goes into this run's own.
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
        leaves, enters = self._here, self._back
        if not leaves.holds(here):
            leaves = self._here = self._side(here)
        if not enters.holds(back):
            enters = self._back = self._side(back)
        now = enters.now
        if not leaves.fs or leaves.fs != enters.fs or not now.listed or now.names is None:
            return False
        name = now.key(back[len(enters.above) :])
        if name in now.names:
            return False
        if leaves.fingerprint(here[leaves.root :]) != (operation.ino, operation.size, operation.mtime_ns):
            return False
        index = len(self._work.operations)
        self._add(operation, now.made)
        tree.carry(here, back, index)
        now.names.add(name)
        leaves.now.take(here[len(leaves.above) :], index)
        return True

    def _side(self, place: str) -> _Side:
        root = place.partition(":")[0]
        above = place[: max(place.rfind("/"), len(root)) + 1]
        reader = self._work.readers[root] if root[-1:] != "%" and not self._work.away else None
        if reader is None or reader.root.kind == "bucket":
            return _Side(above, FolderNow())
        tree, rel = self._work.tree, above[len(root) + 1 : -1]
        return _Side(above, tree.unlisted((root, rel)), tree.filesystem(place)[0], len(root) + 1, reader.fingerprint)

    def _add(self, one: Move, needs: tuple[int, ...]) -> None:
        """Add the operation. What a plan says of the file it has from the run, for it is the same."""
        seen = one.size, one.mtime_ns, one.ino
        again = Move(one.dst, one.src, *seen, one.item, nlink=one.nlink, because=self._work.because, needs=needs)
        self._work.operations.append(again)
