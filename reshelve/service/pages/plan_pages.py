"""Plans on pages: made, read by groups, filtered, applied by their digest, and forgotten."""

from typing import Any

from reshelve.executors.state.kept_plans import MOST
from reshelve.schemas.operations import Operation
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.handlers import plans
from reshelve.service.models import (
    Digest,
    From,
    PlanApplied,
    PlanAsked,
    PlanNamed,
    PlanOnly,
    RowsAsked,
    RunsAsked,
    Share,
)
from reshelve.service.pages.page import Again, Sent, Shown, Step, pager, refused
from reshelve.service.requests import adapter, checked
from reshelve.service.routes import Here, Nothing
from reshelve.views.plan_groups import is_folder
from reshelve.views.plan_places import folder_of, target_of
from reshelve.views.plan_reasons import reason_of
from reshelve.views.plans import NO_REASON, Row, row_of

ROWS = 200
_FIRST = 10
"""Blocked entries and problems that stand on a plan's first page."""
_UNDOABLE = {"yes": "", "until": "can be undone for a time", "costs": "can be undone at a cost", "no": "cannot be undone"}
_TOLD = ("type", "index", "undoable")
"""What an event tells of an operation that is not its own."""
_AGAIN = ("apply", "undo", "redo")
"""Kinds of plans that their figures say enough of to be made again."""


@dataclass(slots=True, frozen=True)
class Group:
    """A group of operations on one line. `undoing` says what is to be known before, "" for nothing."""

    number: int
    op: str
    folder: str
    files: int
    size: int
    example: str
    fresh: bool
    noun: str
    undoing: str


@dataclass(slots=True, frozen=True)
class Reason:
    """A reason, and the groups that have it."""

    words: str
    groups: list[Group]


@dataclass(slots=True, frozen=True)
class PlanPage:
    """A plan to read and to apply."""

    digest: str
    title: str
    command: str
    made: str
    summary: str
    words: list[str]
    blocked: list[dict[str, Any]]
    blocked_total: int
    problems: list[dict[str, Any]]
    problems_total: int
    guards: list[dict[str, Any]]
    reasons: list[Reason]
    groups: int
    steps: list[Step]
    kinds: list[str]
    operations: int
    held: int
    run: str
    again: Again | None


@dataclass(slots=True, frozen=True)
class Filtered:
    """Which operations are shown, as they were asked for."""

    group: int
    op: str
    text: str


@dataclass(slots=True, frozen=True)
class Line:
    """An operation as a row. `folder` is where it goes, `undoing` as in a group."""

    kind: str
    row: Row
    folder: str
    reason: str
    undoing: str


@dataclass(slots=True, frozen=True)
class RowsPage:
    """Operations of a plan."""

    digest: str
    asked: Filtered
    kinds: list[str]
    total: int
    lines: list[Line]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class BesidesPage:
    """All that a plan leaves out, or all of its problems."""

    digest: str
    kind: str
    total: int
    found: list[dict[str, Any]]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class PlansPage:
    """The plans that are kept."""

    plans: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class PlanFrom:
    """A plan, and the group from which on its groups are shown."""

    digest: Digest
    start: From = 0


@dataclass(slots=True, frozen=True)
class PartAsked:
    """Operations of a plan as a page asks for them: `part` is set where only the rows are wanted."""

    digest: Digest
    group: int = -1
    op: str = ""
    text: str = ""
    start: From = 0
    part: bool = False


@dataclass(slots=True, frozen=True)
class Pressed:
    """That somebody pressed apply: `shown` is the digest of the plan that stood on the page."""

    digest: Digest
    shown: Digest
    max_delete: Share = ""


def listed(here: Here, asked: Nothing) -> Shown:
    """List the plans, and offer a new one."""
    del asked
    return Shown("plans.html", PlansPage(plans.listed(here, RunsAsked(0, MOST)).value.plans))


def make(here: Here, asked: PlanAsked) -> Shown | Sent:
    """Make a plan, and go to it."""
    try:
        return Sent(f"/plans/{plans.make(here, asked).value.digest}")
    except ReshelveError as error:
        partly = asked.command in ("undo", "redo") and not asked.partial
        if not partly or not any("--partial" in problem.hint for problem in error.problems):
            raise
        fields = (("command", asked.command), ("run", asked.run), ("partial", "true"))
        return refused(error, Again(fields, "Plan without what is in the way"))


