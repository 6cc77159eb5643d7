"""Originals that were kept: what a run set aside as it moved it to another disk or into a bucket, and did not remove in the end."""

from collections.abc import Callable

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item, same
from reshelve.schemas.locations import decode_path, join, split
from reshelve.schemas.operations import Move, Upload
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run

Runs = Callable[[str], Run | None]
"""A run by its whole id, as far as it is remembered."""


@dataclass(slots=True, frozen=True)
class Original:
    """Where a kept original stood before its run, and why it was kept, in words that follow "kept: "."""

    place: str
    why: str


def is_waiting(run: Run | None) -> bool:
    """Say whether a run has yet to settle, so that what it set aside is neither kept nor gone."""
    return run is not None and run.outcome == "unsettled"


def original_of(reader: Reader, item: Item, top: str, run: str, number: str, known: Run | None) -> Original | None:
    """Return what an item is the original of that lies as `number` where its run set files aside; None: it was trashed.

    `top` is the topmost folder of its file system. Where nothing is known of its run it gets a name there to bring it back by.
    """
    key, base = reader.root.key, reader.root.path.rstrip("/") + "/"
    if not (number.isascii() and number.isdigit()):
        return None
    unnamed = join(key, f"{top}/kept-{run}-{number}".lstrip("/"))
    if known is None:
        return Original(unnamed, "there is no record of where it was")
    index, operations = int(number), known.plan.operations
    aside = operations[index].set_aside(run, index) if index < len(operations) else None
    if aside is None or _path(known, aside) != base + item.rel:
        return None
    origin = _path(known, known.plan.origin(index))
    return Original(join(key, origin[len(base) :]) if origin.startswith(base) else unnamed, _why(known, index, item))


def _path(run: Run, place: str) -> str:
    """Return the path a place of a run had in the file system."""
    key, rel = split(place)
    return f"{decode_path(run.plan.roots[key].path).rstrip('/')}/{rel}"


def _why(run: Run, index: int, item: Item) -> str:
    operation = run.plan.operations[index]
    assert isinstance(operation, Move | Upload)
    if index not in run.done:
        return "it is uncertain whether its move was done or taken back"
    if not same(item, operation.size, operation.mtime_ns, operation.ino):
        return "it was written to while it was being moved"
    return "it may have been written to since, its copy had changed, or it could not be removed"
