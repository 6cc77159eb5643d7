"""The runs of a session: a plan carried out, what was cut short settled, and which run is under way."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.executors.runs.run_events import Emit, ignore
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import OnError
from reshelve.schemas.run_report import Report
from reshelve.session import applying
from reshelve.session.applying import How
from reshelve.session.cut_short_runs import looking, refuse_cut_short
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.executors.state.runs_at_work import AtWork
    from reshelve.schemas.cut_short import CutShort


class Runs:
    """The runs of a session, from the first effect until they are settled. Those that ended are its history."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def apply(
        self,
        plan: Plan,
        *,
        on_error: OnError = "rollback",
        jobs: int | None = None,
        max_delete: str = "",
        emit: Emit = ignore,
        cancel: threading.Event | None = None,
    ) -> Report:
        """Carry out a plan, once, `jobs` copies at a time (None: 1, or 24 with buckets). What a crash leaves, `recover` settles.

        Raises ReshelveError before the first effect: kind "stale" when the plan is used, foreign or no longer true, "declined"
        when a guard refuses, "locked" when another run is under way, "unsettled" when one was cut short.
        """
        told = applying.Told(on_error, jobs, max_delete, emit, cancel)
        self._context.setting, report = applying.apply(self._context.setting, plan, self._context.now, told)
        return report

    def recover(
        self,
        how: How | None = None,
        *,
        emit: Emit = ignore,
        cancel: threading.Event | None = None,
        tell: Callable[[Report], object] | None = None,
    ) -> list[Report]:
        """Settle every run that was cut short, and say how each ended. `how` None: as the run's own `on_error` says.

        `tell` has each report as soon as its run is settled, also where another then cannot be. Raises ReshelveError for that.
        """
        return applying.recover(self._context.setting, self._context.now, how, emit, cancel, tell)

    def under_way(self) -> str:
        """Return the id of the run that a living process is at work on now, "" when there is none."""
        work = self.at_work()
        return next((run for run in self._context.setting.state.unsettled() if work.on(run)), "")

    def at_work(self) -> "AtWork":
        """Look which runs living processes are at work on. Before how runs stand is read: then none of them looks cut short."""
        from reshelve.executors.state.runs_at_work import at_work

        return at_work(self._context.setting.state)

    def cut_short(self) -> "list[CutShort]":
        """Return the runs that were cut short, newest first, and how far each got. Those of living processes are none of them."""
        state = self._context.setting.state
        work, look = self.at_work(), looking(self._context.setting)
        return [look(run) for run in reversed(state.unsettled()) if not work.on(run) and work.elsewhere(run) is None]

    def unsettled(self) -> list[Problem]:
        """Return a warning for every run that was cut short, here or by another workspace in the same folders. Waits for no lock.

        Whatever only looks says so first: what it sees may be half done.
        """
        from reshelve.executors.state.unsettled_elsewhere import unsettled_elsewhere

        setting = self._context.setting
        found: list[Problem] = []
        if setting.state.unsettled():
            from reshelve.executors.runs.may_run import unsettled

            found += unsettled(setting.state, looking(setting))
        found += unsettled_elsewhere(
            [root.path for root in setting.roots() if root.available and root.kind == "folder"], setting.state
        )
        return [replace(problem, severity="warning") for problem in found]

    def unknown(self) -> list[Problem]:
        """Return a warning for every run of which no record is left: it may have been cut short, and what it did is not known."""
        return [replace(problem, severity="warning") for problem in self._context.setting.state.misplaced()]

    def unsettled_inside(self, plan: Plan) -> list[Problem]:
        """Return a warning for every run of another workspace that was cut short in a folder inside a store that a plan acts in."""
        from reshelve.executors.state.acted_folders import acted_in
        from reshelve.executors.state.unsettled_elsewhere import unsettled_elsewhere

        found = unsettled_elsewhere([], self._context.setting.state, acted_in(plan))
        return [replace(problem, severity="warning") for problem in found]

    def refuse_under_way(self) -> None:
        """Raise, of kind "locked", while another process is at work on a run: what is seen then is half done."""
        run = self.under_way()
        if run:
            from reshelve.executors.runs.may_run import under_way

            raise under_way(run)

    def refuse_unsettled(self) -> None:
        """Raise while a run is under way, or has no end yet: which run is the newest cannot be said."""
        self.refuse_under_way()
        refuse_cut_short(self._context.setting)
