"""The latest look: what many ask for, and often, is looked at by one of them at a time, and not too often."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from reshelve.schemas.quick_dataclasses import dataclass

T = TypeVar("T")

FRESH = 1.0
"""Seconds for which a look is given again, as long as none of the files that it depends on changed."""
OLDEST = 5.0
"""Seconds for which it is given to others while one looks anew."""
_SHARE = 5
"""How many times as long as looking takes both are at least: a slow look does not take all of the machine."""


@dataclass(slots=True, frozen=True)
class _Look(Generic[T]):
    """What was found, when the look began and how long it took (monotonic seconds), and the files that tell when it is outdated."""

    found: T
    began: float
    took: float
    files: Sequence[Path]
    marks: tuple[object, ...]


class LatestLook(Generic[T]):
    """What the latest look found. Nothing of it is older than what a run, a command or an editor wrote to the files it names."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._last: _Look[T] | None = None

    def get(self, look: Callable[[], T], files: Callable[[], Sequence[Path]]) -> T:
        """Return what a look found: the latest, or `look()`. `files` are those that it depends on. Raises what these raise."""
        asked = time.monotonic()
        last = self._last
        holds = last is not None and last.marks == marks_of(last.files)
        if last is not None and holds and asked - last.began < max(FRESH, _SHARE * last.took):
            return last.found
        may_wait = last is None or not holds or asked - last.began >= max(OLDEST, 2 * _SHARE * last.took)
        if not self._turn.acquire(blocking=may_wait):
            assert last is not None
            return last.found
        try:
            made = self._last
            if made is not None and made is not last and made.began >= asked:
                return made.found
            return self._look(look, files)
        finally:
            self._turn.release()

    def _look(self, look: Callable[[], T], files: Callable[[], Sequence[Path]]) -> T:
        began, named = time.monotonic(), tuple(files())
        marks = marks_of(named)
        found = look()
        self._last = _Look(found, began, time.monotonic() - began, named, marks)
        return found


def marks_of(files: Sequence[Path]) -> tuple[object, ...]:
    """Return what is another once any of these files or folders was written to, made, replaced or removed."""
    return tuple(map(_mark, files))


def _mark(file: Path) -> object:
    try:
        seen = os.stat(file)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
