"""Shared projects on pages: how they stand, what a sync would do, and that done once it was read."""

import hashlib
import json
from dataclasses import field
from typing import Annotated, Any

from pydantic import Field

from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import Digest, Words
from reshelve.service.pages.page import Sent, Shown
from reshelve.service.pages.plan_pages import Line, line_of
from reshelve.service.pages.printed_commands import lacking, of, printed
from reshelve.service.routes import Here, Nothing

MOST = 200
Way = Annotated[str, Field(pattern="^(both|up|down)$")]


@dataclass(slots=True, frozen=True)
class SyncPage:
    """Both sides of every shared project; `missing` says why there are none."""

    projects: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    missing: Problem | None


@dataclass(slots=True, frozen=True)
class SyncAsked:
    """What is to be synced: some projects, or all, both ways or one."""

    projects: Words = field(default_factory=list)
    way: Way = "both"


@dataclass(slots=True, frozen=True)
class SyncPressed:
    """That somebody pressed sync: `shown` is what the plan on the page came to."""

    shown: Digest
    projects: Words = field(default_factory=list)
    way: Way = "both"


@dataclass(slots=True, frozen=True)
class SyncPlanPage:
    """What a sync would do: its first operations, how many there are, and what it leaves out."""

    way: str
    projects: list[str]
    named: str
    shown: str
    lines: list[Line]
    total: int
    blocked: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    changed: bool


def show(here: Here, asked: Nothing) -> Shown:
    """Show how the shared projects stand."""
    del asked
    try:
        events = printed(here, "sync", "status", all=True)
    except ReshelveError as error:
        return Shown("sync.html", SyncPage([], [], lacking(error, "no-sync")))
    return Shown("sync.html", SyncPage(of(events, "sync-project"), of(events, "problem"), None))


def plan(here: Here, asked: SyncAsked) -> Shown:
    """Show what a sync would do. Nothing is touched."""
    return _planned(here, asked.projects, asked.way)


def carry_out(here: Here, asked: SyncPressed) -> Shown | Sent:
    """Sync what was shown, and go to its run; where it would do something else by now, show that instead."""
    found = _planned(here, asked.projects, asked.way, changed=True)
    if found.model.shown != asked.shown:
        return found
    events = printed(here, "sync", asked.way, projects=asked.projects)
    reports = of(events, "report")
    return Sent(f"/runs/{reports[-1]['run']}") if reports else Sent("/sync")


def _planned(here: Here, projects: list[str], way: str, *, changed: bool = False) -> Shown:
    events = printed(here, "sync", way, projects=projects, dry_run=True)
    operations, blocked = of(events, "operation"), of(events, "blocked")
    # What it shares is the same for as long as both sides are.
    told = json.dumps([operations, blocked], sort_keys=True).encode()
    page = SyncPlanPage(
        way,
        projects,
        ", ".join(projects) or "All projects",
        hashlib.sha256(told).hexdigest(),
        [line_of(each) for each in operations[:MOST]],
        len(operations),
        blocked[:MOST],
        of(events, "problem"),
        changed,
    )
    return Shown("sync_plan.html", page, 409 if changed else 200)
