"""Emptying one store of what another has: a layout that rests on content alone, whatever names and rules filed the copies."""

from dataclasses import field

from reshelve.planner.duplicates.duplicate_sets import Duplicates, DuplicateSet
from reshelve.planner.observing.identity import time_text
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Layout
from reshelve.schemas.locations import join, printable, store_of
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Emptied:
    """The layout by which files go; the files that stay, each with the reason."""

    layout: Layout = field(default_factory=Layout)
    staying: list[tuple[str, str]] = field(default_factory=list)


def emptied(found: Duplicates, store: str, kept: str) -> Emptied:
    """Return the layout by which each file of `store` goes of which `kept` has a copy, and which files of `store` stay."""
    result = Emptied()
    for one in found.sets:
        result.layout.absent += _going(one, store, kept)
    result.layout.absent.sort(key=lambda absent: absent.path)
    going = {absent.path for absent in result.layout.absent}
    links = {(item.fs, item.ino): join(store_of(key), item.rel) for key, item in _files(found, kept) if item.ino}
    for key, item in _files(found, store):
        location = join(store_of(key), item.rel)
        if location not in going:
            result.staying.append((location, _reason(item, links.get((item.fs, item.ino)), kept)))
    return result


def _going(one: DuplicateSet, store: str, kept: str) -> list[Absent]:
    """Return what goes of the files of one content: no name of a file that `kept` has too, as a hard link or a folder inside."""
    within = [(copy, [name for name in copy.names if store_of(name.reader.root.key) == kept]) for copy in one.copies]
    stays = next((names[0].location for _, names in within if names), None)
    if stays is None:
        return []
    return [
        Absent(name.location, one.size, time_text(name.item.mtime_ns), one.digest, [stays], f"{kept} has a copy")
        for copy, names in within
        if not names
        for name in copy.names
        if store_of(name.reader.root.key) == store
    ]


def _files(found: Duplicates, store: str) -> list[tuple[str, Item]]:
    return [(key, item) for key, items in found.seen.items() if store_of(key) == store for item in items if item.kind == "file"]


def _reason(item: Item, link: str | None, kept: str) -> str:
    if item.size == 0:
        return "it is empty"
    return f"it is a hard link to {printable(link)}, not a copy" if link is not None else f"{kept} has no copy of it"
