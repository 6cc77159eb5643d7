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

    def room(self, files: int, size: int) -> bool:
        """Say whether one bundle may be filed now; if so, it counts."""
        now = self._clock()
        while self._filed and self._filed[0][0] <= now - MINUTE:
            self._filed.popleft()
        full = sum(files for _, files, _ in self._filed) >= self._max_files
        full = full or (self._max_bytes is not None and sum(size for _, _, size in self._filed) >= self._max_bytes)
        if full:
            return False
        if self._filed and self._filed[-1][0] == now:
            _, before, bytes_before = self._filed.pop()
            files, size = files + before, size + bytes_before
        self._filed.append((now, files, size))
        return True
