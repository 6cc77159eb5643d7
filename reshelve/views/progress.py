"""The progress line: how far a run is, how fast, and how long it will take; nothing at all where it is not asked for."""

from collections.abc import Callable
from threading import Event as Ended
from threading import Lock, Thread
from typing import TextIO

from reshelve.executors.runs.run_events import Emit, Event, OperationFailed, Progress, RollingBack, RunSettled, RunStarted, ignore
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import count

BEAT = 0.5
"""Seconds between two beats of a pulse: what is over before the first shows nothing."""
EVERY = 0.1
"""Seconds between two redrawings."""
STEP = 500_000
"""Bytes that are copied in about the time that an operation takes besides: else thousands of small files come after "100 %"."""


def progress(out: TextIO, clock: Callable[[], float], *, shown: bool) -> Emit:
    """Return who watches a run: a line redrawn in place on `out` when `shown`, else nobody. `clock` is monotonic seconds."""
    return ProgressLine(out, clock) if shown else ignore


class ProgressLine:
    """Draws one line over and over. Bytes and operations measure a run that copies, operations one that renames."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out = out
        self._clock = clock
        self._operations = 0
        self._copy_bytes = 0
        self._started = 0.0
        self._drawn_at = -EVERY
        self._to_take_back = 0
        self._copied = 0
        self._width = 0

    def __call__(self, event: Event) -> None:
        """Take an event of the run."""
        match event:
            case RunStarted():
                self._operations, self._copy_bytes, self._started = event.operations, event.copy_bytes, self._clock()
                self._copied = 0
            case Progress():
                self._draw(lambda: self._running(event))
            case RollingBack():
                self._to_take_back = max(self._to_take_back, event.remaining)
                self._draw(lambda: f"Taking back: {self._to_take_back - event.remaining:,} of {self._to_take_back:,}")
            case RunSettled():
                self._clear()
            case OperationFailed():
                pass

    def _running(self, event: Progress) -> str:
        elapsed = max(self._clock() - self._started, 1e-6)
        # What grows while it is read brings more than was planned; and what threads tell may come in another order.
        self._copied = max(self._copied, min(event.copied_bytes, self._copy_bytes))
        done, whole = self._copied + event.done * STEP, self._copy_bytes + self._operations * STEP
        share = done / whole if whole else 1.0
        parts = [f"{share:4.0%}", f"{event.done:,} of {count(self._operations, 'operation')}"]
        if self._copy_bytes:
            rate = human_size(int(self._copied / elapsed))
            parts.append(f"{human_size(self._copied)} of {human_size(self._copy_bytes)}, {rate}/s")
        else:
            parts.append(f"{event.done / elapsed:,.0f}/s")
        # The first moments say too little about the rest to promise anything.
        if elapsed >= 1 and 0 < share < 1:
            parts.append(f"{_span(elapsed * (1 - share) / share)} left")
        return "  ".join(parts)

    def _draw(self, text: Callable[[], str]) -> None:
        now = self._clock()
        if now - self._drawn_at < EVERY:
            return
        self._drawn_at = now
        shown = text()
        self._out.write(f"\r{shown:<{self._width}}")
        self._out.flush()
        self._width = len(shown)

    def _clear(self) -> None:
        if self._width:
            self._out.write(f"\r{' ' * self._width}\r")
            self._out.flush()
            self._width = 0


class Pulse:
    """Draws how many files were seen and for how long, as long as it is entered and `shown`: also while nothing new is seen.

    `expected` is how many seconds it took the last time: as long as that is not over, what is left of it is drawn too.
    """

    def __init__(self, out: TextIO, clock: Callable[[], float], what: str, *, shown: bool, expected: float | None = None) -> None:
        self._out = out
        self._clock = clock
        self._what = what
        self._shown = shown
        self._expected = expected or 0.0
        self._started = clock()
        self._files = 0
        self._width = 0
        self._lock = Lock()
        self._over = Ended()

    def __enter__(self) -> None:
        if self._shown:
            Thread(target=self._beat, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.clear()

    def seen(self, files: int) -> int:
        """Count files that were seen; return how many there were in all."""
        with self._lock:
            self._files += files
            return self._files

    def draw(self) -> None:
        """Draw the line anew."""
        with self._lock:
            if self._over.is_set():
                return
            elapsed = self._clock() - self._started
            text = f"{self._what}: {count(self._files, 'file')} seen, {_span(elapsed)}"
            if elapsed < self._expected:
                text += f", about {_span(self._expected - elapsed)} left"
            self._out.write(f"\r{text:<{self._width}}")
            self._out.flush()
            self._width = len(text)

    def clear(self) -> None:
        """Take the line away; it is drawn again at the next beat."""
        with self._lock:
            if self._width:
                self._out.write(f"\r{' ' * self._width}\r")
                self._out.flush()
                self._width = 0

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            try:
                self.draw()
            except (OSError, ValueError):
                return


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
