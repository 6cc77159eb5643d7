"""The overview: the stores, what waits for somebody, and what was done last."""

import json
from typing import Any

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.handlers import plans, runs
from reshelve.service.models import RunsAsked
from reshelve.service.pages.page import Shown
from reshelve.service.routes import Here, Nothing
from reshelve.views.colour import count

_LAST = 5


@dataclass(slots=True, frozen=True)
class Store:
    """A store. `used` is its share of the disk in percent, -1 where that is not known."""

    key: str
    place: str
    kind: str
    available: bool
    why: str
    free: int
    used: int


@dataclass(slots=True, frozen=True)
class Waiting:
    """Something that waits for somebody: what, where to go for it, and the words of that link."""

    text: str
    path: str
    words: str


@dataclass(slots=True, frozen=True)
class Overview:
    """What the overview shows."""

    stores: list[Store]
    entries: int
    trash_files: int
    trash_bytes: int
    waiting: list[Waiting]
    under_way: str
    runs: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def show(here: Here, asked: Nothing) -> Shown:
    """Show how things stand."""
    del asked
    last = runs.listed(here, RunsAsked(0, _LAST)).value
    found = json.loads(here.latest.get().status)
    status = found["status"]
    kept = [plan for plan in plans.listed(here, RunsAsked(0, _LAST)).value.plans if not plan["run"]]
    model = Overview(
        [_store(each) for each in status["stores"]],
        status["entries"],
        status["trash_files"],
        status["trash_bytes"],
        list(_waiting(status)),
        last.under_way,
        last.runs,
        kept,
        [*found["problems"], *last.problems],
    )
    return Shown("overview.html", model)


def _waiting(status: dict[str, Any]) -> list[Waiting]:
    found = []
    if status["under_way"]:
        found.append(Waiting("A run is at work.", f"/runs/{status['under_way']}", "Watch it"))
    cut_short = [run for run in status["unsettled"] if run != status["under_way"]]
    found += [Waiting(f"Run {run} was cut short.", f"/runs/{run}", "Settle it") for run in cut_short]
    if status["review"]:
        found.append(Waiting(f"{count(status['review'], 'file')} no rule decided.", "/undecided", "Decide"))
    if status["held"]:
        entries = count(status["held"], "entry", "entries")
        found.append(
            Waiting(
                f"{entries} held since an undo, or since a run put files away: not planned until released.", "/runs", "See the runs"
            )
        )
    return found


def _store(each: dict[str, Any]) -> Store:
    root, space = each["root"], each.get("space") or {}
    total = space.get("total") or 0
    free = space.get("free") or 0
    used = round(100 * (total - free) / total) if total else -1
    return Store(root["key"], root["path"], root["kind"], root["available"], root["why"], free, used)
