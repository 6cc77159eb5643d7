"""Recover: settle runs that were cut short, deciding every operation in doubt by identity."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.runs.apply import breaking_off
from reshelve.executors.runs.damaged_runs import Doubt
from reshelve.executors.runs.failed_steps import failed_step
from reshelve.executors.runs.lost_plans import accept_untold
from reshelve.executors.runs.may_run import refuse_on_other_host
from reshelve.executors.runs.operation_standing import Seen, resolve
from reshelve.executors.runs.returned_before import recall
from reshelve.executors.runs.rollback import backwards
from reshelve.executors.runs.run_end import Clock, settle, timestamp
from reshelve.executors.runs.run_events import Emit, RunStarted, ignore
from reshelve.executors.runs.run_execution import DONE, LEFT_OUT, TO_DO, UNSURE, Execution
from reshelve.executors.state import run_journal as journals
from reshelve.executors.state.acted_folders import acted_in
from reshelve.executors.state.recorded_roots import recorded_roots
from reshelve.executors.state.root_locks import lock_folder, locked
from reshelve.executors.state.run_journal import Found, Journal
from reshelve.executors.state.run_records import journal_in, made_in
from reshelve.executors.state.run_reports import FILE as REPORT
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.cut_short import GO_ON, SETTLE, TAKE_BACK, ways
from reshelve.schemas.inventory import Root
from reshelve.schemas.journal_records import (
    Began,
    Committed,
    Done,
    Doubted,
    Failed,
    Folders,
    MadeFiles,
    Record,
    Settled,
    Undoing,
    Uploading,
)
from reshelve.schemas.known_roots import know_roots, planned_root, why_unknown
from reshelve.schemas.locations import printable
from reshelve.schemas.operations.base import token
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, errors, stop
from reshelve.schemas.run_record import Outcome
from reshelve.schemas.run_report import Report

How = Literal["rollback", "finish", "stop", "accept"]
_NONE_AWAY: Mapping[str, Root] = {}


def recover(
    state: State,
    stores: Mapping[str, AnyStore],
    *,
    how: How | None = None,
    emit: Emit = ignore,
    now: Clock,
    cancel: threading.Event | None = None,
    away: Mapping[str, Root] = _NONE_AWAY,
    tell: Callable[[Report], object] | None = None,
) -> list[Report]:
    """Settle every run that was cut short, newest first, and return their reports; an empty list when there is none.

    `how` None does as the run itself was told (`--on-error`): rollback takes it back, stop and continue keep what is done. A run
    that had ended before is not taken back so.
    `finish` does the rest of it. `accept` keeps what is done and records as they are the steps that cannot be told, or where the
    plan is lost the whole run. `away` are the roots that could not be opened, by key. A report with outcome "unsettled" names what
    could not be told: it was left as it is. Raises ReshelveError of kind "unsettled", also for a lost plan, and "locked" for a run
    that another machine may be at: `tell` has had the reports of those settled before it by then. May itself be killed at any
    point, and run again.
    """
    reports = []
    for run in reversed(state.unsettled()):
        reports.append(_settled(run, state, stores, how, emit, now, cancel, away))
        if tell is not None:
            tell(reports[-1])
    return reports


def _settled(
    run: str,
    state: State,
    stores: Mapping[str, AnyStore],
    how: How | None,
    emit: Emit,
    now: Clock,
    cancel: threading.Event | None,
    away: Mapping[str, Root],
) -> Report:
    refuse_on_other_host(run, state)
    try:
        plan = state.plan_of(run)
    except ReshelveError as lost:
        if how != "accept" or lost.problems[0].code != "plan-lost":
            raise
        folders = [lock_folder(store.root.path, store.root.fs) for store in stores.values() if store.root.available]
        with locked([str(state.folder), *folders], f"recover {run}", state), breaking_off(run):
            found = journals.load(state.folder_of(run) / "journal.ndjson", run, to_go_on=True)
            return accept_untold(run, lost.problems[0], begun_in(run, "", found, now), found, state, stores, emit, now)
    if how is None:
        _refuse_untold_end(run, state)
    stores = as_known(plan, state, stores)
    if missing := [_missing(run, key, away.get(key)) for key in plan.roots if key not in stores or not stores[key].root.available]:
        raise ReshelveError(missing, "unsettled")
    folders = [lock_folder(store.root.path, store.root.fs) for store in (stores[key] for key in plan.roots)]
    inside = acted_in(plan, {key: stores[key].root.path for key in plan.roots})
    with locked([str(state.folder), *folders], f"recover {run}", state, inside=inside), breaking_off(run):
        return _recover(plan, state, stores, how, emit, now, cancel)


def _refuse_untold_end(run: str, state: State) -> None:
    """Raise where a run had ended, and neither its report nor its journal tells how: what stands may be all it was to do."""
    folder = state.folder_of(run)
    found = journal_in(run, folder)
    # The whole journal of a killed run tells that it did not end, whatever else lies beside it.
    if not found.doubtful or any(isinstance(record, Settled | Committed) for record in found.records):
        return
    newest, _ = state.run_folders()[-1]
    if os.path.lexists(folder / REPORT):
        ended = "It had ended, for there is a report of it, which is damaged"
    elif newest != run:
        ended = "It had ended, for others ran after it, but its report is gone"  # none begins while one is unsettled
    else:
        return
    detail = f"{ended}. Its journal does not tell its end either, so nothing of it is taken back unasked."
    hint = f"If you have either in a backup, put it back, then: {SETTLE}\n"
    hint += "Else record the run as it stands, with all left in place: reshelve recover --accept\n"
    hint += f"Or take it back: {TAKE_BACK}\nOr do what is left of it: {GO_ON}"
    path = str(folder / "journal.ndjson")
    raise stop("journal-damaged", f"How run {run} ended cannot be told.", detail, path=path, hint=hint, kind="unsettled")


def _missing(run: str, key: str, root: Root | None) -> Problem:
    """Return the problem of a root that a run acted on and that is not there, with why, where that is known."""
    why, known = (f": {printable(root.why)}" if root is not None and root.why else ""), root or Root(key, "")
    hint = f"{known.way_back('settle the run')}\n{ways()}"
    return Problem("store-unavailable", "A store the run touched is not available.", f"Run {run} needs {key}{why}.", key, hint)


def as_known(plan: Plan, state: State, stores: Mapping[str, AnyStore]) -> Mapping[str, AnyStore]:
    """Return the stores by the keys that the run knew them by. Raises where one is not known to be what the run acted on."""
    today = {key: planned_root(store.root) for key, store in stores.items()}
    recorded = recorded_roots(plan.roots, state.folder)
    found = know_roots(recorded, today)
    wrong = [
        why_unknown(key, recorded[key], today, found.several.get(key, ()), "try again")
        for key in found.others(recorded)
        if key in today or key in found.several
    ]
    if wrong:
        raise ReshelveError(wrong, "unsettled")
    return {**stores, **{key: stores[now] for key, now in found.now.items()}}


def _recover(
    plan: Plan,
    state: State,
    stores: Mapping[str, AnyStore],
    how: How | None,
    emit: Emit,
    now: Clock,
    cancel: threading.Event | None,
) -> Report:
    since = now()
    path = state.folder_of(plan.run) / "journal.ndjson"
    found = journals.load(path, plan.run, to_go_on=True)
    began, records = begun_in(plan.run, plan.id, found, now), found.records
    if found.damage:
        records = journals.mend(path, began, found)
    with Journal(path) as journal:
        if not records:
            journal.write(began)
        if found.doubtful and not any(isinstance(record, Doubted) for record in records):
            # Durable before anything is done: what it goes on with now would make it look whole.
            journal.write(Doubted(""))
            journal.sync()
        execution = Execution(plan, stores, journal, emit, cancel=cancel)
        _remember(execution, records)
        intended = replace(found, records=records).begun
        begun = len(plan.operations) if found.doubtful else min(intended, len(plan.operations))
        _remember_trash(execution, begun)
        undoing = any(isinstance(record, Undoing) for record in records)
        committed = next((record.outcome for record in records if isinstance(record, Committed)), None)
        settled = next((record.outcome for record in reversed(records) if isinstance(record, Settled)), committed)
        ended = any(isinstance(record, Settled) for record in records)
        if committed == "done" and found.doubtful and not ended:
            # What it set aside may be gone since, so that it could not be told; but all of it was done before.
            execution.stands[:] = bytes([DONE]) * len(execution.stands)
        seen = Seen()
        if settled is None or (settled == "stopped" and found.doubtful and not ended):
            damaged = any(isinstance(record, Doubted) and record.why for record in records)
            doubt = Doubt(damaged, intended) if found.doubtful else None
            recall(execution, records, begun)
            seen = resolve(execution, begun, undoing=undoing, doubt=doubt, accepting=how == "accept")
        known = how is not None or any(isinstance(record, Began) for record in found.records)
        execution.failures += _damage(path, records, lacking=seen.unrecorded, ending_known=known)
        if settled is not None:
            if how in ("rollback", "finish") and settled != ("rolled-back" if how == "rollback" else "done"):
                execution.failures.append(_ended_before(plan, settled))
            return settle(execution, state, began, settled, now, accept=True, since=since)
        untouched = not (seen.standing or intended or undoing)
        emit(RunStarted(plan.run, len(plan.operations), 0))
        outcome = _decide(execution, began, how)
        return settle(execution, state, began, outcome, now, accept=how == "accept", since=since, untouched=untouched)


def begun_in(run: str, plan: str, found: Found, now: Clock) -> Began:
    """Return how a run began, as its journal says; where that is lost, or it was cut short before, as runs begin by default."""
    began = next((record for record in found.records if isinstance(record, Began)), None)
    return began or Began(
        run, plan=plan, command="apply", of="", on_error="rollback", at=timestamp(now()), who="", host="", boot="", pid=0
    )


def _damage(path: Path, records: Sequence[Record], *, lacking: bool, ending_known: bool) -> list[Problem]:
    """Tell of a damaged journal, or of one `lacking` its end: something was found that it does not tell of."""
    why = next((record.why for record in records if isinstance(record, Doubted) and record.why), "")
    if not why and not lacking:
        return []
    why = why or ("it does not record everything that was done" if records else "it is empty")
    hint = "As it was found it is kept in the same folder." if any(path.parent.glob("journal.damaged-*")) else ""
    detail = f"{why[0].upper()}{why[1:]}. What was done was found out from the files instead; times of folders may be lost."
    if not ending_known:
        detail += " Its `--on-error` is lost too, so it was rolled back, which is the default."
    return [Problem("journal-damaged", "The journal of this run is damaged.", detail, str(path), hint, severity="warning")]


def _ended_before(plan: Plan, outcome: Outcome) -> Problem:
    """Tell that a run had come to its end when it was cut short, so that it was neither taken back nor gone on with."""
    ended = {"done": "All of it had been done", "rolled-back": "All of it had been taken back"}.get(outcome, "It had stopped")
    command = "redo" if plan.command == "undo" else "undo"
    hint = "" if outcome == "rolled-back" else f"To take it back: reshelve {command} {plan.run}"
    detail = f"{ended} when run {plan.run} was cut short; only its record was missing, and is complete now."
    return Problem("ended-before", "The run had ended already.", detail, hint=hint, severity="warning")


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
    return "stopped" if DONE in execution.stands or UNSURE in execution.stands else "rolled-back"


def _remember(execution: Execution, records: list[Record]) -> None:
    """Put back what the journal knows: operations done and left out, files made, folder times."""
    seen = 0
    again = _looked_at_again(execution.plan, records)
    for record in records:
        match record:
            case Folders():
                execution.folders.note_journaled(record.before)
            case MadeFiles():
                execution.made.update(made_in(record))
            case Uploading():
                execution.foreign[record.op] = record.foreign
            case Done():
                execution.hands.letting_go.left.update(record.aside)
                left_out = set(record.without)
                for index in range(seen, min(record.until, len(execution.stands))):
                    execution.stands[index] = TO_DO if index in again else LEFT_OUT if index in left_out else DONE
                seen = record.until
            case Failed() if record.op in again:
                pass
            case Failed():
                failure = failed_step(record.code, record.detail, record.path, record.hint)
                execution.failures.append(failure)
                if failure.severity == "error":
                    execution.failed[record.op] = failure
            case Settled():
                execution.stands[:] = bytes(len(execution.stands))
                for start, until in record.done:
                    execution.stands[start:until] = bytes([DONE]) * (until - start)
                for index in record.unsure:
                    execution.stands[index] = UNSURE
            case _:
                pass
    for index, made in execution.made.items():
        at = execution.plan.operations[index].makes
        if at is not None:
            execution.hands.objects.know(at, made, token(execution.plan.run, index))


def _looked_at_again(plan: Plan, records: Sequence[Record]) -> set[int]:
    """Return the operations that an earlier recovery could not tell, and those that were left out because they need one of them."""
    done = [record for record in records if isinstance(record, Done)]
    again = {index for record in done for index in record.unsure}
    for index in sorted({index for record in done for index in record.without} if again else ()):
        if not again.isdisjoint(plan.operations[index].needs):
            again.add(index)
    return again


def _remember_trash(execution: Execution, begun: int) -> None:
    """Find the trash folders the run may have made: those it leaves empty go when it settles."""
    plan = execution.plan
    verbs = [(index, plan.operations[index].verbs(plan.run, index)) for index in range(begun)]
    execution.folders.note_trash(execution.folders.of(verbs))


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
