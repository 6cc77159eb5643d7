"""Runs: listed, looked at, and followed while they go. What is told comes from the run's journal and report alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from reshelve.executors.state.run_records import planned_operations
from reshelve.executors.state.run_reports import load_figures
from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.service.journal_events import Follower, Standing
from reshelve.service.models import RunNamed, RunsAsked, RunShown, RunsShown
from reshelve.service.routes import EVENTS, Answer, Here
from reshelve.session.cut_short_runs import by_journal
from reshelve.session.session import Session
from reshelve.views.ndjson import problem_event, report_events
from reshelve.views.runs import with_progress

_LOOK_AGAIN = 0.1
"""Seconds between two looks at a journal that nobody wrote to."""
_STILL_HERE = 15.0
"""Seconds after which a stream without an event says that it is there yet."""


def listed(here: Here, asked: RunsAsked) -> Answer:
    """List the runs, newest first."""
    session = here.session()
    damaged: list[Problem] = []
    work = session.runs.at_work()
    every = session.setting.state.runs(damaged)
    under_way = next((run.id for run in every if run.outcome == "unsettled" and work.on(run.id)), "")
    cuts = {run.id: _cut(here, session, run.id, at_work=work.on(run.id)) for run in every if run.outcome == "unsettled"}
    runs = [with_progress(run, cuts.get(run.id)) for run in every[asked.start : asked.start + asked.most]]
    events = [{"type": "run", **asdict(run)} for run in runs]
    here.latest.catch_up()
    return Answer(RunsShown(events, under_way, [problem_event(problem) for problem in damaged]))


def show(here: Here, asked: RunNamed) -> Answer:
    """Show how a run stands now."""
    session = here.session()
    follower = Follower(_folder(session, asked.run) / "journal.ndjson")
    at_work = _at_work(session, asked.run)
    for _ in follower.more():
        pass
    if not at_work:
        here.latest.catch_up()
    return Answer(_shown(here, session, asked.run, follower.standing, at_work=at_work))


def events(here: Here, asked: RunNamed) -> Answer:
    """Follow a run: its events so far, then those to come, until it ends."""
    session = here.session()
    journal = _folder(session, asked.run) / "journal.ndjson"
    return Answer(stream=_followed(here, session, asked.run, journal), kind=EVENTS)


async def _followed(here: Here, session: Session, run: str, journal: Path) -> AsyncIterator[bytes]:
    """Yield server-sent events of a run, those after `last_event`. The last one has no number: it says how the run stands."""
    follower, after = Follower(journal), here.last_event
    quiet = 0.0
    yield b"retry: 1000\n\n"
    while True:
        # Asked before the journal is read: of a run that nobody is at work on, nothing comes after what is read then.
        at_work = await asyncio.to_thread(_at_work, session, run)
        told = [event for event in _numbered(follower) if event[1] > after]
        for event, number in told:
            after = number
            yield _event(event, number)
        if not at_work:
            await asyncio.to_thread(here.latest.catch_up)
            for event in await asyncio.to_thread(_ended, here, session, run, follower.standing):
                yield _event(event, 0)
            return
        quiet = 0.0 if told else quiet + _LOOK_AGAIN
        if quiet >= _STILL_HERE:
            quiet = 0.0
            yield b": still here\n\n"
        if here.ending.is_set():  # whoever follows it asks the next server for the rest
            return
        await asyncio.sleep(_LOOK_AGAIN)


def _ended(here: Here, session: Session, run: str, standing: Standing) -> list[dict[str, Any]]:
    """Return what comes last: how the run stands, or why that cannot be told."""
    try:
        return [{"type": "run", **asdict(_shown(here, session, run, standing, at_work=False))}]
    except ReshelveError as error:
        return [problem_event(problem) for problem in error.problems]


def _numbered(follower: Follower) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield what came since, each event with its number."""
    for event in follower.more():
        yield event, follower.standing.event


def _at_work(session: Session, run: str) -> bool:
    return session.runs.under_way() == run


def _event(event: dict[str, Any], number: int) -> bytes:
    """Return one server-sent event. JSON in ASCII has no line break, so that nothing in a name can end an event."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()


def _folder(session: Session, run: str) -> Path:
    try:
        return session.setting.state.folder_of(run)
    except KeyError:
        raise stop("no-such-run", "No such run.", f"No run is called {run}.", hint="reshelve log") from None


def _shown(here: Here, session: Session, run: str, standing: Standing, *, at_work: bool) -> RunShown:
    """Return how a run stands: by its report, once it has one.

    Whether something was `at_work` on it is asked before the journal is read: a run that ends meanwhile was not cut short.
    """
    folder = _folder(session, run)
    report = load_figures(folder)
    operations = report.operations if report is not None else 0
    # Until its report is written a run is none that has ended, for any other look at it either, whatever its journal says.
    state = report.outcome if report is not None else "under way" if at_work else "unsettled"
    if not operations:
        operations = planned_operations(folder)
    done = at_most = report.done if report is not None else standing.done
    if state == "unsettled":
        cut = _cut(here, session, run, at_work=False)
        done, at_most = cut.done, cut.at_most
    if report is not None and not standing.event:  # its journal is lost
        failed, started = len(report.failures), report.started
        standing = replace(standing, command=report.command, of=report.of, started=started, failed=failed)
    return RunShown(
        run,
        state,
        operations,
        done,
        standing.failed,
        standing.rolling_back,
        standing.event,
        standing.command,
        standing.of,
        standing.started,
        next((event for event in report_events(report) if event["type"] == "report"), None) if report is not None else None,
        at_most,
    )


def _cut(here: Here, session: Session, run: str, *, at_work: bool) -> CutShort:
    """Return how far a run got that has not ended: as the latest look saw it, whose figures all pages have; else by its journal."""
    if not at_work:
        with suppress(ReshelveError):
            for found in json.loads(here.latest.get().status)["status"]["cut_short"]:
                if found["run"] == run:
                    return CutShort(**found)
    return by_journal(session.setting, run)
