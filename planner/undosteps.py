"""The inverse of each operation, tried on what stands now: an operation that takes it back, or an obstacle."""

from collections.abc import Mapping
from typing import Literal

from planner.detours import detours, is_aside
from planner.history import Identity, Since
from planner.obstacles import Obstacle
from planner.ports import Readers
from planner.twins import Twin, Twins
from planner.undofolders import UndoFolders
from planner.undoroom import UndoRoom
from planner.undotree import InTheWayError, UndoTree, ready_after
from schemas.inventory import Item, lasting_inodes
from schemas.locations import TEMPORARY, TRASH, decode_path, encode_path, join, parent, printable, split
from schemas.operations import AnyOperation, Copy, Link, MakeDir, Move, Purge, RemoveDir, Trash, Write
from schemas.operations.base import trashed
from schemas.quantities import human_size
from schemas.records import Run


class _Blocked(Exception):  # noqa: N818 - a signal, caught by `take_back`
    def __init__(self, code: str, place: str, what: str) -> None:
        super().__init__(code)
        self.code, self.place, self.what = code, place, what


class UndoSteps:
    """Collects the operations of one undo, in order. Feed it the run's operations last first.

    `asides` pairs the halves of exchanges (planner.detours). `narrow`: only part of the run is taken back, so a removed folder
    returns only where something returns into it, and a made one goes only when this empties it. `away` tells why roots are
    away: nothing of theirs is taken back.
    """

    def __init__(
        self, run: Run, history: Since, readers: Readers, asides: dict[int, int], *, narrow: bool, away: Mapping[str, str]
    ) -> None:
        self.operations: list[AnyOperation] = []
        self.obstacles: list[Obstacle] = []
        self._run = run
        self._history = history
        self._readers = readers
        self._away = away
        self._tree = UndoTree(readers)
        self.room = UndoRoom(readers, self._tree)
        self._because = f"takes back run {run.id}"
        self.folders = UndoFolders(run, readers, self._tree, self.operations, self._because, narrow=narrow)
        self._stays: set[str] = set()
        self._missing: set[str] = set()
        self._detours = detours(run, asides)
        self._twins = Twins(run, readers, self._tree)
        self._waiting: dict[int, tuple[str, int]] = {}
        self._asides: dict[str, tuple[Item, str, str]] = {}

    def take_back(self, index: int) -> None:
        """Take back operation `index` of the run, or note what stands in the way."""
        operation = self._run.plan.operations[index]
        here, back = operation.makes or "", operation.frees or ""
        try:
            if self._away:
                self._refuse_away(here, back)
            match operation:
                case Move() if index in self._detours:
                    self._step_aside(index, operation)
                case Move() if index in self._waiting:
                    self._bring_home(index, operation)
                case Move():
                    self._move_back(index, operation)
                case Trash():
                    self._out_of_trash(operation)
                case Copy() | Link() | Write():
                    self._unmake(index, operation)
                case MakeDir():
                    self.folders.remove(operation.dst)
                case RemoveDir():
                    self.folders.bring(operation)
                case Purge(item="dir"):
                    pass
                case Purge():
                    raise _Blocked("gone-for-good", operation.src, "was removed for good, and nothing brings it back")
        except _Blocked as why:
            self._note(index, here, back, why.code, why.place, why.what)
        except InTheWayError as why:
            self._note(index, here, back, "in-the-way", why.place, why.what)
        except OSError as trouble:
            self._note(index, here, back, "unreadable", here or back, f"cannot be looked at: {trouble.strerror or trouble}")

    def _note(self, index: int, here: str, back: str, code: str, place: str, what: str) -> None:
        self.obstacles.append(Obstacle(index, here, back, code, place, f"{printable(place)} {what}."))
        if here:
            self._stays.add(here)
        if back:
            self._missing.add(back)

    def _refuse_away(self, *places: str) -> None:
        for place in places:
            why = self._away.get(split(place)[0]) if place else None
            if why:
                raise _Blocked("store-unavailable", place, f"is in a store that is not available: {why}")

    # Files.

    def _move_back(self, index: int, operation: Move) -> None:
        here, back = operation.dst, operation.src
        if back in self._history.back:
            return
        item = self._still(here, self._identity_of(index, operation))
        if TRASH in operation.src and _in_trash(operation.src):
            self._trash(here, item)
        else:
            self._bring(here, item, back, operation.text, self._twins.of(operation, index) if operation.across else None)

    def _step_aside(self, index: int, operation: Move) -> None:
        """Take back the second half of an exchange with another file system: aside, where it is."""
        first = self._run.plan.operations[self._detours[index]]
        assert isinstance(first, Move)
        if first.src in self._history.back:
            return
        item = self._still(operation.dst, self._identity_of(index, operation))
        root, rel = split(operation.dst)
        aside = join(root, f"{parent(rel)}/{TEMPORARY}undo-{index}".lstrip("/"))
        self._bring(operation.dst, item, aside, operation.text)
        self._waiting[self._detours[index]] = aside, index

    def _bring_home(self, index: int, operation: Move) -> None:
        """Take back the first half: home from there."""
        aside, second = self._waiting[index]
        item, _, text = self._asides[aside]
        self._bring(aside, item, operation.src, text, self._twins.of(operation, second))

    def settle(self) -> bool:
        """Bring back where it stood what stepped aside and could not go on; say whether nothing is left under a temporary name."""
        for aside, (item, origin, text) in list(self._asides.items()):
            try:
                self._bring(aside, item, origin, text)
            except (_Blocked, InTheWayError, OSError):
                return False
        return True

    def _out_of_trash(self, operation: Trash) -> None:
        if operation.src in self._history.back:
            return
        here = self._history.trashed.get(operation.src) or trashed(operation.src, operation.top, self._run.id)
        self._bring(here, self._still(here, (operation.size, operation.mtime_ns, operation.ino)), operation.src, "")

    def _unmake(self, index: int, operation: Copy | Link | Write) -> None:
        here = operation.dst
        if here in self._history.back:
            return
        if isinstance(operation, Link):
            item = self._link_still(operation)
        else:
            item = self._still(here, self._identity_of(index, operation))
        self._trash(here, item)

    def _identity_of(self, index: int, operation: Move | Copy | Write) -> Identity:
        """Return the identity by which what the operation brought to its target is known again."""
        redone = self._history.made.get(operation.dst)
        if redone is not None:
            return redone
        made = self._run.made.get(index)
        if made is not None:
            return made.size, made.mtime_ns, made.ino
        if isinstance(operation, Move) and not operation.across:
            return operation.size, operation.mtime_ns, operation.ino
        raise _Blocked("not-told", operation.dst, "cannot be told from another file: the run left no record of what it made there")

    def _still(self, place: str, known: Identity) -> Item:
        """Return what stands at `place` when it is still what the run left there."""
        item = self._tree.item(place)
        if item is None:
            if place in self._missing:
                raise _Blocked("depends", place, "is not brought back, and this needs it")
            if _in_trash(place):
                raise _Blocked("gone-for-good", place, "is not in the trash any more")
            raise _Blocked("gone", place, "is gone")
        size, mtime_ns, ino = known
        if item.mtime_ns == mtime_ns and item.size == size and (item.ino == ino or not lasting_inodes(item.fs)):
            return item
        if place in self._missing:
            raise _Blocked("depends", place, "is something else until another file is back")
        if item.kind == "dir":
            raise _Blocked("changed", place, "is a folder now")
        if item.size != size:
            raise _Blocked("changed", place, f"was {human_size(size)}, and is {human_size(item.size)} now")
        raise _Blocked("changed", place, "is another file than the one this run left" if item.ino != ino else "was modified since")

    def _link_still(self, operation: Link) -> Item:
        place = operation.dst
        item = self._tree.item(place)
        if item is None:
            raise _Blocked("gone", place, "is gone")
        if operation.how == "hard":
            redone = self._history.made.get(place)
            if item.ino != (redone[2] if redone else operation.ino) and lasting_inodes(item.fs):
                raise _Blocked("changed", place, "is not the link this run made")
        else:
            root, rel = split(place)
            if item.kind != "link" or self._readers[root].read_link(rel) != decode_path(operation.text):
                raise _Blocked("changed", place, "is not the link this run made")
        return item

    def _bring(self, here: str, item: Item, back: str, text: str, twin: Twin | None = None) -> None:
        tree, kept_text = self._tree, text
        self._free(back)
        made_folder = self.folders.stand_for(back)
        here_fs, top = tree.filesystem(here)
        across = here_fs != tree.filesystem(back)[0]
        link = item.kind == "link"
        linked_to, linked_ino = "", 0
        if across:
            if link and not text:
                text = encode_path(self._readers[split(here)[0]].read_link(split(here)[1]))
            if not link:
                linked_to, linked_ino = twin or (self.room.copied_once(here_fs, item, back), 0)
        index = len(self.operations)
        needs = {made_folder, tree.freed_by(back), tree.brought_by(here)}
        if linked_to:
            needs.add(tree.brought_by(linked_to))
        if across:
            self.folders.keep_time(here, top)
        else:
            top = text = ""
        kind: Literal["file", "link"] = "link" if link else "file"
        size, mtime_ns, ino = item.size, item.mtime_ns, item.ino
        ready = ready_after(needs)
        self.operations.append(
            Move(here, back, size, mtime_ns, ino, kind, across, top, linked_to, linked_ino, text, item.nlink, self._because, ready)
        )
        tree.take(here, index)
        tree.put(back, item, index, here)
        self._asides.pop(here, None)
        if is_aside(back):
            self._asides[back] = item, here, kept_text

    def _trash(self, here: str, item: Item) -> None:
        index = len(self.operations)
        top = self._tree.filesystem(here)[1]
        self.folders.keep_time(here, top)
        needs = ready_after({self._tree.brought_by(here)})
        self.operations.append(Trash(here, item.size, item.mtime_ns, item.ino, top, self._because, needs))
        self._tree.take(here, index)

    def _free(self, place: str) -> None:
        if not self._tree.taken(place):
            return
        if place in self._stays:
            raise _Blocked("depends", place, "is still taken by what is not taken back")
        raise _Blocked("in-the-way", place, "is taken: something else stands there now")


def _in_trash(place: str) -> bool:
    return TRASH in place and f"/{TRASH}/" in f"/{split(place)[1]}"
