"""The syncs of a session: both sides looked at, the plan that comes of it, and what is remembered and told afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reshelve.planner.sync.decisions import (
    USUAL,
    Remove,
    Wish,
)
from reshelve.planner.sync.sync_entries import BOTH, add_clean_up, add_entries, add_ignore, add_ignore_lines
from reshelve.schemas import quantities
from reshelve.schemas.documents.plan_files import seal
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, stop
from reshelve.session import sync_links
from reshelve.session.session_context import Context
from reshelve.session.session_plans import Plans
from reshelve.session.sync_look import Look, look_at, said
from reshelve.session.sync_opened import OpenSyncs, reading
from reshelve.session.sync_settled import settle

if TYPE_CHECKING:
    from reshelve.planner.make_plan import PlanRequest


class Syncs:
    """The syncs of a session. Nothing is touched but by the plan; then the base, this person's record and the view follow."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._syncs = OpenSyncs(context)

    def look(
        self,
        asked: Sequence[str] = (),
        inside: Path | None = None,
        wish: Wish = USUAL,
        *,
        everything: bool = False,
        told: bool = False,
    ) -> Look:
        """Return what a sync of some projects comes to: those `asked` for, else the one that `inside` lies in, else all.

        `everything`: all, wherever it is asked. `told`: people's records are read even where nothing differs.
        Raises ReshelveError where a side is away or cannot be listed.
        """
        return look_at(self._syncs, asked, inside, wish, everything=everything, told=told)

    def plan(self, look: Look, ways: tuple[type, ...] = BOTH) -> Plan:
        """Return the plan that a look comes to, as far as it is of `ways` (UP, DOWN or BOTH)."""
        layout = Layout()
        self._guard(look)
        for each in look.projects:
            add_entries(layout, each.project, each.decisions, partial(said, each), ways)
            if each.ignore:
                add_ignore(layout, each.project)
        for lines in look.ignore:
            add_ignore_lines(layout, lines.store, lines.text, lines.over)
        return self._make(layout, "sync")

    def _guard(self, look: Look) -> None:
        """Raise, of kind "declined", where more would be removed from the bucket than `max_delete` allows."""
        limit = self._context.workspace.guards.max_delete
        removed = sum(isinstance(decision, Remove) for each in look.projects for decision in each.decisions)
        if not limit or not removed:
            return
        allowed, is_share = quantities.share(limit)
        total = sum(len(each.project.there_items) for each in look.projects)
        if removed > (allowed * total if is_share else allowed):
            detail = f"{removed} of {total} shared files would be removed from the bucket; the guard allows {limit}."
            hint = "sync without --delete, or remove them with: reshelve sync clean PROJECT"
            raise stop("max-delete", "The sync removes more than the guard allows.", detail, hint=hint, kind="declined")

    def plan_clean_up(self, look: Look) -> Plan:
        """Return the plan that removes from the bucket exactly what was seen of some projects, and nothing here."""
        layout = Layout()
        for each in look.projects:
            add_clean_up(layout, each.project, each.sides)
        return self._make(layout, "clean")

    def _make(self, layout: Layout, command: Literal["sync", "clean"]) -> Plan:
        if not layout.files and not layout.absent:
            # Of nothing to do nothing has to be known or opened.
            return seal(Plan(command=command, base=self._context.setting.state.base(), workspace=self._context.setting.name))
        from reshelve.planner.make_plan import make_plan

        request: PlanRequest = Plans(self._context).request(command=command)
        # What an undo took back is planned again when asked for; buckets' rules are for plans of everything.
        request = replace(request, held=frozenset(), stores=self._context.workspace.stores, policies=(), max_delete="")
        bare = {name: store.model_copy(update={"lifecycle": None}) for name, store in request.stores.items()}
        # What a plan rests on is asked as it is made.
        with self._syncs.stores(ask=True) as stores:
            return make_plan(layout, stores.readers, replace(request, stores=bare))

    def settled(self, look: Look, plan: Plan | None = None, *, cleaned: bool = False) -> list[Problem]:
        """Remember what stands equal now and what the run of a plan carried over; renew this person's records and the views.

        Nothing is concluded from what a run was only asked to do. May run twice. What cannot be told to others is a warning.
        `cleaned`: what the bucket holds no more of what was shared is to be so, and is noted as cleaned up.
        """
        state = self._context.setting.state
        run = state.run(plan.run) if plan is not None and plan.operations and state.has(plan.run) else None
        problems: list[Problem] = []
        with self._syncs.sides() as sides:
            for side in sides:
                mine = [
                    each for each in look.projects if each.sync == side.name and not (each.refused and run is None and not cleaned)
                ]
                if mine:
                    problems += settle(self._syncs, side, mine, run, cleaned=cleaned)
        return problems

    def link(self, file: str, inside: Path, seconds: int) -> str:
        """Return an address at which anybody can read one shared file for so many seconds.

        `file` is PROJECT/NAME, a NAME in the project that `inside` lies in, else in any, or a path here, from `inside`.
        Raises ReshelveError where that is no shared file, or several, or one that is archived.
        """
        each, name = sync_links.meant(self._syncs, file, inside)
        with self._syncs.sides() as sides:
            side = next(one for one in sides if one.name == each.sync)
            return reading(side, lambda: side.store.link(side.there.rel(each.name, name), seconds))

    def user(self, name: str) -> str:
        """Return who this is to the others of a sync. Raises ReshelveError where nobody says so."""
        return self._syncs.user(name)
