"""Runs on pages: listed, watched while they go, taken back, done again, and settled."""

from typing import Any

from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.commands import COMMANDS
from reshelve.service.handlers import runs
from reshelve.service.handlers.commands import handler_of
from reshelve.service.models import From, RunId, RunNamed, RunsAsked, RunShown
from reshelve.service.pages.page import Sent, Shown, Step, pager
from reshelve.service.routes import Here
from reshelve.views.ndjson import problem_event

_MOST = 100
_RECOVER = next(command for command in COMMANDS if command.words == ("recover",))


@dataclass(slots=True, frozen=True)
class RunsPage:
    """The runs, newest first."""

    runs: list[dict[str, Any]]
    under_way: str
    problems: list[dict[str, Any]]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class RunPage:
    """A run. `figures` are what its report counts; `can_undo` and `can_redo` say what may be offered.

    `progress` says how far one got that was cut short. `held`: what it took back, or put away, is not planned again until
    released; `notice` says what was just done about that.
    """

    run: RunShown
    under_way: bool
    unsettled: bool
    progress: str
    undone_by: str
    can_undo: bool
    can_redo: bool
    held: bool
    notice: str
    figures: list[tuple[str, int, bool]]
    failures: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    unsure: list[str]


@dataclass(slots=True, frozen=True)
class RunAsked:
    """A run; `released` where its entries were released just now."""

    run: RunId
    released: bool = False


@dataclass(slots=True, frozen=True)
class UnsettledPage:
    """Why a run could not be settled as it was asked for."""

    run: str
    problems: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class Settling:
    """A run that is to be settled, and how: "" as it would by itself."""

    run: RunId
    how: str = ""


@dataclass(slots=True, frozen=True)
class FromRun:
    """From which run on the list is shown."""

    start: From = 0


def listed(here: Here, asked: FromRun) -> Shown:
    """List the runs."""
    found = runs.listed(here, RunsAsked(asked.start, _MOST)).value
    # A page more is known to be there where this one is full.
    total = asked.start + len(found.runs) + (len(found.runs) == _MOST)
    return Shown("runs.html", RunsPage(found.runs, found.under_way, found.problems, pager(total, asked.start, _MOST)))


def show(here: Here, asked: RunAsked) -> Shown:
    """Show a run, and what can be done about it."""
    run = runs.show(here, RunNamed(asked.run)).value
    every = runs.listed(here, RunsAsked(0, 1000)).value.runs
    mine: dict[str, Any] = next((each for each in every if each["id"] == asked.run), {})
    undone_by, held = str(mine.get("undone_by", "")), bool(mine.get("held"))
    ended = run.state not in ("under way", "unsettled")
    report = run.report or {}
    failures = report.get("failures", [])
    model = RunPage(
        run,
        run.state == "under way",
        run.state == "unsettled",
        CutShort(run.run, run.command, run.operations, run.done, run.at_most).progress,
        undone_by,
        ended and run.done > 0 and run.command not in ("undo", "trash empty") and not undone_by,
        ended and run.command == "undo" and not undone_by,
        held,
        "Released: the next plan has its entries again." if asked.released and not held else "",
        list(_figures(report)),
        [each for each in failures if each.get("severity", "error") == "error"],
        [*(each for each in failures if each.get("severity", "error") != "error"), *report.get("notes", [])],
        report.get("unsure", []),
    )
    return Shown("run.html", model)


_UNSURE = "Whether this was done cannot be told."


def settle(here: Here, asked: Settling) -> Shown | Sent:
    """Settle a run that was cut short, and go to it; where that could not be done, say why."""
    options = {"rollback": asked.how == "rollback", "finish": asked.how == "finish", "accept": asked.how == "accept"}
    told = handler_of(_RECOVER)(here, _RECOVER.asks(run=asked.run, **options)).value
    run = Sent(f"/runs/{asked.run}")
    if told.exit == 0 or runs.show(here, RunNamed(asked.run)).value.state != "unsettled":
        return run  # its page says how it ended
    problems = [event for event in told.events if event["type"] == "problem"]
    for report in (event for event in told.events if event["type"] == "report"):
        problems += [*report.get("failures", []), *report.get("notes", [])]
        problems += [problem_event(Problem("cannot-tell", _UNSURE, path=each)) for each in report.get("unsure", [])]
    return Shown("unsettled.html", UnsettledPage(asked.run, problems), 409)


def _figures(report: dict[str, Any]) -> list[tuple[str, int, bool]]:
    """Return what a report counted: the words, the number, and whether it is bytes."""
    counts = [(kind, number, False) for kind, number in report.get("counts", {}).items()]
    names = ("moved", "copied", "uploaded", "downloaded", "trashed", "freed")
    return counts + [(f"bytes {name}", report[f"{name}_bytes"], True) for name in names if report.get(f"{name}_bytes")]
