"""Twins: other names of a file that a run took to another file system, so that an undo gives it its name back, not a copy."""

from collections.abc import Iterator
from functools import cached_property

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.undo_tree import UndoTree
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, split
from reshelve.schemas.operations import Link, Move, Trash
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.run_record import Run

Twin = tuple[str, int]
"""Where another name of a file stands, and the inode of both."""

Name = tuple[str, int]
"""A file, by the id of its file system and its inode."""


class Twins:
    """Finds the names of moved files that stayed behind. The stores are walked once, and only where one is looked for."""

    def __init__(self, run: Run, readers: Readers, tree: UndoTree) -> None:
        self._run = run
        self._readers = readers
        self._tree = tree
        self._found: dict[Name, list[tuple[str, Item]]] | None = None

    def of(self, operation: Move, index: int) -> Twin | None:
        """Return where another name of what `operation` took stands by now, holding what operation `index` brought across.

        None where it had no other name, none is left, or what is left was changed since. Raises OSError.
        """
        if not self._had_others(operation) or operation.item != "file" or operation.objects:
            return None
        fs = self._tree.filesystem(operation.src)[0]
        for place, item in self._names().get((fs, operation.ino), ()):
            now = self._tree.now(place)
            if now is not None and (item.size, item.mtime_ns) == (operation.size, operation.mtime_ns) and self._holds(place, index):
                return now, item.ino
        return None

    def _had_others(self, operation: Move) -> bool:
        """Say whether a file had other names as it was moved: from before the run, or given by it."""
        return operation.nlink > 1 or operation.src in self._linked

    @cached_property
    def _linked(self) -> set[str]:
        """The places of files that the run gave another name."""
        done = (self._run.plan.operations[index] for index in self._run.done)
        return {operation.src for operation in done if isinstance(operation, Link) and operation.how == "hard"}

    def _holds(self, place: str, index: int) -> bool:
        """Say whether another name holds what stands where the file was brought; what the run once read says nothing of now."""
        brought = self._run.plan.operations[index].makes or ""
        root, rel = split(brought)
        return self._readers[root].stat(rel) is not None and self._digest(place) == self._digest(brought)

    def _digest(self, place: str) -> str:
        root, rel = split(place)
        return self._readers[root].digest(rel)

    def _names(self) -> dict[Name, list[tuple[str, Item]]]:
        if self._found is None:
            self._found = {}
            moves = [
                operation for operation in self._run.plan.operations if isinstance(operation, Move) and self._had_others(operation)
            ]
            wanted = {operation.ino for operation in moves}
            for place, item in self._seen():
                if item.kind == "file" and item.ino in wanted:
                    self._found.setdefault((item.fs, item.ino), []).append((place, item))
        return self._found

    def _seen(self) -> Iterator[tuple[str, Item]]:
        """Yield what stands in all roots, each thing by its innermost one as in a plan, and what the run trashed."""
        usable = {key: reader for key, reader in self._readers.items() if reader.root.available and reader.root.kind == "folder"}
        roots = {reader.root.path: key for key, reader in sorted(usable.items(), reverse=True)}
        for path, key in sorted(roots.items()):
            inner = tuple(f"{other[len(path) + 1 :]}/" for other in roots if other.startswith(f"{path}/"))
            for item in self._readers[key].walk().items:
                if not f"{item.rel}/".startswith(inner):
                    yield join(key, item.rel), item
        for index in sorted(self._run.done):
            operation = self._run.plan.operations[index]
            if isinstance(operation, Trash):
                place = trashed(operation.src, operation.top, self._run.id)
                root, rel = split(place)
                gone = self._readers[root].stat(rel) if root in self._readers else None
                if gone is not None:
                    yield place, gone
