"""The plan as Markdown, for a comment on a pull request."""

import re
from collections.abc import Iterator, Sequence

from reshelve.schemas.carried_bytes import bytes_of
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import Copy, Download, Link, Move, Pack, Unpack, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import count
from reshelve.views.moments import moment
from reshelve.views.plan_apart import APART, apart_of, why_apart
from reshelve.views.plan_counts import shown_as, summary
from reshelve.views.plan_places import folder_of, name_of, target_of
from reshelve.views.plan_reasons import reason_of
from reshelve.views.plans import SYMBOLS

ROWS = 200
"""A comment holds 65,536 characters; what is left out is counted."""
BRIEF = 20


def plan_markdown(plan: Plan, beyond: Sequence[Problem] = ()) -> Iterator[str]:
    """Yield a plan's lines: the summary, problems and blocked entries, then a folded table of at most 200 folders.

    `beyond` says which guards the plan goes beyond: whoever reads the comment is to see that first.
    """
    yield f"**{summary(plan)}**"
    if beyond:
        yield ""
        yield from (_problem(problem) for problem in beyond)
    if plan.operations:
        yield ""
        yield from _table(plan)
    listed = [_item(b.code, b.target, b.detail, b.hint) for b in plan.blocked]
    if listed:
        yield ""
        yield f"Blocked ({len(listed):,}):"
        yield ""
        yield from _some(listed)
    if plan.cost is not None:
        from reshelve.views.costs import plan_cost

        if told := [_item("cost", "", line, "") for line in plan_cost(plan.cost)]:
            yield ""
            yield from told
    if plan.waiting:
        yield ""
        yield f"Waiting for a thaw ({len(plan.waiting):,}):"
        yield ""
        about = ((one.target, f"ready about {moment(one.ready)}" if one.ready else "") for one in plan.waiting)
        yield from _some([_item("waiting", target, ready, "") for target, ready in about])
    problems = [_problem(problem) for problem in plan.problems]
    if problems:
        yield ""
        yield f"Problems ({len(problems):,}):"
        yield ""
        yield from _some(problems)


def _table(plan: Plan) -> Iterator[str]:
    folders: dict[tuple[str, str, str], list[int]] = {}
    examples: dict[tuple[str, str, str], tuple[str, str]] = {}
    for op in plan.operations:
        if op.op == "mkdir":
            continue
        target = target_of(op)
        key = (shown_as(op), folder_of(target), reason_of(op))
        figures = folders.setdefault(key, [0, 0])
        figures[0] += 1
        figures[1] += bytes_of(op)
        source = op.src if isinstance(op, Move | Copy | Link | Upload | Download | Pack | Unpack) else target
        renamed = name_of(target) if name_of(source) != name_of(target) else ""
        if key not in examples or (renamed and not examples[key][1]):
            # One that gets another name tells more: nothing else shows that name.
            examples[key] = source, renamed
    yield f"<details><summary>{count(len(plan.operations), 'operation')} in {count(len(folders), 'group')}</summary>"
    yield ""
    yield "| | folder | files | size | why | for example |"
    yield "| --- | --- | ---: | ---: | --- | --- |"
    apart = apart_of(plan.problems)
    for (kind, folder, because), (files, size) in list(folders.items())[:ROWS]:
        example = " as ".join(code(each) for each in examples[kind, folder, because] if each)
        where = f"{code(folder)} ({APART})" if why_apart(apart, folder) else code(folder)
        yield f"| {SYMBOLS[kind]} {kind} | {where} | {files:,} | {human_size(size)} | {plain(because)} | {example} |"
    if len(folders) > ROWS:
        yield f"| | … and {len(folders) - ROWS:,} more groups | | | | |"
    yield ""
    yield "</details>"


def _some(items: list[str]) -> Iterator[str]:
    yield from items[:BRIEF]
    if len(items) > BRIEF:
        yield f"- … and {len(items) - BRIEF:,} more"


def _problem(problem: Problem) -> str:
    where = f"{problem.where.file}:{problem.where.line}" if problem.where else problem.path
    return _item(f"{problem.severity}, {problem.code}", where, f"{problem.summary} {problem.detail}".strip(), problem.hint)


def _item(what: str, where: str, detail: str, hint: str) -> str:
    place = f" {code(where)}" if where else ""
    words = ". ".join(part.rstrip(".") if at == 0 and hint else part for at, part in enumerate((detail, hint)) if part)
    return f"- {plain(what)}:{place}{':' if place and words else ''} {plain(words)}".rstrip()


def code(text: str) -> str:
    """Return `text` as a code span that stays one cell and one span, whatever it holds."""
    shown = printable(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"


def plain(text: str) -> str:
    """Return `text` with nothing that Markdown or HTML would act upon, but for code spans in backticks."""
    return re.sub(r"([\\*_\[\]<>|#~@])", r"\\\1", printable(text.replace("\n", " ")))
