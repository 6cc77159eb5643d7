"""Runs as a log shows them: read from the figures of their reports, and where these are damaged, from what else there is."""

from collections.abc import Sequence
from dataclasses import field, fields
from pathlib import Path

from reshelve.executors.state.held_lists import HELD
from reshelve.executors.state.run_damage import lacking
from reshelve.executors.state.run_records import has_settled, journal_damage, journal_in, report_told
from reshelve.executors.state.run_reports import load_figures
from reshelve.schemas.journal_records import Began
from reshelve.schemas.plan import PlanCommand
from reshelve.schemas.problems import Problem, ReshelveError, errors
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import OnError, Outcome
from reshelve.schemas.run_report import Report


@dataclass(slots=True)
class RunSummary:
    """A run as a log shows it.

    `undone_by` is the run that took it back, "" while it stands, `partly_undone_by` the last that took back a part of it; `held`:
    its entries are not planned again. `lost`: what it did is not known, for its plan was lost before it settled.
    """

    id: str
    command: PlanCommand
    of: str
    outcome: Outcome
    on_error: OnError
    started: str
    ended: str = ""
    who: str = ""
    host: str = ""
    operations: int = 0
    done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    moved_bytes: int = 0
    copied_bytes: int = 0
    uploaded_bytes: int = 0
    downloaded_bytes: int = 0
    trashed_bytes: int = 0
    failures: int = 0
    whole: bool = True
    undone_by: str = ""
    partly_undone_by: str = ""
    held: bool = False
    lost: bool = False
    interrupted: bool = False


_FROM_REPORT = {each.name for each in fields(RunSummary)} & {each.name for each in fields(Report)} - {"failures"}
"""What a summary has as the run's report has it."""


def tell_undone(oldest_first: Sequence[RunSummary]) -> None:
    """Put into each summary which run took it back."""
    by_id = {summary.id: summary for summary in oldest_first}
    for summary in oldest_first:
        if summary.of in by_id and summary.outcome == "done" and summary.whole:
            by_id[summary.of].undone_by = summary.id
    # Undoing an undo lets the first run stand again.
    for summary in reversed(oldest_first):
        target = by_id.get(summary.of)
        if target is not None and summary.undone_by and target.undone_by == summary.id:
            target.undone_by = ""
    for summary in oldest_first:
        if summary.of in by_id and summary.outcome == "done" and not summary.whole and not summary.undone_by:
            by_id[summary.of].partly_undone_by = summary.id


def summary_in(run: str, folder: Path, damaged: list[Problem]) -> RunSummary:
    """Return a run as a log shows it; one of which a file cannot be read at all stops no other from being listed."""
    try:
        return _summary(run, folder, damaged)
    except ReshelveError as trouble:
        damaged += trouble.problems
        return RunSummary(run, "apply", "", "stopped", "rollback", "", lost=True)


def _summary(run: str, folder: Path, damaged: list[Problem]) -> RunSummary:
    settled = has_settled(run, folder)
    try:
        report = load_figures(folder) if settled else None
    except ReshelveError as trouble:
        damaged += trouble.problems
        report = report_told(run, folder)
        if report is None:
            return RunSummary(run, "apply", "", "stopped", "rollback", "", lost=True)
    if report is None:
        left = journal_in(run, folder)
        damaged += journal_damage(run, folder, left, settled=False)
        began = next((record for record in left.records if isinstance(record, Began)), None)
        if began is None:
            return RunSummary(run, "apply", "", "unsettled", "rollback", "")
        return RunSummary(run, began.command, began.of, "unsettled", began.on_error, began.at, who=began.who, host=began.host)
    if not report.lost:  # recorded without its plan: it was told then
        damaged += lacking(run, folder)
    told = {name: getattr(report, name) for name in _FROM_REPORT}
    return RunSummary(id=run, failures=len(errors(report.failures)), held=(folder / HELD).exists(), **told)
