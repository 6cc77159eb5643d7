"""The end of a run: what was set aside goes, folder times are put right, and the journal and the report say how it ended."""

import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from reshelve.executors.contracts.object_store import folder_store
from reshelve.executors.platforms.refused_attributes import Refusal
from reshelve.executors.runs.only_in_trash import only_in_trash
from reshelve.executors.runs.run_events import RunSettled
from reshelve.executors.runs.run_execution import DONE, LEFT_OUT, UNSURE, Execution
from reshelve.executors.state.held_entries import remember
from reshelve.executors.state.run_reports import Results, figures, save_report
from reshelve.executors.state.workspace_state import State
from reshelve.executors.verbs.file_verbs import Folder, folder_of, same
from reshelve.executors.verbs.original_removal import WRITTEN, Original
from reshelve.schemas.carried_bytes import buckets
from reshelve.schemas.inventory import Item
from reshelve.schemas.journal_records import Began, Committed, Left, Settled
from reshelve.schemas.locations import join, printable, split
from reshelve.schemas.operations import AnyOperation, Move, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, stop
from reshelve.schemas.run_record import Outcome
from reshelve.schemas.run_report import Report, Result

_ANOTHER = frozenset({errno.ESTALE, errno.ENOENT, errno.ENOTDIR})
"""What looking at a root fails with where another folder, or none, stands in its place."""

Clock = Callable[[], datetime]


