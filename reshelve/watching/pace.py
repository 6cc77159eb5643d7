"""The guards of a watch: how many files and bytes it files in a minute."""

from collections import deque
from collections.abc import Callable

MINUTE = 60.0


class Pace:
    """Counts what is filed. More than `max_files`, or `max_bytes` where that is not None, in a minute waits for the next.

    What passes a limit is the last of its minute: a bundle goes whole, and may be larger than any limit.
    """

    def __init__(self, max_files: int, max_bytes: int | None, clock: Callable[[], float]) -> None:
        self._max_files = max_files
        self._max_bytes = max_bytes
        self._clock = clock
        self._filed: deque[tuple[float, int, int]] = deque()
        self._files = self._bytes = 0

    def room(self, files: int, size: int) -> bool:
        """Say whether one bundle may be filed now; if so, it counts."""
        now = self._clock()
        while self._filed and self._filed[0][0] <= now - MINUTE:
            self._count(self._filed.popleft(), -1)
        if self._files >= self._max_files or (self._max_bytes is not None and self._bytes >= self._max_bytes):
            return False
        self._filed.append((now, files, size))
        self._count(self._filed[-1], 1)
        return True

    def _count(self, one: tuple[float, int, int], sign: int) -> None:
        self._files += sign * one[1]
        self._bytes += sign * one[2]
