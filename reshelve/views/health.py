"""The health of what a session has in its care: as a document, as text, and as a page that opens offline."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, field
from html import escape
from typing import Any, Literal

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import count
from reshelve.views.offline_pages import offline_page
from reshelve.views.problem_text import beside

_SHOWN = 10
"""Problems of one kind that are named; more are counted."""

Status = Literal["healthy", "warning", "error"]


@dataclass(slots=True)
class Checked:
    """One check: how it ended, what it counted, and what it found."""

    status: Status
    figures: dict[str, object]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class HealthReport:
    """What a health run came to. `overall_status` is `needs_attention` where any check found an error, or failed itself."""

    timestamp: str
    checks: dict[str, Checked] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        """Everything found, errors first."""
        found = [problem for checked in self.checks.values() for problem in checked.problems]
        return sorted(found, key=lambda problem: problem.severity != "error")

    @property
    def overall_status(self) -> str:
        """`healthy`, or `needs_attention`."""
        return "needs_attention" if any(checked.status == "error" for checked in self.checks.values()) else "healthy"

    @property
    def recommendations(self) -> list[str]:
        """What to do, each once, in the order of what is worst."""
        return list(dict.fromkeys(_advice(problem) for problem in self.problems if problem.hint and problem.severity != "note"))

    @property
    def brief(self) -> str:
        """How it stands, in words: what of errors and warnings there is."""
        found = Counter(problem.severity for problem in self.problems)
        return brief(found["error"], found["warning"])

    def document(self) -> dict[str, Any]:
        """Return the report as it is saved and printed as JSON."""
        checks = {
            name: {"status": one.status, **one.figures, "issues": [_text(problem) for problem in one.problems]}
            for name, one in self.checks.items()
        }
        found = self.problems
        return {
            "version": 1,
            "timestamp": self.timestamp,
            "overall_status": self.overall_status,
            "checks": checks,
            "errors": [_plain(problem) for problem in found if problem.severity == "error"],
            "warnings": [_plain(problem) for problem in found if problem.severity == "warning"],
            "recommendations": self.recommendations,
        }


def brief(errors: int, warnings: int) -> str:
    """Return how things stand where so much was found, in words."""
    found = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return ", ".join(found) or "healthy"


def health_text(report: HealthReport) -> Iterator[str]:
    """Yield a line for each check with what it counted, then what was found, then what to do."""
    for name, one in report.checks.items():
        figures = ", ".join(figure(key, value) for key, value in one.figures.items() if isinstance(value, int | float))
        yield f"{_WORDS[one.status]} {name}{f': {figures}' if figures else ''}"
        for alike in _alike(one.problems):
            yield from _found(alike)
    found = Counter(problem.severity for problem in report.problems)
    well = not found["error"] and not found["warning"]
    yield "Everything is healthy." if well else f"{count(found['error'], 'error')}, {count(found['warning'], 'warning')}."


def _alike(problems: Iterable[Problem]) -> Iterable[list[Problem]]:
    """Return problems in the order of their first, those that are the same but for whose they are together."""
    found: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.code, problem.summary, problem.hint), []).append(problem)
    return found.values()


def _found(alike: Sequence[Problem]) -> Iterator[str]:
    """Yield one problem in a line, or several in one each below what they share, then once what to do."""
    first = alike[0]
    if len(alike) == 1:
        yield f"       {_text(first)}"
    else:
        yield f"       {printable(first.summary)} ({len(alike):,})"
        yield from (f"         {beside(problem.path, problem.detail)}" for problem in alike[:_SHOWN])
    if len(alike) > _SHOWN:
        yield f"         … and {len(alike) - _SHOWN:,} more (--json names them)"
    yield from (f"         {printable(line)}" for line in first.hint.splitlines())


def health_page(report: HealthReport) -> str:
    """Return the report as one HTML file without anything from elsewhere."""
    rows = "".join(_row(name, one) for name, one in report.checks.items())
    advice = "".join(f"<li><code>{_safe(each)}</code></li>" for each in report.recommendations)
    body = (
        f'<h1>Health: <span class="{report.overall_status}">{report.brief}</span></h1><p>{_safe(report.timestamp)}</p>'
        "<table><thead><tr><th>check</th><th>status</th><th>figures</th><th>found</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{f'<h2>What to do</h2><ul>{advice}</ul>' if advice else ''}"
    )
    return offline_page(f"Health: {report.brief}", body)


_WORDS = {"healthy": "ok  ", "warning": "warn", "error": "BAD "}


def _row(name: str, one: Checked) -> str:
    figures = "<br>".join(_safe(figure(key, value)) for key, value in one.figures.items() if isinstance(value, int | float))
    issues = "".join(f"<li>{_safe(_text(problem))}</li>" for problem in one.problems)
    found = f"<ul>{issues}</ul>" if issues else ""
    return f'<tr><td>{_safe(name)}</td><td class="{one.status}">{one.status}</td><td>{figures}</td><td>{found}</td></tr>'


def figure(key: str, value: object) -> str:
    """Return what a check counted, as people read it."""
    name = {"size_gb": "GiB", "file_count": "files", "read_bytes": "bytes read"}.get(
        key, key.removesuffix("_count").replace("_", " ")
    )
    return f"{value:,} {_ONE.get(name, name) if value == 1 else name}"


_ONE = {"entries": "entry", "bytes read": "byte read"} | {
    f"{noun}s": noun for noun in ("archive", "backup", "file", "folder", "job", "link", "notice", "project", "run", "store")
}
"""What figures count, for one."""


def _safe(text: str) -> str:
    return escape(printable(text))


def _plain(problem: Problem) -> dict[str, Any]:
    return {name: value for name, value in asdict(problem).items() if value and name != "severity"}


def _text(problem: Problem) -> str:
    return " ".join(part for part in (f"{_place(problem)}:" if _place(problem) else "", problem.summary, problem.detail) if part)


def _advice(problem: Problem) -> str:
    """Return what to do about a problem; in a document, with the line that it is about."""
    return f"{_place(problem)}: {problem.hint}" if problem.where is not None else problem.hint


def _place(problem: Problem) -> str:
    return f"{problem.where.file}, line {problem.where.line:,}" if problem.where is not None else problem.path
