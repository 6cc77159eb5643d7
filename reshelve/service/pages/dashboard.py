"""The dashboard: projects over their tiers, what the cloud costs, and the health, as one file that opens offline."""

from typing import TYPE_CHECKING, Any

from reshelve.examining.health.health_report import examine_health
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.pages.look_pages import HealthPage, health_of
from reshelve.service.pages.project_pages import Cost, Project, cost_of, projects_of
from reshelve.service.pages.rendering import Place, render
from reshelve.session.session import Session
from reshelve.views.manifests import project_event, total_event
from reshelve.views.ndjson import problem_event, summary_event

if TYPE_CHECKING:
    from reshelve.schemas.price_list import Prices


@dataclass(slots=True, frozen=True)
class Dashboard:
    """What the dashboard shows. `at` is when the stores were looked at; `problems` are of what could not be told."""

    workspace: str
    at: str
    tiers: list[dict[str, Any]]
    projects: list[Project]
    cost: Cost | None
    health: HealthPage
    problems: list[dict[str, Any]]


def dashboard(session: Session, *, scrub: int = 0) -> str:
    """Return the dashboard of a workspace; `scrub` bytes are read through for its health. Raises ReshelveError."""
    by = session.costs.prices()
    problems: list[Problem] = []
    made = session.costs.manifest() if session.workspace.tiers else None
    model = Dashboard(
        session.setting.folder.name,
        session.now().isoformat(timespec="seconds"),
        [total_event(name, total.projects, total.size_bytes) for name, total in made.totals.items()] if made is not None else [],
        projects_of([project_event(project) for project in made.projects], by) if made is not None else [],
        _cost(session, by, problems),
        health_of(examine_health(session, scrub=scrub).document()),
        [problem_event(problem) for problem in problems],
    )
    return render("dashboard.html", model, Place("", "", workspace=model.workspace))


def _cost(session: Session, by: "Prices", problems: list[Problem]) -> Cost | None:
    """Return what the buckets cost; None where there are none, or where that cannot be told: then `problems` say why."""
    from reshelve.planner.cost.class_scenarios import Use, scenario
    from reshelve.planner.cost.monthly_cost import together
    from reshelve.views.costs import scenario_event

    try:
        buckets = session.costs.kept(by, tell=problems.extend)
    except ReshelveError as error:
        problems += error.problems
        return None
    unpriced = sorted({name for _, names in buckets.values() for name in names})
    if unpriced:
        detail = f"{by.name} has no price for {', '.join(unpriced)}."
        problems.append(
            Problem("no-price", "What is kept cannot be reckoned.", detail, hint="Add the class to a price list of your own.")
        )
    if not buckets or unpriced:
        return None
    kept = together(*(each for each, _ in buckets.values()))
    now = scenario("now", kept, {}, by, Use(), free=session.workspace.cost.free_tier)
    return cost_of([scenario_event(now, by), summary_event(exit_code=0, prices=by.name, date=by.date)])
