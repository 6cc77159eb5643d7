"""Plans: made, shown and applied by their digest. A plan is applied once: asking again answers the same run."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reshelve.executors.state.kept_plans import KeptPlan, KeptPlans, not_whole
from reshelve.schemas.operations import Operation
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.service import processes
from reshelve.service.models import (
    GroupsShown,
    PlanApplied,
    PlanAsked,
    PlanNamed,
    PlanOnly,
    PlanShown,
    PlansShown,
    RowsAsked,
    RowsShown,
    RunsAsked,
    RunStarted,
)
from reshelve.service.plan_kinds import KINDS
from reshelve.service.requests import adapter
from reshelve.service.routes import Answer, Here
from reshelve.session.session import Session

_FIRST = 200
_OTHER = 120.0
"""Seconds that a press waits for another one of the same plan."""
_LOOK_AGAIN = 0.1
_LOOKS = 100
"""Seconds between two looks at whether that has begun, and how many there are before it is asked again."""
_APART = ("besides", "guards", "roots", "file_bytes", "unmet")
_PLACES = ("src", "dst", "because")


def make(here: Here, asked: PlanAsked) -> Answer:
    """Make a plan, keep it, and show it."""
    digest = processes.make_plan(here, asked)
    shown = _shown(here.session(), digest, 0, _FIRST)
    return Answer(shown, 201, location=f"{here.prefix}/plans/{digest}")


def show(here: Here, asked: PlanNamed) -> Answer:
    """Show a plan that is kept, and some of its operations."""
    return Answer(_shown(here.session(), asked.digest, asked.start, asked.most))


def listed(here: Here, asked: RunsAsked) -> Answer:
    """List the kept plans."""
    session = here.session()
    found = KeptPlans(session.setting.state).all()[asked.start : asked.start + asked.most]
    return Answer(PlansShown([{"digest": kept.digest, "run": _run_of(session, kept.digest), **_figures(kept)} for kept in found]))


def groups(here: Here, asked: PlanNamed) -> Answer:
    """Show the groups of a plan, as the terminal shows them."""
    found = _groups(here, asked.digest)
    part = found[asked.start : asked.start + asked.most]
    told = [{"group": number, **{k: v for k, v in each.items() if k != "spans"}} for number, each in enumerate(part, asked.start)]
    return Answer(GroupsShown(asked.digest, len(found), asked.start, told))


def rows(here: Here, asked: RowsAsked) -> Answer:
    """Show operations of a plan: those of a group, of a kind, or with a text in them."""
    kept = KeptPlans(here.session().setting.state).find(asked.digest)
    spans = [(0, sys.maxsize)]
    if asked.group >= 0:
        found = _groups(here, asked.digest)
        if asked.group >= len(found):
            raise stop("usage", "There is no such group.", f"The plan has {len(found):,}.", path=str(asked.group), kind="usage")
        spans = found[asked.group]["spans"]
    total, operations = 0, []
    for index, line in _within(kept, spans):
        operation = None
        if asked.op or asked.text:
            operation = _read(line, asked.digest)
            if not _matches(operation, asked):
                continue
        if asked.start <= total < asked.start + asked.most:
            operations.append({"index": index, **(operation or _read(line, asked.digest))})
        total += 1
    for operation in operations:
        value = {name: given for name, given in operation.items() if name != "index"}
        operation["undoable"] = adapter(Operation).validate_python(value).undoable
    return Answer(RowsShown(asked.digest, total, asked.start, operations))


def _read(line: bytes, digest: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        raise not_whole(digest) from None
    return found


def _groups(here: Here, digest: str) -> list[dict[str, Any]]:
    try:
        return KeptPlans(here.session().setting.state).find(digest).groups()
    except (ValueError, OSError):
        raise not_whole(digest) from None


def _within(kept: KeptPlan, spans: Sequence[Sequence[int]]) -> Iterator[tuple[int, bytes]]:
    """Yield the operations in `spans`, which are in order, each with its number."""
    waiting = iter(spans)
    first, end = next(waiting, (0, 0))
    for index, line in enumerate(kept.lines()):
        if index >= end:
            first, end = next(waiting, (0, 0))
            if not end:
                return
        if index >= first:
            yield index, line


def _matches(operation: Mapping[str, Any], asked: RowsAsked) -> bool:
    wanted = asked.text.casefold()
    places = (str(operation.get(name, "")).casefold() for name in _PLACES)
    return asked.op in ("", operation["op"]) and any(wanted in place for place in places)


def drop(here: Here, asked: PlanOnly) -> Answer:
    """Delete a plan. A run of it stays."""
    KeptPlans(here.session().setting.state).drop(asked.digest)
    return Answer(status=204)


def apply(here: Here, asked: PlanApplied) -> Answer:
    """Apply the plan of this digest, exactly that, and answer with the run once it has begun."""
    session = here.session()
    if run := _run_of(session, asked.digest):
        return _started(here, run, asked.digest, again=True)
    kept = KeptPlans(session.setting.state).find(asked.digest)
    if not kept.figures["changes"]:
        return Answer(RunStarted("", asked.digest, again=False))
    limit = asked.max_delete or str(kept.figures.get("max_delete", ""))
    on_error = asked.on_error or KINDS[kept.figures["kind"]].on_error
    args = [f"--on-error={on_error}", *([f"--jobs={asked.jobs}"] if asked.jobs else [])]
    args += [f"--max-delete={limit}"] if limit else []
    until = time.monotonic() + _OTHER
    while True:
        try:
            processes.begin_run(here, kept.file, args)
        except ReshelveError as error:
            # Pressed twice at once: the other one begins it, or has.
            if run := _begun_by_other(here, session, asked.digest, error):
                return _started(here, run, asked.digest, again=True)
            if not _is_locked_by(asked.digest, error) or time.monotonic() > until:
                raise
        else:
            return _started(here, asked.digest[:12], asked.digest, again=False)


def _begun_by_other(here: Here, session: Session, digest: str, error: ReshelveError) -> str:
    """Return the run that another press begins, once it has; "" where none does, or not for some seconds."""
    for _ in range(_LOOKS):
        if run := _run_of(session, digest):
            return run
        if not _is_locked_by(digest, error) or here.ending.is_set():
            return ""
        time.sleep(_LOOK_AGAIN)
    return ""


def _is_locked_by(digest: str, error: ReshelveError) -> bool:
    """Say whether a plan was refused because it is being applied."""
    return error.kind == "locked" and any(digest[:12] in f"{problem.detail} {problem.path}" for problem in error.problems)


def _started(here: Here, run: str, digest: str, *, again: bool) -> Answer:
    return Answer(RunStarted(run, digest, again), 200 if again else 202, location=f"{here.prefix}/runs/{run}")


def _run_of(session: Session, digest: str) -> str:
    """Return the run that a plan became, "" while it is none."""
    return digest[:12] if session.setting.state.used(digest) else ""


def _shown(session: Session, digest: str, start: int, most: int) -> PlanShown:
    kept = KeptPlans(session.setting.state).find(digest)
    operations = kept.operations(start, most)
    for number, operation in enumerate(operations, start):
        operation["index"] = number
    figures = kept.figures
    return PlanShown(digest, _figures(kept), figures["besides"], figures["guards"], operations, start, _run_of(session, digest))


def _figures(kept: KeptPlan) -> dict[str, object]:
    return {name: value for name, value in kept.figures.items() if name not in _APART}
