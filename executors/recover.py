"""Recover: settle runs that were cut short, deciding every operation in doubt by identity."""

import threading
from collections.abc import Mapping, Sequence
from typing import Literal

from executors import journal as journals
from executors.apply import breaking_off
from executors.events import Emit, ignore
from executors.execution import DONE, LEFT_OUT, TO_DO, UNSURE, Execution
from executors.journal import Journal
from executors.locate import clear_rubbish, standing, trails
from executors.locks import locked, roots_of
from executors.perform import Folder, Hands, advice, in_trash
from executors.rollback import backwards
from executors.settle import Clock, settle, timestamp
from executors.state import State, made_in
from executors.stores.objects import AnyStore
from executors.takeback import take_back_verbs
from schemas.documents.plans import load_plan
from schemas.journal import Began, Committed, Done, Failed, Folders, Intended, MadeFiles, Record, Settled, Undoing, Uploading
from schemas.locations import printable, split
from schemas.operations.base import token
from schemas.plan import Plan
from schemas.problems import Problem, errors, stop
from schemas.records import Made, Outcome
from schemas.report import Report
from schemas.verbs import MakeDir, RemoveDir, Verb

How = Literal["rollback", "finish", "stop", "accept"]


def recover(
    state: State,
    stores: Mapping[str, AnyStore],
    *,
    how: How | None = None,
    emit: Emit = ignore,
    now: Clock,
    cancel: threading.Event | None = None,
) -> list[Report]:
    """Settle every run that was cut short, newest first, and return their reports; an empty list when there is none.

    `how` None does as the run itself was told (`--on-error`): rollback takes it back, stop and continue keep what is done.
    `finish` does the rest of it. `accept` keeps what is done and records as they are the steps that cannot be told. A report
    with outcome "unsettled" names what could not be told: it was left as it is. May itself be killed at any point, and run again.
    """
    reports = []
    for run in reversed(state.unsettled()):
        folder = state.folder_of(run)
        if not (folder / "plan.json").exists():
            continue
        plan = load_plan(folder / "plan.json")
        missing = [key for key in plan.roots if key not in stores or not stores[key].root.available]
        if missing:
            raise stop(
                "store-unavailable",
                "A store the run touched is not available.",
                f"Run {run} needs {', '.join(missing)}.",
                hint="Mount or connect it, then: reshelve recover",
                kind="unsettled",
            )
        with locked([str(state.folder), *roots_of(plan)], f"recover {run}", state), breaking_off(run):
            reports.append(_recover(plan, state, stores, how, emit, now, cancel))
    return reports


def _recover(
    plan: Plan,
    state: State,
    stores: Mapping[str, AnyStore],
    how: How | None,
    emit: Emit,
    now: Clock,
    cancel: threading.Event | None,
) -> Report:
    path = state.folder_of(plan.run) / "journal.ndjson"
    records = list(journals.read(path))
    began = next((record for record in records if isinstance(record, Began)), None)
    with Journal(path) as journal:
        if began is None:
            # Cut short before the first record: nothing was touched.
            began = Began(plan.run, plan.id, plan.command, plan.of, "rollback", timestamp(now()), "", "", "", 0)
            journal.write(began)
        execution = Execution(plan, stores, journal, emit, cancel=cancel)
        _remember(execution, records)
        begun = max((record.until for record in records if isinstance(record, Intended)), default=0)
        _remember_trash(execution, begun)
        committed = next((record.outcome for record in records if isinstance(record, Committed)), None)
        if committed is not None:
            return settle(execution, state, began, committed, now, accept=True)
        _look(execution, begun, undoing=any(isinstance(record, Undoing) for record in records))
        return settle(execution, state, began, _decide(execution, began, how), now, accept=how == "accept")


def _decide(execution: Execution, began: Began, how: How | None) -> Outcome:
    if how is None:
        how = "rollback" if began.on_error == "rollback" else "stop"
    _give_up_parts(execution, all_of_them=how != "finish")
    if how == "rollback":
        backwards(execution)
        return "rolled-back"
    if how == "finish" and execution.forwards("stop") and not errors(execution.failures):
        return "done"
    if all(stands == DONE for stands in execution.stands):
        return "done"
    return "stopped" if DONE in execution.stands else "rolled-back"


