"""Which run an undo or redo is about, and what earlier runs are known to have done to objects."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reshelve.executors.state.run_summaries import RunSummary
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import join, split, store_of
from reshelve.schemas.operations import AnyOperation, Pack, Transition, Upload
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.run_record import Run

if TYPE_CHECKING:
    from reshelve.planner.buckets.thaws import Asked
    from reshelve.planner.tiers.project_manifest import Remembered


def to_undo(state: State, run: str = "") -> Run:
    """Return the run to take back: the one named, or the newest that can be."""
    if run:
        return state.run(run, facts=False)
    newest, *before = newest_to_undo(state)
    try:
        return state.run(newest.id, facts=False)
    except ReshelveError as trouble:
        # An older one is not taken back unasked in its place, but named.
        other = f"\nTo take back the run before it: reshelve undo {before[0].id}" if before else ""
        raise ReshelveError([replace(one, hint=one.hint + other) for one in trouble.problems], trouble.kind) from trouble


def newest_to_undo(state: State) -> list[RunSummary]:
    """Return the runs that did something lasting, stand, and are no undo, newest first. Raises ReshelveError if there is none."""
    if standing := [summary for summary in state.runs() if _can_be_undone(summary)]:
        return standing
    raise stop("nothing-to-undo", "There is nothing to undo.", "No run is left that can be undone.", hint="reshelve log")


def _can_be_undone(summary: RunSummary) -> bool:
    lasting = summary.counts.keys() - {"thaw"}
    return summary.command not in ("undo", "trash empty") and not summary.undone_by and _did_something(summary) and bool(lasting)


def to_redo(state: State, run: str = "") -> Run:
    """Return an undo: the one named, or the one that took back the run named, else the newest that stands."""
    if not run:
        return state.run(newest_to_redo(state).id, facts=False)
    named = state.run(run, facts=False)
    if named.plan.command != "undo" and not named.undone_by:
        detail = "It is not undone."
        raise stop("nothing-to-redo", "There is nothing to redo.", detail, path=named.id, hint="reshelve log")
    return named if named.plan.command == "undo" else state.run(named.undone_by, facts=False)


def newest_to_redo(state: State) -> RunSummary:
    """Return the newest undo that did something lasting and stands. Raises ReshelveError if there is none."""
    for summary in state.runs():
        lasting = summary.counts.keys() - {"thaw"}
        if summary.command == "undo" and not summary.undone_by and _did_something(summary) and lasting:
            return summary
    raise stop("nothing-to-redo", "There is nothing to redo.", "No run is undone.", hint="reshelve log")


def later(state: State, run: str, damaged: list[Problem] | None = None) -> list[Run]:
    """Return the runs after `run` that did something, oldest first; those taken back since are what links a redo to its run.

    One that cannot be read is left out, and `damaged` told: whatever it did, a file that is not as `run` left it stays.
    """
    found: list[Run] = []
    for summary in state.runs():
        if summary.id == run:
            break
        if not _did_something(summary):
            continue
        try:
            found.append(state.run(summary.id, facts=False))
        except ReshelveError as trouble:
            if damaged is not None:
                damaged += trouble.problems
    return found[::-1]


def asked_for(state: State) -> "dict[str, Asked]":
    """Return when, and in which tier, the runs that stand asked for archived objects, by place: the newest time of each."""
    from reshelve.planner.buckets.thaws import Asked

    found: dict[str, Asked] = {}
    for summary in state.runs():
        if summary.counts.get("thaw"):
            for operation, run in _operations(state, summary.id):
                if operation.op == "thaw":
                    found.setdefault(operation.src, Asked(run.ended or run.started, operation.tier))
    return found


def written_by(state: State) -> "Remembered":
    """Return when the runs that stand brought objects to their places, and when they last changed a class, by place."""
    from reshelve.planner.tiers.project_manifest import Remembered

    uploaded: dict[str, str] = {}
    transitioned: dict[str, str] = {}
    for summary in state.runs():
        if not any(summary.counts.get(kind) for kind in ("upload", "pack", "transition")):
            continue
        for operation, run in _operations(state, summary.id):
            match operation:
                case Upload() | Pack():
                    uploaded.setdefault(operation.dst, _to_the_second(run))
                case Transition():
                    transitioned.setdefault(operation.src, _to_the_second(run))
                case _:
                    pass
    asked = {place: (each.at, each.tier) for place, each in asked_for(state).items()}
    return Remembered(uploaded, transitioned, asked)


def _to_the_second(run: Run) -> str:
    """Return when a run ended, in whole seconds."""
    moment = datetime.fromisoformat(run.ended or run.started).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def restored_at(state: State) -> dict[str, int]:
    """Return when runs that stand restored projects by name, ns since the epoch, by every location on the way to what they made."""
    found: dict[str, int] = {}
    for summary in reversed(state.runs()):
        if summary.command != "restore" or summary.undone_by or not _did_something(summary):
            continue
        for operation, run in _operations(state, summary.id):
            at = int(datetime.fromisoformat(run.ended or run.started).timestamp()) * 10**9
            made = operation.makes
            key, rel = split(made) if made is not None else ("", "")
            while rel:
                found[join(store_of(key), rel)] = at
                rel = rel.rpartition("/")[0]
    return found


def that_hid(state: State) -> Iterator[Run]:
    """Yield the runs that may have put objects under delete markers, oldest first."""
    for summary in reversed(state.runs()):
        if summary.counts.get("trash") or summary.counts.get("download"):
            # One that cannot be read is named by `log` and `doctor`, and keeps nothing of the others from being found.
            with contextlib.suppress(ReshelveError):
                yield state.run(summary.id)


def _operations(state: State, run: str) -> Iterator[tuple[AnyOperation, Run]]:
    """Yield what a run did, with the run; nothing of one that cannot be read, which `log` and `doctor` name."""
    try:
        loaded = state.run(run)
    except ReshelveError:
        return
    for index in loaded.done:
        yield loaded.plan.operations[index], loaded


def _did_something(summary: RunSummary) -> bool:
    return summary.done > 0 and summary.outcome in ("done", "stopped")
