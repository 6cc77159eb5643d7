"""Apply: carry out a plan, all of it or nothing, and settle."""

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.platforms.process_user import who
from reshelve.executors.runs.may_run import check, refuse_errors, refuse_unfit, refuse_unsettled, refuse_unsettled_elsewhere
from reshelve.executors.runs.rollback import backwards
from reshelve.executors.runs.run_end import Clock, settle, timestamp
from reshelve.executors.runs.run_events import Emit, RunStarted, ignore
from reshelve.executors.runs.run_execution import DONE, Execution
from reshelve.executors.state.acted_folders import acted_in
from reshelve.executors.state.lock_holders import boot_id
from reshelve.executors.state.root_locks import locked, roots_of
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.state.workspace_state import State
from reshelve.executors.verbs.file_verbs import advice
from reshelve.schemas.carried_bytes import buckets, carried
from reshelve.schemas.cut_short import ways
from reshelve.schemas.journal_records import Began
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import Purge
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.run_record import OnError, Outcome
from reshelve.schemas.run_report import Report


def apply(
    plan: Plan,
    stores: Mapping[str, AnyStore],
    state: State,
    *,
    on_error: OnError = "rollback",
    jobs: int = 1,
    emit: Emit = ignore,
    now: Clock,
    cancel: threading.Event | None = None,
    workspace: str | None = None,
) -> Report:
    """Carry out a plan, here in `workspace` (None: whichever it is of), and return its report.

    Raises ReshelveError before the first effect: kind "stale" for a plan already run, made for reading only, of another
    workspace or no longer true; "locked" when another run is at work; "unsettled" when a run must be recovered first;
    "error" when the plan has errors, a folder cannot be written to or room is short. After a kill at any point, `recover` tells
    every operation and settles the run.
    """
    refuse_unfit(plan, state, workspace)
    refuse_errors(plan)
    if not plan.can_apply():
        return _nothing(plan, on_error, timestamp(now()))
    state.prepare()
    # Anew, though it was worked out before the question: a folder that goes as a whole may have others' folders in it since.
    inside = acted_in(plan)
    refuse_unsettled_elsewhere(plan, state, inside)
    # `trash empty` is what helps a disk that is full.
    makes_room = all(isinstance(operation, Purge) for operation in plan.operations)
    what = f"{plan.command} {plan.run}"
    with locked([str(state.folder), *roots_of(plan)], what, state, inside=inside, makes_room=makes_room):
        refuse_unsettled(state)
        # It may have been run while this waited for the lock.
        refuse_unfit(plan, state, workspace, locked=True)
        check(plan, stores)
        began = Began(
            run=plan.run,
            plan=plan.id,
            command=plan.command,
            of=plan.of,
            on_error=on_error,
            at=timestamp(now()),
            who=who(),
            host=socket.gethostname(),
            boot=boot_id(),
            pid=os.getpid(),
        )
        with _begun(plan, state, began) as journal, breaking_off(plan.run):
            execution = Execution(plan, stores, journal, emit, jobs=jobs, cancel=cancel)
            execution.hands.witnesses.note(plan.operations)
            emit(RunStarted(plan.run, len(plan.operations), _copy_bytes(plan)))
            return run(execution, state, began, now)


@contextmanager
def _begun(plan: Plan, state: State, began: Began) -> Iterator[Journal]:
    """Open the journal of a new run. Where it cannot even begin, the run is as if it had never been. Raises ReshelveError."""
    folder = state.new_folder(plan)
    try:
        state.prepare_run(plan, folder)
        journal = Journal(folder / "journal.ndjson", reserve=_room(plan))
        state.begin(folder)
        journal.write(began)
        journal.sync()
    except OSError as error:
        with breaking_off(plan.run):
            state.drop(folder)
        detail = f"{error.strerror or error}. Nothing was touched."
        raise stop("cannot-begin", "The run cannot begin.", detail, path=str(folder), hint=advice(error)[1]) from error
    with journal:
        yield journal


@contextmanager
def breaking_off(run: str) -> Iterator[None]:
    """Tell, as of a run that never settled, of an error that leaves no way to go on or back. Raises ReshelveError."""
    try:
        yield
    except ReshelveError as error:
        raise ReshelveError(error.problems, "unsettled") from error
    except OSError as error:
        where = str(error.filename or "")
        detail = f"{printable(where)}: {error.strerror or error}." if where else f"{error.strerror or error}."
        hint = ways(first="Put that right")
        raise stop("broken-off", f"Run {run} broke off.", detail, path=where, hint=hint, kind="unsettled") from error


def run(execution: Execution, state: State, began: Began, now: Clock) -> Report:
    """Go forwards from where the execution stands, do with a failure as the run says, and settle."""
    outcome: Outcome = "done"
    went_through = execution.forwards(began.on_error)
    if not went_through and began.on_error == "rollback":
        backwards(execution)
        outcome = "rolled-back"
    elif not went_through or execution.failures:
        outcome = "stopped" if DONE in execution.stands else "rolled-back"
    return settle(execution, state, began, outcome, now)


def _nothing(plan: Plan, on_error: OnError, at: str) -> Report:
    return Report("", plan.id, plan.command, "done", on_error, at, at, 0.0, of=plan.of)


def _copy_bytes(plan: Plan) -> int:
    in_buckets = buckets(plan.roots)
    return sum(carried(operation, in_buckets).progress for operation in plan.operations)


def _room(plan: Plan) -> int:
    """Bytes of journal that going all the way and all the way back may need, at most a few records more than that."""
    places = sum(len(operation.makes or "") + len(operation.frees or "") + 64 for operation in plan.operations)
    in_buckets = any(root.path.startswith("s3://") for root in plan.roots.values())
    return 65536 + 2 * places + (128 * len(plan.operations) if in_buckets else 0)
