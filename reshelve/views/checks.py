"""The result of `check` as text, JSON and GitHub annotations."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, Where
from reshelve.views import ndjson
from reshelve.views.colour import Paint, count
from reshelve.views.printed_paths import shown
from reshelve.views.problem_text import STYLE, problems_brief, problems_text

if TYPE_CHECKING:
    from reshelve.planner.check import CheckResult, Drift

CheckFormat = Literal["text", "json", "github", "junit"]
GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
EXAMPLES = 20


def check_text(result: "CheckResult", colour: bool = False) -> Iterator[str]:
    """Yield the result for people: problems, violated policies, drift by state, and one summary line."""
    paint = Paint(colour)
    documents = [*result.unsound, *result.problems]
    yield from problems_brief(documents, colour, whole="--format json")
    if documents:
        yield ""
    yield from _broken_text(result.broken[:EXAMPLES], paint)
    if result.violations:
        yield from _more([f"policy {violation.policy}" for violation in result.violations[EXAMPLES:]])
        yield ""
    told = result.drift[:EXAMPLES]
    for number, drift in enumerate(told, 1):
        yield f"{paint('warn', drift.state)}: {printable(told_of(drift.target, drift.detail))}"
        if drift.where:
            yield f"  --> {shown(drift.where.file)}:{drift.where.line}:{drift.where.column}"
        if [after.hint for after in told[number : number + 1]] != [drift.hint]:  # of several alike, once
            yield from (f"  {printable(line)}" for line in drift.hint.splitlines())
    yield from _more([drift.state for drift in result.drift[EXAMPLES:]])
    yield summary(result)


def _broken_text(broken: Iterable[Problem], paint: Paint) -> Iterator[str]:
    """Yield the violations, those that differ only in their entries together: what is wrong, each entry, then once what to do."""
    alike: dict[object, list[Problem]] = {}
    for problem in broken:
        alike.setdefault((problem.severity, problem.code, problem.summary, problem.detail, problem.hint), []).append(problem)
    for number, same in enumerate(alike.values()):
        if number:
            yield ""
        if len(same) == 1:
            yield from problems_text(same, paint.on)
            continue
        first = same[0]
        head = paint(STYLE[first.severity], f"{first.severity}[{first.code}]")
        yield f"{head}: {paint('bold', printable(first.summary))} ({len(same):,})"
        yield from (f"  {printable(line)}" for line in first.detail.splitlines())
        for problem in same:
            at = problem.where
            yield f"  --> {f'{shown(at.file)}:{at.line}:{at.column}  ' if at else ''}{printable(problem.path)}"
        yield from (f"  {printable(line)}" for line in first.hint.splitlines())


def _more(kinds: list[str]) -> Iterator[str]:
    if kinds:
        counted = ", ".join(f"{number:,} {kind}" for kind, number in sorted(Counter(kinds).items()))
        yield f"… and {len(kinds):,} more ({counted}); `--format json` lists them"


def summary(result: "CheckResult") -> str:
    """Return the one line that says what a check came to."""
    wrong = [*result.unsound, *result.problems]
    held = f", {result.held:,} held" if result.held else ""
    if not (result.drift or result.violations or wrong):
        if not result.looked:
            return "Check: passed; the stores were not looked at."
        return f"Check: {as_desired(result)}{held}, no drift." if result.satisfied or held else "Check: passed."
    broken = _violations(result)
    notes = sum(problem.severity == "note" for problem in wrong)
    problems = count(len(wrong) - notes, "problem") + (f", {count(notes, 'note')}" if notes else "")
    if not result.looked:
        return f"Check: {broken}, {problems}; the stores were not looked at."
    return f"Check: {as_desired(result)}{held}, {len(result.drift):,} drifted, {broken}, {problems}{_unchecked(wrong)}."


def _unchecked(problems: Iterable[Problem]) -> str:
    """Return which optional stores are away, so that nothing of theirs was checked; "" where none is."""
    away = dict.fromkeys(problem.path for problem in problems if (problem.code, problem.severity) == ("store-unavailable", "note"))
    return f"; away, and not checked: {', '.join(map(printable, away))}" if away else ""


def _violations(result: "CheckResult") -> str:
    """Return how many violations there are, and how many of them are only warnings."""
    levels = Counter(problem.severity for problem in result.broken)
    told = [count(levels[level], level) for level in ("error", "warning", "note") if levels[level]]
    split = f" ({', '.join(told)})" if levels.keys() - {"error"} else ""
    return f"{count(len(result.violations), 'violation')}{split}"


def told_of(target: str, detail: str) -> str:
    """Return what is said of a target, and the target before it where the words do not name it."""
    named = re.search(rf"(?<!\S){re.escape(target)}(?=[,;:.]?(?:\s|$))", detail)
    return detail if named else f"{target}: {detail}"


def as_desired(result: "CheckResult") -> str:
    """Return how many entries are as desired, in words."""
    return f"{count(result.satisfied, 'entry', 'entries')} as desired"


def check_json(result: "CheckResult", *, reshelve: str, exit_code: int) -> Iterator[str]:
    """Yield the result as NDJSON."""
    problems = [*result.unsound, *result.problems]
    events = [ndjson.problem_event(problem) for problem in problems]
    events += [
        {**ndjson.problem_event(violation.problem), "type": "violation", "policy": violation.policy}
        for violation in result.violations
    ]
    events += [_drift_event(drift) for drift in result.drift]
    figures = {
        "satisfied": result.satisfied,
        "pending": result.pending,
        "held": result.held,
        "drift": len(result.drift),
        "violations": len(result.violations),
        "problems": len(problems),
    }
    yield from ndjson.stream(reshelve, events, ndjson.summary_event(exit_code=exit_code, **figures))


def _drift_event(drift: "Drift") -> dict[str, object]:
    event: dict[str, object] = {"type": "drift", "target": drift.target, "state": drift.state, "detail": drift.detail}
    event |= {"hint": drift.hint} if drift.hint else {}
    return {**event, "where": asdict(drift.where)} if drift.where else event


def check_github(result: "CheckResult", *, layout: str, spelt: Callable[[str], str] = str) -> Iterator[str]:
    """Yield GitHub workflow commands; what has no file of its own is laid at `layout`'s door.

    What makes the command fail is an error: so is all drift. `spelt` writes a file's path as annotations want it: from the top of
    the repository.
    """

    def place(at: Where | None) -> str:
        return f"file={_property(spelt(at.file))},line={at.line},col={at.column}" if at else f"file={_property(spelt(layout))}"

    for problem in [*result.unsound, *result.problems, *result.broken]:
        at = problem.where
        # Of a document, the problem's path is the document again, or the entry that stands at that line.
        named = at.file if at else layout
        about = f"{problem.path}:" if problem.path and os.path.abspath(problem.path) != os.path.abspath(named) else ""
        text = sentences(about, problem.summary, problem.detail, problem.hint)
        yield f"::{GITHUB[problem.severity]} {place(at)},title={_property(problem.code)}::{_message(text)}"
    for drift in result.drift:
        text = sentences(told_of(drift.target, drift.detail), _first_line(drift.hint))
        yield f"::error {place(drift.where)},title={_property('drift, ' + drift.state)}::{_message(text)}"
    yield summary(result)


def _first_line(hint: str) -> str:
    """Return what to do first: an annotation stands beside many, and `check` in a terminal says the rest."""
    return hint.partition("\n")[0]


def sentences(*parts: str) -> str:
    """Return parts in one line, each that ends without a stop told apart from the next."""
    told = [part for part in parts if part]
    return " ".join([part if part[-1] in ".:!?" else f"{part}." for part in told[:-1]] + told[-1:])


def _message(text: str) -> str:
    return _utf8(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
