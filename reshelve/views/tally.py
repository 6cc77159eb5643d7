"""Tally: the figures of a plan that every view shows, counted in one pass."""

from collections import Counter
from dataclasses import dataclass, field

from schemas.operations import AnyOperation, Copy, Move, Pack, Purge, Trash, Unpack, Write
from schemas.plan import Plan, PlanCommand
from schemas.quantities import human_size

EMPTY: dict[PlanCommand, str] = {
    "undo": "nothing of it is left to take back",
    "redo": "nothing of it is left to do again",
    "trash empty": "nothing like that is in the trash",
    "trash restore": "nothing like that is in the trash",
}
"""What a plan without operations says, where it is not about the entries of a layout."""
ORDER = ("mkdir", "move", "copy", "link", "write", "pack", "unpack", "trash", "rmdir", "purge")


@dataclass(slots=True)
class Tally:
    """How many operations of each kind, how many bytes they carry, and how many cannot be taken back."""

    counts: Counter[str] = field(default_factory=Counter)
    copy_bytes: int = 0
    trash_bytes: int = 0
    freed_bytes: int = 0
    final: int = 0


def tally(plan: Plan) -> Tally:
    """Count a plan. Bytes to copy are those of moves across file systems and of copies."""
    seen = Tally()
    counts = seen.counts
    for op in plan.operations:
        counts[op.op] += 1
        if isinstance(op, Move):
            if op.across and op.item == "file" and not op.linked_to:
                seen.copy_bytes += op.size
        elif isinstance(op, Copy | Pack | Unpack):
            seen.copy_bytes += op.size
        elif isinstance(op, Trash):
            seen.trash_bytes += op.size
        elif isinstance(op, Purge):
            seen.freed_bytes += op.size
            seen.final += 1
    return seen


def bytes_of(op: AnyOperation) -> int:
    """Return the bytes an operation carries; folders and links carry none."""
    if isinstance(op, Move | Copy | Pack | Unpack | Trash | Purge):
        return op.size
    return len(op.content.encode()) if isinstance(op, Write) else 0


def target_of(op: AnyOperation) -> str:
    """Return the place an operation is listed under: what it makes, else what it takes away."""
    return op.makes or op.frees or op.reads or ""


def summary(plan: Plan) -> str:
    """Return the one line that says what a plan comes to. Scripts may look for `Plan: ` and `Nothing to do: ` at its start."""
    blocked = f"{len(plan.blocked):,} blocked" if plan.blocked else ""
    if not plan.operations:
        entries = f"{plan.settled:,} {'entry is' if plan.settled == 1 else 'entries are'} as desired"
        kept = EMPTY.get(plan.command, entries)
        held = f"{len(plan.held):,} held" if plan.held else ""
        return f"Nothing to do: {', '.join(part for part in (kept, blocked, held) if part)}."
    seen = tally(plan)
    parts = [f"{seen.counts[kind]:,} {kind}" for kind in ORDER if seen.counts[kind]]
    if blocked:
        parts.append(blocked)
    tail = [f"{human_size(seen.copy_bytes)} to copy"] if seen.copy_bytes else []
    tail.append(f"{seen.final:,} cannot be undone" if seen.final else "all can be undone")
    return f"Plan: {', '.join(parts)}; {'; '.join(tail)}."
