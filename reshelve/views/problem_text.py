"""Problems for people: code and summary, the place with its source line, why, and what to do next."""

from collections.abc import Iterable, Iterator, Sequence

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, Severity, Where
from reshelve.views.colour import Paint, count, fit
from reshelve.views.printed_paths import from_here, shown

SOURCE_WIDTH = 110
EXAMPLES = 3
FEW = 3
"""From how many on problems of one cause are told together."""
MANY = 20
MOST = 1000
LONGEST = 2000
"""The most characters of a line of words."""
STYLE: dict[Severity, str] = {"error": "remove", "warning": "warn", "note": "dim"}
RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def problems_text(problems: Iterable[Problem], colour: bool = False) -> Iterator[str]:
    """Yield the lines of every problem, an empty line between two."""
    paint = Paint(colour)
    first = True
    for problem in problems:
        if not first:
            yield ""
        first = False
        yield from _one(problem, paint)


def problems_brief(problems: Sequence[Problem], colour: bool = False, *, whole: str = "--json", many: int = MANY) -> Iterator[str]:
    """Yield the lines of every problem, or some examples of each kind where there are more than `many`.

    Those that have one cause and one way on (the same code, summary and hint) are told together, with the first few. What is
    wrong at a line of a document is told one by one: somebody is to correct each; a thousand are enough to begin with. `whole` is
    what lists all.
    """
    if len(problems) <= many or any(problem.where for problem in problems):
        yield from _by_cause(problems[:MOST], Paint(colour), whole)
        if len(problems) > MOST:
            yield f"… and {count(len(problems) - MOST, 'more problem')}; `{whole}` lists them all."
        return
    yield from problems_grouped(problems, Paint(colour))
    yield f"`{whole}` lists them all."


def _by_cause(problems: Sequence[Problem], paint: Paint, whole: str) -> Iterator[str]:
    causes: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        alone = problem.where is not None or not (problem.path and problem.hint) or "\n" in problem.detail
        cause = number if alone else (problem.severity, problem.code, problem.summary, problem.hint)
        causes.setdefault(cause, []).append(problem)
    shortened = False
    for number, same in enumerate(causes.values()):
        if number:
            yield ""
        if len(same) < FEW:
            yield from problems_text(same, paint.on)
        else:
            yield from problems_grouped(same, paint)
            shortened = shortened or len(same) > EXAMPLES
    if shortened:
        yield f"`{whole}` lists them all."


def beside(path: str, detail: str) -> str:
    """Return a path and what is said of it on one line, the path once where the words begin with it."""
    told = () if detail.startswith(path) else (path,)
    return ": ".join(printable(part) for part in (*told, detail) if part)


def _one(problem: Problem, paint: Paint) -> Iterator[str]:
    head = f"{problem.severity}[{problem.code}]"
    yield f"{paint(STYLE[problem.severity], head)}: {paint('bold', printable(problem.summary))}"
    at = problem.where
    if at is not None:
        yield from _spot(at, paint)
    elif problem.path:
        yield f"  --> {fit(shown(problem.path), LONGEST)}"
    for text in (problem.detail, problem.hint):
        for line in text.splitlines():
            yield f"  {fit(printable(line), LONGEST)}"


def _spot(at: Where, paint: Paint) -> Iterator[str]:
    yield f"  --> {shown(at.file)}:{at.line}:{at.column}"
    if not at.source:
        return
    source, column = _window(at.source.rstrip("\r\n").replace("\t", " "), max(at.column, 1))
    gutter = f"{at.line:>5}"
    # Escaping makes characters longer: the caret goes under what is shown, not under what was read.
    caret = len(printable(source[: column - 1]))
    yield f"{gutter} | {printable(source)}"
    yield f"{' ' * len(gutter)} | {' ' * caret}{paint('remove', '^')}"


def _window(source: str, column: int) -> tuple[str, int]:
    """Cut a very long line around `column`."""
    if len(source) <= SOURCE_WIDTH:
        return source, column
    start = max(0, min(column - 1 - SOURCE_WIDTH // 2, len(source) - SOURCE_WIDTH))
    return source[start : start + SOURCE_WIDTH], column - start


def problems_grouped(problems: Iterable[Problem], paint: Paint, *, codes: int = 6, width: int = 100, whole: str = "") -> list[str]:
    """Return problems by code, worst first: how many, some examples, the hint once, or each its own.

    Of notes, those about somebody's folders and files come before those that count over a whole store. `whole` is the option that
    lists what is left out. At most codes × 8 + 1 lines, if no hint has several.
    """
    groups: dict[tuple[int, bool, str], list[Problem]] = {}
    for problem in problems:
        counts = problem.severity == "note" and ":" not in problem.path
        groups.setdefault((RANK[problem.severity], counts, problem.code), []).append(problem)
    lines: list[str] = []
    lists = f"; `{whole}` lists them" if whole else ""
    ordered = sorted(groups.items())
    for (_, _, code), members in ordered[:codes]:
        first = members[0]
        how_many = f" ({len(members):,})" if len(members) > 1 else ""
        lines.append(f"{paint(STYLE[first.severity], f'{first.severity}[{code}]')}: {printable(first.summary)}{how_many}")
        # What is shown is read to its end, such as the room on each of several disks.
        room = width * 8
        shown = members[:EXAMPLES]
        alike = len({member.hint for member in shown}) == 1
        for member in shown:
            about = beside(from_here(member.path), member.detail)
            if about:
                lines.append(f"  {fit(about.replace(chr(10), ' '), room)}")
            if member.hint and not alike:
                lines += [f"    {printable(line)}" for line in member.hint.splitlines()]
        if len(members) > EXAMPLES:
            lines.append(f"  … and {len(members) - EXAMPLES:,} more{lists}")
        if first.hint and alike:
            lines += [f"  {printable(line)}" for line in first.hint.splitlines()]
    left = sum(len(members) for _, members in ordered[codes:])
    if left:
        lines.append(f"… and {count(left, 'more problem')} of {count(len(ordered) - codes, 'other kind')}{lists}")
    return lines
