"""Gone entries: their source is gone, and nothing is at their target. What is known of their file decides whether they stay."""

from collections.abc import Container, Mapping

from reshelve.planner.ports.filed_before import FiledBefore
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import location_of, printable
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class WhatBecame:
    """Whether an entry stays in the layout, as drift that a person decides about, and why it stays or leaves."""

    stays: bool
    why: str


class Gone:
    """Tells what became of gone entries. `files` are the entries that the layout has by now, `held` those that wait, by target."""

    def __init__(
        self, readers: Readers, filed_before: FiledBefore, files: Mapping[str, Entry], held: Container[str] = frozenset()
    ) -> None:
        self._held = held
        self._readers = readers
        self._filed_before = filed_before
        self._targets = frozenset(files)
        self._goes = {entry.source: target for target, entry in files.items() if entry.source is not None}

    def look(self, target: str, entry: Entry) -> WhatBecame:
        """Return what became of an entry: it stays if its file was filed, no run put it away, and no other entry has it.

        What a run packed away comes back with a restore, and so does what the layout says of it: held entries wait for that.
        """
        known = self._filed_before(target)
        back = known is None or (known.places and location_of(known.places[0]) == entry.source)
        if known is None or (back and known.taken is None):
            return WhatBecame(stays=False, why=f"{printable(entry.source or '')} is gone, and nothing is at the target")
        place = known.standing(self._readers, entry.size)
        if not place and known.taken is not None:
            if target in self._held and known.taken.is_packed(self._readers):
                return WhatBecame(stays=True, why="")
            return WhatBecame(stays=False, why=known.taken.told)
        if not place:
            return WhatBecame(stays=True, why="it was filed, and is gone from there")
        now = location_of(place)
        if now in self._goes:
            return WhatBecame(stays=False, why=f"its file is at {printable(now)} now, and goes to {printable(self._goes[now])}")
        if now in self._targets:
            return WhatBecame(stays=False, why=f"its file is at {printable(now)} now, which is an entry of its own")
        return WhatBecame(stays=True, why=f"it was filed, and is at {printable(now)} now")
