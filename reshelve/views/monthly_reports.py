"""The report of a month: as text, and as a page that opens offline."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from reshelve.planner.cost.money import shown
from reshelve.schemas.locations import printable
from reshelve.schemas.monthly_report import MonthlyReport, ProjectMonth, RunOfMonth
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import count
from reshelve.views.offline_pages import offline_page

_MOST = 20
"""Places of one run that are named in text."""


def monthly_text(report: MonthlyReport) -> Iterator[str]:
    """Yield the report as people read it."""
    yield f"Report of {report.month}, made {report.made[:16].replace('T', ' ')} UTC"
    yield ""
    yield f"Buckets: {_total(report)}"
    for level in report.levels:
        yield f"  reaches {level}"
    for project in sorted(report.projects, key=_dearest):
        yield f"  {_cost(project.cost, report):>12}  {_change(project, report):>12}  {printable(project.id)} ({_what(project)})"
    yield ""
    operations = ", ".join(f"{number:,} {kind}" for kind, number in report.operations.items())
    undone = f", {report.undone:,} of them undone" if report.undone else ""
    yield f"Runs: {report.runs:,}{undone}{f' ({operations})' if operations else ''}"
    yield from _runs("Archived", report.archived)
    yield from _runs("Failed", report.failed)


def monthly_page(report: MonthlyReport) -> str:
    """Return the report as one HTML file without anything from elsewhere."""
    projects = "".join(
        f"<tr><td>{_safe(project.id)}</td><td>{_safe(_what(project))}</td>"
        f"<td>{_safe(_cost(project.cost, report))}</td><td>{_safe(_change(project, report))}</td></tr>"
        for project in sorted(report.projects, key=_dearest)
    )
    heads = "<thead><tr><th>project</th><th>where</th><th>a month</th><th>change</th></tr></thead>"
    reached = "".join(f'<p class="warning">The buckets reach {_safe(level)}.</p>' for level in report.levels)
    runs = "".join(f"<p>{_safe(line.strip())}</p>" for line in _runs("Archived", report.archived))
    runs += "".join(f'<p class="error">{_safe(line.strip())}</p>' for line in _runs("Failed", report.failed))
    body = (
        f"<h1>Report of {report.month}</h1><p>{_safe(report.made)}</p><p>Buckets: {_safe(_total(report))}</p>{reached}"
        + (f"<table>{heads}<tbody>{projects}</tbody></table>" if projects else "")
        + f"<h2>Runs: {report.runs:,}</h2>{runs}"
    )
    return offline_page(f"Report: {report.month}", body)


def _total(report: MonthlyReport) -> str:
    if report.unpriced:
        return f"the cost is not known, because {report.prices} has no price for {', '.join(report.unpriced)}"
    return f"{_cost(report.cost, report)} a month{_beside(report) if report.before else ''}"


def _beside(report: MonthlyReport) -> str:
    change = Decimal(report.cost) - Decimal(report.before)
    if not change:
        return f", as in {report.compared}"
    return f", {shown(abs(change), report.currency)} {'less' if change < 0 else 'more'} than in {report.compared}"


def _dearest(project: ProjectMonth) -> tuple[Decimal, str]:
    return -Decimal(project.cost or 0), project.id


def _what(project: ProjectMonth) -> str:
    return f"{', '.join(project.tiers)}, {human_size(project.size_bytes)}"


def _cost(amount: str, report: MonthlyReport) -> str:
    return shown(Decimal(amount), report.currency) if amount else "no price"


def _change(project: ProjectMonth, report: MonthlyReport) -> str:
    if not project.cost or not report.compared:
        return ""
    if not project.before:
        return "new"
    change = Decimal(project.cost) - Decimal(project.before)
    return f"{'+' if change > 0 else ''}{shown(change, report.currency)}" if change else "as before"


def _runs(title: str, runs: Sequence[RunOfMonth]) -> Iterator[str]:
    if runs:
        yield f"{title}: {count(len(runs), 'run')}"
    for run in runs:
        why = f": {printable(run.why)}" if run.why else ""
        outcome = f"  {run.outcome}" if run.outcome != "done" or run.why else ""
        yield f"  {run.run}  {run.ended[:10]}  {run.command}{outcome}{why}"
        for place in run.places[:_MOST]:
            yield f"      {printable(place)}"
        if len(run.places) > _MOST:
            yield f"      and {len(run.places) - _MOST:,} more: reshelve show {run.run}"


def _safe(text: str) -> str:
    return escape(printable(text))
