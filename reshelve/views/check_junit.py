"""The result of `check` as JUnit XML, as the schema `junit-10.xsd` of Jenkins' xUnit plugin has it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.checks import as_desired, sentences, told_of

if TYPE_CHECKING:
    from reshelve.planner.check import CheckResult

_NO_XML = re.compile("[\ufffe\uffff]")
_UNTOLD = "the stores were not looked at"


@dataclass(slots=True, frozen=True)
class _Finding:
    """One thing that is said in a case: what kind it is, the words, what to do, and whether it fails the command."""

    kind: str
    said: str
    hint: str = ""
    where: Where | None = None
    fails: bool = True


_AWAY = "store-unavailable"
"""The code of what an optional store that is away keeps from being told: nothing was looked at, so nothing passes."""

_Cases = dict[str, list[_Finding]]
"""The findings of each case by its name; one without any passes."""


def check_junit(result: "CheckResult", *, documents: Sequence[str] = (), spelt: Callable[[str], str] = str) -> Iterator[str]:
    """Yield JUnit XML: a case for each of the `documents` that were read, for each policy, and for each entry not in its place.

    What fails the command is the failure of its case; warnings and notes are its output. All entries that are as desired are
    one case, and drift is one skipped case if the stores were not looked at, as is each optional store that is away. `spelt`
    writes a file's path. Nothing is timed, so that each time is 0.
    """
    suites = {
        "documents": _documents(result, documents, spelt),
        "policies": _policies(result),
        "drift": _drift(result),
    }
    top = Element("testsuites", name="reshelve check")
    for name, cases in suites.items():
        suite = SubElement(top, "testsuite", name=name)
        for case, findings in cases.items():
            _write(SubElement(suite, "testcase", classname=f"reshelve.{name}", name=_text(case), time="0"), findings, spelt)
        if name == "drift" and result.looked:
            good = SubElement(suite, "testcase", classname="reshelve.drift", name="entries as desired", time="0")
            SubElement(good, "system-out").text = as_desired(result)
        elif name == "drift":
            untold = SubElement(suite, "testcase", classname="reshelve.drift", name=_UNTOLD, time="0")
            SubElement(untold, "skipped", message=_UNTOLD)
        _count(suite, ("tests", "failures", "errors", "skipped"))
    _count(top, ("tests", "failures", "errors"))
    indent(top)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield from tostring(top, encoding="unicode").split("\n")


def _documents(result: "CheckResult", documents: Sequence[str], spelt: Callable[[str], str]) -> _Cases:
    cases: _Cases = {spelt(document): [] for document in documents}
    for problem in result.unsound:
        file = problem.where.file if problem.where else problem.path
        cases.setdefault(spelt(file) if file else problem.code, []).append(_of(problem, file))
    return cases


def _policies(result: "CheckResult") -> _Cases:
    cases: _Cases = {name: [] for name in result.policies}
    for violation in result.violations:
        cases.setdefault(violation.policy, []).append(_of(violation.problem))
    return cases


def _drift(result: "CheckResult") -> _Cases:
    """Return a case for each entry that is not in its place, and for each thing that keeps something from being told."""
    cases: _Cases = {}
    for problem in result.problems:
        cases.setdefault(problem.path or problem.code, []).append(_of(problem))
    for drift in result.drift:
        said = told_of(drift.target, drift.detail)
        cases.setdefault(drift.target, []).append(_Finding(drift.state, said, drift.hint, drift.where))
    return cases


def _of(problem: Problem, file: str = "") -> _Finding:
    about = f"{problem.path}:" if problem.path and problem.path != file else ""
    said = sentences(about, problem.summary, problem.detail)
    return _Finding(problem.code, said, problem.hint, problem.where, problem.severity == "error")


def _write(case: Element, findings: Sequence[_Finding], spelt: Callable[[str], str]) -> None:
    wrong = [finding for finding in findings if finding.fails]
    for at in (finding.where for finding in (wrong or findings)[:1]):
        if at is not None:
            case.attrib |= {"file": _text(spelt(at.file)), "line": str(at.line)}
    if wrong:
        more = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        failure = SubElement(case, "failure", message=f"{_text(wrong[0].said)}{more}", type=wrong[0].kind)
        failure.text = _lines(wrong, spelt)
    if not wrong and (away := next((finding for finding in findings if finding.kind == _AWAY), None)) is not None:
        SubElement(case, "skipped", message=_text(away.said))
    if others := [finding for finding in findings if not finding.fails]:
        SubElement(case, "system-out").text = _lines(others, spelt)


def _lines(findings: Iterable[_Finding], spelt: Callable[[str], str]) -> str:
    told = []
    for finding in findings:
        at = f"{spelt(finding.where.file)}:{finding.where.line}: " if finding.where else ""
        told.append(_text(at + sentences(finding.said, *finding.hint.splitlines())))
    return "\n".join(told)


def _count(element: Element, figures: Sequence[str]) -> None:
    """Write how many cases are in an element, and how many of them are as each figure says."""
    cases = list(element.iter("testcase"))
    for figure in figures:
        tag = {"failures": "failure", "errors": "error"}.get(figure, figure)
        number = len(cases) if figure == "tests" else sum(case.find(tag) is not None for case in cases)
        element.set(figure, str(number))
    element.set("time", "0")


def _text(text: str) -> str:
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", printable(text))
