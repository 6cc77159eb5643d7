"""What later runs did to the places of an earlier one: which took it back or did it again, and which stand in its way."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import field

from reshelve.schemas.inventory import Item, same
from reshelve.schemas.locations import decode_path, join, split
from reshelve.schemas.operations import (
    AnyOperation,
    Copy,
    Download,
    Link,
    MakeDir,
    Move,
    Pack,
    RemoveDir,
    Reveal,
    Transition,
    Trash,
    Unpack,
    Upload,
)
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run

Identity = tuple[int, int, int]
"""Size in bytes, modification time in ns, inode."""


@dataclass(slots=True)
class Since:
    """How undos of a run, and redos of those, left it.

    `back` holds the places its operations no longer stand at: sources that are back, and targets that are gone again. `made` is
    the identity of what a redo brought to a target, `trashed` where a redo trashed a source to, `after_ns` how they left folders,
    `ended` when the last of them ended that brought something to a place.
    `again` are the identities, with content hashes, of what any later run brought to a place: an object brought back is a new one.
    `reclassed` are the identities in which later runs found, and left, an object that they gave another class, oldest first.
    """

    back: set[str] = field(default_factory=set)
    made: dict[str, Identity] = field(default_factory=dict)
    trashed: dict[str, str] = field(default_factory=dict)
    after_ns: dict[str, int] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    again: dict[str, set[tuple[Identity, str]]] = field(default_factory=dict)
    reclassed: dict[str, list[tuple[Identity, Identity]]] = field(default_factory=dict)

    def brought_again(self, place: str, item: Item, content: str) -> bool:
        """Say whether a later run brought an item of this content to a place, and it still stands there as that run left it."""
        return any(content == its and same(item, *known) for known, its in self.again.get(place, ()))

    def only_reclassed(self, place: str, item: Item, known: Identity) -> bool:
        """Say whether `item` is what was `known` at a place, to which later runs did nothing but give it other classes.

        Services tell the time of one object differently from call to call, so that its size and ETag count.
        """
        now = known[0], known[2]
        changes = self.reclassed.get(place, ())
        for before, after in changes:
            if (before[0], before[2]) == now:
                now = after[0], after[2]
        return bool(changes) and (item.size, item.ino) == now


def since(run: Run, later: Sequence[Run]) -> Since:
    """Replay the undos of `run`, and the redos of those, among the `later` runs (newest last)."""
    found = Since()
    distance = {run.id: 0}
    for one in later:
        _note_brought(found, one)
        if one.plan.of not in distance:
            continue
        distance[one.id] = distance[one.plan.of] + 1
        replay = _taken_back if distance[one.id] % 2 else _done_again
        for index in sorted(one.done):
            replay(found, one, index)
            if (makes := one.plan.operations[index].makes) is not None:
                found.ended[makes] = one.ended
        found.after_ns.update((folder.place, folder.after_ns) for folder in one.folders)
    return found


def _note_brought(found: Since, run: Run) -> None:
    for index, made in run.made.items():
        operation = run.plan.operations[index]
        now = made.size, made.mtime_ns, made.ino
        if isinstance(operation, Transition):
            before = operation.size, operation.mtime_ns, operation.ino
            found.reclassed.setdefault(operation.src, []).append((before, now))
        elif made.hash and operation.makes is not None:
            found.again.setdefault(operation.makes, set()).add((now, made.hash))


def _taken_back(found: Since, run: Run, index: int) -> None:
    operation = run.plan.operations[index]
    if isinstance(operation, Move | Upload | Download | Reveal):
        found.back.add(operation.dst)
    elif isinstance(operation, Trash | Transition):
        found.back.add(operation.src)


def _done_again(found: Since, run: Run, index: int) -> None:
    operation = run.plan.operations[index]
    if isinstance(operation, Move | Copy | Upload | Download):
        found.back -= {operation.src, operation.dst}
        made = run.made.get(index)
        known = made or operation
        found.made[operation.dst] = known.size, known.mtime_ns, known.ino
    elif isinstance(operation, Reveal):
        found.back.discard(operation.dst)
        seen = run.made.get(index) or operation
        found.made[operation.dst] = seen.size, seen.mtime_ns, seen.ino
    elif isinstance(operation, Transition):
        found.back.discard(operation.src)
        made = run.made.get(index)
        if made is not None:
            found.made[operation.src] = made.size, made.mtime_ns, made.ino
    elif isinstance(operation, Trash):
        found.back.discard(operation.src)
        found.trashed[operation.src] = trashed(operation.src, operation.top, run.id)


def later_touching(run: Run, later: Sequence[Run]) -> list[str]:
    """Return the ids of the later runs that must be undone before `run` can be whole: newest first.

    Those are the settled runs, not undone, that changed what stands at a place of `run`, or took an original of which it made a
    copy, or did so to a later run that did.
    """
    places = set(_rested_on(run))
    found = []
    for one in _standing(run, later):
        changed = set(_changed(one))
        if not places.isdisjoint(changed):
            places.update(changed, _rested_on(one))
            found.append(one.id)
    return found[::-1]


def blame(run: Run, later: Sequence[Run], places: Container[str]) -> dict[str, Run]:
    """Return, for each of `places` that a later run changed, the newest such run still standing."""
    return {place: one for one in _standing(run, later) for place in _changed(one) if place in places}


def _standing(run: Run, later: Sequence[Run]) -> Iterator[Run]:
    """Yield later runs that count: settled, not undone, and no undo or redo of `run` or of another later run."""
    known = {run.id} | {one.id for one in later}
    for one in later:
        if one.outcome in ("done", "stopped") and not one.undone_by and one.plan.of not in known:
            yield one


def _changed(run: Run) -> Iterator[str]:
    """Yield every place at which a run put, or from which it took, a file."""
    for index in run.done:
        operation = run.plan.operations[index]
        if isinstance(operation, MakeDir | RemoveDir):
            continue
        yield from places_of(operation, run.id)


def _rested_on(run: Run) -> Iterator[str]:
    """Yield every place that a run changed, and those of the originals that must stand before its copies may go."""
    yield from _changed(run)
    for index in run.done:
        operation = run.plan.operations[index]
        if isinstance(operation, Pack):
            root, rel = split(operation.src)
            for member in operation.members:
                yield join(root, f"{rel}/{decode_path(member.rel)}".strip("/"))
        elif isinstance(operation, Copy | Link | Unpack | Upload | Download) and operation.reads is not None:
            yield operation.reads
            if isinstance(operation, Unpack):
                yield from (layer.src for layer in operation.layers)


def places_of(operation: AnyOperation, run: str) -> Iterator[str]:
    """Yield the places whose content an operation changes, the trash included."""
    if operation.makes is not None:
        yield operation.makes
    if operation.frees is not None:
        yield operation.frees
    if isinstance(operation, Trash):
        yield trashed(operation.src, operation.top, run)
    elif isinstance(operation, Transition):
        yield operation.src
