"""Exchanges in a run: files that stepped aside to a temporary name of reshelve's own, and what that asks of an undo."""

from collections.abc import Iterable

from reshelve.schemas.locations import TEMPORARY, split
from reshelve.schemas.operations import Move, Upload
from reshelve.schemas.run_record import Run


def steps_aside(run: Run) -> dict[int, int]:
    """Return, for each operation of the run that brought a file on from a temporary name, the one that brought it there.

    The two stand or fall together: nothing is ever left under a temporary name.
    """
    asides: dict[str, int] = {}
    found: dict[int, int] = {}
    for index in sorted(run.done):
        operation = run.plan.operations[index]
        if not isinstance(operation, Move | Upload):
            continue
        if is_aside(operation.dst):
            asides[operation.dst] = index
        elif operation.src in asides:
            found[index] = asides.pop(operation.src)
    return found


def detours(run: Run, asides: dict[int, int]) -> dict[int, int]:
    """Return those pairs of which only the second half went to another file system, or into a bucket.

    Taken back literally, such a file would be copied to its temporary name and the copy then renamed, though no plan can know the
    inode of a copy yet to be made. So it is renamed aside where it is, and copied home at once.
    """
    moves = run.plan.operations
    return {second: first for second, first in asides.items() if _across(moves[second]) and not _across(moves[first])}


def is_aside(place: str) -> bool:
    """Say whether a place is a temporary name, outside the trash."""
    return TEMPORARY in place and split(place)[1].rpartition("/")[2].startswith(TEMPORARY)


def with_partners(chosen: Iterable[int], asides: dict[int, int]) -> set[int]:
    """Return the chosen operations with the other halves of those that stepped aside."""
    found = set(chosen)
    for second, first in asides.items():
        if first in found or second in found:
            found |= {first, second}
    return found


def _across(operation: object) -> bool:
    return isinstance(operation, Upload) or (isinstance(operation, Move) and operation.across)
