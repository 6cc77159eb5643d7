"""The inverse of what was done in buckets, into them and out of them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.planner.buckets.thaws import readable_beneath
from reshelve.planner.undo.kept_originals_back import bring_original
from reshelve.planner.undo.last_copies import brought_back, original, rested_again
from reshelve.planner.undo.swap_detours import is_aside
from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.planner.undo.undo_context import in_trash
from reshelve.planner.undo.undo_tree import ready_after
from reshelve.schemas.inventory import Item
from reshelve.schemas.operations import AnyOperation, Configure, Download, Move, Reveal, Thaw, Transition, Trash, Upload
from reshelve.schemas.operations.base import token, trashed

if TYPE_CHECKING:
    from reshelve.planner.undo.undo_context import UndoWork


class UndoObjects:
    """Adds to an undo what takes back one operation on objects. Raises BlockedError, InTheWayError, and OSError."""

    def __init__(self, work: "UndoWork") -> None:
        self._work = work

    def take_back(self, index: int, operation: AnyOperation) -> None:
        """Take back operation `index` of the run."""
        match operation:
            case Upload():
                self._upload(index, operation)
            case Download():
                self._download(index, operation)
            case Move():
                self._move(index, operation)
            case Trash():
                if operation.src not in self._work.history.back:
                    self._out_of_sight(operation.src, operation, index)
            case Reveal():
                self._reveal(index, operation)
            case Transition():
                self._transition(index, operation)
            case Configure():
                self._configure(operation)
            case Thaw():
                pass  # it ends by itself, and a note of the plan says so
            case _:
                raise TypeError(f"{type(operation).__name__} cannot be taken back")

    def made(self, index: int, place: str) -> Item:
        """Return the object, or file, that an operation made, when it is still that."""
        made = self._work.run.made.get(index)
        content = made.hash if made is not None else ""
        return self._work.still(place, self._work.identity_of(index), content, token(self._work.run.id, index))

    def _upload(self, index: int, operation: Upload) -> None:
        work = self._work
        if operation.dst in work.history.back or (operation.takes and operation.src in work.history.back):
            return
        item = self.made(index, operation.dst)
        if operation.takes:
            if not bring_original(work, index, operation.dst, item):
                work.bring(operation.dst, item, operation.src, "")
        else:
            kept = work.kept_at(operation.src, index, item)
            work.trash(operation.dst, item, kept=kept, rested=original(work, index, operation, item))

    def _download(self, index: int, operation: Download) -> None:
        """The object comes back to sight, and what was downloaded goes to the trash; where it is gone or archived, that goes up."""
        work = self._work
        if operation.dst in work.history.back:
            return
        item = self._downloaded(index, operation)
        if item is None:
            self._out_of_sight(operation.src, operation, index)
            return
        if not operation.away:
            work.trash(operation.dst, item, rested=original(work, index, operation, item))
            return
        work.expect_as_left(operation.dst, item, work.recorded(index))
        try:
            self._out_of_sight(operation.src, operation, index)
        except BlockedError as why:
            if why.code not in ("gone-for-good", "archived"):
                raise
            hidden = work.tree.item(why.place)
            work.bring(operation.dst, item, operation.src, "")
            again = work.operations[-1]
            if isinstance(again, Upload) and hidden is not None:
                work.operations[-1] = replace(again, storage_class=hidden.storage_class)
            return
        work.trash(operation.dst, item, rested=brought_back(work, index, operation))

    def _downloaded(self, index: int, operation: Download) -> Item | None:
        """Return what was downloaded, None where somebody removed it and its object is only out of sight: that comes back alone."""
        try:
            return self.made(index, operation.dst)
        except BlockedError as why:
            if why.code != "gone" or not operation.away:
                raise
            return None

    def _move(self, index: int, operation: Move) -> None:
        """In a bucket that keeps versions the original comes back to sight; else the copy is copied back."""
        work = self._work
        here, back = operation.dst, operation.src
        if back in work.history.back:
            return
        item = self.made(index, here)
        if in_trash(back):
            work.trash(here, item, rested=rested_again(work, index, here, item))
            return
        if work.root(back).versioned and self._lies_right_under(back, operation):
            self._to_sight(back, operation)
            work.trash(here, item, rested=brought_back(work, index, operation))
        else:
            work.bring(here, item, back, "")
            again = work.operations[-1]
            if operation.before and isinstance(again, Move) and again.objects:
                now = item.storage_class or "STANDARD"
                work.operations[-1] = replace(again, storage_class=operation.before, before=now)

    def _out_of_sight(self, place: str, operation: Trash | Download, index: int) -> None:
        """Bring back what was put under a delete marker, or copied to the trash."""
        work = self._work
        if isinstance(operation, Trash) and operation.kept is not None:
            work.bring_again(operation.kept, place)
            return
        if operation.away == "marker":
            if self._hidden(place, operation) is None:
                raise BlockedError("gone-for-good", place, "is no longer under its delete marker")
            self._to_sight(place, operation)
            if isinstance(operation, Trash):
                work.note_rested(operation)
            return
        here = work.history.trashed.get(place) or trashed(place, "", work.run.id)
        item = work.tree.item(here)
        if item is None or item.size != operation.size:
            raise BlockedError("gone-for-good", here, "is no longer in the trash")
        made = work.run.made.get(index)
        if isinstance(operation, Trash) and made is not None and place not in work.history.trashed:
            item = work.still(here, (made.size, made.mtime_ns, made.ino), made.hash, token(work.run.id, index))
        work.bring(here, item, place, "")
        if isinstance(operation, Trash):
            work.note_rested(operation)

    def _lies_right_under(self, place: str, operation: Move) -> bool:
        reader, rel = self._work.bucket(place)
        item = reader.hidden(rel)
        return item is not None and (item.size, item.ino) == (operation.size, operation.ino) and not is_aside(place)

    def _hidden(self, place: str, operation: Trash | Download) -> Item | None:
        """Return the very object that an operation put under a delete marker, if it lies there still."""
        reader, rel = self._work.bucket(place)
        item = reader.hidden(rel, operation.ino)
        return item if item is not None and item.size == operation.size else None

    def _to_sight(self, place: str, operation: Trash | Download | Move) -> None:
        work = self._work
        work.free(place)
        index = len(work.operations)
        needs = ready_after({work.tree.freed_by(place)})
        reader, rel = work.bucket(place)
        item = reader.hidden(rel, operation.ino)
        assert item is not None
        work.operations.append(Reveal(place, operation.size, operation.mtime_ns, operation.ino, work.because, needs))
        work.tree.put(place, item, index, "")

    def _reveal(self, index: int, operation: Reveal) -> None:
        work = self._work
        if operation.dst in work.history.back:
            return
        made = work.run.made.get(index)
        known = made or operation
        item = work.still(operation.dst, (known.size, known.mtime_ns, known.ino), held=work.recorded(index))
        work.trash(operation.dst, item, rested=rested_again(work, index, operation.dst, item))

    def _transition(self, index: int, operation: Transition) -> None:
        work = self._work
        if operation.src in work.history.back:
            return
        item = self.made(index, operation.src)
        reader, rel = work.bucket(operation.src)
        beneath = readable_beneath(reader, replace(item, rel=rel, ino=operation.ino))
        if not beneath:
            work.readable(operation.src, item)
        now = item.storage_class or "STANDARD"
        if now != operation.before:
            same = item.size, item.mtime_ns, item.ino
            work.operations.append(Transition(operation.src, *same, now, operation.before, work.because, beneath=beneath))

    def _configure(self, operation: Configure) -> None:
        work = self._work
        reader, _ = work.bucket(f"{operation.root}:")
        found = reader.read_document(operation.what)
        if found == operation.before:
            return
        if found != operation.after:
            raise BlockedError("changed", f"{operation.root}:", f"has another {operation.what} than the one this run set")
        work.operations.append(Configure(operation.root, operation.what, operation.after, operation.before, work.because))
