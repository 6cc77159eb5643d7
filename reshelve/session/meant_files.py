"""Meant files: what a layout has of a name that somebody gave, and that is nowhere as it was given."""

from collections.abc import Iterator

from reshelve.planner.ports.store_reader import Readers, standing_at
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split
from reshelve.schemas.near_words import near

_MANY = 2000
"""Above so many names only the same name is looked for: comparing each would keep somebody waiting."""
_TOLD = 3


def meant_text(name: str, layout: Layout | None, readers: Readers) -> str:
    """Return which files of a layout may be meant by the name of a file, by the locations where they are now; "" where none is."""
    by_name: dict[str, list[tuple[str, ...]]] = {}
    for places in _files(layout) if layout is not None else ():
        for called in dict.fromkeys(split(place)[1].rpartition("/")[2] for place in places):
            by_name.setdefault(called, []).append(places)
    same = name if name in by_name else next((each for each in by_name if each.casefold() == name.casefold()), None)
    meant = same or (near(name, by_name, 0.8) if len(by_name) <= _MANY else None)
    if meant is None:
        return ""
    found = sorted({place for places in by_name[meant] for place in _now(places, readers)})
    return f"Did you mean {' or '.join(printable(each) for each in found[:_TOLD])}?" if found else ""


def _now(places: tuple[str, ...], readers: Readers) -> Iterator[str]:
    """Yield the first of the places of a file at which something stands: what was filed is no longer where it came from."""
    yield from [place for place in places if standing_at(place, readers) is not None][:1]


def _files(layout: Layout) -> Iterator[tuple[str, ...]]:
    """Yield the places of each file that a layout knows: where it came from, then where it goes."""
    yield from ((item.source,) for item in layout.review)
    for target, entry in layout.files.items():
        yield (target,) if entry.source is None else (entry.source, target)
    yield from ((thing.path,) for thing in layout.absent)
