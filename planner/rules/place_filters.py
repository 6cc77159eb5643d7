"""The filters that templates have beside those of Jinja2: `{{ mtime | date('%Y') }}` and the like."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import Undefined

from reshelve.planner.rules.portable_names import portable_text
from reshelve.planner.rules.range_folders import range_folder


def written_date(value: Any, form: str = "%Y-%m-%d", zone: str = "") -> str:
    """Write a date by a strftime form. Reads ISO 8601 text, dates, and (milli)seconds since the epoch in UTC.

    A time that says how far from UTC it is can be written in another zone ("Europe/Berlin"). Raises ValueError.
    """
    if isinstance(value, Undefined):
        return str(value)
    if isinstance(value, date):
        return value.strftime(form)
    text = str(value)
    if text.isdecimal() and len(text) in {10, 13}:
        return _in_zone(datetime.fromtimestamp(int(text[:10]), UTC), zone).strftime(form)
    return _in_zone(datetime.fromisoformat(text), zone).strftime(form)


def _in_zone(time: datetime, zone: str) -> datetime:
    if not zone or time.tzinfo is None:
        return time
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return time.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, OSError) as trouble:
        raise ValueError(f"there is no time zone {zone!r} on this system") from trouble


FILTERS: Mapping[str, Callable[..., Any]] = {
    "date": written_date,
    "range_folder": range_folder,
    "sanitize": lambda value: portable_text(str(value)),
}
"""The filters of our own, by name."""
