"""Deciding, after a run was cut short, how each of its operations stands, and putting right what stands half done (design §5)."""

from collections.abc import Sequence
from dataclasses import replace

from reshelve.executors.runs.damaged_runs import Doubt, know_by_content, not_begun, what_stands
from reshelve.executors.runs.run_execution import DONE, LEFT_OUT, TO_DO, UNSURE, Execution
from reshelve.executors.verbs.file_verbs import Folder, Hands, advice_back
from reshelve.executors.verbs.how_far import HowFar, Trail, how_far, trails
from reshelve.executors.verbs.leftovers import clear, clear_unfinished, put_back
from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import MakeDir, RemoveDir, Verb


@dataclass(slots=True)
class Seen:
    """What looking came to: whether anything of the run stood, or may have; and whether something did that no journal tells of."""

    standing: bool = False
    unrecorded: bool = False


def resolve(execution: Execution, begun: int, *, undoing: bool, doubt: Doubt | None = None, accepting: bool = False) -> Seen:
    """Decide every operation the journal does not vouch for, by looking; clear what it left over, and take it back unless it ended.

    Once the run was being taken back (`undoing`), what the journal calls done may have been taken back since; a journal in
    `doubt` vouches for nothing. Operations from `begun` on were never intended, so they never began: intents reach the disk before
    their effects. What stands when this returns is durable. `accepting`: what cannot be told will be recorded as it is.
    """
    seen = Seen()
    passing = trails(execution.plan)
    looked_at: set[Folder] = set()
    needed_by = _needed_by(execution.plan)
    recorded = dict(execution.made)
    # All at once, before any is told: what lets content go rests on what an earlier operation made.
    known = know_by_content(execution, begun, passing) if doubt is not None else {}
    for index in range(begun - 1, -1, -1):
        if execution.stands[index] == LEFT_OUT or (not undoing and doubt is None and execution.stands[index] == DONE):
            continue
        verbs = execution.plan.operations[index].verbs(execution.plan.run, index)
        touched = execution.folders.of([(index, verbs)])
        execution.folders.note(touched)
        looked_at |= touched
        made = execution.made.get(index)
        try:
            put_back(execution.hands, verbs, execution.plan.run, index)
            told = _told(execution, index, verbs, passing.get(index), doubt, known.get(index, True))
            _put_right(execution, index, verbs, told, undoing=undoing, doubtful=doubt is not None)
        except OSError as error:
            _unsure(execution, index, error.strerror or str(error), _ACCEPTED if accepting else advice_back(error))
            continue
        seen.standing |= told.performed is None or len(told.performed) > 0
        if told.performed and doubt is not None:
            seen.unrecorded |= index >= doubt.intended or made != recorded.get(index)
        if told.performed is None:
            why = f"neither as before nor as after: {what_stands(execution.hands, verbs)}"
            _unsure(execution, index, why, _ACCEPTED if accepting else _TOLD)
        else:
            _record(execution, index, told.performed, verbs, needed_by)
    # What is found done may not have reached the disk yet: no original is let go of before it has.
    execution.folders.sync(looked_at)
    return seen


def _record(
    execution: Execution, index: int, performed: Sequence[Verb], verbs: Sequence[Verb], needed_by: dict[int, list[int]]
) -> None:
    """Record an operation that stands whole as done; take another back, after what was built on the part of it that stands.

    So is an upload that a kill left short of its end, which the journal tells nothing of.
    """
    lacking = execution.made.get(index) is None and any(execution.hands.objects.is_half_done(verb) for verb in performed)
    if len(performed) == len(verbs) and not lacking:
        execution.stands[index] = DONE
        if execution.made.get(index) is None:
            _take_identity(execution, index)
        return
    if performed:
        for later in _built_on(needed_by, index):
            if execution.stands[later] == DONE:
                _take_back(execution, later, *[execution.plan.operations[later].verbs(execution.plan.run, later)] * 2)
    _take_back(execution, index, performed, verbs)


_TOLD = "Look there, put one place right, and recover again; or record it as it is: reshelve recover --accept"
_ACCEPTED = "It is recorded as it is. Look there, and keep what you want."


def _told(
    execution: Execution, index: int, verbs: Sequence[Verb], trail: Trail | None, doubt: Doubt | None, known: bool | OSError
) -> HowFar:
    """Tell how far an operation got; `known`: whether what it made can be told, or why that cannot be looked at. Raises OSError."""
    if isinstance(known, OSError):
        raise known
    if not known:
        return HowFar(None)
    told = how_far(execution.hands, verbs, execution.made.get(index), trail)
    lacking = doubt is not None and not doubt.damaged and index >= doubt.intended
    if told.performed is None and lacking and not_begun(execution.hands, verbs):
        return replace(told, performed=[])
    return told


def _put_right(execution: Execution, index: int, verbs: Sequence[Verb], told: HowFar, *, undoing: bool, doubtful: bool) -> None:
    """Clear what was left over of an operation, and finish the folders it made. Raises OSError."""
    hands, performed = execution.hands, told.performed
    clear(hands, told.leftovers, execution.plan.run, index)
    if performed is not None:
        if not performed or (doubtful and verbs[0] not in performed):
            clear_unfinished(hands, verbs)
        _dress_folders(hands, verbs, performed, undoing=undoing)
    if index in execution.foreign:
        execution.parts.mine[index] = hands.objects.unfinished(verbs, execution.foreign[index])


def _take_back(execution: Execution, index: int, performed: Sequence[Verb], verbs: Sequence[Verb]) -> None:
    trouble = take_back_verbs(execution.hands, performed, execution.made.get(index), verbs)
    execution.stands[index] = TO_DO if trouble is None else UNSURE
    if trouble is not None:
        execution.failures.append(trouble)


def _needed_by(plan: Plan) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, operation in enumerate(plan.operations):
        for need in operation.needs:
            found.setdefault(need, []).append(index)
    return found


def _built_on(needed_by: dict[int, list[int]], index: int) -> list[int]:
    """Return the operations that need this one, by however many steps, last first.

    A power cut may have kept what they did and dropped part of what they stand on: they go back before it does.
    """
    found: set[int] = set()
    waiting = [index]
    while waiting:
        fresh = set(needed_by.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return sorted(found, reverse=True)


def _dress_folders(hands: Hands, verbs: Sequence[Verb], stands: Sequence[Verb], *, undoing: bool) -> None:
    """Give folders made by this run, or made again by its being taken back, the mode and owner a kill may have kept from them."""
    for verb in verbs:
        if (isinstance(verb, MakeDir) and verb in stands) or (isinstance(verb, RemoveDir) and undoing and verb not in stands):
            hands.dress(verb)


def _take_identity(execution: Execution, index: int) -> None:
    operation = execution.plan.operations[index]
    place = operation.src if operation.op == "transition" else operation.makes
    renamed = operation.op == "move" and not operation.across
    if place is None or renamed or operation.op in ("mkdir", "trash"):
        return
    item = execution.hands.seen(place)
    if item is not None:
        execution.remember(index, execution.hands.objects.identity(place, Made(index, item.ino, item.size, item.mtime_ns)))


def _unsure(execution: Execution, index: int, why: str, hint: str) -> None:
    operation = execution.plan.operations[index]
    execution.stands[index] = UNSURE
    place = operation.makes or operation.frees or ""
    detail = f"{printable(operation.describe())}: {why}."
    execution.failures.append(Problem("cannot-tell", "It is not known whether a step was done.", detail, place, hint))
