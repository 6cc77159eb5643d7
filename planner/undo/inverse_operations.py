"""The inverse of each operation, tried on what stands now: an operation that takes it back, or an obstacle."""

from collections.abc import Container, Mapping, Sequence

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.by_content import ByContent
from reshelve.planner.undo.kept_originals_back import bring_original, original_note
from reshelve.planner.undo.last_copies import original, rested_again
from reshelve.planner.undo.later_runs import Since
from reshelve.planner.undo.names_left_behind import Twins
from reshelve.planner.undo.plain_moves import PlainMoves
from reshelve.planner.undo.swap_detours import detours
from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.planner.undo.undo_context import UndoWork, in_trash
from reshelve.planner.undo.undo_objects import UndoObjects
from reshelve.planner.undo.undo_tree import InTheWayError
from reshelve.planner.undo.undone_links import link_still
from reshelve.planner.undo.unpacked_folders import changed_inside
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.locations import TEMPORARY, TRASH, join, parent, printable, split
from reshelve.schemas.operations import (
    AnyOperation,
    Copy,
    Link,
    MakeDir,
    Move,
    Pack,
    Purge,
    RemoveDir,
    Trash,
    Unpack,
    Upload,
    Write,
)
from reshelve.schemas.operations.base import token, trashed
from reshelve.schemas.run_record import Run


