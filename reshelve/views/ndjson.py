"""NDJSON for programs: one object a line, the first names its version, the last is a summary, even after a failure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from reshelve.executors.runs.run_events import Event, OperationFailed, Progress, RollingBack, RunSettled, RunStarted
from reshelve.schemas.layout import Review
from reshelve.schemas.operations import AnyOperation, Pack, Trash, Unpack
from reshelve.schemas.operations.trash import Kept
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.run_report import Report
from reshelve.views.plan_counts import ORDER, tally

VERSION = 1


def line(event: Mapping[str, Any]) -> str:
    """Return one event as a line without its end. Undecodable bytes of a name become JSON's own escapes, so it is always UTF-8."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def version_event(reshelve: str) -> dict[str, Any]:
    """Return the first event of every stream."""
    return {"type": "version", "version": VERSION, "reshelve": reshelve}


def summary_event(*, exit_code: int, **figures: Any) -> dict[str, Any]:
    """Return the last event of every stream: how it ended, with whatever figures there are."""
    return {"type": "summary", "exit": exit_code, **figures}


def problem_event(problem: Problem) -> dict[str, Any]:
    """Return a problem as an event, empty fields left out."""
    return {"type": "problem", **_plain(problem)}


def review_event(item: Review) -> dict[str, Any]:
    """Return what a scan left to you as an event."""
    suggested = item.suggestion.to if item.suggestion else None
    return {"type": "review", "from": item.source, "because": item.because, "facts": item.facts, "suggestion": suggested}


def operation_event(index: int, op: AnyOperation) -> dict[str, Any]:
    """Return one operation of a plan as an event, with its number in the plan and whether it can be undone.

    `witnesses` are the first ten places where the content of what goes stands besides, or the later backups for which it goes.
    """
    told = _plain(op)
    if isinstance(op, Pack):
        # What is in the folder is counted here; plan.json names each of it.
        told["members"] = len(op.members)
    if isinstance(op, Unpack) and op.layers:
        told["layers"] = [asdict(layer) for layer in op.layers]
    if isinstance(op, Trash) and op.witnesses:
        told["witnesses"] = [witness.place for witness in op.witnesses[:10]]
    return {"type": "operation", "index": index, **told, "undoable": op.undoable}


def plan_events(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield a plan's operations in order, then what is blocked, held and waiting, room needed and problems."""
    for index, op in enumerate(plan.operations):
        yield operation_event(index, op)
    for blocked in plan.blocked:
        yield {"type": "blocked", **_plain(blocked)}
    for target in plan.held:
        yield {"type": "held", "target": target}
    yield from waiting_events(plan)
    for need in plan.space:
        yield {"type": "space", **_plain(need)}
    if plan.cost is not None:
        yield {"type": "cost", **asdict(plan.cost)}
    for problem in plan.problems:
        yield problem_event(problem)


def waiting_events(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield an event for every entry of a plan that waits for a thaw."""
    for waiting in plan.waiting:
        yield {"type": "waiting", **_plain(waiting)}


def plan_figures(plan: Plan) -> dict[str, Any]:
    """Return the figures of a plan for its summary event; `changes` says whether there is anything to do."""
    seen = tally(plan)
    return {
        "plan": plan.id,
        "command": plan.command,
        "changes": plan.can_apply(),
        "operations": len(plan.operations),
        "counts": {kind: seen.counts[kind] for kind in ORDER if seen.counts[kind]},
        "copy_bytes": seen.copy_bytes,
        "upload_bytes": seen.upload_bytes,
        "download_bytes": seen.download_bytes,
        "trash_bytes": seen.trash_bytes,
        "blocked": len(plan.blocked),
        "waiting": len(plan.waiting),
        "held": len(plan.held),
        "settled": plan.settled,
        "problems": len(plan.problems),
    }


def run_events(event: Event) -> Iterator[dict[str, Any]]:
    """Yield what happened in a run as events."""
    match event:
        case RunStarted():
            yield {"type": "run-started", "run": event.run, "operations": event.operations, "copy_bytes": event.copy_bytes}
        case Progress():
            yield {"type": "progress", "done": event.done, "copied_bytes": event.copied_bytes}
        case OperationFailed():
            yield {"type": "operation-failed", "index": event.index, "problem": _plain(event.problem)}
        case RollingBack():
            yield {"type": "rolling-back", "remaining": event.remaining}
        case RunSettled():
            yield from report_events(event.report)


def report_events(report: Report) -> Iterator[dict[str, Any]]:
    """Yield what each operation of a run came to, its facts in the event itself, then the report with every other field of it."""
    for result in report.results:
        yield {"type": "result", **(result.facts or {}), **_plain(result, without=("facts",)), "index": result.index}
    yield {"type": "report", **_whole(report, without=("results",))}


def stream(reshelve: str, events: Iterable[Mapping[str, Any]], summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a whole stream: version, events, summary."""
    yield line(version_event(reshelve))
    for event in events:
        yield line(event)
    yield line(summary)


_NAMES: dict[type, tuple[str, ...]] = {}


def _fields(value: Any) -> tuple[str, ...]:
    kind = type(value)
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(field.name for field in fields(kind))
    return names


def _plain(value: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a dataclass as a dict, empty fields left out."""
    plain: dict[str, Any] = {}
    for name in _fields(value):
        if name in without:
            continue
        found = getattr(value, name)
        if found is None or found is False or found in ("", ()):
            continue
        plain[name] = _plain(found) if isinstance(found, Where | Kept) else found
    return plain


def _whole(value: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a dataclass as a dict, every field of it."""
    pairs = ((name, getattr(value, name)) for name in _fields(value) if name not in without)
    return {name: [_plain(one) if isinstance(one, Problem) else one for one in v] if type(v) is list else v for name, v in pairs}
