"""The reports of a session: what the runs of a month did and what the buckets cost, kept to be compared with the next."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue, new_id
from reshelve.executors.state.monthly_reports import load_month, save_month
from reshelve.executors.state.run_summaries import RunSummary
from reshelve.schemas.monthly_report import MonthlyReport, ProjectMonth, RunOfMonth
from reshelve.schemas.operations import Pack, Transition
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.schemas.price_list import Prices

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_ARCHIVES = ("pack", "transition")


class Reports:
    """The reports of months."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def month(self, month: str = "", tell: Callable[[list[Problem]], None] | None = None) -> MonthlyReport:
        """Return the report of a month such as "2026-10", by default the last whole one; make and keep it where none is kept.

        A kept one reaches the levels that are set by now. The month under way is made anew each time. `tell` is given what else is
        to be said of the buckets. Raises ReshelveError: of kind "usage" for what is no month, or one to come; where a bucket is
        away; and OSError where the report cannot be kept.
        """
        now = self._context.now().astimezone(self._context.zone)
        if month and not _MONTH.fullmatch(month):
            raise stop("no-such-month", "That is no month.", f"{month!r} is not written as in 2026-10.", kind="usage")
        wanted = month or _before(f"{now:%Y-%m}")
        if wanted > f"{now:%Y-%m}":
            raise stop("no-such-month", "That month is still to come.", f"Now it is {now:%Y-%m}.", path=wanted, kind="usage")
        state = self._context.setting.state.folder
        kept = load_month(state, wanted) if wanted < f"{now:%Y-%m}" else None
        if kept is not None:
            return replace(kept, levels=self._levels(kept.cost, kept.currency))
        made = self._made(wanted, tell)
        save_month(state, made)
        return made

    def queue(self, report: MonthlyReport, text: str) -> list[str]:
        """Keep a notice of a report for each receiver that wants to hear of reports; return their names."""
        setting = self._context.setting
        names = [name for name, told in setting.workspace.notify.items() if "report" in told.on]
        queue, at = NoticeQueue(setting.state.folder), self._context.now().timestamp()
        for name in names:
            queue.add(Notice(new_id(), name, "", f"report {report.month}", "done", text, at))
        return names

    def _made(self, month: str, tell: Callable[[list[Problem]], None] | None) -> MonthlyReport:
        from reshelve.planner.cost.money import plain
        from reshelve.planner.cost.monthly_cost import month as month_of
        from reshelve.planner.cost.monthly_cost import together, total
        from reshelve.session.session_costs import Costs

        costs, terms = Costs(self._context), self._context.workspace.cost
        prices = costs.prices()
        buckets = costs.kept(prices, tell=tell) if self._context.has_buckets else {}
        unpriced = sorted({name for _, names in buckets.values() for name in names})
        kept = together(*(each for each, _ in buckets.values()))
        amount = Decimal(0) if unpriced else total(month_of(kept, prices, free=terms.free_tier))
        earlier = self._earlier(month)
        made = self._context.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        cost = "" if unpriced else plain(amount)
        report = MonthlyReport(
            month,
            made,
            prices.name,
            prices.currency,
            cost,
            before=earlier.cost if earlier is not None else "",
            compared=earlier.month if earlier is not None else "",
            levels=self._levels(cost, prices.currency),
            unpriced=unpriced,
            projects=self._projects(prices, earlier),
        )
        self._add_runs(report)
        return report

    def _levels(self, cost: str, currency: str) -> list[str]:
        from reshelve.planner.cost.cost_levels import reached

        return reached(self._context.workspace.cost.warn, Decimal(cost), currency) if cost else []

    def _earlier(self, month: str) -> MonthlyReport | None:
        """Return the newest report that is kept of the twelve months before."""
        for _ in range(12):
            month = _before(month)
            try:
                found = load_month(self._context.setting.state.folder, month)
            except ReshelveError:
                continue
            if found is not None:
                return found
        return None

    def _projects(self, prices: "Prices", earlier: MonthlyReport | None) -> list[ProjectMonth]:
        from reshelve.planner.cost.money import plain
        from reshelve.planner.cost.project_costs import project_month
        from reshelve.session.session_costs import Costs

        if not self._context.workspace.tiers:
            return []
        before = {project.id: project.cost for project in earlier.projects} if earlier is not None else {}
        found = []
        for project in Costs(self._context).manifest().projects:
            amount = project_month(project, prices)
            size = sum(copy.size_bytes for copy in project.storage.values() if copy.exists)
            cost = plain(amount) if amount is not None else ""
            found.append(ProjectMonth(project.id, project.tiers, size, cost, before.get(project.id, "")))
        return found

    def _add_runs(self, report: MonthlyReport) -> None:
        counts: Counter[str] = Counter()
        for summary in self._runs_of(report.month):
            report.runs += 1
            report.undone += bool(summary.undone_by)
            counts.update(summary.counts)
            failed = summary.outcome != "done" or summary.failures
            if failed:
                report.failed.append(self._failed(summary))
            # An undo gives an object the class that it had: that archives nothing.
            if not summary.undone_by and summary.command != "undo" and any(summary.counts.get(kind) for kind in _ARCHIVES):
                report.archived.append(self._archived(summary))
        report.operations = dict(sorted(counts.items()))

    def _runs_of(self, month: str) -> Iterator[RunSummary]:
        for summary in reversed(self._context.setting.state.runs([])):
            ended = summary.ended or summary.started
            if summary.outcome != "unsettled" and ended:
                at = datetime.fromisoformat(ended).astimezone(self._context.zone)
                if f"{at:%Y-%m}" == month:
                    yield summary

    def _failed(self, summary: RunSummary) -> RunOfMonth:
        why = ""
        try:
            told = self._context.setting.state.report_of(summary.id, [])
        except ReshelveError:
            told = None
        if told is not None and told.failures:
            first = told.failures[0]
            why = f"{first.path + ': ' if first.path else ''}{first.summary} {first.detail}".strip()
        return RunOfMonth(summary.id, summary.command, summary.ended, summary.outcome, why=why)

    def _archived(self, summary: RunSummary) -> RunOfMonth:
        places: list[str] = []
        try:
            run = self._context.setting.state.run(summary.id)
        except ReshelveError:
            pass
        else:
            for index in run.done:
                match run.plan.operations[index]:
                    case Pack(dst=place):
                        places.append(place)
                    case Transition(src=place, after=to):
                        places.append(f"{place} ({to})")
                    case _:
                        pass
        return RunOfMonth(summary.id, summary.command, summary.ended, summary.outcome, places)


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"
