"""Somebody at work in the same folders: a process of its own that does one thing again and again until it is stopped."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def meddling(deed: Callable[[int], None]) -> Iterator[None]:
    """Do `deed` (told how often it was done before) over and over beside what happens within; errors of the system are its own."""
    pid = os.fork()
    if pid == 0:
        times = 0
        while True:
            with contextlib.suppress(OSError):
                deed(times)
            times += 1
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
