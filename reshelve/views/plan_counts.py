"""Tally: the figures of a plan that every view shows, counted in one pass."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import field

from reshelve.schemas.carried_bytes import Way, buckets, carried
from reshelve.schemas.operations import AnyOperation, Move, Pack, Purge, Thaw, Trash
from reshelve.schemas.operations.trash import NOT_KNOWN
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem, errors
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass

EMPTY: dict[PlanCommand, str] = {
    "undo": "nothing of it is left to undo",
    "redo": "nothing of it is left to redo",
    "archive": "nothing is to be archived",
    "restore": "nothing is to be restored",
    "backup": "nothing is to be done",
    "sync": "nothing differs",
    "clean": "there is nothing in the bucket",
    "trash empty": "nothing like that is in the trash",
    "trash restore": "nothing like that is in the trash",
}
"""What a plan without operations says, where it is not about the entries of a layout."""
_UNNAMED: dict[PlanCommand, str] = dict.fromkeys(("undo", "redo"), "nothing of what --only names is left of it")
_NOWHERE = "no file is to go anywhere"
_UNMET = frozenset((
    "lost", "changed", "unreadable", "unknown", "store-unavailable", "store-unseen", "home-away", "unknown-store",
    "trash-unreadable",
))  # fmt: skip
"""Problems of a plan by which entries are not as desired, or may not be, however grave they are."""
_OF_ENTRIES = ("lost", "changed")
"""Problems of a plan that are each about one entry, which is neither planned nor as desired."""
ORDER = (
    "mkdir", "move", "copy", "link", "write", "upload", "download", "pack", "unpack", "transition", "thaw", "configure", "reveal",
    "trash", "rmdir", "purge",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """How many operations of each kind, how many bytes they carry, and how many cannot be taken back, or at a cost.

    `reread_bytes` are of files that go because their content stands elsewhere: they are read once more as they go.
    `ending` are those that cannot, but end by themselves; `fleeting` are those that can be taken back only until a day, of which
    `until` is the first; `untold` those of which that is not known.
    """

    counts: Counter[str] = field(default_factory=Counter)
    copy_bytes: int = 0
    upload_bytes: int = 0
    download_bytes: int = 0
    trash_bytes: int = 0
    reread_bytes: int = 0
    freed_bytes: int = 0
    final: int = 0
    ending: int = 0
    costly: int = 0
    fleeting: int = 0
    untold: int = 0
    until: str = ""


def tally(plan: Plan) -> Tally:
    """Count a plan. Bytes to copy are those of copies, of moves across file systems, and of archives on this machine."""
    seen = Tally()
    counts = seen.counts
    carries: Counter[Way] = Counter()
    in_buckets = buckets(plan.roots)
    for op in plan.operations:
        counts[op.op] += 1
        each = carried(op, in_buckets)
        carries[each.way] += each.size
        if isinstance(op, Move):
            seen.costly += op.objects and op.undoable == "costs"
            continue
        seen.costly += op.undoable == "costs"
        if isinstance(op, Trash):
            seen.reread_bytes += op.size if op.hash and not op.away else 0
            if op.until == NOT_KNOWN:
                seen.untold += 1
            elif op.until:
                seen.fleeting += 1
                seen.until = min(seen.until or op.until, op.until)
        elif isinstance(op, Purge):
            seen.final += 1
        elif isinstance(op, Thaw):
            seen.ending += 1
    seen.copy_bytes, seen.upload_bytes, seen.download_bytes = carries["copied"], carries["uploaded"], carries["downloaded"]
    seen.trash_bytes, seen.freed_bytes = carries["trashed"], carries["freed"]
    return seen


def shown_as(op: AnyOperation) -> str:
    """Return the kind of operation that people read: an archive that goes straight into a bucket is an upload."""
    return "upload" if isinstance(op, Pack) and op.upload else op.op


def leave_unmet(problems: Iterable[Problem]) -> bool:
    """Say whether by one of these problems something is not as desired, or may not be."""
    return any(problem.severity == "error" or problem.code in _UNMET for problem in problems)


def summary(plan: Plan, *, kept: bool = False) -> str:
    """Return the one line that says what a plan comes to. `kept`: something asked for is not in it.

    Scripts may look for `Plan: `, `Nothing to do: ` and `Nothing planned: ` at its start.
    """
    blocked = f"{len(plan.blocked):,} blocked" if plan.blocked else ""
    waiting = f"{len(plan.waiting):,} waiting for a thaw" if plan.waiting else ""
    codes = Counter(problem.code for problem in plan.problems)
    left = [part for part in (blocked, *(f"{codes[code]:,} {code}" for code in _OF_ENTRIES if codes[code]), waiting) if part]
    if not plan.operations:
        done = not (kept or plan.blocked or plan.waiting or leave_unmet(plan.problems))
        # None that are as desired would read as if all were wrong.
        entries = f"{plan.settled:,} {'entry is' if plan.settled == 1 else 'entries are'} as desired" if plan.settled else ""
        of_some = plan.command in _UNNAMED and not plan.whole and not plan.blocked
        known = (_UNNAMED if of_some else EMPTY).get(plan.command, entries) if done or plan.command not in EMPTY else ""
        held = f"{len(plan.held):,} held" if plan.held else ""
        number = len(errors(plan.problems))
        wrong = f"{number:,} error{'' if number == 1 else 's'}" if number else ""
        nothing = _NOWHERE if done else "what was asked for stays as it is"
        told = ", ".join(part for part in (known, *left, held, wrong) if part) or nothing
        return f"{'Nothing to do' if done else 'Nothing planned'}: {told}."
    seen = tally(plan)
    shown = Counter(map(shown_as, plan.operations))
    parts = [f"{shown[kind]:,} {kind}" for kind in ORDER if shown[kind]]
    parts += left
    carried = (
        (seen.upload_bytes, "to upload"), (seen.download_bytes, "to download"), (seen.copy_bytes, "to copy"),
        (seen.reread_bytes, "to read again"),
    )  # fmt: skip
    tail = [f"{human_size(size)} {what}" for size, what in carried if size]
    if apart := codes["parted"]:
        tail.append(f"{apart:,} folder{'' if apart == 1 else 's'} split over several disks")
    undoing = [f"{seen.final:,} cannot be undone"] if seen.final else []
    ending = "ends by itself" if seen.ending == 1 else "end by themselves"
    undoing += [f"{seen.ending:,} cannot be undone and {ending}"] if seen.ending else []
    undoing += [f"{seen.costly:,} can be undone at a cost"] if seen.costly else []
    undoing += [f"{seen.fleeting:,} can be undone until {seen.until}"] if seen.fleeting else []
    undoing += [f"{seen.untold:,} can be undone as long as the bucket's rules allow, which is unknown"] if seen.untold else []
    tail.append(", ".join(undoing) or "all can be undone")
    if errors(plan.problems):
        tail.append("not to be applied while it has errors")
    return f"Plan: {', '.join(parts)}; {'; '.join(tail)}."
