"""Archived objects in the way of an undo: they are asked for first, and waited for; the next undo does the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from reshelve.planner.buckets.thaws import Asked, ready_about
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.obstacles import Obstacle
from reshelve.schemas.archived_classes import READY_SECONDS
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.operations import Thaw
from reshelve.schemas.plan import Waiting
from reshelve.schemas.price_list import Prices
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Store, ThawTerms


@dataclass(slots=True, frozen=True)
class Terms:
    """What an undo goes by where objects are archived, and what it costs; as for a plan (planner.make_plan.PlanRequest)."""

    stores: Mapping[str, Store] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    prices: Prices | None = None
    now_ns: int = 0


@dataclass(slots=True)
class Thaws:
    """What to ask for, and what then waits, of the obstacles that are archived objects; `left` are those no thaw lifts."""

    operations: list[Thaw] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    left: list[Obstacle] = field(default_factory=list)

    def note(self, command: str, *, alone: bool) -> Problem:
        """Say that the undo waits: all of it, planned `alone`, or only what needs the objects. `command` plans it anew."""
        detail = f"{printable(self.waiting[0].source)} has to be thawed before it can be brought back."
        if len(self.waiting) > 1:
            detail = f"{len(self.waiting):,} objects have to be thawed before they can be brought back."
        hint = f"Once that is so, take it back with: {command}"
        if alone:
            hint += "; until then nothing is taken back, but with --partial"
        return Problem("undo-waits", "An undo waits for archived objects.", detail, hint=hint, severity="note")


def thaws(obstacles: Sequence[Obstacle], readers: Readers, terms: Terms, because: str) -> Thaws:
    """Return what to ask for so that archived objects can be brought back. Raises OSError."""
    found = Thaws()
    asked: dict[str, Thaw] = {}
    depend: list[Obstacle] = []
    for one in sorted(obstacles, key=lambda each: each.place):
        if one.code == "depends":
            depend.append(one)
            continue
        root, rel = split(one.place)
        item = readers[root].stat(rel) if one.code == "archived" else None
        if item is None:
            found.left.append(one)
            continue
        store = terms.stores.get(store_of(root))
        told = store.thaw if store is not None else ThawTerms()
        known = Asked("", "")
        if item.restored == "ongoing":
            known = terms.asked.get(one.place, known)
        elif (item.storage_class, told.tier) in READY_SECONDS:
            seen = item.size, item.mtime_ns, item.ino
            asked.setdefault(one.place, Thaw(one.place, *seen, told.days, told.tier, because))
        else:
            detail = f"{printable(one.place)} is in {item.storage_class}, which has no tier {told.tier}."
            found.left.append(replace(one, code="no-such-tier", detail=detail))
            continue
        ready = ready_about(item.storage_class, known) if known.at else ""
        found.waiting.append(Waiting(one.back or one.here or one.place, one.place, known.tier, known.at, ready))
    found.operations = list(asked.values())
    found.left += depend if not found.waiting else []
    return found
