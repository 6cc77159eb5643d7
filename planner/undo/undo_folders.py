"""Folders on the way back: made ones go when they are empty, removed and missing ones return when something needs them."""

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.undo_tree import Folder, UndoTree, ready_after, spot
from reshelve.schemas.locations import join, parent, printable, split
from reshelve.schemas.operations import AnyOperation, MakeDir, RemoveDir
from reshelve.schemas.plan import FolderTime
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import Run


class UndoFolders:
    """Adds to `operations` what an undo does to folders. `narrow` as for UndoSteps."""

    def __init__(
        self, run: Run, readers: Readers, tree: UndoTree, operations: list[AnyOperation], because: str, *, narrow: bool
    ) -> None:
        self.notes: list[Problem] = []
        self.times: list[FolderTime] = []
        self._readers = readers
        self._tree = tree
        self._operations = operations
        self._because = because
        self._narrow = narrow
        self._kept: set[str] = set()
        self._removed: dict[str, RemoveDir] = {}
        self._timed = {folder.place for folder in run.folders} | {folder.place for folder in run.plan.folder_times}

    def stand_for(self, place: str) -> int:
        """Return the operation that makes the folder `place` goes into, -1 where it stands; a missing folder is made."""
        folder = spot(place)[2]
        if self._tree.names(folder) is None:
            self._make(folder)
        return self._tree.made_by(folder)

    def _make(self, folder: Folder) -> None:
        for one in self._tree.missing(folder):
            place = join(*one)
            removed = self._removed.get(place)
            needs = ready_after({self._tree.made_by((one[0], parent(one[1]))), self._tree.freed_by(place)})
            self._tree.make(one, len(self._operations))
            if removed is None:
                self._operations.append(MakeDir(place, because=self._because, needs=needs))
            else:
                self._operations.append(MakeDir(place, removed.mode, removed.uid, removed.gid, self._because, needs))
                self.times.append(FolderTime(place, -1, removed.mtime_ns))

    def bring(self, operation: RemoveDir) -> None:
        """Bring back a folder the run removed; when narrow, only once something returns into it."""
        self._removed[operation.src] = operation
        folder = split(operation.src)
        if not self._narrow and self._tree.names(folder) is None:
            self._make(folder)

    def remove(self, place: str) -> None:
        """Remove a folder the run made, if nothing is left in it by then."""
        folder = split(place)
        left = set[str]() if self._tree.is_emptied(folder) else self._tree.names(folder)
        took = self._tree.took_from(folder)
        if left is None:
            return
        if left or (self._narrow and not took):
            self._keep(place, folder, left)
            return
        reader = self._readers[folder[0]]
        seen = reader.stat(folder[1])
        if seen is None:
            return
        uid, gid = reader.owner(folder[1])
        index = len(self._operations)
        mode, because, needs = seen.mode & 0o7777, self._because, ready_after(took)
        self._operations.append(RemoveDir(place, mode, seen.mtime_ns, uid=uid, gid=gid, because=because, needs=needs))
        self._tree.remove(folder, index)

    def _keep(self, place: str, folder: Folder, left: set[str]) -> None:
        """Leave a folder standing; say so where it is not only for a folder below that stays too."""
        self._kept.add(place)
        others = sorted(one for one in left if join(folder[0], f"{folder[1]}/{one}") not in self._kept)
        if others and not self._narrow:
            more = f" and {len(others) - 1} more" if others[1:] else ""
            detail = f"It still contains {printable(others[0])}{more}."
            self.notes.append(Problem("folder-kept", "A folder stays.", detail, place, severity="note"))

    def unlike_before(self) -> list[str]:
        """Return the folders that are not put back as they were: made ones that stay, and removed ones that stay away."""
        gone = (place for place in self._removed if self._tree.names(split(place)) is None)
        return [*self._kept, *gone]

    def keep_time(self, here: str, top: str) -> None:
        """Keep the time of the folder whose trash this undo uses, where the run itself did not touch it."""
        place = join(split(here)[0], top)
        if place not in self._timed and self._readers[split(place)[0]].root.kind == "folder":
            self._timed.add(place)
            root, rel = split(place)
            seen = self._readers[root].stat(rel)
            if seen is not None:
                self.times.append(FolderTime(place, seen.mtime_ns, seen.mtime_ns))