def show(here: Here, asked: PlanFrom) -> Shown:
    """Show a plan by its groups."""
    plan = plans.show(here, PlanNamed(asked.digest, 0, 1)).value
    groups = plans.groups(here, PlanNamed(asked.digest, asked.start, ROWS)).value
    figures = plan.figures
    blocked = _of(plan.besides, "blocked")
    problems = _of(plan.besides, "problem")
    command, of = figures["kind"], figures["of"]
    model = PlanPage(
        asked.digest,
        {"undo": f"Take back run {of}", "redo": f"Redo what undo {of} took back"}.get(command, "Plan"),
        command,
        figures["made"],
        figures["summary"],
        figures["words"],
        blocked[:_FIRST],
        len(blocked),
        problems[:_FIRST],
        len(problems),
        plan.guards,
        _by_reason(groups.groups),
        groups.total,
        pager(groups.total, asked.start, ROWS),
        list(figures["counts"]),
        figures["operations"],
        figures["held"],
        plan.run,
        _again(command, of),
    )
    return Shown("plan.html", model)


def rows(here: Here, asked: PartAsked) -> Shown:
    """Show operations of a plan: of a group, or those that a filter lets through."""
    question = checked(
        RowsAsked,
        {"digest": asked.digest, "group": asked.group, "op": asked.op, "text": asked.text, "start": asked.start, "most": ROWS},
    )
    found = plans.rows(here, question).value
    kinds = list(plans.show(here, PlanNamed(asked.digest, 0, 1)).value.figures["counts"])
    model = RowsPage(
        asked.digest,
        Filtered(asked.group, asked.op, asked.text),
        kinds,
        found.total,
        [line_of(each) for each in found.operations],
        pager(found.total, found.start, ROWS),
    )
    return Shown("rows_part.html" if asked.part else "rows.html", model)


def blocked(here: Here, asked: PlanFrom) -> Shown:
    """Show all that a plan leaves out."""
    return _besides(here, asked, "blocked")


def problems(here: Here, asked: PlanFrom) -> Shown:
    """Show all problems of a plan."""
    return _besides(here, asked, "problem")


def apply(here: Here, asked: Pressed) -> Shown | Sent:
    """Apply the plan that was shown, and go to its run; where it is refused, say what changed."""
    try:
        run = plans.apply(here, PlanApplied(asked.shown, max_delete=asked.max_delete)).value.run
    except ReshelveError as error:
        figures = plans.show(here, PlanNamed(asked.shown, 0, 1)).value.figures
        return refused(error, _again(figures["kind"], figures["of"]))
    return Sent(f"/runs/{run}" if run else f"/plans/{asked.shown}")


def drop(here: Here, asked: PlanOnly) -> Sent:
    """Forget a plan, and go to the list."""
    plans.drop(here, asked)
    return Sent("/plans")


def _besides(here: Here, asked: PlanFrom, kind: str) -> Shown:
    found = _of(plans.show(here, PlanNamed(asked.digest, 0, 1)).value.besides, kind)
    part = found[asked.start : asked.start + ROWS]
    return Shown("besides.html", BesidesPage(asked.digest, kind, len(found), part, pager(len(found), asked.start, ROWS)))


def _of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def _again(command: str, of: str) -> Again | None:
    return Again((("command", command), *((("run", of),) if of else ()))) if command in _AGAIN else None


def _by_reason(groups: list[dict[str, Any]]) -> list[Reason]:
    found: dict[str, list[Group]] = {}
    for each in groups:
        values = {name: each[name] for name in ("op", "folder", "files", "size", "example", "fresh", "noun")}
        group = Group(number=each["group"], undoing=_UNDOABLE[each["undoable"]], **values)
        found.setdefault(each["reason"] or NO_REASON, []).append(group)
    return [Reason(words, members) for words, members in found.items()]


def line_of(operation: dict[str, Any]) -> Line:
    """Return an operation, as an event tells it, as a row."""
    value = {name: given for name, given in operation.items() if name not in _TOLD}
    op = adapter(Operation).validate_python(value)
    folder = "" if is_folder(op) else folder_of(target_of(op))
    undoing = _UNDOABLE.get(op.undoable, f"can be undone until {op.undoable}")
    return Line(op.op, row_of(op), folder, reason_of(op) or NO_REASON, undoing)