class UndoSteps(UndoWork):
    """Collects the operations of one undo, in order. Feed it the run's operations last first.

    `asides` pairs the halves of exchanges (undo.swap_detours). `narrow`: only part of the run is taken back, so a removed folder
    returns only where something returns into it, and a made one goes only when this empties it. `away` tells why roots are
    away: nothing of theirs is taken back. `by_content` knows again what a backup brought back.
    """

    def __init__(
        self,
        run: Run,
        history: Since,
        readers: Readers,
        asides: dict[int, int],
        *,
        narrow: bool,
        away: Mapping[str, str],
        by_content: ByContent | None = None,
    ) -> None:
        super().__init__(run, history, readers, narrow=narrow, away=away, by_content=by_content)
        self._detours = detours(run, asides)
        self._twins = Twins(run, readers, self.tree)
        self._waiting: dict[int, tuple[str, int]] = {}

    def take_back_all(self, indices: Sequence[int], kept: Container[int]) -> None:
        """Take back these operations of the run, last first, but for those that are `kept` where they are."""
        # Not kept: knowing each other, they would outlive the plan, with all that was seen for it.
        plain = PlainMoves(self)
        position = 0
        while True:
            if not kept:
                position = plain.take_back(indices, position)
            if position == len(indices):
                return
            if indices[position] in kept:
                self.keep(indices[position])
            else:
                self.take_back(indices[position])
            position += 1

    def take_back(self, index: int) -> None:
        """Take back operation `index` of the run, or note what stands in the way."""
        operation = self.run.plan.operations[index]
        here, back = operation.makes or "", operation.frees or ""
        try:
            self.refuse_away(here, back, "" if here or back else operation.reads or "")
            self._take_back(index, operation)
        except BlockedError as why:
            self.note(index, here, back, why.code, why.place, why.what + original_note(self, index), restored=why.restored)
        except InTheWayError as why:
            self.note(index, here, back, "in-the-way", why.place, why.what)
        except OSError as trouble:
            self.note(index, here, back, "unreadable", here or back, f"cannot be looked at: {trouble.strerror or trouble}")

    def keep(self, index: int) -> None:
        """Leave what operation `index` of the run brought there: what would come to its place instead cannot."""
        operation = self.run.plan.operations[index]
        here = operation.makes or ""
        self.note(index, here, operation.frees or "", "depends", here, "stays, because what would replace it cannot come")

    def _take_back(self, index: int, operation: AnyOperation) -> None:
        match operation:
            case Move(objects=False) | Upload() if index in self._detours:
                self._step_aside(index, operation)
            case Move(objects=False) if index in self._waiting:
                self._bring_home(index, operation)
            case Move(objects=False):
                self._move_back(index, operation)
            case Trash(away=""):
                self._out_of_trash(operation)
            case Copy() | Link() | Write() | Pack() | Unpack():
                self._unmake(index, operation)
            case MakeDir():
                self.folders.remove(operation.dst)
            case RemoveDir():
                self.folders.bring(operation)
            case Purge(item="dir"):
                pass
            case Purge():
                raise BlockedError("gone-for-good", operation.src, "was removed for good and cannot be brought back")
            case _:
                UndoObjects(self).take_back(index, operation)

    def _move_back(self, index: int, operation: Move) -> None:
        here, back = operation.dst, operation.src
        if back in self.history.back:
            return
        item = self.still(here, self.identity_of(index), held=self.recorded(index))
        if TRASH in operation.src and in_trash(operation.src):
            self.trash(here, item, rested=rested_again(self, index, here, item))
        elif not bring_original(self, index, here, item):
            self.bring(here, item, back, operation.text, self._twins.of(operation, index) if operation.across else None)

    def _step_aside(self, index: int, operation: Move | Upload) -> None:
        """Take back the second half of an exchange with another file system or a bucket: aside, where it is."""
        first = self.run.plan.operations[self._detours[index]]
        assert isinstance(first, Move)
        if first.src in self.history.back:
            return
        if isinstance(operation, Upload):
            text, item = "", UndoObjects(self).made(index, operation.dst)
            if bring_original(self, index, operation.dst, item):
                return
        else:
            text, item = operation.text, self.still(operation.dst, self.identity_of(index), held=self.recorded(index))
        root, rel = split(operation.dst)
        aside = join(root, f"{parent(rel)}/{TEMPORARY}undo-{index}".lstrip("/"))
        self.bring(operation.dst, item, aside, text)
        self._waiting[self._detours[index]] = aside, index

    def _bring_home(self, index: int, operation: Move) -> None:
        """Take back the first half: home from there."""
        aside, second = self._waiting[index]
        item, _, text = self.asides[aside]
        moved = isinstance(self.run.plan.operations[second], Move)
        self.bring(aside, item, operation.src, text, self._twins.of(operation, second) if moved else None)

    def settle(self) -> bool:
        """Bring back where it stood what stepped aside and could not go on; say whether nothing is left under a temporary name."""
        for aside, (item, origin, text) in list(self.asides.items()):
            try:
                self.bring(aside, item, origin, text)
            except (BlockedError, InTheWayError, OSError):
                return False
        return True

    def _out_of_trash(self, operation: Trash) -> None:
        if operation.src in self.history.back:
            return
        here = self.history.trashed.get(operation.src) or trashed(operation.src, operation.top, self.run.id)
        item = self.still(here, (operation.size, operation.mtime_ns, operation.ino), held=operation.hash)
        self.bring(here, item, operation.src, "")
        self.note_rested(operation)

    def _unmake(self, index: int, operation: Copy | Link | Write | Pack | Unpack) -> None:
        here = operation.dst
        if here in self.history.back:
            return
        if isinstance(operation, Link):
            item = link_still(self, operation)
        elif isinstance(operation, Unpack):
            item = self._folder_still(index, operation)
        else:
            if isinstance(operation, Pack):
                self._refuse_last(operation)
            made = self.run.made.get(index)
            content = made.hash if made is not None else ""
            item = self.still(here, self.identity_of(index), content, token(self.run.id, index))
        kept = self.kept_at(operation.src, index, item) if isinstance(operation, Copy) else None
        self.trash(here, item, kept=kept, rested=original(self, index, operation, item))

    def _refuse_last(self, operation: Pack) -> None:
        """Keep an archive while something that it was packed from, and that the run let go of, is not back."""
        missing = self.missing_below(operation.src)
        if missing:
            raise BlockedError("depends", operation.dst, f"stays, because {printable(missing)} is not brought back")

    def _folder_still(self, index: int, operation: Unpack) -> Item:
        """Return an unpacked folder when all in it is still as it was unpacked; its own time does not count."""
        item, made = self.tree.item(operation.dst), self.run.made.get(index)
        if item is None:
            raise BlockedError("gone", operation.dst, "is gone")
        redone = self.history.made.get(operation.dst)
        known = {redone[2] if redone else 0, made.ino if made is not None else 0}
        another = item.ino not in known and lasting_inodes(item.fs)
        if item.kind != "dir" or (another and self.by_content is None):
            what, restored = "is not the folder that was unpacked", item.kind == "dir"
            raise BlockedError("changed", operation.dst, what, restored=restored)
        record = made.hash if made is not None else ""
        archive = self.tree.origin(operation.src)
        changed = changed_inside(operation, record, self.readers, archive, by_content=self.by_content is not None)
        if changed is not None:
            raise BlockedError("changed", *changed)
        return item
