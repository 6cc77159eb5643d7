"""What commands look at, as pages: duplicates, health, and the files of jobs."""

from typing import Any

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import From, Word
from reshelve.service.pages.page import Shown, Step, pager
from reshelve.service.pages.printed_commands import of, printed
from reshelve.service.routes import Here, Nothing
from reshelve.views.health import brief, figure

MOST = 200
_GOES = 10
"""Files of a set that are named."""
_ISSUES = 5


@dataclass(slots=True, frozen=True)
class FromNumber:
    """From which one on they are shown."""

    start: From = 0


@dataclass(slots=True, frozen=True)
class DuplicateSet:
    """Files of the same content: the one that stays and why, some of those that would go, and how many more there are."""

    size: int
    stays: str
    because: str
    goes: list[str]
    more: int


@dataclass(slots=True, frozen=True)
class DuplicatesPage:
    """The duplicates, the largest gain first; `gain` is in bytes."""

    sets: list[DuplicateSet]
    total: int
    files: int
    gain: int
    problems: list[dict[str, Any]]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class Check:
    """One check of the health: how it ended, what it counted, and the first of what it found."""

    name: str
    status: str
    figures: list[str]
    issues: list[str]
    more: int


@dataclass(slots=True, frozen=True)
class HealthPage:
    """The health of what is in the stores: `status` is that of the worst check, `brief` what was found, in words."""

    status: str
    brief: str
    at: str
    checks: list[Check]
    advice: list[str]


@dataclass(slots=True, frozen=True)
class JobsPage:
    """How many files there are of each kind, project and job; or the files of one job or project."""

    job: str
    project: str
    summary: dict[str, Any]
    files: list[dict[str, Any]]
    total: int
    problems: list[dict[str, Any]]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class JobAsked:
    """A job or a project, "" for the list of them."""

    job: Word = ""
    project: Word = ""
    start: From = 0


def duplicates(here: Here, asked: FromNumber) -> Shown:
    """Show the duplicates."""
    events = printed(here, "duplicates")
    sets = of(events, "duplicates")
    summary = of(events, "summary")[-1]
    part = [
        DuplicateSet(each["size"], each["stays"], each["because"], each["goes"][:_GOES], max(0, len(each["goes"]) - _GOES))
        for each in sets[asked.start : asked.start + MOST]
    ]
    page = DuplicatesPage(
        part, len(sets), summary["files"], summary["bytes"], of(events, "problem"), pager(len(sets), asked.start, MOST)
    )
    return Shown("duplicates.html", page)


def health(here: Here, asked: Nothing) -> Shown:
    """Show the health. Nothing is read through for it: what was read before counts."""
    del asked
    return Shown("checks.html", health_of(of(printed(here, "health", scrub="0"), "health")[-1]))


def health_of(report: dict[str, Any]) -> HealthPage:
    """Return the page of a health report."""
    errors, warnings = len(report["errors"]), len(report["warnings"])
    return HealthPage(
        "error" if errors else "warning" if warnings else "healthy",
        brief(errors, warnings),
        report["timestamp"],
        [_check(name, told) for name, told in report["checks"].items()],
        report["recommendations"],
    )


def jobs(here: Here, asked: JobAsked) -> Shown:
    """Show the jobs and projects that the catalog knows, or the files of one."""
    if not (asked.job or asked.project):
        events = printed(here, "stats")
        return Shown("jobs.html", JobsPage("", "", of(events, "summary")[-1], [], 0, of(events, "problem"), []))
    events = printed(here, "assets", job=asked.job, project=asked.project)
    files = of(events, "asset")
    part = files[asked.start : asked.start + MOST]
    steps = pager(len(files), asked.start, MOST)
    page = JobsPage(asked.job, asked.project, of(events, "summary")[-1], part, len(files), of(events, "problem"), steps)
    return Shown("jobs.html", page)


def _check(name: str, told: dict[str, Any]) -> Check:
    figures = [figure(key, value) for key, value in told.items() if isinstance(value, int | float)]
    return Check(name, told["status"], figures, told["issues"][:_ISSUES], max(0, len(told["issues"]) - _ISSUES))
