"""A desk to undo things on: real folders, real runs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.locations import TRASH
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.plan import Plan
from reshelve.schemas.run_record import Run
from reshelve.schemas.run_report import Report
from tests.crash.every_kind import lay, other_file_system, stores_at
from tests.support.plans import Planning, plan_of
from tests.support.snapshots import Standing, difference, snapshot

NAMES = ("inbox", "shelf", "attic")


class UndoDesk:
    """An inbox full of files, a shelf, and an attic on another file system where there is one; runs are applied and taken back."""

    def __init__(self, base: Path, attic: Path, state: Path) -> None:
        self.folders = dict(zip(NAMES, (base / "inbox", base / "shelf", attic), strict=True))
        self.inbox, self.shelf, self.attic = self.folders.values()
        self.inbox.mkdir()
        lay(self.inbox)
        self.stores: dict[str, LocalStore] = stores_at(*self.folders.values())
        self.state = State(state)
        self.planning = Planning(self.stores)

    @property
    def two_disks(self) -> bool:
        return self.stores["inbox"].root.fs != self.stores["attic"].root.fs

    def trees(self) -> dict[str, dict[str, Standing]]:
        """Return all that stands outside the trash, where undone copies and links stay until it is emptied."""
        return {name: dict(_outside_trash(snapshot(folder))) for name, folder in self.folders.items()}

    def unlike(self, before: dict[str, dict[str, Standing]]) -> list[str]:
        """Return what differs from how the trees were."""
        after = self.trees()
        return [f"{name}: {line}" for name in NAMES for line in difference(before[name], after[name])]

    def do(self, *operations: AnyOperation, **rest: Any) -> Run:
        """Plan and apply these operations, and return the run."""
        return self.apply(plan_of(self.stores, *operations, base=self.state.base(), **rest))

    def apply(self, plan: Plan, **rest: Any) -> Run:
        report: Report = apply(plan, self.stores, self.state, now=lambda: datetime.now(UTC), **rest)
        assert report.outcome in ("done", "stopped"), report.failures
        for store in self.stores.values():
            store.forget()
        return self.state.run(report.run)

    def later(self, run: Run) -> list[Run]:
        runs = [one.id for one in self.state.runs()][::-1]
        return [self.state.run(one) for one in runs[runs.index(run.id) + 1 :]]

    def plan_undo(self, run: Run, **rest: Any) -> Plan:
        run = self.state.run(run.id)
        return make_undo(run, self.later(run), self.stores, base=self.state.base(), workspace="desk", **rest)

    def undo(self, run: Run, **rest: Any) -> Run:
        return self.apply(self.plan_undo(run, **rest))


def _outside_trash(tree: dict[str, Standing]) -> Iterator[tuple[str, Standing]]:
    for rel, one in tree.items():
        if TRASH not in rel:
            twins = tuple(twin for twin in one.twins if TRASH not in twin)
            yield rel, replace(one, twins=twins if len(twins) > 1 else ())


@contextmanager
def undo_desk(base: Path) -> Iterator[UndoDesk]:
    """Set up a desk in `base`, and clear away what it had on another file system: its attic, and its state."""
    elsewhere = other_file_system(base)
    try:
        yield UndoDesk(base, (elsewhere or base) / "attic", (elsewhere or base) / "state")
    finally:
        if elsewhere:
            shutil.rmtree(elsewhere)


def age(path: Path, mtime_ns: int = 1_450_000_000_000_000_007) -> None:
    """Give a path an old modification time."""
    os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)
