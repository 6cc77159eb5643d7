"""Links taken back: only while they are still what the run made."""

from typing import TYPE_CHECKING

from reshelve.planner.undo.by_content import may_be_restored
from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.locations import decode_path, split
from reshelve.schemas.operations import Link

if TYPE_CHECKING:
    from reshelve.planner.undo.undo_context import UndoWork


def link_still(work: "UndoWork", operation: Link) -> Item:
    """Return the link that an operation made. Raises BlockedError where it is gone, or something else stands there, and OSError."""
    place = operation.dst
    item = work.tree.item(place)
    if item is None:
        raise BlockedError("gone", place, "is gone")
    if operation.how == "hard":
        redone = work.history.made.get(place)
        seen = redone or (operation.size, operation.mtime_ns, operation.ino)
        if item.ino != seen[2] and lasting_inodes(item.fs) and not work.is_held(place, item, seen, ""):
            restored = work.by_content is None and may_be_restored(item, seen)
            raise BlockedError("changed", place, "is not the link this run made", restored=restored)
    else:
        root, rel = split(place)
        if item.kind != "link" or work.readers[root].read_link(rel) != decode_path(operation.text):
            raise BlockedError("changed", place, "is not the link this run made")
    return item
