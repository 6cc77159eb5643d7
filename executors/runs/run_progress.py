"""How far runs got that were cut short: by their journals, or more exactly by looking at what stands. Nothing is changed."""

from collections.abc import Mapping
from dataclasses import replace

from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.state.run_journal import Found
from reshelve.executors.state.run_records import journal_in, made_in, planned_operations
from reshelve.executors.state.workspace_state import State
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.executors.verbs.how_far import Trail, how_far, trails
from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.journal_records import Began, Committed, Done, MadeFiles, Settled, Undoing
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import Confirm

_LOOKED_AT = 50_000
"""Operations of the largest plan of which those in doubt are looked at only to tell how far its run got."""


def by_journal(state: State, run: str) -> CutShort:
    """Return how far a run got by its journal alone: operations between its last `done` and its last intent may be done.

    Of a run whose plan or journal cannot be read it returns that nothing is known.
    """
    found = _journal(state, run)
    return _told(state, run, found) if found is not None else CutShort(run)


def by_looking(state: State, plan: Plan, stores: Mapping[str, AnyStore]) -> CutShort:
    """Return how far the run of a plan got, each operation in doubt looked at in `stores`, which have the keys that the run knows.

    No content is read, and nothing in buckets: there, and in a run of very many operations, it is what the journal tells.
    """
    found = _journal(state, plan.run)
    if found is None:
        return CutShort(plan.run)
    cut = _told(state, plan.run, found)
    if cut.done == cut.at_most or cut.operations > _LOOKED_AT or found.doubtful:
        return cut
    if any(key not in stores or stores[key].root.kind == "bucket" or not stores[key].root.available for key in plan.roots):
        return cut
    stands = _looked(plan, found, stores)
    return replace(cut, done=stands.count(True), at_most=len(stands) - stands.count(False))


def _journal(state: State, run: str) -> Found | None:
    try:
        return journal_in(run, state.folder_of(run))
    except (ReshelveError, KeyError):
        return None


def _told(state: State, run: str, found: Found) -> CutShort:
    began = next((record for record in found.records if isinstance(record, Began)), None)
    told = CutShort(run) if began is None else CutShort(run, began.command, on_error=began.on_error)
    operations = planned_operations(state.folder_of(run))
    ended = next((one.outcome for one in found.records if isinstance(one, Committed | Settled)), "")
    if ended:
        every = operations if ended == "done" else len(_done(found))
        return replace(told, operations=operations, done=every, at_most=every, ended=True)
    if found.doubtful:
        return replace(told, operations=operations, at_most=operations)
    done = 0 if _goes_back(found) else len(_done(found))
    return replace(told, operations=operations, done=done, at_most=min(found.begun, operations))


def _looked(plan: Plan, found: Found, stores: Mapping[str, AnyStore]) -> list[bool | None]:
    """Return of each operation that began whether it stands whole, None where that cannot be told."""
    vouched = set() if _goes_back(found) else _done(found)
    made: dict[int, Made] = {}
    for record in found.records:
        if isinstance(record, MadeFiles):
            made.update(made_in(record))
    hands = Hands(stores, made=made, run=plan.run)
    passing = trails(plan)
    until = min(found.begun, len(plan.operations))
    return [index in vouched or _stands(hands, plan, index, made.get(index), passing.get(index)) for index in range(until)]


def _stands(hands: Hands, plan: Plan, index: int, made: Made | None, trail: Trail | None) -> bool | None:
    """Say whether one operation stands whole. What it rests on is not read: that is for settling the run."""
    effects = [verb for verb in plan.operations[index].verbs(plan.run, index) if not isinstance(verb, Confirm)]
    try:
        performed = how_far(hands, effects, made, trail).performed
    except OSError:
        return None
    return None if performed is None else len(performed) == len(effects)


def _goes_back(found: Found) -> bool:
    return any(isinstance(record, Undoing) for record in found.records)


def _done(found: Found) -> set[int]:
    """Return the operations that the journal calls done."""
    done: set[int] = set()
    seen = 0
    for record in found.records:
        if isinstance(record, Done):
            done |= set(range(seen, record.until)) - set(record.without)
            seen = record.until
    return done
