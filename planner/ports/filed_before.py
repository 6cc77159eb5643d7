"""What planning may ask of the catalog: whether a file was filed at a target, and where it may be now."""

from collections.abc import Callable

from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.locations import location_of, printable, split
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Taken:
    """The run that put a filed file away, by what command, and into which archive, "" where it only went to the trash."""

    run: str
    command: str
    archive: str = ""

    def is_packed(self, readers: Readers) -> bool:
        """Say whether the archive is there, as far as can be seen: a disk that is away may hold it."""
        root, rel = split(self.archive) if self.archive else ("", "")
        reader = readers.get(root)
        try:
            return reader is not None and (not reader.root.available or reader.stat(rel) is not None)
        except OSError:
            return True

    @property
    def told(self) -> str:
        """What happened, as a sentence goes on with it."""
        where = printable(location_of(self.archive)) if self.archive else "the trash"
        return f"run {self.run} ({self.command}) put it away, into {where}"


@dataclass(slots=True, frozen=True)
class Filed:
    """A file that was filed. `places` are where the catalog had it, or its content, last; the likeliest first.

    `taken` tells of the run that put it away since, None where none did.
    """

    places: tuple[str, ...] = ()
    taken: Taken | None = None

    def standing(self, readers: Readers, size: int | None) -> str:
        """Return the first of the places at which a file of this size in bytes stands (None: of any), "" where none does."""
        for place in self.places:
            key, rel = split(place)
            reader = readers.get(key)
            try:
                item = reader.stat(rel) if reader is not None and reader.root.available else None
            except OSError:
                continue
            if item is not None and item.kind == "file" and size in (None, item.size):
                return place
        return ""


FiledBefore = Callable[[str], Filed | None]
"""Tells of a target what was filed there, None where nothing is known to have been."""


def nothing_known(target: str) -> Filed | None:  # noqa: ARG001 - a FiledBefore
    """Know of nothing that was filed."""
    return None
