"""The plans of a session: made from a layout, and asked whether they may be applied."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.executors.state.held_entries import held_and_told
from reshelve.opening.wiring import opened
from reshelve.planner.sync.staging_expiry import with_expiry
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Store as DeclaredStore
from reshelve.schemas.verbs import Witness
from reshelve.schemas.workspace import Workspace
from reshelve.session import applying, guards, run_history
from reshelve.session.earlier_runs import earlier_runs
from reshelve.session.session_context import Context
from reshelve.session.session_costs import Costs
from reshelve.session.session_runs import Runs
from reshelve.session.workspace_entries import entries_of, is_another

if TYPE_CHECKING:
    from reshelve.planner.make_plan import PlanRequest


@dataclass(slots=True, frozen=True)
class Choice:
    """Which entries a plan is about: globs on source or target; `exclude` wins. A bundle goes whole."""

    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


EVERYTHING = Choice()


class Plans:
    """The plans of a session. What takes runs back is planned by its history, what empties the trash by its trash."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def uses_facts(self) -> bool:
        """Whether a plan looks at the facts of entries: policies do, so does the choice among roots, and uploads note some."""
        workspace = self._context.workspace
        return bool(workspace.policies) or any(
            store.paths is not None or store.s3 is not None for store in workspace.stores.values()
        )

    def make(
        self,
        layout: Layout,
        *,
        digest: str = "",
        choice: Choice = EVERYTHING,
        max_delete: str = "",
        command: PlanCommand = "apply",
        against: Inventory | None = None,
        whole: bool = True,
    ) -> Plan:
        """Return the plan that brings the stores to `layout`. `digest` names the layout's bytes in the plan.

        `against` plans on a saved inventory instead of the stores: such a plan is for reading only. Only a plan of all that is
        wanted (`whole`) brings buckets to the rules that their stores declare; none of another layout than the workspace's is that.
        Raises ReshelveError.
        """
        from reshelve.planner.make_plan import make_plan

        setting = self._context.setting
        whole = whole and not is_another(setting, digest)
        request = self.request(
            digest=digest, choice=choice, max_delete=max_delete, command=command, against=against is not None, whole=whole
        )
        if against is not None:
            from reshelve.planner.observing.saved_inventory import readers_from

            return make_plan(layout, readers_from(against), request)
        with opened(setting) as stores, earlier_runs(setting) as earlier:
            return make_plan(layout, stores.readers, replace(request, earlier=earlier))

    def make_anew(self, layout: Layout, command: PlanCommand, later: Mapping[str, Sequence[Witness]] | None = None) -> Plan:
        """Return the plan that brings the stores to what was asked for by name just now: also where an undo took it back before.

        `later` are backups for which earlier ones go, by the locations of those.
        """
        from reshelve.planner.make_plan import make_plan
        from reshelve.planner.tiers.resting_homes import at_rest

        setting = self._context.setting
        request = replace(self.request(command=command), held=frozenset(), stores=_bare(setting.workspace), later=later or {})
        if command == "archive":
            # What templates laid out for the project leaves the layout with it.
            rest = entries_of(setting, without=lambda laid: at_rest(laid, layout, setting.workspace.tiers))
            request = replace(request, entries=rest)
        with opened(setting) as stores:
            return make_plan(layout, stores.readers, request)

    def request(
        self,
        *,
        digest: str = "",
        choice: Choice = EVERYTHING,
        max_delete: str = "",
        command: PlanCommand = "apply",
        against: bool = False,
        whole: bool = True,
    ) -> "PlanRequest":
        """Return what a plan of this workspace is for and about; `whole` as in `make`. Raises ReshelveError of a price list."""
        from reshelve.planner.make_plan import PlanRequest

        context, setting = self._context, self._context.setting
        kept_by = setting.workspace.guards
        undone, notes = held_and_told(setting.state) if not setting.fresh and command != "new" else (frozenset(), ())
        return PlanRequest(
            command=command,
            base=setting.state.base(),
            workspace=setting.name,
            layout_digest=digest,
            held=undone,
            notes=notes,
            only=choice.only,
            exclude=choice.exclude,
            against=against,
            policies=tuple(setting.workspace.policies),
            max_delete=max_delete or kept_by.max_delete or "",
            max_cost=kept_by.max_cost or "",
            cost_levels=setting.workspace.cost.warn,
            strict=kept_by.preserve == "strict",
            prices=Costs(context).prices() if context.has_buckets else None,
            now_ns=context.now_ns(),
            stores=with_expiry(setting.workspace) if command == "apply" and whole else _bare(setting.workspace),
            asked=run_history.asked_for(setting.state) if context.has_buckets else {},
            entries=entries_of(setting, digest),
        )

    def refuse_unfit(self, plan: Plan, saved: str = "plan.json") -> None:
        """Raise, of kind "stale", when `plan` can never be applied here: it was applied, is another workspace's, or for reading.

        `saved` is the file that it is in, for the command that makes a new one.
        """
        from reshelve.executors.runs.may_run import refuse_unfit

        setting = self._context.setting
        refuse_unfit(plan, setting.state, setting.name, saved)

    def ready(self, plan: Plan, *, max_delete: str = "") -> None:
        """Raise what `apply` would refuse this plan for now, so that nobody is asked about a plan that cannot be applied."""
        self.refuse_unfit(plan)
        Runs(self._context).refuse_under_way()
        applying.ready(self._context.setting, plan, max_delete)

    def refuse(self, plan: Plan, *, max_delete: str = "") -> None:
        """Raise what `apply` would refuse this plan for and can be known without a look at what it touches."""
        self.refuse_unfit(plan)
        Runs(self._context).refuse_unsettled()
        applying.refuse(self._context.setting, plan, max_delete)

    def guard(self, plan: Plan, *, max_delete: str = "") -> list[Problem]:
        """Return a problem for every store that a plan takes more from than the guards allow, or if it costs more.

        `apply` refuses such a plan. One made from a saved inventory is only asked about its cost.
        """
        if plan.against:
            return guards.too_dear(plan, plan.max_cost)
        return applying.beyond_guards(self._context.setting, plan, max_delete)


def _bare(workspace: Workspace) -> dict[str, DeclaredStore]:
    """Return the stores of a workspace without what is to be set up in buckets."""
    return {name: store.model_copy(update={"lifecycle": None}) for name, store in workspace.stores.items()}
