"""Which run an undo or redo is about."""

from executors.state import RunSummary, State
from schemas.problems import stop
from schemas.records import Run


def to_undo(state: State, run: str = "") -> str:
    """Return the id of the run to take back: the one named, or the newest that did something, stands, and is no undo itself."""
    if run:
        return state.run(run).id
    for summary in state.runs():
        if summary.command not in ("undo", "trash empty") and not summary.undone_by and _did_something(summary):
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


def _did_something(summary: RunSummary) -> bool:
    return summary.done > 0 and summary.outcome in ("done", "stopped")