def timestamp(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def settle(
    execution: Execution,
    state: State,
    began: Began,
    outcome: Outcome,
    now: Clock,
    *,
    accept: bool = False,
    since: datetime | None = None,
    untouched: bool = False,
) -> Report:
    """Settle a run and return its report, which is written beside the journal.

    While operations stand unsure nothing is settled unless `accept` says to record them as they are: the report then
    says "unsettled" and is not written. May run again after a kill at any point, and comes to the same. `since` is when this
    began, where that is not when the run did; `untouched`: nothing of the run had been done.
    """
    recovering = since is not None
    since = since or datetime.fromisoformat(began.at)
    unsure = [index for index, stands in enumerate(execution.stands) if stands == UNSURE]
    if unsure and not accept:
        # Its room stays: whoever recovers it again needs that, and sees by it that nothing is missing at the end.
        execution.journal.sync()
        execution.journal.abandon()
        execution.failures += only_in_trash(execution, settled=False, recovering=False)
        return _report(execution, began, "unsettled", now, 0, since)
    if outcome != "rolled-back":
        execution.journal.write(Committed(outcome))
        execution.journal.sync()
    freed = _clear_aside(execution, outcome)
    if outcome == "stopped":
        _take_empty_folders_back(execution)
    execution.failures += only_in_trash(execution, settled=True, recovering=recovering)
    execution.folders.prune_trash()
    if outcome == "rolled-back" and not unsure:
        execution.failures += execution.folders.restore_times()
    elif outcome == "done":
        execution.failures += execution.folders.set_planned_times()
    elif not unsure:
        execution.failures += execution.folders.set_times_of_part([stands == DONE for stands in execution.stands])
    left = execution.folders.times_left()
    execution.failures += _replaced_roots(execution)
    execution.journal.write(Left(left))
    execution.journal.write(Settled(outcome, timestamp(now()), _ranges(execution.stands), unsure))
    execution.journal.close()
    report = _report(execution, began, outcome, now, freed, since, untouched)
    # Before the run counts as settled: what it holds back or lets go of would be forgotten if it were killed in between.
    remember(state, report, execution.plan, _done(execution))
    _save(report, state)
    execution.emit(RunSettled(report))
    return report


def _save(report: Report, state: State) -> None:
    """Write the report beside the journal. Raises ReshelveError where that folder was taken away while the run went on."""
    try:
        folder = state.folder_of(report.run)
    except KeyError:
        how = {"done": "did all it was to do", "rolled-back": "took back all it had done"}.get(report.outcome, "stopped part-way")
        detail = f"It was removed or moved away while the run went on. The run {how}; without the record it cannot be undone."
        hint = "If it was moved, put it back, then: reshelve recover"
        summary = f"The record of run {report.run} is gone."
        raise stop("record-gone", summary, detail, path=str(state.folder), hint=hint, kind="unsettled") from None
    save_report(folder, report)


def _replaced_roots(execution: Execution) -> Iterator[Problem]:
    """Tell of each root whose path leads to another folder by now, or to none: what the run did there is not to be found by it."""
    for key in execution.plan.roots:
        store = execution.stores[key]
        if store.root.kind == "bucket" or execution.failing.is_gone(key):
            continue
        store.forget()
        try:
            store.stat("")
        except OSError as error:
            if error.errno not in _ANOTHER:
                continue
            where = printable(store.root.path)
            detail = (
                f"{where} began to lead elsewhere while the run went on. What it did there is in the folder that was there before."
            )
            hint = "Unmount or move away what is there now, or move the folder back; then: reshelve check"
            yield Problem("store-replaced", "Another folder has taken a store's place.", detail, key, hint, severity="warning")


def _clear_aside(execution: Execution, outcome: Outcome) -> int:
    """Remove the sources set aside whose verified copies stand; tell of each that has to stay, and of how it comes back.

    Return the bytes freed.
    """
    freed = 0
    for original, why in execution.hands.letting_go.remove(_ready_to_go(execution, outcome)):
        if why == "":
            freed += original.item.size
        elif isinstance(why, OSError):
            _keep(execution, original.op, original.place, f"It could not be removed: {why.strerror}.")
        else:
            copy = printable(execution.plan.operations[original.op].makes or "")
            _keep(execution, original.op, original.place, f"{why}: the last changes may not be in its copy at {copy}.")
    return freed


def _ready_to_go(execution: Execution, outcome: Outcome) -> Iterator[Original]:
    """Yield the sources set aside that are what they were, as their copies are; tell of the others, which stay."""
    for index, place in _set_aside(execution):
        operation = execution.plan.operations[index]
        store, aside = execution.hands.at(place)
        try:
            item = store.stat(aside)
            if item is None:
                continue
            certain = execution.stands[index] == DONE and outcome != "rolled-back"
            uncertain = "It is uncertain whether its move was done or taken back."
            why = _unlike(execution, index, operation, item) if certain else uncertain
        except OSError as error:
            why = f"It could not be removed: {error.strerror}."
        else:
            if not why:
                yield Original(index, place, item, partial(_content, execution, index))
                continue
        _keep(execution, index, place, why)


def _content(execution: Execution, index: int) -> str:
    """Return the content hash of the copy that an operation made; a further name of a copy is read. Raises OSError."""
    made = execution.made.get(index)
    if made is not None and made.hash:
        return made.hash
    root, rel = split(execution.plan.operations[index].makes or "")
    return execution.stores[root].digest(rel)


def _keep(execution: Execution, index: int, place: str, why: str) -> None:
    execution.failures.append(_original_kept(execution.plan, index, place, why))


def _set_aside(execution: Execution) -> Iterator[tuple[int, str]]:
    """Yield the operations whose sources may lie where they were set aside, and these places. Each folder is listed once."""
    listed: dict[Folder, set[str] | None] = {}
    for index, operation in enumerate(execution.plan.operations):
        place = operation.set_aside(execution.plan.run, index)
        if place is None:
            continue
        folder = folder_of(place)
        if folder not in listed:
            try:
                listed[folder] = execution.stores[folder[0]].names(folder[1]) or set()
            except OSError:
                listed[folder] = None
        names = listed[folder]
        if execution.stands[index] == DONE:
            execution.folders.note_trash([folder])
        if str(index) in names if names is not None else execution.stands[index] in (DONE, UNSURE):
            yield index, place


def _unlike(execution: Execution, index: int, operation: AnyOperation, item: Item) -> str:
    """Say why a source that was set aside cannot go: it or its copy is not what it was. "" where both are. Raises OSError."""
    assert isinstance(operation, Move | Upload)
    copy = printable(operation.dst)
    if not same(item, operation.size, operation.mtime_ns, operation.ino):
        return f"{WRITTEN}: the last changes may not be in its copy at {copy}."
    made = execution.made.get(index)
    if made is None or not execution.hands.is_as_made(operation.dst, made):
        return f"Its copy at {copy} has changed since this run made it."
    return ""


def _original_kept(plan: Plan, index: int, place: str, why: str) -> Problem:
    origin = plan.origin(index)
    hint = f"Bring it back with: {plan.restoring(index)}"
    detail = f"{why} It is at {printable(place)}."
    return Problem("original-kept", "An original was kept.", detail, origin, hint, severity="warning")


def _take_empty_folders_back(execution: Execution) -> None:
    """Remove the folders that were made for what then did not come: they count as not made."""
    awaited: dict[int, bool] = {}
    for index in range(len(execution.plan.operations) - 1, -1, -1):
        operation = execution.plan.operations[index]
        made = operation.op == "mkdir" and execution.stands[index] == DONE and awaited.get(index) is False
        if made and operation.makes and not execution.failing.is_gone(split(operation.makes)[0]):
            store, rel = execution.hands.at(operation.makes)
            try:
                store.remove_dir(rel)
                execution.stands[index] = LEFT_OUT
            except FileNotFoundError:
                execution.stands[index] = LEFT_OUT
            except OSError:
                pass  # something came into it from elsewhere: it stays, and is told as made
        came = execution.stands[index] in (DONE, UNSURE)
        for need in operation.needs:
            awaited[need] = awaited.get(need, False) or came


def _ranges(stands: bytearray) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    start = 0
    while (start := stands.find(DONE, start)) >= 0:
        until = start
        while until < len(stands) and stands[until] == DONE:
            until += 1
        ranges.append((start, until))
        start = until
    return ranges


def _report(
    execution: Execution, began: Began, outcome: Outcome, now: Clock, freed: int, since: datetime, untouched: bool = False
) -> Report:
    plan = execution.plan
    done = list(_done(execution))
    unsure = [_place(plan.operations[index]) for index, stands in enumerate(execution.stands) if stands == UNSURE]
    ended = now()
    done_figures = figures(done, buckets(plan.roots))
    done_figures["freed_bytes"] += freed
    return Report(
        run=plan.run,
        plan=plan.id,
        command=plan.command,
        outcome=outcome,
        on_error=began.on_error,
        started=began.at,
        ended=timestamp(ended),
        seconds=round((ended - since).total_seconds(), 3),
        of=plan.of,
        who=began.who,
        host=began.host,
        operations=len(plan.operations),
        **done_figures,
        failures=execution.failures,
        unsure=unsure,
        interrupted=execution.cancel.is_set(),
        notes=_refused(execution),
        whole=plan.whole and not any(stands == LEFT_OUT for stands in execution.stands),
        untouched=untouched,
        results=Results(plan.operations, _stands(execution), execution.failed),
    )


def _stands(execution: Execution) -> Callable[[int], Result]:
    """Return what tells how operations stand by now."""
    named: dict[int, Result] = {DONE: "done", UNSURE: "unsure"}
    stands = bytes(execution.stands)
    return lambda index: named.get(stands[index], "not-done")


def _refused(execution: Execution) -> list[Problem]:
    """Tell, once a file system, what of files it would not have set."""
    found: dict[str, list[tuple[str, Refusal]]] = {}
    for store in execution.stores.values():
        if store.root.kind == "folder":
            for refusal in folder_store(store).refused():
                found.setdefault(refusal.fs, []).append((join(store.root.key, refusal.top), refusal))
    notes = []
    for _, refusals in sorted(found.items()):
        place = min(place for place, _ in refusals)
        told = "; ".join(sorted({f"{refusal.what} ({refusal.why})" for _, refusal in refusals}))
        detail = f"{printable(place)} could not be given these: {told}. The content is whole."
        notes.append(Problem("not-set", "Not all attributes of a file could be set.", detail, place, severity="warning"))
    return notes


def _done(execution: Execution) -> Iterator[AnyOperation]:
    """Yield the operations that stand done."""
    return (operation for operation, stands in zip(execution.plan.operations, execution.stands, strict=True) if stands == DONE)


def _place(operation: AnyOperation) -> str:
    return operation.makes or operation.frees or ""
