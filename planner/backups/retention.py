"""Retention: which archives stay, in the words of restic and with what they mean there.

Source: restic's `ApplyPolicy` (snapshot_policy.go). An archive stays when at least one rule keeps it. A count keeps the last one
of each of so many hours, days, weeks (ISO), months, years that have one; `keep_within` reaches back from the latest one that is not
in the future, by the calendar of the zone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from reshelve.schemas.backup_settings import Keep, span_of
from reshelve.schemas.quick_dataclasses import dataclass

_NONE: Mapping[str, str] = {}
Local = Callable[[datetime], datetime]
"""Brings a time to the zone of the workspace."""


@dataclass(slots=True, frozen=True)
class Kept:
    """One archive and why it stays; no reasons: it goes."""

    name: str
    reasons: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Stored:
    """One archive of a kind, as retention sees it: verified and whole. `since` is the name of what it builds on, "" for none."""

    name: str
    taken: datetime
    since: str = ""


def zoned(zone: tzinfo | None) -> Local:
    """Return what brings a time to a zone; None is the system's own."""
    return lambda moment: moment.astimezone(zone)


def retain(stored: Sequence[Stored], keep: Keep, now: datetime, zone: tzinfo | None) -> list[Kept]:
    """Return each archive, newest first, with the reasons for which `keep` has it stay; a rule that says nothing keeps all."""
    local = zoned(zone)
    order = sorted(stored, key=lambda each: (each.taken, each.name), reverse=True)
    counts = {name: getattr(keep, f"keep_{name}") or 0 for name in _PERIODS}
    within = keep.keep_within if keep.keep_within and any(span_of(keep.keep_within)) else None
    if not any(counts.values()) and within is None:
        return [Kept(each.name, ("no rule lets it go",)) for each in order]
    last: dict[str, object] = {}
    border = _border(order, within, now, zone) if within is not None else None
    found: list[Kept] = []
    for number, each in enumerate(order):
        reasons: list[str] = []
        if border is not None and each.taken > border:
            reasons.append(f"within {within}")
        at = local(each.taken)
        for name, period in _PERIODS.items():
            value = period(at, number)
            if counts[name] and last.get(name) != value:
                last[name] = value
                counts[name] -= 1
                reasons.append(name)
        found.append(Kept(each.name, tuple(reasons)))
    return found


def may_build_on(stored: Iterable[Stored], wall: datetime, zone: tzinfo | None) -> str:
    """Return the newest of some archives by a local time, which one taken then that nobody has read may build on; "" for none."""
    local = zoned(zone)
    before = [each for each in stored if local(each.taken).replace(tzinfo=None) <= wall]
    return max(before, key=lambda each: (each.taken, each.name)).name if before else ""


def with_bases(kept: Sequence[Kept], stored: Mapping[str, Stored], needed: Mapping[str, str] = _NONE) -> list[Kept]:
    """Return the same with every archive kept that a kept one builds on, and the newest of all, whatever the rules say.

    `needed` are archives that one may build on of which nobody knows what it is, by name, with that one's name.
    """
    reasons = {each.name: list(each.reasons) for each in kept}
    for name, unread in needed.items():
        if not reasons[name]:
            reasons[name].append(f"{unread}, which is not verified, may build on it")
    newest = max(stored.values(), key=lambda each: (each.taken, each.name), default=None)
    if newest is not None and not reasons[newest.name]:
        reasons[newest.name].append("the last verified one")
    for each in sorted(stored.values(), key=lambda one: (one.taken, one.name), reverse=True):
        if reasons[each.name] and each.since in reasons:
            reason = f"{each.name} builds on it"
            if not any(known.endswith(" builds on it") for known in reasons[each.since]):
                reasons[each.since].append(reason)
    return [Kept(each.name, tuple(reasons[each.name])) for each in kept]


_PERIODS: dict[str, Callable[[datetime, int], object]] = {
    "last": lambda _, number: number,
    "hourly": lambda at, _: (at.year, at.month, at.day, at.hour),
    "daily": lambda at, _: (at.year, at.month, at.day),
    "weekly": lambda at, _: tuple(at.isocalendar())[:2],
    "monthly": lambda at, _: (at.year, at.month),
    "yearly": lambda at, _: at.year,
}


def _border(order: Sequence[Stored], within: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """Return the moment behind which archives stay: `within` before the latest that is not in the future; None where none is."""
    latest = next((each.taken for each in order if each.taken < now), None)
    if latest is None:
        return datetime.min.replace(tzinfo=UTC)
    years, months, days, hours = span_of(within)
    at = zoned(zone)(latest)
    month = at.year * 12 + at.month - 1 - years * 12 - months
    try:
        wall = at.replace(year=month // 12, month=month % 12 + 1, day=1, tzinfo=None, fold=0) + timedelta(days=at.day - 1 - days)
        return _instant(wall, zone) - timedelta(hours=hours)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _instant(wall: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment that clocks of a zone show as `wall`; around a change of the clock as Go's time.Date has it."""
    local = zoned(zone)
    guess = wall.replace(tzinfo=UTC)
    offset = local(guess).utcoffset() or timedelta()
    again = local(guess - offset).utcoffset() or timedelta()
    return guess - again
