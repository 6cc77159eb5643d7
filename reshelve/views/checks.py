"""The result of `check`, in the forms that CI systems read: text, JSON, GitHub annotations, JUnit XML."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, Where
from reshelve.views import ndjson
from reshelve.views.colour import Paint, count
from reshelve.views.problem_text import problems_brief

if TYPE_CHECKING:
    from reshelve.planner.check import CheckResult, Drift

CheckFormat = Literal["text", "json", "github", "junit"]
GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
EXAMPLES = 20


def check_text(result: "CheckResult", colour: bool = False) -> Iterator[str]:
    """Yield the result for people: problems, violated policies, drift by state, and one summary line."""
    paint = Paint(colour)
    findings = [*result.problems, *result.violations]
    yield from problems_brief(findings, colour, whole="--format json")
    if findings:
        yield ""
    shown = result.drift[:EXAMPLES]
    for number, drift in enumerate(shown, 1):
        yield f"{paint('warn', drift.state)}: {printable(_told(drift.target, drift.detail))}"
        if [after.hint for after in shown[number : number + 1]] != [drift.hint]:  # of several alike, once
            yield from (f"  {printable(line)}" for line in drift.hint.splitlines())
    if len(result.drift) > EXAMPLES:
        yield f"… and {len(result.drift) - EXAMPLES:,} more; `--format json` lists them"
    yield summary(result)


def summary(result: "CheckResult") -> str:
    """Return the one line that says what a check came to."""
    held = f", {result.held:,} held" if result.held else ""
    if not (result.drift or result.violations or result.problems):
        return f"Check: {as_desired(result)}{held}, no drift." if result.satisfied or held else "Check: passed."
    broken = count(len(result.violations), "violation")
    notes = sum(problem.severity == "note" for problem in result.problems)
    problems = count(len(result.problems) - notes, "problem") + (f", {count(notes, 'note')}" if notes else "")
    if not result.looked:
        return f"Check: {broken}, {problems}; the stores were not looked at."
    return f"Check: {as_desired(result)}{held}, {len(result.drift):,} drifted, {broken}, {problems}."


def _told(target: str, detail: str) -> str:
    """Return what is said of a target, and the target before it where the words do not name it."""
    named = re.search(rf"(?<!\S){re.escape(target)}(?=[,;:.]?(?:\s|$))", detail)
    return detail if named else f"{target}: {detail}"


def as_desired(result: "CheckResult") -> str:
    """Return how many entries are as desired, in words."""
    return f"{count(result.satisfied, 'entry', 'entries')} as desired"


def check_json(result: "CheckResult", *, reshelve: str, exit_code: int) -> Iterator[str]:
    """Yield the result as NDJSON."""
    events = [ndjson.problem_event(problem) for problem in result.problems]
    events += [{**ndjson.problem_event(problem), "type": "violation"} for problem in result.violations]
    events += [_drift_event(drift) for drift in result.drift]
    figures = {
        "satisfied": result.satisfied,
        "pending": result.pending,
        "held": result.held,
        "drift": len(result.drift),
        "violations": len(result.violations),
        "problems": len(result.problems),
    }
    yield from ndjson.stream(reshelve, events, ndjson.summary_event(exit_code=exit_code, **figures))


def _drift_event(drift: "Drift") -> dict[str, object]:
    event: dict[str, object] = {"type": "drift", "target": drift.target, "state": drift.state, "detail": drift.detail}
    event |= {"hint": drift.hint} if drift.hint else {}
    return {**event, "where": asdict(drift.where)} if drift.where else event


def check_github(result: "CheckResult", *, layout: str, spelt: Callable[[str], str] = str) -> Iterator[str]:
    """Yield GitHub workflow commands; what has no file of its own is laid at `layout`'s door.

    `spelt` writes a file's path as annotations want it: from the top of the repository.
    """

    def place(at: Where | None) -> str:
        return f"file={_property(spelt(at.file))},line={at.line},col={at.column}" if at else f"file={_property(spelt(layout))}"

    for problem in [*result.problems, *result.violations]:
        at = problem.where
        # Of a document, the problem's path is the document again, or the entry that stands at that line.
        named = at.file if at else layout
        about = f"{problem.path}:" if problem.path and os.path.abspath(problem.path) != os.path.abspath(named) else ""
        text = _sentences(about, problem.summary, problem.detail, problem.hint)
        yield f"::{GITHUB[problem.severity]} {place(at)},title={_property(problem.code)}::{_message(text)}"
    for drift in result.drift:
        text = _sentences(_told(drift.target, drift.detail), drift.hint)
        yield f"::warning {place(drift.where)},title={_property('drift, ' + drift.state)}::{_message(text)}"
    yield summary(result)


def _sentences(*parts: str) -> str:
    """Return parts in one line, each that ends without a stop told apart from the next."""
    told = [part for part in parts if part]
    return " ".join([part if part[-1] in ".:!?" else f"{part}." for part in told[:-1]] + told[-1:])


def _message(text: str) -> str:
    return _utf8(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def check_junit(result: "CheckResult", *, spelt: Callable[[str], str] = str) -> Iterator[str]:
    """Yield JUnit XML: a suite each for documents, policies and drift; the entries as desired are one passing case.

    A case is named after its entry, or after its line where it is about a document; `spelt` writes a file's path. Warnings and
    notes fail nothing: they are cases that pass, with what is said as their output. Where the stores were not looked at, drift is
    one skipped case.
    """
    suites = (
        ("documents", [_case(found, spelt) for found in result.problems]),
        ("policies", [_case(found, spelt) for found in result.violations]),
        ("drift", [(d.target, d.state, _sentences(d.detail, d.hint, _at(d.where, spelt)), True) for d in result.drift]),
    )
    tests = sum(len(cases) for _, cases in suites) + len(suites)
    failures = sum(fails for _, cases in suites for *_, fails in cases)
    skipped = int(not result.looked)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="reshelve check" tests="{tests}" failures="{failures}"{_skipped(skipped)}>'
    for suite, cases in suites:
        passes_over = skipped if suite == "drift" else 0
        failing = sum(fails for *_, fails in cases)
        yield f'  <testsuite name="{suite}" tests="{len(cases) + 1}" failures="{failing}"{_skipped(passes_over)}>'
        yield _first_case(suite, result)
        for name, code, detail, fails in cases:
            told = escape(printable(detail))
            yield f'    <testcase classname="reshelve.{suite}" name={_attribute(name)}>'
            yield f"      <failure type={_attribute(code)}>{told}</failure>" if fails else f"      <system-out>{told}</system-out>"
            yield "    </testcase>"
        yield "  </testsuite>"
    yield "</testsuites>"


def _skipped(number: int) -> str:
    return f' skipped="{number}"' if number else ""


def _first_case(suite: str, result: "CheckResult") -> str:
    """Return the case of a suite that never fails."""
    if suite != "drift":
        return f'    <testcase classname="reshelve.{suite}" name="{suite} read"/>'
    if result.looked:
        return f'    <testcase classname="reshelve.drift" name={quoteattr(as_desired(result))}/>'
    return '    <testcase classname="reshelve.drift" name="the stores were not looked at"><skipped/></testcase>'


def _case(problem: Problem, spelt: Callable[[str], str]) -> tuple[str, str, str, bool]:
    """Return the name of a problem's case, its code, what is said, and whether that is a failure."""
    at = _at(problem.where, spelt)
    own = problem.path if problem.where is None or problem.path != problem.where.file else ""
    told = _sentences(problem.summary, problem.detail, problem.hint, at if own else "")
    return own or at or problem.code, problem.code, told, problem.severity == "error"


def _at(where: Where | None, spelt: Callable[[str], str]) -> str:
    return f"{spelt(where.file)}:{where.line}" if where else ""


def _attribute(text: str) -> str:
    return quoteattr(printable(text))
