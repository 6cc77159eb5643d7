"""What can be planned over the service, each kind a plan of a session. Every plan is only shown until it is applied."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from reshelve import api
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service import job_plans
from reshelve.service.job_plans import Made, age_of
from reshelve.service.models import PlanAsked
from reshelve.session.session import Session
from reshelve.session.session_plans import Choice


@dataclass(slots=True, frozen=True)
class Kind:
    """How a kind of plan is made, and what a run of it does on an error."""

    make: Callable[[Session, PlanAsked], Made]
    on_error: str = "rollback"


def _of_layout(session: Session, asked: PlanAsked) -> Made:
    layout, digest = api.layout_with_digest(session.layouts.path, facts=session.plans.uses_facts)
    choice = Choice(tuple(asked.only), tuple(asked.exclude))
    return Made(session.plans.make(layout, digest=digest, choice=choice, max_delete=asked.max_delete))


def _undo(session: Session, asked: PlanAsked) -> Made:
    return Made(session.history.plan_undo(asked.run, only=tuple(asked.only), partial=asked.partial))


def _redo(session: Session, asked: PlanAsked) -> Made:
    return Made(session.history.plan_redo(asked.run, partial=asked.partial))


def _cleanup(session: Session, asked: PlanAsked) -> Made:
    from reshelve.session.session_cleanup import Meant

    if not (asked.within or asked.project or asked.job):
        raise stop("usage", "Nothing says what to clean up.", "Everything at once is too much.", hint=_WITHIN, kind="usage")
    meant = Meant(tuple(asked.within), asked.project, asked.job, tuple(asked.exclude), asked.empty_folders)
    found = session.cleanup.find(meant, older_than=age_of(asked.older_than or "30d", "older_than"))
    return Made(session.cleanup.plan(found, max_delete=asked.max_delete), tuple(found.problems))


def _duplicates(session: Session, asked: PlanAsked) -> Made:
    wanted = session.layouts.path
    layout = api.load_layout(wanted) if wanted.exists() else None
    decided = session.duplicates.find(tuple(asked.within), keep=tuple(asked.keep), layout=layout, exclude=tuple(asked.exclude))
    plan = session.plans.make(session.duplicates.layout(decided).layout, max_delete=asked.max_delete, whole=False)
    return Made(plan, tuple(decided.found.problems))


def _trash_restore(session: Session, asked: PlanAsked) -> Made:
    from reshelve.session.session_trash import meant

    return Made(session.trash.plan_restore(meant(session.trash.find().items, asked.path, asked.run)))


def _trash_empty(session: Session, asked: PlanAsked) -> Made:
    age = age_of(asked.older_than, "older_than") if asked.older_than else None
    return Made(session.trash.plan_purge(older_than=age, run=asked.run))


_WITHIN = "Name stores or folders in `within`, or give `project` or `job`."

KINDS: Mapping[str, Kind] = {
    "apply": Kind(_of_layout),
    "undo": Kind(_undo),
    "redo": Kind(_redo),
    "cleanup": Kind(_cleanup, "continue"),
    "duplicates": Kind(_duplicates),
    "trash restore": Kind(_trash_restore),
    "trash empty": Kind(_trash_empty, "continue"),
    "job organize": Kind(job_plans.organized),
    "job migrate": Kind(job_plans.migrated),
    "job delete": Kind(job_plans.deleted, "continue"),
}
"""Every kind of plan that can be asked for, by the command it is of."""


def make(session: Session, asked: PlanAsked) -> Made:
    """Make a plan of the kind that was asked for. Raises ReshelveError."""
    return KINDS[asked.command].make(session, asked)


def figures_of(session: Session, made: Made, asked: PlanAsked) -> dict[str, Any]:
    """Return the figures of a plan that was just made, with everything about it that is not an operation, as events have it."""
    from reshelve.views import ndjson, plan_counts, plans

    plan = made.plan
    beyond = session.plans.guard(plan, max_delete=asked.max_delete)
    events = [*ndjson.plan_events(replace(plan, operations=[])), *map(ndjson.problem_event, made.problems)]
    return {
        **ndjson.plan_figures(plan),
        "made": session.now().isoformat(timespec="seconds"),
        "kind": asked.command,
        "of": plan.of,
        "max_delete": asked.max_delete,
        "left": made.left,
        "undoable": all(operation.undoable != "no" for operation in plan.operations),
        "summary": plan_counts.summary(plan),
        "words": plans.besides_text(plan),
        "guards": [{**ndjson.problem_event(problem), "severity": "warning"} for problem in beyond],
        "besides": events,
        "unmet": bool(plan.blocked) or plan_counts.leave_unmet([*plan.problems, *made.problems]),
        "roots": {key: asdict(root) for key, root in plan.roots.items()},
    }


def groups(plan: Plan) -> list[dict[str, Any]]:
    """Return the groups of a plan, the largest first, what cannot be undone before all else."""
    from reshelve.views.plan_groups import Group, groups_of

    def order(each: Group) -> tuple[bool, bool, int, str]:
        return each.undoable != "no", each.noun == "folder", -each.files, each.folder

    return [asdict(each) for each in sorted(groups_of(plan.operations), key=order)]
