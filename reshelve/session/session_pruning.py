"""The pruning of a session: which records of old runs may go, and why others stay."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.run_summaries import RunSummary
from reshelve.schemas.cut_short import brief_ways
from reshelve.schemas.operations.base import ASIDE
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session.guards import refuse_dry
from reshelve.session.session_context import Context
from reshelve.session.session_history import History
from reshelve.session.session_runs import Runs
from reshelve.session.session_trash import Trash

_NOTHING_TO_TAKE_BACK = frozenset({"already-undone", "gone-for-good", "depends"})
"""What stands in the way of an undo for good: where there is nothing else, it would do nothing, now or later."""


@dataclass(slots=True, frozen=True)
class Pruned:
    """Which runs go, newest first, and why others that are old enough stay, by id."""

    go: list[RunSummary]
    kept: dict[str, str]


class Pruning:
    """The pruning of a session's history. The files of runs are not touched: only what is remembered of them goes."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def choose(self, *, keep: int | None = None, older_than: float | None = None, also_undoable: bool = False) -> Pruned:
        """Return which runs may go: all but the newest `keep`, that ended longer ago than `older_than` seconds, where given.

        A run stays while its undo would still do something, unless `also_undoable`. It stays in any case while it has not settled,
        while an undo holds entries of it, while something in a trash can only be found by it, and while the run that undid it, or
        that it undid, stays. Raises ReshelveError while a run is under way.
        """
        Runs(self._context).refuse_under_way()
        runs = self._context.setting.state.runs()
        old = _old(runs, max(keep or 0, 1), older_than, self._context.now_ns())
        kept = {run.id: why for run in old if (why := _needed(run))}
        candidates = [run for run in old if run.id not in kept]
        if candidates:
            kept |= self._by_trash(candidates)
        if not also_undoable:
            kept |= {
                run.id: "an undo would still do something"
                for run in candidates
                if run.id not in kept and self._is_undoable(run)
            }  # fmt: skip
        kept = _with_their_undos(runs, old, kept)
        return Pruned([run for run in old if run.id not in kept], kept)

    def prune(self, chosen: Pruned) -> int:
        """Remove the records of the runs that go, and return how many there were. A kill leaves some of them, each whole.

        Raises ReshelveError while a run is under way, and under `DRY_RUN`.
        """
        refuse_dry(self._context.setting.environ)
        state = self._context.setting.state
        Runs(self._context).refuse_under_way()
        state.prepare()
        self._keep_history()
        with locked([str(state.folder)], "log prune", state):
            # The oldest first: an undo goes after the run that it took back, which else would seem to stand.
            return sum(state.forget(run.id) for run in reversed(chosen.go))

    def _keep_history(self) -> None:
        """Have the catalog know what the runs did: from then on it alone does. It is no reason to keep them if it cannot."""
        from reshelve.session.catalog_current import current

        with suppress(ReshelveError, sqlite3.Error, OSError), current(self._context.setting, [], self._context.now()):
            pass

    def _by_trash(self, runs: Sequence[RunSummary]) -> dict[str, str]:
        """Return which of these runs are needed to find, or to name, what lies in a trash."""
        trashed = Trash(self._context).find()
        needed = {item.run for item in trashed.items if item.why or item.kind == "hidden" or f"/{ASIDE}/" in item.place}
        kept = {run.id: "something in the trash can only be found by this record" for run in runs if run.id in needed}
        if trashed.problems:
            state = self._context.setting.state
            unseen = {problem.path.partition(":")[0] for problem in trashed.problems}
            for run in runs:
                if run.id not in kept and unseen & _roots(state.run(run.id).plan.roots):
                    kept[run.id] = "a store is not available, or a trash cannot be read"
        return kept

    def _is_undoable(self, run: RunSummary) -> bool:
        """Say whether undoing a run would do anything. Where that cannot be told, it might."""
        if run.undone_by or run.command == "trash empty" or not run.done or run.outcome not in ("done", "stopped"):
            return False
        try:
            plan = History(self._context).plan_undo(run.id, partial=True)
        except ReshelveError as refused:
            return any(problem.code not in _NOTHING_TO_TAKE_BACK for problem in refused.problems)
        return bool(plan.operations or plan.waiting)


def _old(runs: Sequence[RunSummary], keep: int, older_than: float | None, now_ns: int) -> list[RunSummary]:
    """Return the runs, given newest first, that are neither among the newest `keep` nor too young."""
    if older_than is None:
        return list(runs[keep:])
    latest = now_ns / 1e9 - older_than
    return [run for run in runs[keep:] if (run.ended or run.started) and _seconds(run.ended or run.started) <= latest]


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _needed(run: RunSummary) -> str:
    """Say why a run stays whatever was asked for, "" where nothing about itself needs it."""
    if run.outcome == "unsettled":
        return f"not settled: {brief_ways(run.on_error)}"
    if run.lost:
        return "what was done is not known"
    if run.held:
        return f"an undo left files out of plans: reshelve release {run.id}"
    if run.command in ("sync", "clean") and (run.undone_by or run.outcome == "rolled-back"):
        return "sync has to know what was taken back"
    if run.command == "restore" and not run.undone_by:
        return "tiers have to know when projects were brought back"
    if run.counts.get("thaw"):
        return "archived objects were asked for"
    return ""


def _roots(roots: Mapping[str, object]) -> set[str]:
    return {key.rstrip("%") for key in roots}


def _with_their_undos(runs: Collection[RunSummary], old: Sequence[RunSummary], kept: Mapping[str, str]) -> dict[str, str]:
    """Return what stays when a run and what undid it, or did it again, go together or not at all."""
    family = {run.id: run.id for run in runs}

    def head(run: str) -> str:
        while family[run] != run:
            run = family[run]
        return run

    for run in runs:
        if run.of in family:
            family[head(run.id)] = head(run.of)
    mine = {run.id for run in old}
    stay = {head(run.id): run.id for run in runs if run.id not in mine or run.id in kept}
    together = {run.id: f"run {stay[head(run.id)]} is kept" for run in old if head(run.id) in stay}
    return {**together, **kept}
