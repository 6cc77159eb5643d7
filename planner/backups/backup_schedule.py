"""When backups are due: the kinds that the schedule of a project asks for and that its hour, day or week has not seen yet."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from reshelve.planner.backups.retention import zoned
from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.backup_settings import Schedule

DAILY_FROM = 2
"""The hour, local time, from which a day's full backup is made."""

_ASKED: dict[Schedule, tuple[Kind, ...]] = {
    "hourly": ("weekly", "daily", "incremental"),
    "daily": ("weekly", "daily"),
    "weekly": ("weekly",),
    "off": (),
}


def due(schedule: Schedule, last: Mapping[Kind, datetime], now: datetime, zone: tzinfo | None) -> list[Kind]:
    """Return the kinds that are due at `now`; `last` is when the last verified one of each kind was taken.

    A full backup stands for the incremental one of its hour. What a day or week missed is made up for once, when asked next.
    """
    local = zoned(zone)
    at = local(now)
    found: list[Kind] = []
    for kind in _ASKED[schedule]:
        before = local(last[kind]) if kind in last else None
        if kind == "weekly":
            missing = before is None or before.isocalendar()[:2] < at.isocalendar()[:2]
        elif kind == "daily":
            missing = at.hour >= DAILY_FROM and (before is None or before.date() < at.date())
        else:
            latest = max((last[each] for each in ("incremental", "daily") if each in last), default=None)
            same_hour = latest is not None and _hour(latest) >= _hour(now)
            missing = not same_hour and "daily" not in found
        if missing:
            found.append(kind)
    return found


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
