"""How a file that is filed got to its place: the entry of the layout that has it there, and the run that brought it."""

from typing import Literal

from reshelve.planner.layouts.rescan_merge import sort_out
from reshelve.planner.ports.brought_by import BroughtBy
from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, location_of, split, store_of
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Filing:
    """How a file got to the location `at`. What is not known is "".

    `entry` says whose entry of the layout has it there: the scan's or a person's; `source` and `because` are of that entry. `run`
    brought it, by its `command` and the reason `rule`, from `was` to `now`: where that is not `at`, people moved it on since.
    `changed`: the file is not as that run left it.
    """

    at: str
    entry: Literal["", "scan", "person"] = ""
    source: str = ""
    because: str = ""
    run: str = ""
    command: str = ""
    when: str = ""
    was: str = ""
    now: str = ""
    rule: str = ""
    changed: bool = False


def filing_of(at: str, reader: Reader, item: Item, layout: Layout | None, brought_by: BroughtBy) -> Filing | None:
    """Return how the file `item` got to the location `at`, on the root of `reader`; None where nothing tells."""
    told = Filing(at)
    (key, rel), root = split(at), reader.root.key
    previous = sort_out(layout)
    for target in dict.fromkeys((at, join(store_of(key), rel), join(root, rel))):
        entry = previous.theirs.get(target) or previous.ours.get(target)
        if entry is not None:
            whose: Literal["scan", "person"] = "scan" if target in previous.ours else "person"
            source = entry.source if entry.source is not None and entry.source != target else ""
            told = Filing(at, whose, source or "", entry.because or "")
            break
    brought = brought_by(join(root, rel))
    if brought is None:
        return told if told.entry else None
    return Filing(
        at,
        told.entry,
        told.source,
        told.because,
        brought.run,
        brought.command,
        brought.when,
        location_of(brought.was) if brought.was else "",
        location_of(brought.now),
        brought.because,
        brought.changed(item),
    )
