"""Filing what came to rest: one scan, one plan, one run, and nothing that anybody would have to be asked about."""

import threading
from collections.abc import Callable
from dataclasses import field

from reshelve.executors.runs.run_events import Emit
from reshelve.opening.suggesters import NOBODY
from reshelve.planner.layouts.certain_entries import certain, first, not_filing, only_files, theirs, without
from reshelve.planner.scanners.quiet_parts import Resting, part_of
from reshelve.planner.scanners.scan_findings import Among, LeftFile
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_report import Report
from reshelve.session.session import Session
from reshelve.watching.stirred_parts import Part

_ROUNDS = 5
"""So many times a plan is made without what it may not do, before nothing is done at all."""


@dataclass(slots=True)
class Filed:
    """What one look came to. `waits` are parts with something that is not at rest; `more`: the guards leave some for later.

    `undecided` are the locations for `review`; `left` the files that were left where they are. `duplicates`
    stay, too: each with where the same content is.
    """

    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    review: int = 0
    undecided: list[str] = field(default_factory=list)
    left: list[LeftFile] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    removals: int = 0
    plan: Plan | None = None
    report: Report | None = None
    waits: set[Part] = field(default_factory=set)
    more: bool = False


@dataclass(slots=True, frozen=True)
class Acting:
    """What a look is given besides: the guards, who watches a run, and who is told what it is about to change."""

    room: Callable[[int, int], bool]
    emit: Emit
    cancel: threading.Event
    begin: Callable[[Plan], None]
    end: Callable[[], None]


def file_what_rests(
    session: Session,
    decided: Layout | None,
    resting: Resting,
    acting: Acting,
    *,
    among: Among | None = None,
    command: PlanCommand = "watch",
) -> Filed:
    """Scan what came to rest, and file what rules settle for certain, once. Raises ReshelveError before the first effect.

    `decided` is the layout that is there: what a person decided there is not done, and not undone. Nothing is removed.
    With `among` it is about the files that it means, and what travels with them.
    """
    known = theirs(decided) if decided is not None else Layout()
    result = session.layouts.scan(known, asking=NOBODY, resting=resting, among=among)
    filed = Filed(problems=result.problems, counts=result.counts, review=len(result.layout.review))
    filed.undecided = [item.source for item in result.layout.review]
    filed.left = result.left_files
    filed.duplicates = result.duplicates
    filed.waits = {_part(location) for location in result.waits}
    proposed = certain(result.layout, known, resting.parts)
    entries = first(proposed, acting.room)
    filed.more = len(entries.files) < len(proposed.files)
    if not entries.files or acting.cancel.is_set():
        return filed
    plan = _plan(session, entries, filed, command)
    if plan is None or not plan.can_apply():
        return filed
    acting.begin(plan)
    try:
        filed.report = session.runs.apply(plan, on_error="continue", emit=acting.emit, cancel=acting.cancel)
    finally:
        acting.end()
    return filed


def _plan(session: Session, entries: Layout, filed: Filed, command: PlanCommand) -> Plan | None:
    """Return the plan that files these entries and does nothing else, without those it could not be done for."""
    for _ in range(_ROUNDS):
        plan = session.plans.make(entries, command=command)
        filed.plan = plan
        refused = not_filing(entries, plan)
        if not refused:
            return plan if only_files(plan) else None
        filed.removals += len(refused)
        filed.problems += [problem for problem in plan.problems if problem.severity == "error"]
        entries = without(entries, refused)
        if not entries.files:
            filed.plan = None
            return None
    return None


def _part(location: str) -> Part:
    key, rel = split(location)
    return store_of(key), part_of(rel, folder=False)
