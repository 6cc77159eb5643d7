"""Absents: the layout's word for one observed file that should be gone."""

from collections.abc import Sequence

from reshelve.planner.layouts.scan_marks import absent_mark
from reshelve.planner.observing.identity import time_text
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent


def absent_of(path: str, item: Item, because: str, copies: Sequence[str] = ()) -> Absent:
    """Return that the item seen at location `path` should go, once each of `copies` holds its content; marked as scan's own."""
    thing = Absent(path, item.size, time_text(item.mtime_ns), copies=list(copies), because=because)
    thing.mark = absent_mark(thing)
    return thing
