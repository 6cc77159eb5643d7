"""Patience: how long to wait before a request is tried again, and how far apart requests are."""

from collections.abc import Callable
from threading import Lock

_FIRST = 1.0
_MOST = 30.0
ENOUGH = 120.0
"""A provider that asks for a longer wait than this, in seconds, is not waited for."""


def wait_before(attempt: int, after: float | None, chance: Callable[[], float]) -> float:
    """Return the seconds to wait after attempt number `attempt` (from 1): exponential with full jitter, never less than `after`.

    `chance` gives numbers from 0 to 1. Full jitter: Exponential Backoff And Jitter, AWS Architecture Blog.
    """
    own = min(_MOST, _FIRST * 2.0 ** (attempt - 1)) * chance()
    return own if after is None else after + min(own, 1.0)


class Pace:
    """Lets requests begin, each at least 60 / `rate` seconds after the one before it. Safe to share by threads."""

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self._apart = 60.0 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._begun = False
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may begin."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next) if self._begun else now
            self._next, self._begun = start + self._apart, True
        if start > now:
            self._sleep(start - now)
