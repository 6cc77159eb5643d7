"""Runs in the log: how each began, what failed in it, how it ended. That it began and ended is written whatever the level is."""

from collections.abc import Mapping

from reshelve.executors.platforms.process_user import who
from reshelve.executors.runs.run_events import Emit, Event, OperationFailed, RollingBack, RunSettled, RunStarted
from reshelve.executors.state.event_log import EventLog
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_report import Report

_LEVELS = {"error": "error", "warning": "warning", "note": "info"}


def logged(log: EventLog, command: str, emit: Emit, *, of: str = "") -> Emit:
    """Return an `emit` that writes what happens in runs of a command to a log, then passes it on. `of`: the run that it undoes."""
    if not log:
        return emit
    told = {"command": command, "run": "", "of": of}

    def note(event: Event) -> None:
        match event:
            case RunStarted():
                told["run"] = event.run
                _started(log, event, told)
            case OperationFailed():
                note_problem(log, "operation-failed", event.problem, told)
            case RollingBack():
                log.write("debug", "rolling-back", "Taking back what was done.", {**told, "operations": event.remaining})
            case RunSettled():
                _settled(log, event.report, {**told, "run": event.report.run, "of": event.report.of})
        emit(event)

    return note


def note_problem(log: EventLog, event: str, problem: Problem, told: Mapping[str, object]) -> None:
    """Write a problem to a log, with its code and where it is, and what is `told` besides."""
    where = problem.where
    line = f"{where.file}:{where.line}" if where is not None else ""
    message = f"{problem.summary} {problem.detail}".strip()
    about = {"code": problem.code, "place": problem.path or line, "hint": problem.hint}
    log.write(_LEVELS[problem.severity], event, message, {**told, **about})


def _started(log: EventLog, event: RunStarted, told: Mapping[str, object]) -> None:
    log.write("info", "run-started", "A run began.", {**told, "user": who(), "operations": event.operations}, always=True)


def _settled(log: EventLog, report: Report, told: Mapping[str, object]) -> None:
    well = report.outcome == "done" and not report.failures and not report.unsure
    figures = {"operations": report.operations, "done": report.done, "failed": len(report.failures)}
    ended = {"user": report.who, "outcome": report.outcome, **figures, "ms": round(report.seconds * 1000)}
    log.write("info" if well else "error", "run-settled", "A run ended.", {**told, **ended}, always=True)
    for problem in report.notes:
        note_problem(log, "run-note", problem, told)
