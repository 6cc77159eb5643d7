"""The history of a session: the runs that ended, and the plans that take them back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

from reshelve.executors.state.held_entries import Releasable, held, releasable
from reshelve.opening.guest_folders import told_of, with_guests
from reshelve.opening.wiring import opened
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.run_record import Run
from reshelve.schemas.undone import Undone
from reshelve.session import run_history
from reshelve.session.guards import refuse_dry
from reshelve.session.recorded_contents import recorded_contents
from reshelve.session.session_context import Context
from reshelve.session.session_costs import Costs
from reshelve.session.session_runs import Runs

Reading = Callable[[int, int], object]
"""Told how many files will be read, and their bytes."""


class History:
    """The history of a session. A run is named by the beginning of its id; "" is the newest in question."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def knows(self, run: str) -> bool:
        """Say whether a run of this session has an id that begins so."""
        return self._context.setting.state.has(run)

    def newest_start(self) -> str:
        """Return when the newest run began, ISO 8601 in UTC; "" before the first."""
        return next((summary.started for summary in self._context.setting.state.runs()), "")

    def newest_to(self, what: Literal["undo", "redo"]) -> str:
        """Return when the run began that an undo, or a redo, would be about, ISO 8601 in UTC; "" where there is none."""
        state = self._context.setting.state
        try:
            found = run_history.newest_to_undo(state)[0] if what == "undo" else run_history.newest_to_redo(state)
            return found.started
        except ReshelveError:
            return ""

    def through(self, run: str = "", *, restored: bool = False) -> list[str]:
        """Return the ids of the runs to undo, newest first, so that `run` can be: the later ones that build on it, then it.

        `restored`: a store that was restored elsewhere is known by its name.
        """
        from reshelve.planner.undo.later_runs import later_touching
        from reshelve.planner.undo.moved_roots import later_now, told_now

        state = self._context.setting.state
        chosen = run_history.to_undo(state, run)
        with opened(with_guests(self._context.setting)) as stores:
            later = [later_now(one, stores.readers, restored=restored) for one in run_history.later(state, chosen.id)]
            told = told_now(chosen, stores.readers, restored=restored).run
            return [*later_touching(told, later), chosen.id]

    def plan_undo(
        self, run: str = "", *, only: tuple[str, ...] = (), partial: bool = False, by_content: Reading | None = None
    ) -> Plan:
        """Return the plan that takes back a run (by the beginning of its id; "" the newest that stands).

        Raises ReshelveError naming what changed and the later runs in the way; `partial` leaves those out instead. With
        `by_content`, files that a backup brought back are known by what they hold: it is told how many files will be read for
        that, and their bytes, before the first is.
        """
        if not run:
            Runs(self._context).refuse_unsettled()
        return self._plan_back(run_history.to_undo(self._context.setting.state, run), "undo", only, partial, by_content)

    def plan_redo(self, run: str = "", *, partial: bool = False, by_content: Reading | None = None) -> Plan:
        """Return the plan that does again what an undo took back: `run`, or the undo of it ("" the newest that stands).

        `partial` and `by_content` as for `plan_undo`.
        """
        Runs(self._context).refuse_unsettled()
        return self._plan_back(run_history.to_redo(self._context.setting.state, run), "redo", (), partial, by_content)

    def releasable(self, run: str | None = None) -> Releasable:
        """Return what `release` would let be planned again."""
        return releasable(self._context.setting.state, run)

    def release(self, run: str | None = None) -> Releasable:
        """Let what an undo took back be planned again; return what that is. Raises ReshelveError under `DRY_RUN`."""
        refuse_dry(self._context.setting.environ)
        state = self._context.setting.state
        released = releasable(state, run)
        state.release(run)
        return released

    def let_go(self, layout: Layout) -> None:
        """Let all that a layout is about be planned again, done by now or not: somebody asked for it by name."""
        state = self._context.setting.state
        targets = {place.rstrip("/") for place in (*layout.dirs, *layout.files)}
        folders = tuple(target for target in layout.files if target[-1] == "/")
        gone = {thing.path for thing in layout.absent}

        def is_named(one: Undone) -> bool:
            return one.target.rstrip("/") in targets or one.target.startswith(folders) if one.target else one.source in gone

        state.let_go({one for one in (held(state) if state.holding() else ()) if is_named(one)})

    def _plan_back(
        self, run: Run, command: Literal["undo", "redo"], only: tuple[str, ...], partial: bool, reading: Reading | None
    ) -> Plan:
        from reshelve.planner.undo.by_content import ByContent
        from reshelve.planner.undo.undo_plan import make_undo
        from reshelve.planner.undo.undo_thaws import Terms

        context, setting = self._context, self._context.setting
        state = setting.state
        terms = Terms(
            stores=setting.workspace.stores,
            asked=run_history.asked_for(state) if context.has_buckets else {},
            prices=Costs(context).prices() if context.has_buckets else None,
            now_ns=context.now_ns(),
        )
        damaged: list[Problem] = []
        later = run_history.later(state, run.id, damaged)
        if run.outcome == "unsettled":
            Runs(self._context).refuse_unsettled()
        guests = told_of(setting, run.plan.roots)
        with telling(guests), opened(with_guests(setting)) as stores, recorded_contents(setting) as recorded:
            return make_undo(
                run,
                later,
                stores.readers,
                command=command,
                base=state.base(),
                workspace=setting.name,
                only=only,
                partial=partial,
                terms=terms,
                by_content=ByContent(recorded, reading) if reading is not None else None,
                notes=[*(replace(problem, severity="warning") for problem in damaged), *guests],
            )


@contextmanager
def telling(besides: list[Problem]) -> Iterator[None]:
    """Tell this beside whatever is refused. Raises ReshelveError."""
    try:
        yield
    except ReshelveError as error:
        raise ReshelveError([*error.problems, *besides], error.kind) from error
