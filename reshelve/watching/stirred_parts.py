"""Stirred parts: where something happened, and when it has been quiet there for long enough to be looked at."""

from collections.abc import Iterable
from threading import Lock

from reshelve.schemas.quick_dataclasses import dataclass

Part = tuple[str, str]
"""A store, and a part of it (planner.scanners.quiet_parts)."""

LATEST = 10
"""A part that never comes to rest is looked at after this many times the quiet that is asked for: each file has to rest anyhow."""
SELDOM = 60.0
"""Seconds between two looks, at most, at what is not at rest yet and of which nothing is told."""
SOON = 0.5


@dataclass(slots=True)
class _Stir:
    first: float
    last: float


class StirredParts:
    """Parts that are to be looked at, once nothing has happened in them for `settle` seconds. Times are seconds of one clock.

    Safe to share by threads.
    """

    def __init__(self, settle: float) -> None:
        self._settle = settle
        self._stirs: dict[Part, _Stir] = {}
        self._again: dict[Part, float] = {}
        self._tries: dict[Part, int] = {}
        self._lock = Lock()

    def stir(self, part: Part, now: float) -> None:
        """Note that something happened in a part."""
        with self._lock:
            stir = self._stirs.get(part)
            if stir is None:
                self._stirs[part] = _Stir(now, now)
                self._tries.pop(part, None)
            else:
                stir.last = now

    def again(self, parts: Iterable[Part], now: float) -> None:
        """Note that something in these parts is not at rest, so that they are looked at again: soon at first, then more seldom."""
        with self._lock:
            for part in set(parts):
                tries = self._tries[part] = self._tries.get(part, -1) + 1
                self._again[part] = now + min(SELDOM, max(self._settle, SOON) * 2 ** min(tries, 16))

    def take(self, now: float) -> set[Part]:
        """Return the parts that are to be looked at now; they count as looked at."""
        with self._lock:
            due = {part for part, stir in self._stirs.items() if self._due_at(stir) <= now}
            due |= {part for part, at in self._again.items() if at <= now and part not in self._stirs}
            for part in due:
                self._stirs.pop(part, None)
                self._again.pop(part, None)
            return due

    def take_all(self, now: float) -> set[Part]:
        """Return the parts in which something happened just now, and forget all others: those are about to be looked at."""
        with self._lock:
            restless = {part for part, stir in self._stirs.items() if self._due_at(stir) > now}
            self._stirs = {part: stir for part, stir in self._stirs.items() if part in restless}
            self._again.clear()
            return restless

    def restless(self, now: float) -> set[Part]:
        """Return the parts in which something happened just now."""
        with self._lock:
            return {part for part, stir in self._stirs.items() if self._due_at(stir) > now}

    def next(self) -> float | None:
        """Return when a part is to be looked at next, None while there is none."""
        with self._lock:
            times = [self._due_at(stir) for stir in self._stirs.values()]
            times += [at for part, at in self._again.items() if part not in self._stirs]
            return min(times, default=None)

    def _due_at(self, stir: _Stir) -> float:
        return min(stir.last + self._settle, stir.first + max(self._settle, SOON) * LATEST)
