"""When jobs are due: each local day once, over both changes of the clock."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.schedule_settings import Times

LATE = timedelta(minutes=10)
"""From when on a time that nothing ran at is a missed one."""
_FAR = timedelta(days=70)
"""Further apart than any two times of a job."""


@dataclass(slots=True, frozen=True)
class Due:
    """The time at which a job is due, and what becomes of it."""

    at: datetime
    what: Literal["run", "skip"]


def due(times: Times, zone: tzinfo | None, missed: Literal["run once", "skip"], dealt_with: datetime, now: datetime) -> Due | None:
    """Return what is due of a job of which everything up to `dealt_with` is done with; None while nothing is.

    Of several times that passed only the latest counts: a job never runs twice to catch up. `zone` None is the system's own.
    """
    last = latest(times, zone, now)
    if last is None or last <= dealt_with:
        return None
    return Due(last, "skip" if missed == "skip" and now - last > LATE else "run")


def known_until(times: Times, zone: tzinfo | None, dealt_with: datetime, now: datetime) -> datetime:
    """Return up to when a job is dealt with: as told, or now where that is beyond its next time, for then a clock was ahead."""
    ahead = upcoming(times, zone, now)
    return now if ahead is not None and dealt_with > ahead else dealt_with


def latest(times: Times, zone: tzinfo | None, now: datetime) -> datetime | None:
    """Return the last time of a job that is not after `now`, in UTC."""
    return max((at for at in _about(times, zone, now, -1) if at <= now), default=None)


def upcoming(times: Times, zone: tzinfo | None, now: datetime) -> datetime | None:
    """Return the first time of a job after `now`, in UTC."""
    return min((at for at in _about(times, zone, now, 1) if at > now), default=None)


def _about(times: Times, zone: tzinfo | None, now: datetime, sign: int) -> Iterator[datetime]:
    """Yield the times of the days about `now`, as far back (-1) or ahead (1) as there must be one."""
    if times.hour is None:
        begin = now.astimezone(zone).replace(tzinfo=None, minute=times.minute, second=0, microsecond=0, fold=0)
        for hours in range(-4, 5):
            yield from _hours(begin + timedelta(hours=hours), zone)
        return
    today = now.astimezone(zone).date()
    span = _FAR.days if times.day else 9
    for days in range(-2, span):
        day = today + timedelta(days=sign * days)
        if _allowed(times, day):
            yield _instant(datetime(day.year, day.month, day.day, times.hour, times.minute), zone)  # noqa: DTZ001 - local


def _allowed(times: Times, day: date) -> bool:
    if times.weekdays and day.weekday() not in times.weekdays:
        return False
    last = monthrange(day.year, day.month)[1]
    return not times.day or day.day == (last if times.day < 0 else min(times.day, last))


def _hours(local: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """Yield an hour as often as the clock shows it: twice when it is set back, not at all when it leaps."""
    for fold in (0, 1):
        at = _instant(local.replace(fold=fold), zone)
        if at.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(fold=0):
            yield at


def _instant(local: datetime, zone: tzinfo | None) -> datetime:
    """Return when a clock shows a time: the first of two; one it leaps over is as much later as it leaps."""
    return (local.replace(tzinfo=zone) if zone is not None else local).astimezone(UTC)
