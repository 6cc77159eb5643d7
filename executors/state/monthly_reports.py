"""Monthly reports as they are kept: one file for each month in the state folder."""

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reshelve.executors.state.state_files import damaged_file, replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.monthly_report import MonthlyReport

FOLDER = "reports"


@cache
def _report() -> TypeAdapter[MonthlyReport]:
    return TypeAdapter(MonthlyReport)


def load_month(state: Path, month: str) -> MonthlyReport | None:
    """Return the report of a month such as "2026-11", None where none is kept. Raises ReshelveError for one that is damaged."""
    path = state / FOLDER / f"{month}.json"
    try:
        found = _report().validate_json(read_file(path))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise damaged_file(path, "Remove it; a report of that month can be made again.") from None
    if found.month != month:
        raise damaged_file(path, "Remove it; a report of that month can be made again.")
    return found


def save_month(state: Path, report: MonthlyReport) -> None:
    """Keep a report, in place of an earlier one of its month. Raises OSError."""
    (state / FOLDER).mkdir(parents=True, exist_ok=True)
    replace_state_file(state / FOLDER / f"{report.month}.json", _report().dump_json(report, indent=1) + b"\n")


def document(report: MonthlyReport) -> dict[str, object]:
    """Return a report as JSON values."""
    made: dict[str, object] = _report().dump_python(report, mode="json")
    return made
