"""Patience: how long to wait before a request is tried again, and how many requests a minute may have."""

from collections import deque
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
    """Lets requests begin, so many in any minute. Safe to share by threads."""

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self._most = max(1, int(rate))
        self._span = 60.0 * self._most / rate
        self._clock = clock
        self._sleep = sleep
        self._begun: deque[float] = deque()
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may begin."""
        with self._lock:
            now = self._clock()
            start = now
            if len(self._begun) >= self._most:
                start = max(now, self._begun.popleft() + self._span)
            self._begun.append(start)
        if start > now:
            self._sleep(start - now)
