"""What only looks: how things stand, and that the service answers."""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from reshelve import __version__
from reshelve.examining.status_and_doctor import status as examined
from reshelve.executors.state.cache_db import CATALOG
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.locations import ASSETS, STATE
from reshelve.schemas.problems import ReshelveError
from reshelve.service.latest_look import LatestLook
from reshelve.service.models import Health, Statistics, StatusShown
from reshelve.service.requests import adapter
from reshelve.service.routes import TEXT, Answer, Here, Nothing
from reshelve.session.session import Session
from reshelve.views.metrics import metrics_text
from reshelve.views.ndjson import problem_event


def health(here: Here, asked: Nothing) -> Answer:
    """Say that the service answers, and nothing about the workspace."""
    del here, asked
    return Answer(Health("ok", __version__))


def status(here: Here, asked: Nothing) -> Answer:
    """Show the stores, the last run, what needs attention, and what the stores hold."""
    del asked
    return _LATEST.setdefault(str(here.workspace), LatestLook()).get(lambda: _status(here.session()), lambda: _depends_on(here))


def _depends_on(here: Here) -> list[Path]:
    """Return the files that change when a run begins or settles, or a document is written: no look itself changes one."""
    folder = here.workspace.parent
    runs = folder / STATE / "runs"
    newest = [run / name for run in _newest(runs) for name in ("", "report.json")]
    return [here.workspace, *(folder / name for name in (LOCAL, "layout.yaml", ASSETS)), runs, *newest]


def _newest(runs: Path) -> list[Path]:
    """Return the folders of the last few runs: one that is unsettled is among them."""
    try:
        return sorted(runs.iterdir())[-3:]
    except OSError:
        return []


def _status(session: Session) -> Answer:
    found = examined(session)
    plain = {name: value for name, value in asdict(found).items() if name != "problems"}
    events = [problem_event(problem) for problem in found.problems]
    shown = StatusShown({"type": "status", **plain}, events, _statistics(session))
    # Written once for all who get it.
    return Answer(shown, text=json.dumps(adapter(StatusShown).dump_python(shown), separators=(",", ":"), default=str))


_LATEST: dict[str, LatestLook[Answer]] = {}


def _statistics(session: Session) -> Statistics | None:
    """Return what the stores hold, counted anew only when the catalog changed: many ask how things stand, and often."""
    state = session.setting.state
    key = str(state.folder)
    with suppress(ReshelveError, OSError):
        marks = _marks(state)
        known = _COUNTED.get(key)
        if known is not None and known[0] == marks:
            return known[1]
        totals = session.catalog.stats("")
        counted = Statistics(totals.files, totals.bytes, len(totals.projects), len(totals.jobs), totals.by_type)
        # What the question itself brought up to date counts as known.
        _COUNTED[key] = _marks(state), counted
        return counted
    return None


def _marks(state: State) -> object:
    """Return what is another once a run settled, or the catalog was written to."""
    written = []
    for name in (CATALOG, f"{CATALOG}-wal"):
        with suppress(FileNotFoundError):
            info = (state.folder / name).stat()
            written.append((info.st_ino, info.st_size, info.st_mtime_ns))
    return state.base(), tuple(written)


_COUNTED: dict[str, tuple[object, Statistics]] = {}
"""What was counted last, by the state folder of its workspace."""


def metrics(here: Here, asked: Nothing) -> Answer:
    """Show metrics for Prometheus."""
    del asked
    session = here.session()
    lines = metrics_text(examined(session), session.setting.state.runs([]))
    return Answer(text="".join(f"{line}\n" for line in lines), kind=TEXT)