def _remember(execution: Execution, records: list[Record]) -> None:
    """Put back what the journal knows: operations done and left out, files made, folder times."""
    seen = 0
    for record in records:
        match record:
            case Folders():
                for place, mtime_ns in record.before:
                    execution.before.setdefault(split(place), mtime_ns)
            case MadeFiles():
                execution.made.update(made_in(record))
            case Uploading():
                execution.foreign[record.op] = record.foreign
            case Done():
                left_out = set(record.without)
                for index in range(seen, record.until):
                    execution.stands[index] = LEFT_OUT if index in left_out else DONE
                seen = record.until
            case Failed():
                execution.failures.append(Problem(record.code, "An operation failed.", record.detail, record.path, record.hint))
            case Settled():
                execution.stands[:] = bytes(len(execution.stands))
                for start, until in record.done:
                    execution.stands[start:until] = bytes([DONE]) * (until - start)
            case _:
                pass
    for index, made in execution.made.items():
        at = execution.plan.operations[index].makes
        if at is not None:
            execution.hands.objects.know(at, made, token(execution.plan.run, index))


def _remember_trash(execution: Execution, begun: int) -> None:
    """Find the trash folders the run may have made: those it leaves empty go when it settles."""
    plan = execution.plan
    verbs = [(index, plan.operations[index].verbs(plan.run, index)) for index in range(begun)]
    execution.trash |= {folder for folder in execution.touched(verbs) if in_trash(folder[1])}


def _look(execution: Execution, begun: int, *, undoing: bool) -> None:
    """Decide every operation the journal does not vouch for, by looking; one begun and not ended is itself taken back.

    Once the run was being taken back (`undoing`), what the journal calls done may have been taken back since.
    Operations from `begun` on were never intended, so they never began: intents reach the disk before their effects.
    What stands when this returns is durable.
    """
    plan, hands = execution.plan, execution.hands
    passing = trails(plan)
    looked_at: set[Folder] = set()
    needed_by: dict[int, list[int]] = {}
    for index in range(begun - 1, -1, -1):
        operation = plan.operations[index]
        if execution.stands[index] == LEFT_OUT or (not undoing and execution.stands[index] == DONE):
            continue
        verbs = operation.verbs(plan.run, index)
        touched = execution.touched([(index, verbs)])
        execution.note(touched)
        looked_at |= touched
        made = execution.made.get(index)
        try:
            stands = standing(hands, verbs, made, passing.get(index))
            if stands == []:
                clear_rubbish(hands, verbs)
            if stands is not None:
                _dress_folders(hands, verbs, stands, undoing=undoing)
            if index in execution.foreign:
                execution.parts.mine[index] = hands.objects.unfinished(verbs, execution.foreign[index])
        except OSError as error:
            _unsure(execution, index, f"{printable(operation.describe())}: {error.strerror}.", advice(error)[1])
            continue
        if stands is None:
            _unsure(
                execution,
                index,
                f"{printable(operation.describe())}: neither as before nor as after.",
                "Look at both places, put one of them right, and recover again; or record it as it is: reshelve recover --accept",
            )
        elif len(stands) == len(verbs):
            execution.stands[index] = DONE
            if made is None:
                _take_identity(execution, index)
        else:
            if stands:
                needed_by = needed_by or _needed_by(plan)
                for later in _built_on(needed_by, index):
                    if execution.stands[later] == DONE:
                        _take_back(execution, later, *[plan.operations[later].verbs(plan.run, later)] * 2)
            _take_back(execution, index, stands, verbs)
    # What is found done may not have reached the disk yet: no original is let go of before it has.
    execution.sync(looked_at)


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


def _give_up_parts(execution: Execution, *, all_of_them: bool) -> None:
    """Give up the uploads in parts that the killed run left: all, or those nothing is to come of any more.

    One that cannot be given up now is named, and holds nothing up.
    """
    for index, ids in sorted(execution.parts.mine.items()):
        if not all_of_them and execution.stands[index] == TO_DO:
            continue
        del execution.parts.mine[index]
        operation = execution.plan.operations[index]
        try:
            execution.hands.objects.give_up(operation.verbs(execution.plan.run, index), ids)
        except OSError as error:
            detail = f"{printable(operation.makes or '')}: {error.strerror}."
            hint = "Its parts are stored, and paid for, until they are removed."
            summary = "An unfinished upload was left."
            execution.failures.append(Problem("upload-left", summary, detail, operation.makes or "", hint, severity="warning"))


def _take_identity(execution: Execution, index: int) -> None:
    operation = execution.plan.operations[index]
    place = operation.src if operation.op == "transition" else operation.makes
    renamed = operation.op == "move" and not operation.across
    if place is None or renamed or operation.op in ("mkdir", "trash"):
        return
    item = execution.hands.seen(place)
    if item is not None:
        execution.remember(index, execution.hands.objects.identity(place, Made(index, item.ino, item.size, item.mtime_ns)))


def _unsure(execution: Execution, index: int, detail: str, hint: str) -> None:
    operation = execution.plan.operations[index]
    execution.stands[index] = UNSURE
    place = operation.makes or operation.frees or ""
    execution.failures.append(Problem("cannot-tell", "A step cannot be told.", detail, place, hint))
