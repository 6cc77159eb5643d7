"""When jobs are due: a simulated year, over both changes of the clock, with outages."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from reshelve.planner.schedule.due_times import due, known_until, latest, upcoming
from reshelve.schemas.schedule_settings import times_of

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES = [66, 87, 93, 275, 297, 304]
"""Days of the year in which the clocks of one of these zones change."""


def outages(seed: int) -> list[tuple[datetime, datetime]]:
    chance = random.Random(seed)
    begins = [YEAR + timedelta(minutes=chance.randrange(365 * 1440)) for _ in range(20)]
    return [(begin, begin + timedelta(minutes=chance.choice((7, 45, 200, 1500, 5000)))) for begin in begins]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("when", ["daily 00:00", "daily 01:45", "daily 02:00", "daily 02:30", "daily 23:59"])
def test_a_daily_job_runs_once_a_local_day_of_a_year_with_outages(zone: str, when: str) -> None:
    times, local, away = times_of(when), ZoneInfo(zone), outages(len(when + zone))
    looks = [YEAR + timedelta(minutes=293 * n) for n in range(365 * 1440 // 293)]
    looks = [now for now in looks if not any(begin <= now < end for begin, end in away)]
    done, ran = YEAR, []
    for now in looks:
        found = due(times, local, "run once", done, now)
        if found is not None:
            done = found.at
            ran.append(found.at)
    first = YEAR.astimezone(local).date()
    hour, minute = map(int, when[-5:].split(":"))
    starts = [datetime(first.year, first.month, first.day, hour, minute, tzinfo=local) + timedelta(days=n) for n in range(-1, 367)]
    instants = [start.astimezone(UTC) for start in starts]
    # A day is left out only where nobody looked before the next one's time came.
    seen = [at for at, following in pairwise(instants) if at > YEAR and any(at <= now < following for now in looks)]
    assert ran == seen
    assert len({at.astimezone(local).date() for at in ran}) == len(ran) > 340


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "when", ["hourly", "hourly :15", "daily 02:30", "weekly mon,sun 02:30", "monthly 31 02:30", "monthly last 00:00"]
)
def test_the_times_ahead_are_the_times_behind(zone: str, when: str) -> None:
    times, local = times_of(when), ZoneInfo(zone)
    # An hourly job has many times: those of the days around a change of any of these clocks are enough.
    spans = [(day - 2, day + 2) for day in CHANGES] if times.hour is None else [(0, 365)]
    for begin, end in spans:
        now = YEAR + timedelta(days=begin)
        while now < YEAR + timedelta(days=end):
            ahead = upcoming(times, local, now)
            assert ahead is not None
            assert latest(times, local, ahead) == ahead > now
            assert latest(times, local, ahead - timedelta(seconds=1)) in (None, latest(times, local, now))
            assert ahead - now <= timedelta(days=32)
            now = ahead


def test_what_was_missed_is_made_up_for_once_or_left_out() -> None:
    times, done = times_of("daily 02:00"), datetime(2026, 5, 1, 2, tzinfo=UTC)
    later = datetime(2026, 5, 5, 9, tzinfo=UTC)
    for missed, what in (("run once", "run"), ("skip", "skip")):
        found = due(times, ZoneInfo("UTC"), missed, done, later)
        assert found is not None
        assert (found.at, found.what) == (datetime(2026, 5, 5, 2, tzinfo=UTC), what)
        assert due(times, ZoneInfo("UTC"), missed, found.at, later) is None
    prompt = due(times, ZoneInfo("UTC"), "skip", done, datetime(2026, 5, 2, 2, 1, tzinfo=UTC))
    assert prompt is not None and prompt.what == "run"


def test_what_a_clock_that_was_ahead_has_dealt_with_is_not_dealt_with_for_years() -> None:
    times, zone, now = times_of("daily 02:00"), ZoneInfo("UTC"), datetime(2026, 5, 5, 9, tzinfo=UTC)
    for told in (now - timedelta(days=400), now - timedelta(hours=7), now, datetime(2026, 5, 6, 2, tzinfo=UTC)):
        assert known_until(times, zone, told, now) == told
    for told in (datetime(2026, 5, 7, 2, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert known_until(times, zone, told, now) == now


@pytest.mark.parametrize(
    "text", ["", "daily", "daily 24:00", "daily 2:00", "weekly foo 02:00", "monthly 0 02:00", "monthly 32 02:00", "* * * * *"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="daily 02:00"):
        times_of(text)
