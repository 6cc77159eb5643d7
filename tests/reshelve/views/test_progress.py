"""The progress line."""

import io

from reshelve.executors.runs.run_events import Progress, RollingBack, RunSettled, RunStarted
from reshelve.schemas.run_report import Report
from reshelve.views.progress import Pulse, progress


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def settled() -> RunSettled:
    return RunSettled(Report("r", "p", "apply", "done", "rollback", "s", "e", 1.0))


def test_a_copying_run_is_measured_in_bytes() -> None:
    out, clock = io.StringIO(), Clock()
    watch = progress(out, clock, shown=True)
    watch(RunStarted("r", 4, 4_000_000_000))
    clock.now = 10.0
    watch(Progress(1, 1_000_000_000))
    assert out.getvalue() == "\r 25%  1 of 4 operations  1.0 GB of 4.0 GB, 100 MB/s  30 s left"
    watch(settled())
    assert out.getvalue().endswith(" \r")


def test_a_copying_run_never_tells_more_than_all_and_never_goes_back() -> None:
    out, clock = io.StringIO(), Clock()
    watch = progress(out, clock, shown=True)
    watch(RunStarted("r", 3, 1000))
    for done, copied in ((0, 600), (0, 500), (1, 1200), (3, 900)):
        clock.now += 1
        watch(Progress(done, copied))
    told = [line.strip() for line in out.getvalue().split("\r")[1:]]
    assert [line.split("  ")[0] for line in told] == ["0%", "0%", "33%", "100%"]
    assert all("of 1.0 kB" in line and "-" not in line for line in told)
    assert "1.2 kB" not in out.getvalue()


def test_small_files_after_large_ones_count_too() -> None:
    out, clock = io.StringIO(), Clock()
    watch = progress(out, clock, shown=True)
    watch(RunStarted("r", 10_000, 200_000_000))
    clock.now = 10.0
    watch(Progress(0, 200_000_000))
    assert out.getvalue() == "\r  4%  0 of 10,000 operations  200 MB of 200 MB, 20 MB/s  4 min left"
    clock.now = 60.0
    watch(Progress(5_000, 200_000_000))
    assert out.getvalue().endswith("\r 52%  5,000 of 10,000 operations  200 MB of 200 MB, 3.3 MB/s  56 s left")


def test_a_renaming_run_is_measured_in_operations_and_redrawn_ten_times_a_second() -> None:
    out, clock = io.StringIO(), Clock()
    watch = progress(out, clock, shown=True)
    watch(RunStarted("r", 10_000, 0))
    for step in range(1000):
        clock.now = step / 1000
        watch(Progress(step, 0))
    assert out.getvalue().count("\r") <= 11
    watch(RollingBack(900))
    clock.now = 1.5
    watch(RollingBack(300))
    assert "Taking back: 600 of 900" in out.getvalue()


def test_nothing_is_drawn_where_it_is_not_asked_for() -> None:
    out = io.StringIO()
    watch = progress(out, Clock(), shown=False)
    for event in (RunStarted("r", 1, 0), Progress(1, 0), settled()):
        watch(event)
    assert out.getvalue() == ""


def test_a_pulse_tells_files_and_time_and_goes_away() -> None:
    out, clock = io.StringIO(), Clock()
    pulse = Pulse(out, clock, "Scanning", shown=False)
    with pulse:
        assert (pulse.seen(12_000), pulse.seen(345)) == (12_000, 12_345)
        clock.now = 8.0
        pulse.draw()
        assert out.getvalue() == "\rScanning: 12,345 files seen, 8 s"
    assert out.getvalue().endswith(" \r")
    pulse.draw()
    assert out.getvalue().endswith(" \r"), "it never comes back once its work is done"


def test_a_pulse_tells_how_much_is_left_of_the_time_that_it_took_before() -> None:
    out, clock = io.StringIO(), Clock()
    pulse = Pulse(out, clock, "Scanning", shown=False, expected=14.0)
    with pulse:
        clock.now = 8.0
        pulse.draw()
        assert out.getvalue() == "\rScanning: 0 files seen, 8 s, about 6 s left"
        clock.now = 20.0
        pulse.draw()
        assert out.getvalue().rstrip().endswith("\rScanning: 0 files seen, 20 s"), "nothing is promised any more"


def test_a_pulse_that_is_not_shown_draws_nothing() -> None:
    out = io.StringIO()
    with Pulse(out, Clock(), "Scanning", shown=False) as _:
        pass
    assert out.getvalue() == ""
