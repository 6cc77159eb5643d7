"""Which run an undo or redo is about, and what is remembered once it has settled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from executors.state import RunSummary, State
from schemas.locations import join, split, store_of
from schemas.operations import Copy, Download, Link, Move, Pack, Transition, Trash, Unpack, Upload, Write
from schemas.problems import stop
from schemas.records import Run
from schemas.report import Report

if TYPE_CHECKING:
    from planner.thawing import Asked


def to_undo(state: State, run: str = "") -> str:
    """Return the id of the run to take back: the one named, or the newest that did something lasting, stands, and is no undo."""
    if run:
        return state.run(run).id
    for summary in state.runs():
        lasting = summary.counts.keys() - {"thaw"}
        if summary.command not in ("undo", "trash empty") and not summary.undone_by and _did_something(summary) and lasting:
            return summary.id
    raise stop("nothing-to-undo", "There is nothing to undo.", "No run stands that did something.", hint="reshelve log")


def to_redo(state: State) -> str:
    """Return the id of the newest undo that stands."""
    for summary in state.runs():
        if summary.command == "undo" and not summary.undone_by and _did_something(summary):
            return summary.id
    raise stop("nothing-to-redo", "There is nothing to do again.", "No undo stands.", hint="reshelve log")


def later(state: State, run: str) -> list[Run]:
    """Return the runs after `run` that did something, oldest first; those taken back since are what links a redo to its run."""
    found: list[Run] = []
    for summary in state.runs():
        if summary.id == run:
            break
        if _did_something(summary):
            found.append(state.run(summary.id))
    return found[::-1]


def remember(state: State, report: Report) -> None:
    """After an undo, hold back what it took back; after a redo, let go of it. May run twice."""
    if report.command == "undo" and report.of and report.done:
        state.hold(report.of, held_by(state.run(report.of), state.run(report.run)))
    elif report.command == "redo" and report.of and report.outcome == "done":
        undone = state.run(report.of).plan.of
        if any(summary.id == undone and summary.held for summary in state.runs()):
            state.release(undone)


def asked_for(state: State) -> "dict[str, Asked]":
    """Return when, and in which tier, the runs that stand asked for archived objects, by place: the newest time of each."""
    from planner.thawing import Asked

    found: dict[str, Asked] = {}
    for summary in state.runs():
        if summary.counts.get("thaw"):
            run = state.run(summary.id)
            for index in run.done:
                operation = run.plan.operations[index]
                if operation.op == "thaw":
                    found.setdefault(operation.src, Asked(run.ended or run.started, operation.tier))
    return found


def that_hid(state: State) -> Iterator[Run]:
    """Yield the runs that may have put objects under delete markers, oldest first."""
    for summary in reversed(state.runs()):
        if summary.counts.get("trash") or summary.counts.get("download"):
            yield state.run(summary.id)


def held_by(run: Run, undo: Run) -> list[tuple[str, str]]:
    """Return the (target, source) locations of `run`'s entries that `undo` took back; "" where an entry has none."""
    done = [undo.plan.operations[index] for index in undo.done]
    taken_back = {op.frees for op in done}
    revealed = {op.dst for op in done if op.op == "reveal"}
    changed = {op.src for op in done if op.op == "transition"}
    pairs = []
    for index in sorted(run.done):
        op = run.plan.operations[index]
        match op:
            case Move() | Copy() | Link() | Upload() | Download() if op.dst in taken_back:
                pairs.append((_location(op.dst), _location(op.src)))
            case Pack() if op.dst in taken_back:
                pairs.append((_location(op.dst), _location(op.src) + "/"))
            case Unpack() if op.dst in taken_back:
                pairs.append((_location(op.dst) + "/", _location(op.src)))
            case Write() if op.dst in taken_back:
                pairs.append((_location(op.dst), ""))
            case Trash() if _back_from_trash(op, run.id) in taken_back or op.src in revealed:
                pairs.append(("", _location(op.src)))
            case Transition() if op.src in changed:
                pairs.append((_location(op.src), ""))
            case _:
                pass
    return pairs


def _back_from_trash(op: Trash, run: str) -> str:
    from schemas.operations.base import trashed

    return trashed(op.src, op.top, run)


def _location(place: str) -> str:
    """Turn a place into the location that layouts know it by: the store's name alone, without the root of a group."""
    key, rel = split(place)
    return join(store_of(key), rel)


def _did_something(summary: RunSummary) -> bool:
    return summary.done > 0 and summary.outcome in ("done", "stopped")
