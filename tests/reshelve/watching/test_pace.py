"""The guards of a watch."""

from itertools import count

from reshelve.watching.pace import MINUTE, Pace


def test_so_many_files_a_minute_and_the_bundle_that_passes_it_is_the_last() -> None:
    now = [0.0]
    pace = Pace(3, None, lambda: now[0])
    assert [pace.room(1, 0), pace.room(1, 0), pace.room(5, 0), pace.room(1, 0)] == [True, True, True, False]
    now[0] = MINUTE - 1
    assert not pace.room(1, 0)
    now[0] = MINUTE
    assert pace.room(1, 0)


def test_so_many_bytes_a_minute() -> None:
    pace = Pace(1000, 100, lambda: 0.0)
    assert [pace.room(1, 60), pace.room(1, 60), pace.room(1, 1)] == [True, True, False]


def test_what_is_asked_for_very_often_is_not_added_up_each_time() -> None:
    ticks = count()
    pace = Pace(100_000, 1 << 60, lambda: next(ticks) / 10_000)
    # Bundle by bundle, as a look of so many files asks: adding up all that was filed each time takes minutes.
    assert sum(pace.room(1, 3) for _ in range(200_000)) == 100_000
    assert not pace.room(1, 3)
