"""Retention: which archives stay, and why, by hand over the edges: counts, gaps, several in one period, changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reshelve.planner.backups.archive_names import free_name, is_backup, wall_time
from reshelve.planner.backups.backup_schedule import due
from reshelve.planner.backups.restore_chain import bases, chain
from reshelve.planner.backups.retention import Kept, Stored, may_build_on, retain, with_bases
from reshelve.schemas.backup_settings import Keep, span_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 6, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def stored(*times: str | datetime) -> list[Stored]:
    moments = [time if isinstance(time, datetime) else at(time) for time in times]
    return [Stored(f"{moment:%m-%d %H:%M %z}", moment.astimezone(UTC)) for moment in moments]


def kept(archives: list[Stored], now: datetime = NOW, **keep: int | str) -> list[str]:
    return [each.name[:11] for each in retain(archives, Keep.model_validate(keep), now, BERLIN) if each.reasons]


def days(count: int) -> list[Stored]:
    return stored(*(datetime(2027, 1, 1, 2, tzinfo=BERLIN) + timedelta(days=number) for number in range(count)))


@pytest.mark.parametrize(("runs", "left"), [(6, 6), (7, 7), (8, 7), (9, 7)])
def test_seven_dailies(runs: int, left: int) -> None:
    assert kept(days(runs), keep_daily=7) == [each.name[:11] for each in reversed(days(runs)[-left:])]


def test_nothing_said_keeps_all_and_so_does_a_policy_of_zeros() -> None:
    assert len(kept(days(9))) == 9
    assert len(kept(days(9), keep_daily=0, keep_within="0h")) == 9


def test_a_second_archive_of_a_day_evicts_no_day() -> None:
    three = stored("2027-01-01T02:00", "2027-01-02T02:00", "2027-01-02T15:00", "2027-01-03T02:00")
    assert kept(three, keep_daily=2) == ["01-03 02:00", "01-02 15:00"]


def test_a_gap_counts_no_days_that_have_none() -> None:
    assert kept(stored("2027-01-01T02:00", "2027-01-02T02:00", "2027-01-20T02:00"), keep_daily=2) == ["01-20 02:00", "01-02 02:00"]


def test_midnight_belongs_to_the_day_that_begins() -> None:
    assert kept(stored("2027-01-01T23:59", "2027-01-02T00:00"), keep_daily=5) == ["01-02 00:00", "01-01 23:59"]


def test_both_hours_of_a_clock_put_back_are_one_hour_of_one_day() -> None:
    first, second = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert first.astimezone(BERLIN).hour == second.astimezone(BERLIN).hour == 2
    later = datetime(2028, 1, 1, tzinfo=UTC)
    assert len(kept(stored(first, second), now=later, keep_hourly=5)) == 1
    assert len(kept(stored(first, second), now=later, keep_last=5)) == 2
    edge = stored(*(datetime(2027, 10, 30, 22, tzinfo=UTC) + timedelta(hours=number) for number in range(26)))
    assert kept(edge, now=later, keep_daily=9)[0] == edge[25].name[:11]
    assert len(kept(edge, now=later, keep_daily=9)) == 2


def test_a_day_of_twenty_three_hours_is_a_day() -> None:
    hours = stored(*(datetime(2027, 3, 27, 23, tzinfo=UTC) + timedelta(hours=number) for number in range(24)))
    assert len(kept(hours, keep_daily=9)) == 2
    assert len(kept(hours, keep_hourly=99)) == 24


def test_weeks_are_those_of_iso() -> None:
    turn = stored("2026-12-28T02:00", "2027-01-01T02:00", "2027-01-03T02:00", "2027-01-04T02:00")
    assert kept(turn, keep_weekly=5) == ["01-04 02:00", "01-03 02:00"]


def test_within_reaches_back_from_the_latest_and_never_takes_what_is_of_the_future() -> None:
    some = stored("2027-01-01T02:00", "2027-01-08T02:00", "2027-01-08T02:01", "2027-01-15T02:00")
    assert kept(some, keep_within="7d") == ["01-15 02:00", "01-08 02:01"]
    assert kept(some, now=at("2027-01-09T00:00"), keep_within="1h") == ["01-15 02:00", "01-08 02:01", "01-08 02:00"]


def test_a_kept_archive_keeps_what_it_builds_on_and_the_newest_stays() -> None:
    archives = {
        "full": Stored("full", at("2027-01-01T02:00")),
        "one": Stored("one", at("2027-01-01T03:00"), "full"),
        "two": Stored("two", at("2027-01-01T04:00"), "one"),
        "other": Stored("other", at("2026-12-01T04:00")),
    }
    found = with_bases([Kept("two", ()), Kept("one", ()), Kept("full", ()), Kept("other", ())], archives)
    assert {each.name: each.reasons for each in found} == {
        "two": ("the last verified one",),
        "one": ("two builds on it",),
        "full": ("one builds on it",),
        "other": (),
    }


def test_a_chain_needs_all_of_its_archives() -> None:
    archives = {
        "full": Stored("full", at("2027-01-01T02:00")),
        "one": Stored("one", at("2027-01-01T03:00"), "full"),
        "hole": Stored("hole", at("2027-01-01T05:00"), "gone"),
        "self": Stored("self", at("2027-01-01T06:00"), "self"),
    }
    assert chain(archives, at("2027-01-02T00:00")) == ["full", "one"]
    assert chain(archives, at("2027-01-01T02:30")) == ["full"]
    assert chain(archives, at("2027-01-01T01:00")) == []
    assert bases(archives, "self") == bases(archives, "hole") == []


def test_names() -> None:
    moment = at("2027-01-01T02:03:04")
    assert free_name("weekly", moment, "zip", ()) == "archive_2026_week_53.zip"
    assert free_name("incremental", moment, "tar.gz", ()) == "incremental_20270101_020304.tar.gz"
    assert free_name("daily", moment, "zip", {"daily_20270101.zip", "daily_20270101_2.zip"}) == "daily_20270101_3.zip"
    assert all(
        is_backup(name) for name in ("archive_2026_week_53.zip", "daily_20270101_3.zip", "incremental_20270101_020304.tar.gz")
    )
    assert not any(
        is_backup(name) for name in ("daily.zip", "daily_20270101.rar", "archive_2026_week_53.zip.part", "my daily_20270101.zip")
    )


def test_spans() -> None:
    assert span_of("1y6m14d12h") == (1, 6, 14, 12)
    for wrong in ("", "1", "7w", "12h1d", "-1d", "1d "):
        with pytest.raises(ValueError, match="span"):
            span_of(wrong)


def test_what_is_due() -> None:
    monday = at("2027-01-04T01:30")
    assert due("daily", {}, monday, BERLIN) == ["weekly"]
    assert due("daily", {}, at("2027-01-04T02:00"), BERLIN) == ["weekly", "daily"]
    last = {"weekly": at("2027-01-03T02:00"), "daily": at("2027-01-03T02:00")}
    assert due("hourly", last, at("2027-01-03T02:59"), BERLIN) == []
    assert due("hourly", last, at("2027-01-03T03:00"), BERLIN) == ["incremental"]
    assert due("hourly", last, at("2027-01-04T02:01"), BERLIN) == ["weekly", "daily"]
    assert due("weekly", last, at("2027-01-03T23:59"), BERLIN) == []
    assert due("off", {}, monday, BERLIN) == []


@pytest.mark.parametrize("change", ["2027-03-28", "2027-10-31"])
def test_asked_each_half_hour_a_day_is_due_once_over_both_changes_of_the_clock(change: str) -> None:
    last: dict = {"weekly": at(f"{change}T00:00")}
    made = []
    moment = at(f"{change}T00:00").astimezone(UTC)
    while moment.astimezone(BERLIN).date() == at(f"{change}T00:00").date():
        for kind in due("hourly", last, moment, BERLIN):
            last[kind] = moment
            made.append(kind)
        moment += timedelta(minutes=30)
    hours = 23 if change.startswith("2027-03") else 25
    assert made.count("daily") == 1 and made.count("incremental") == hours - 1


def test_what_one_that_nobody_has_read_may_build_on_stays() -> None:
    days = [Stored(f"daily_{day}", datetime(2027, 4, day, 22, 30, tzinfo=UTC)) for day in (3, 6, 9)]
    assert may_build_on(days, datetime.fromisoformat("2027-04-07T00:30"), BERLIN) == "daily_6"
    assert may_build_on(days, datetime.fromisoformat("2027-04-07T00:29"), BERLIN) == "daily_3"
    assert may_build_on(days, datetime.fromisoformat("2027-04-01T00:00"), BERLIN) == ""
    stored = {each.name: each for each in days}
    found = with_bases([Kept(name, ()) for name in stored], stored, {"daily_6": "incremental_20270408_000000.zip"})
    assert {each.name: each.reasons for each in found} == {
        "daily_3": (),
        "daily_6": ("incremental_20270408_000000.zip, which is not verified, may build on it",),
        "daily_9": ("the last verified one",),
    }


def test_the_time_that_the_name_of_an_incremental_says() -> None:
    first = free_name("incremental", datetime.fromisoformat("2027-04-07T03:30"), "tar.gz", ())
    for name in (first, free_name("incremental", datetime.fromisoformat("2027-04-07T03:30"), "tar.gz", {first})):
        assert wall_time(name) == datetime.fromisoformat("2027-04-07T03:30"), name
    assert wall_time("daily_20270407.zip") is None
    assert wall_time("incremental_20279907_033000.zip") is None
