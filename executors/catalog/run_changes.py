"""What a settled run did, as the catalog keeps it: one row an operation, and the places that have or lost a file. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations import AnyOperation, Copy, Download, Link, Move, Pack, Reveal, Trash, Upload, Write
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Made

Row = tuple[int, str, str | None, str | None, int]
"""An operation: its number in the plan, its verb, the place that was, the place that is now, and bytes."""


@dataclass(slots=True)
class Arrival:
    """A file at a place: where it was before the run, its identity, its content where the run read it, and its facts."""

    origin: str
    size: int
    mtime_ns: int
    inode: int
    content: str = ""
    facts: Facts | None = None
    in_trash: bool = False


@dataclass(slots=True)
class RunChanges:
    """What a run came to: `rows` in order, `here` the files at the places they have now, `gone` the places that are free now.

    `seen` are sources that stayed, which were looked at on the way.
    """

    rows: list[Row] = field(default_factory=list)
    here: dict[str, Arrival] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    seen: dict[str, Arrival] = field(default_factory=dict)


def changes_of(run: str, operations: Sequence[AnyOperation], done: Iterable[int], made: Mapping[int, Made]) -> RunChanges:
    """Return what the operations of `run` that stand `done` changed."""
    changes = RunChanges()
    here, gone = changes.here, changes.gone
    for index in done:
        operation = operations[index]
        was, now = operation.reads or operation.frees, operation.makes
        if isinstance(operation, Trash):
            now = _in_trash(operation, run)
        changes.rows.append((index, operation.op, was, now, getattr(operation, "size", 0)))
        came = _arrival(operation, made.get(index), here)
        freed = operation.frees
        if freed is not None:
            here.pop(freed, None)
            gone.add(freed)
        elif came is not None and isinstance(operation, Copy | Upload | Download | Link):
            changes.seen[operation.src] = Arrival(operation.src, operation.size, operation.mtime_ns, operation.ino, came.content)
        if came is not None and now is not None:
            here[now] = came
            gone.discard(now)
            changes.seen.pop(now, None)
    for place in gone:
        changes.seen.pop(place, None)
    return changes


def _arrival(operation: AnyOperation, made: Made | None, here: Mapping[str, Arrival]) -> Arrival | None:
    """Return the file that an operation leaves at the place it makes; None where that is no file."""
    match operation:
        case Move() if operation.item == "file":
            before = here.get(operation.src)
            facts = operation.facts or (before.facts if before else None)
            origin, content = (before.origin, before.content) if before else (operation.src, "")
            if made is None:
                return Arrival(origin, operation.size, operation.mtime_ns, operation.ino, content, facts)
            return Arrival(origin, made.size, made.mtime_ns, made.ino, made.hash or content, facts)
        case Copy() | Upload() | Download():
            if made is None or not made.hash:
                return Arrival(operation.src, operation.size, operation.mtime_ns, 0, "", operation.facts)
            return Arrival(operation.src, made.size, made.mtime_ns, made.ino, made.hash, operation.facts)
        case Link() if operation.how == "hard":
            return Arrival(operation.src, operation.size, operation.mtime_ns, operation.ino, "", operation.facts)
        case Write():
            size = len(operation.content.encode("utf-8", "surrogatepass"))
            return _as_made(made, "") or Arrival("", size, 0, 0)
        case Pack():
            return _as_made(made, "")
        case Trash():
            before = here.get(operation.src)
            origin, content, facts = (before.origin, before.content, before.facts) if before else (operation.src, "", None)
            content = content or operation.hash
            return Arrival(origin, operation.size, operation.mtime_ns, operation.ino, content, facts, in_trash=True)
        case Reveal():
            return Arrival(operation.dst, operation.size, operation.mtime_ns, operation.ino)
        case _:
            return None


def _as_made(made: Made | None, origin: str) -> Arrival | None:
    return Arrival(origin, made.size, made.mtime_ns, made.ino, made.hash) if made is not None else None


def _in_trash(operation: Trash, run: str) -> str | None:
    """Return where what was put into the trash lies now; None for what lies nowhere that can be named."""
    if operation.kept is not None or operation.away in ("marker", "kept"):
        return None
    return trashed(operation.src, operation.top, run)
