"""A session: everything that can be asked of a workspace (or an organize), each a value in and a value out."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reshelve.executors.runs.run_events import Emit, ignore
from reshelve.opening import wiring
from reshelve.opening.suggesters import REMEMBERED, Asking
from reshelve.opening.wiring import Setting, opened, recognising
from reshelve.planner.observing.identity import nanoseconds
from reshelve.schemas.inventory import Inventory, Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.run_record import OnError, Run
from reshelve.schemas.run_report import Report
from reshelve.schemas.workspace import Project, Workspace
from reshelve.session import applying, manifest_and_cost, run_history, scan_setup
from reshelve.session.applying import How

if TYPE_CHECKING:
    from reshelve.planner.check import CheckResult
    from reshelve.planner.ports.store_reader import Readers
    from reshelve.planner.scan import ScanResult
    from reshelve.planner.trash import Trashed, TrashedItem
    from reshelve.planner.whereabouts import Whereabouts


@dataclass(slots=True, frozen=True)
class Choice:
    """Which entries a plan or undo is about: globs on source or target; `exclude` wins. A bundle goes whole."""

    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


EVERYTHING = Choice()


class Session:
    """One workspace, or one organize, with a clock. Each call looks at the stores anew; nothing is kept open between calls."""

    def __init__(self, setting: Setting, now: Callable[[], datetime]) -> None:
        self.setting = setting
        self.now = now

    # Looking.

    @property
    def workspace(self) -> Workspace:
        """The workspace as declared."""
        return self.setting.workspace

    @property
    def layout_path(self) -> Path:
        """Where this workspace's layout lies unless told otherwise."""
        return self.setting.layout or self.setting.folder / "layout.yaml"

    @property
    def plans_by_facts(self) -> bool:
        """Whether a plan looks at the facts of entries: policies do, so does the choice among roots, and uploads note some."""
        stores = self.workspace.stores.values()
        return bool(self.workspace.policies) or any(store.paths is not None or store.s3 is not None for store in stores)

    def roots(self) -> list[Root]:
        """Return every root as it is now, available or saying why not."""
        with opened(self.setting) as stores:
            return [reader.root for reader in stores.readers.values()]

    def observe(self) -> Inventory:
        """Return what is in the stores now. Raises ReshelveError when a store that is not optional is away."""
        from reshelve.planner.observing.observe import observe
        from reshelve.planner.observing.saved_inventory import with_room

        with opened(self.setting) as stores:
            away = [reader.root for reader in stores.readers.values() if not reader.root.available and not reader.root.optional]
            if away:
                raise ReshelveError([unavailable(root) for root in away])
            return with_room(observe(stores.readers, self._now_ns()), stores.readers)

    def scan(
        self,
        previous: Layout | None = None,
        *,
        only: str | None = None,
        values: Mapping[str, Any] | None = None,
        prune: bool = False,
        asking: Asking = REMEMBERED,
    ) -> "ScanResult":
        """Return the layout that the rules propose, merged with `previous`. `values` are for place templates (`--set`).

        `asking` says whether a model is asked about what no rule settles; without it what was answered before still counts.
        """
        return scan_setup.scan(self.setting, self.now, previous, only=only, values=values, prune=prune, asking=asking)

    def scan_project(self, project: Project) -> "ScanResult":
        """Return the layout of one project alone, which need not be in the workspace yet."""
        alone = self.workspace.model_copy(update={"projects": [project], "scan": {}, "tiers": {}})
        return scan_setup.scan(replace(self.setting, workspace=alone), self.now)

    def where(self, names: Iterable[str]) -> "Iterator[Whereabouts]":
        """Yield where the rules would file each name, and which folders its show or film has. Raises ReshelveError."""
        from reshelve.planner.whereabouts import Finder

        setting = self.setting
        with opened(setting) as stores, recognising(setting) as recogniser:
            finder = Finder(self.workspace, stores.readers, recogniser, setting.cite, self._now_ns())
            for name in names:
                yield finder.find(name)

    def scanning(self, *, transfer: str | None = None, on_conflict: str | None = None, exclude: Sequence[str] = ()) -> "Session":
        """Return this session with each `scan:` told otherwise: how files get there, what a taken place means, what is left out."""
        workspace = scan_setup.told_otherwise(self.workspace, transfer, on_conflict, exclude)
        return Session(replace(self.setting, workspace=workspace), self.now)

    # Planning.

    def plan(
        self,
        layout: Layout,
        *,
        digest: str = "",
        choice: Choice = EVERYTHING,
        max_delete: str = "",
        command: PlanCommand = "apply",
        against: Inventory | None = None,
    ) -> Plan:
        """Return the plan that brings the stores to `layout`. `digest` names the layout's bytes in the plan.

        `against` plans on a saved inventory instead of the stores: such a plan is for reading only.
        """
        from reshelve.planner.make_plan import PlanRequest, make_plan

        setting = self.setting
        request = PlanRequest(
            command=command,
            base=setting.state.base(),
            workspace=setting.name,
            layout_digest=digest,
            held=frozenset() if setting.fresh else setting.state.held(),
            only=choice.only,
            exclude=choice.exclude,
            against=against is not None,
            policies=tuple(self.workspace.policies),
            max_delete=max_delete or self.workspace.guards.max_delete or "",
            max_cost=self.workspace.guards.max_cost or "",
            strict=self.workspace.guards.preserve == "strict",
            prices=manifest_and_cost.prices(setting) if self._has_buckets() else None,
            now_ns=self._now_ns(),
            stores=self.workspace.stores,
            asked=run_history.asked_for(setting.state) if self._has_buckets() else {},
        )
        if against is not None:
            from reshelve.planner.observing.saved_inventory import readers_from

            return make_plan(layout, readers_from(against), request)
        with opened(setting) as stores:
            return make_plan(layout, stores.readers, request)

    def plan_undo(self, run: str = "", *, only: tuple[str, ...] = (), partial: bool = False) -> Plan:
        """Return the plan that takes back a run (by the beginning of its id; "" the newest that stands).

        Raises ReshelveError naming what changed and the later runs in the way; `partial` leaves those out instead.
        """
        if not run:
            self._refuse_unsettled()
        return self._plan_back(run_history.to_undo(self.setting.state, run), "undo", only, partial)

    def plan_redo(self, run: str = "") -> Plan:
        """Return the plan that does again what an undo took back: `run`, or the undo of it ("" the newest that stands)."""
        self._refuse_unsettled()
        return self._plan_back(run_history.to_redo(self.setting.state, run), "redo", (), False)

    def runs_through(self, run: str = "") -> list[str]:
        """Return the ids of the runs to undo, newest first, so that `run` can be: the later ones that build on it, then it."""
        from reshelve.planner.undo.later_runs import later_touching

        state = self.setting.state
        chosen = run_history.to_undo(state, run)
        return [*later_touching(state.run(chosen), run_history.later(state, chosen)), chosen]

    # Acting.

    def refuse_unfit(self, plan: Plan) -> None:
        """Raise, of kind "stale", when `plan` can never be applied here: it was applied, is another workspace's, or for reading."""
        applying.refuse_unfit(self.setting, plan)

    def ready(self, plan: Plan, *, max_delete: str = "") -> None:
        """Raise what `apply` would refuse this plan for now, so that nobody is asked about a plan that cannot be applied."""
        applying.ready(self.setting, plan, max_delete)

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
        """Carry out a plan, once, `jobs` copies at a time (None: 1, or 8 with buckets). What a crash leaves, `recover` settles.

        Raises ReshelveError before the first effect: kind "stale" when the plan is used, foreign or no longer true, "declined"
        when a guard refuses, "locked" when another run is under way, "unsettled" when one was cut short.
        """
        told = applying.Told(on_error, jobs, max_delete, emit, cancel)
        self.setting, report = applying.apply(self.setting, plan, self.now, told)
        return report

    def guard(self, plan: Plan, *, max_delete: str = "") -> list[Problem]:
        """Return a problem for every store that a plan takes more from than the guards allow; `apply` refuses such a plan."""
        return applying.beyond_guards(self.setting, plan, max_delete)

    def recover(self, how: How | None = None, *, emit: Emit = ignore, cancel: threading.Event | None = None) -> list[Report]:
        """Settle every run that was cut short, and say how each ended. `how` None: as the run's own `on_error` says."""
        return applying.recover(self.setting, self.now, how, emit, cancel)

    def release(self, run: str | None = None) -> int:
        """Let what an undo took back be planned again; return how many entries that is."""
        return self.setting.state.release(run)

    # Checking.

    def check(
        self, layout: Layout, *, offline: bool = False, against: Inventory | None = None, max_age: float | None = None
    ) -> "CheckResult":
        """Return drift and violated policies. `offline` looks at documents alone; `max_age` of an inventory is in seconds."""
        from reshelve.planner.check import check
        from reshelve.planner.make_plan import PlanRequest
        from reshelve.planner.observing.saved_inventory import readers_from

        policies = tuple(self.workspace.policies)
        held = self.setting.state.held()
        request = PlanRequest(
            workspace=self.setting.name, held=held, against=against is not None, policies=policies, stores=self.workspace.stores
        )
        if offline:
            return check(layout, None, policies, request)
        if against is not None:
            problems = _too_old(against, max_age, self._now_ns())
            result = check(layout, readers_from(against), policies, request)
            result.problems.extend(problems)
            return result
        with opened(self.setting) as stores:
            return check(layout, stores.readers, policies, request)

    # The trash.

    def trash(self, *, quick: bool = False) -> "Trashed":
        """Return what lies in the trash of every store, and what runs put under delete markers.

        `quick` looks where file systems are mounted, instead of everywhere, and at no delete markers.
        """
        from reshelve.planner.trash import find_trash

        with opened(self.setting) as stores:
            if quick:
                return find_trash(stores.readers, wiring.mounted_inside(stores.readers), self._remembered)
            return self._find_trash(stores.readers)

    def plan_restore(self, items: "Sequence[TrashedItem]") -> Plan:
        """Return the plan that brings things back from the trash to where they were. Raises ReshelveError when a place is taken."""
        from reshelve.planner.trash import make_restore

        with opened(self.setting) as stores:
            return make_restore(items, stores.readers, base=self.setting.state.base(), workspace=self.setting.name)

    def plan_purge(self, *, older_than: float | None = None, run: str = "") -> Plan:
        """Return the plan that removes for good what lies in the trash: all, one run's, or what is older than so many seconds."""
        from reshelve.planner.trash import make_purge

        state = self.setting.state
        ended = {summary.id: summary.ended for summary in state.runs() if summary.ended}
        with opened(self.setting) as stores:
            return make_purge(
                self._find_trash(stores.readers),
                stores.readers,
                older_than=older_than,
                run=run,
                ended=ended,
                now_ns=self._now_ns(),
                base=state.base(),
                workspace=self.setting.name,
            )

    def knows(self, run: str) -> bool:
        """Say whether a run of this session has an id that begins so."""
        return self.setting.state.has(run)

    def under_way(self) -> str:
        """Return the id of the run that a living process is at work on now, "" when there is none."""
        from reshelve.executors.state.root_locks import holder_of

        holder = holder_of(str(self.setting.state.folder))
        unsettled = self.setting.state.unsettled() if holder else []
        return next((run for run in unsettled if holder and run in holder.what), "")

    def unsettled(self) -> list[Problem]:
        """Return a warning for every run that was cut short, here or by another workspace in the same folders. Waits for no lock.

        Whatever only looks says so first: what it sees may be half done.
        """
        from reshelve.executors.runs.apply import unsettled
        from reshelve.executors.state.unsettled_elsewhere import unsettled_elsewhere

        state, under_way = self.setting.state, self.under_way()
        folders = [root.path for root in self.setting.roots() if root.available and root.kind == "folder"]
        found = [problem for problem in unsettled(state) if problem.path != under_way]
        found += unsettled_elsewhere(folders, state)
        return [replace(problem, severity="warning") for problem in found]

    def refuse_under_way(self) -> None:
        """Raise, of kind "locked", while another process is at work on a run: what is seen then is half done."""
        run = self.under_way()
        if run:
            hint = "Wait for it to end, then try again. `reshelve status` shows it."
            raise stop("locked", "Another run holds the lock.", f"Run {run} is under way.", hint=hint, kind="locked")

    def newest_start(self) -> str:
        """Return when the newest run began, ISO 8601 in UTC; "" before the first."""
        return next((summary.started for summary in self.setting.state.runs()), "")

    # Inside.

    def _find_trash(self, readers: "Readers") -> "Trashed":
        """Return what lies in the trash of every store, looked for everywhere, and what runs put under delete markers."""
        from reshelve.planner.trash import find_trash, list_hidden

        found = find_trash(readers, runs=self._remembered)
        if self._has_buckets():
            found.items.extend(list_hidden(run_history.that_hid(self.setting.state), readers))
        return found

    def _remembered(self, run: str) -> Run | None:
        """Return a run by its whole id, None where nothing is known of it or its plan is lost; of an unsettled one just that."""
        state = self.setting.state
        if run in state.unsettled():
            return Run(run, Plan(), "unsettled", "rollback", "")
        try:
            return state.run(run) if run in dict(state.run_folders()) else None
        except ReshelveError:
            return None

    def _has_buckets(self) -> bool:
        return any(store.s3 is not None for store in self.workspace.stores.values())

    def _refuse_unsettled(self) -> None:
        """Raise while the newest run has no end yet: which run is the one to take back cannot be said."""
        from reshelve.executors.runs.apply import refuse_unsettled

        self.refuse_under_way()
        refuse_unsettled(self.setting.state)

    def _plan_back(self, run: str, command: Literal["undo", "redo"], only: tuple[str, ...], partial: bool) -> Plan:
        from reshelve.planner.undo.undo_plan import make_undo
        from reshelve.planner.undo.undo_thaws import Terms

        state, buckets = self.setting.state, self._has_buckets()
        terms = Terms(
            stores=self.workspace.stores,
            asked=run_history.asked_for(state) if buckets else {},
            prices=manifest_and_cost.prices(self.setting) if buckets else None,
            now_ns=self._now_ns(),
        )
        with opened(self.setting) as stores:
            return make_undo(
                state.run(run),
                run_history.later(state, run),
                stores.readers,
                command=command,
                base=state.base(),
                workspace=self.setting.name,
                only=only,
                partial=partial,
                terms=terms,
            )

    def _now_ns(self) -> int:
        return nanoseconds(self.now())


def unavailable(root: Root) -> Problem:
    """Return the problem of a root that is not available."""
    hint = "mount it, or correct its path in reshelve.yaml" if root.kind == "folder" else "put that right, then try again"
    return Problem("store-unavailable", "A store is not available.", f"{root.why}.", root.key, hint)


def _too_old(inventory: Inventory, max_age: float | None, now_ns: int) -> list[Problem]:
    if max_age is None or now_ns - inventory.at_ns <= max_age * 1e9:
        return []
    old = (now_ns - inventory.at_ns) / 1e9
    detail = f"It was taken {_span(old)} ago; {_span(max_age)} would do."
    return [Problem("inventory-old", "The inventory is too old.", detail, hint="reshelve observe -o inventory.ndjson")]


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"
