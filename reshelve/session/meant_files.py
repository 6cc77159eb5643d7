"""Meant files: what a layout has of a name that somebody gave, and that is nowhere as it was given."""

from collections.abc import Iterator

from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split
from reshelve.schemas.near_words import near

_MANY = 2000
"""Above so many names only the same name is looked for: comparing each would keep somebody waiting."""
_TOLD = 3


def meant_text(name: str, layout: Layout | None) -> str:
    """Return which files of a layout, by their locations, may be meant by the name of a file; "" where none is."""
    by_name: dict[str, list[str]] = {}
    for location in _locations(layout) if layout is not None else ():
        by_name.setdefault(split(location)[1].rpartition("/")[2], []).append(location)
    same = name if name in by_name else next((each for each in by_name if each.casefold() == name.casefold()), None)
    meant = same or (near(name, by_name, 0.8) if len(by_name) <= _MANY else None)
    if meant is None:
        return ""
    found = sorted(dict.fromkeys(by_name[meant]))
    return f"Did you mean {' or '.join(printable(each) for each in found[:_TOLD])}?"


def _locations(layout: Layout) -> Iterator[str]:
    yield from (item.source for item in layout.review)
    for target, entry in layout.files.items():
        yield target if entry.source is None else entry.source
    yield from (thing.path for thing in layout.absent)
