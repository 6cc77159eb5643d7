"""The overview: the stores, what waits for somebody, and what was done last."""

import json
from typing import Any

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.handlers import documents, plans, runs
from reshelve.service.models import DocumentAsked, RunsAsked
from reshelve.service.pages.faulty_lines import page_of_fault
from reshelve.service.pages.page import Shown
from reshelve.service.routes import Here
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
    """Something that waits for somebody: what, where to go for it, and the words of that link; `release` offers that too."""

    text: str
    path: str
    words: str
    release: bool = False


@dataclass(slots=True, frozen=True)
class LayoutFault:
    """What is wrong with a layout that cannot be read: the first problems, and the page that shows the line."""

    total: int
    problems: list[dict[str, Any]]
    page: str


@dataclass(slots=True, frozen=True)
class JustDone:
    """What was done before somebody came here."""

    scanned: bool = False
    released: bool = False


@dataclass(slots=True, frozen=True)
class Overview:
    """What the overview shows. `entries` are those of the layout, None without one; `fault` is of one that cannot be read."""

    notice: str
    stores: list[Store]
    entries: int | None
    fault: LayoutFault | None
    trash_files: int
    trash_bytes: int
    waiting: list[Waiting]
    under_way: str
    runs: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def show(here: Here, asked: JustDone) -> Shown:
    """Show how things stand."""
    last = runs.listed(here, RunsAsked(0, _LAST)).value
    found = json.loads(here.latest.get().status)
    status = found["status"]
    kept = [plan for plan in plans.listed(here, RunsAsked(0, _LAST)).value.plans if not plan["run"]]
    model = Overview(
        _notice(asked, status),
        [_store(each) for each in status["stores"]],
        status["entries"],
        _fault(here) if status["unsound"] else None,
        status["trash_files"],
        status["trash_bytes"],
        list(_waiting(status)),
        last.under_way,
        last.runs,
        kept,
        [*found["problems"], *last.problems],
    )
    return Shown("overview.html", model)


def _notice(asked: JustDone, status: dict[str, Any]) -> str:
    """Return what became of what was just asked for, as far as it is so."""
    if asked.scanned and status["entries"] is not None:
        return "The stores were scanned. Make a plan to see what would change."
    return "Nothing is held any more: the next plan has it again." if asked.released and not status["held"] else ""


def _fault(here: Here) -> LayoutFault | None:
    found = documents.show(here, DocumentAsked("layout", 0, 1)).value.problems
    wrong = [problem for problem in found if problem["severity"] == "error"]
    return LayoutFault(len(wrong), wrong[:_LAST], page_of_fault(wrong, here.workspace)) if wrong else None


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
                f"{entries} held since an undo, or since a run put files away: not planned until released.",
                "/runs",
                "See the runs",
                release=True,
            )
        )
    return found


def _store(each: dict[str, Any]) -> Store:
    root, space = each["root"], each.get("space") or {}
    total = space.get("total") or 0
    free = space.get("free") or 0
    used = round(100 * (total - free) / total) if total else -1
    return Store(root["key"], root["path"], root["kind"], root["available"], root["why"], free, used)
