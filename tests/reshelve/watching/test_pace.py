"""The guards of a watch."""

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
