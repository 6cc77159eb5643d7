"""Scanning and releasing from pages: what the next plan is made of, as the commands `scan` and `release` do it."""

from typing import Any

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import RunPrefix
from reshelve.service.pages.page import Sent, Shown
from reshelve.service.pages.printed_commands import of, printed
from reshelve.service.routes import Here, Nothing


@dataclass(slots=True, frozen=True)
class ScannedPage:
    """What a scan came to that had something to tell: how many entries the layout has, and how many files are undecided."""

    entries: int
    review: int
    problems: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class Releasing:
    """Whose entries are to be released: those of a run, or of all."""

    run: RunPrefix = ""


def scan(here: Here, asked: Nothing) -> Shown | Sent:
    """Scan the stores, and go where a plan is made of it; where the scan has something to tell, show that."""
    del asked
    events = printed(here, "scan")
    problems, summary = of(events, "problem"), of(events, "summary")[-1]
    if not problems:
        return Sent("/?scanned=true")
    return Shown("scanned.html", ScannedPage(summary["entries"], summary["review"], problems))


def release(here: Here, asked: Releasing) -> Sent:
    """Let what is held be planned again, and go back to where that was asked for."""
    printed(here, "release", run=asked.run)
    return Sent(f"/runs/{asked.run}?released=true" if len(asked.run) == _WHOLE else "/?released=true")


_WHOLE = 12
"""The signs of the whole id of a run."""
