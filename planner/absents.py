"""Absents: the layout's word for one observed file that should be gone."""

from collections.abc import Sequence
from datetime import UTC, datetime

from planner.marks import absent_mark
from schemas.inventory import Item
from schemas.layout import Absent


def absent_of(path: str, item: Item, because: str, copies: Sequence[str] = ()) -> Absent:
    """Return that the item seen at location `path` should go, once each of `copies` holds its content; marked as scan's own."""
    thing = Absent(path, item.size, _iso(item.mtime_ns), copies=list(copies), because=because)
    thing.mark = absent_mark(thing)
    return thing


def _iso(time_ns: int) -> str | None:
    """Return a time (ns since the epoch) to the second, in UTC; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(time_ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
