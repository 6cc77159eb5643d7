"""The latest look: what many ask for, and often, is looked at once for all of them, and not too often."""

import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from reshelve.schemas.quick_dataclasses import dataclass

T = TypeVar("T")

FRESH = 1.0
"""Seconds for which a look is given without another one, as long as none of the files that it depends on changed."""
OLDEST = 5.0
"""Seconds for which it is given while somebody looks anew."""
MANY = 1.0
"""Seconds between two who ask, if these are many."""
PATIENCE = 10.0
"""Seconds after which it is given for want of a newer one."""
_SHARE = 5
"""How many times as long as looking takes the first two are at least: a slow look does not take all of the machine."""
_TICK = 20_000_000
"""Nanoseconds within which a file may be written to twice with the same time."""


@dataclass(slots=True, frozen=True)
class _Look(Generic[T]):
    """What was found, when the look began and how long it took (monotonic seconds), and the files that tell when it is outdated."""

    found: T
    began: float
    took: float
    files: Sequence[Path]
    marks: tuple[object, ...]

    def holds(self) -> bool:
        """Say whether none of the files changed."""
        return self.marks == marks_of(self.files)

    def is_fresh(self, now: float) -> bool:
        """Say whether nobody need look anew yet, as far as time goes."""
        return now - self.began < max(FRESH, _SHARE * self.took)

    def will_do(self, now: float) -> bool:
        """Say whether it is good enough while somebody looks anew."""
        return now - self.began < max(OLDEST, 2 * _SHARE * self.took)


class LatestLook(Generic[T]):
    """What the latest of all looks found; one looks at a time, in a thread of its own. `files` are those that a look depends on."""

    def __init__(self, look: Callable[[], T], files: Callable[[], Sequence[Path]]) -> None:
        self._look = look
        self._files = files
        self._thread = ThreadPoolExecutor(1, "service-look")
        self._lock = threading.Lock()
        self._last: _Look[T] | None = None
        self._asked = -MANY
        self._coming: Future[_Look[T]] | None = None

    def begin(self) -> None:
        """Look anew, unless somebody does."""
        with self._lock:
            self._coming_look()

    def get(self) -> T:
        """Return what the latest look found. Where one of its files changed, who asks waits for another, unless many ask.

        Raises what looking raises.
        """
        asked, last = time.monotonic(), self._last
        many, self._asked = asked - self._asked < MANY, asked
        if last is not None:
            holds = last.holds()
            if holds and last.is_fresh(asked):
                return last.found
            if last.will_do(asked) and (holds or many):
                self.begin()
                return last.found
        self._wait(asked, asked + PATIENCE if last is not None else math.inf)
        assert self._last is not None
        return self._last.found

    def catch_up(self) -> None:
        """Look again if one of the files changed, and return then: whoever is told of the change by now gets no look before it."""
        asked, last = time.monotonic(), self._last
        if last is not None and last.holds():
            return
        with self._lock:
            under_way = self._coming is not None and not self._coming.done()
        # One that is too old by then is not given to anybody.
        if under_way or (last is not None and last.will_do(asked)):
            # Who asks for the look is told what is wrong.
            with suppress(Exception):
                self._wait(asked, asked + PATIENCE)

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _wait(self, asked: float, until: float) -> None:
        """Wait for a look that began after `asked`, or one that still holds, but only `until` then. Raises what looking raises."""
        while (now := time.monotonic()) < until:
            with self._lock:
                last = self._last
                if last is not None and (last.began >= asked or (last.is_fresh(now) and last.holds())):
                    return
                coming = self._coming_look()
            if coming in wait((coming,), until - now if until < math.inf else None).done:
                coming.result()

    def _coming_look(self) -> "Future[_Look[T]]":
        """Return the look that is under way, or begin another. For who holds the lock."""
        if self._coming is None or self._coming.done():
            self._coming = self._thread.submit(self._looked)
        return self._coming

    def _looked(self) -> _Look[T]:
        began, named = time.monotonic(), tuple(self._files())
        marks = marks_of(named)
        found = self._look()
        made = _Look(found, began, time.monotonic() - began, named, marks)
        with self._lock:
            self._last = made
        return made


def marks_of(files: Sequence[Path]) -> tuple[object, ...]:
    """Return what is another once any of these files or folders was written to, made, replaced or removed."""
    return tuple(map(_mark, files))


def _mark(file: Path) -> object:
    try:
        seen = os.stat(file)
    except OSError:
        return None
    # Written to just now: it may be again, and keep its time.
    if abs(time.time_ns() - seen.st_ctime_ns) < _TICK:
        return object()
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
