"""Projects over their tiers, and what stands in the cloud: classes, thaws, and what a month of it costs."""

from collections.abc import Mapping
from typing import Any

from reshelve.planner.cost.money import shown
from reshelve.planner.cost.monthly_cost import UnknownClass
from reshelve.planner.cost.project_costs import copy_month
from reshelve.schemas.price_list import Prices
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import From
from reshelve.service.pages.page import Shown, Step, pager
from reshelve.service.pages.printed_commands import lacking, of, printed
from reshelve.service.routes import Here

MOST = 200


@dataclass(slots=True, frozen=True)
class Copy:
    """What a store has of a project; `month` is what it costs, "" where that is not told, `thaw` says how far that is."""

    store: str
    place: str
    tier: str
    size: int
    files: int
    thaw: str
    month: str
    cloud: bool


@dataclass(slots=True, frozen=True)
class Project:
    """A project and its copies. `unseen` are stores that could not be looked at."""

    name: str
    tiers: list[str]
    last_used: str
    copies: list[Copy]
    also: list[str]
    unseen: list[str]


@dataclass(slots=True, frozen=True)
class Cost:
    """What buckets cost a month as they are: a line for each class."""

    prices: str
    date: str
    month: str
    year: str
    lines: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class ProjectsPage:
    """The projects, and with the tab of the cloud what they cost. `missing` says why there are none."""

    cloud: bool
    projects: list[Project]
    total: int
    tiers: list[dict[str, Any]]
    cost: Cost | None
    problems: list[dict[str, Any]]
    missing: Problem | None
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class FromProject:
    """From which project on they are shown."""

    start: From = 0


def show(here: Here, asked: FromProject) -> Shown:
    """Show the projects over all tiers."""
    return _shown(here, asked.start, cloud=False)


def cloud(here: Here, asked: FromProject) -> Shown:
    """Show the projects that stand in buckets, and what the buckets cost."""
    return _shown(here, asked.start, cloud=True)


def _shown(here: Here, start: int, *, cloud: bool) -> Shown:
    try:
        events = printed(here, "manifest")
    except ReshelveError as error:
        page = ProjectsPage(cloud, [], 0, [], None, [], lacking(error, "no-tiers"), [])
        return Shown("projects.html", page)
    found = projects_of(of(events, "project"), here.session().costs.prices())
    cost = cost_of(printed(here, "cost")) if cloud else None
    if cloud:
        found = [project for project in found if any(copy.cloud for copy in project.copies)]
    part = found[start : start + MOST]
    page = ProjectsPage(
        cloud, part, len(found), of(events, "tier"), cost, of(events, "problem"), None, pager(len(found), start, MOST)
    )
    return Shown("projects.html", page)


def projects_of(events: list[dict[str, Any]], prices: Prices) -> list[Project]:
    """Return the projects of a manifest's events."""
    return [
        Project(
            event["id"],
            event["tiers"],
            event["last_used"],
            [_copy(store, told, prices) for store, told in event["storage"].items() if told["exists"]],
            event["also"],
            [store for store, told in event["storage"].items() if told["exists"] is None],
        )
        for event in events
    ]


def cost_of(events: list[dict[str, Any]]) -> Cost | None:
    """Return what the buckets cost as they are; None where nothing says."""
    summary = of(events, "summary")[-1]
    for each in of(events, "scenario"):
        return Cost(
            summary["prices"],
            summary["date"],
            f"{each['currency']} {each['month']}",
            f"{each['currency']} {each['year']}",
            each["lines"],
        )
    return None


def _copy(store: str, told: Mapping[str, Any], prices: Prices) -> Copy:
    in_bucket = "key" in told
    thaw = told.get("thawed", "")
    known = {"": "", "ongoing": "thawing", "expired": "archived again"}
    words = known[thaw] if thaw in known else f"readable until {thaw[:16].replace('T', ' ')} UTC"
    place = f"{told['bucket']}/{told['key']}" if in_bucket else told["path"]
    month = _month(told, prices) if in_bucket else ""
    return Copy(store, place, told["tier"], told["size_bytes"], told.get("files", 0), words, month, in_bucket)


def _month(told: Mapping[str, Any], prices: Prices) -> str:
    try:
        amount = copy_month(told["tier"], told["size_bytes"], told["objects"], prices)
    except UnknownClass:
        return ""
    return shown(amount, prices.currency)
