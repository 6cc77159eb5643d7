"""Originals that a run set aside and had to keep: an undo brings back the very file, and its copy goes out of sight."""

import contextlib

from reshelve.planner.buckets.transfer_routes import put_away_in
from reshelve.planner.undo.last_copies import brought_back
from reshelve.planner.undo.undo_context import UndoWork
from reshelve.schemas.inventory import Item, lasting_inodes, same
from reshelve.schemas.locations import split
from reshelve.schemas.operations import Move, Upload


def bring_original(work: UndoWork, index: int, here: str, item: Item) -> bool:
    """Bring back the very file that operation `index` set aside, where the run kept it, and put its copy out of sight.

    Say whether there is one. What was written to it since comes back with it.
    """
    kept = _original(work, index)
    if kept is None:
        return False
    place, original = kept
    operation = work.run.plan.operations[index]
    assert isinstance(operation, Move | Upload)
    if put_away_in(work.root(here)) == "copy":
        work.readable(here, item)
    work.expect_as_left(here, item, work.recorded(index))
    work.bring(place, original, operation.src, "")
    # Of one that was written to since, the copy is an older state, and stays in the trash as that.
    alike = work.by_content is not None or same(original, operation.size, operation.mtime_ns, operation.ino)
    as_copied = original.kind == "file" and alike
    as_copied = as_copied and _holds_as_copied(work, index, place)
    rested = brought_back(work, index, operation) if as_copied else None
    work.trash(here, item, (len(work.operations) - 1,), rested=rested)
    return True


def _holds_as_copied(work: UndoWork, index: int, place: str) -> bool:
    """Say whether an original holds what was copied: one that was written to may have its size and times from before."""
    made = work.run.made.get(index)
    root, rel = split(place)
    return made is None or not made.hash or work.readers[root].digest(rel) == made.hash


def original_note(work: UndoWork, index: int) -> str:
    """Say how the original comes back that operation `index` set aside and the run kept, "" where there is none."""
    with contextlib.suppress(OSError):
        if _original(work, index) is not None:
            return f"; its original was kept: {work.run.plan.restoring(index)}"
    return ""


def _original(work: UndoWork, index: int) -> tuple[str, Item] | None:
    """Return where the source that an operation set aside lies still, or lies since a redo. Raises OSError."""
    operation = work.run.plan.operations[index]
    place = operation.set_aside(work.run.id, index)
    if place is None:
        return None
    assert isinstance(operation, Move | Upload)
    place = work.history.trashed.get(operation.src, place)
    if not work.tree.taken(place):
        return None
    item = work.tree.item(place)
    if item is None:
        return None
    if item.ino == operation.ino or not lasting_inodes(item.fs):
        return place, item
    seen = operation.size, operation.mtime_ns, operation.ino
    return (place, item) if work.is_held(place, item, seen, work.recorded(index)) else None
