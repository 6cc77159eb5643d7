"""Signals that ask a command to end, turned into a request: what is under way is finished first."""

import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def handled(request: Callable[[int], None]) -> Iterator[None]:
    """Call `request` with the number of each signal that asks to end, for as long as this lasts. In the main thread only."""

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        request(number)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Request:
    """Whether a command was asked to end: `event` is set then.

    The handler of a signal runs in the midst of whatever the main thread does. That must not wait for the event, whose lock the
    handler takes; nor may a second signal come to take it while the first one's handler has it.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self._is_noted = False

    def note(self) -> None:
        """Note it, in the handler of a signal."""
        if not self._is_noted:
            self._is_noted = True
            self.event.set()


class AskedToEnd(Request):
    """A request that can be waited for: `fd` is readable once a signal came. `interrupted`: it came from the keyboard."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self.fd = fd
        self.interrupted = False

    def wait(self, seconds: float) -> None:
        """Wait so long, or until asked to end."""
        if not self.event.is_set():
            select.select([self.fd], [], [], seconds)


@contextmanager
def asked_to_end() -> Iterator[AskedToEnd]:
    """Turn signals into a request to end, for as long as this lasts. In the main thread only."""
    import socket

    woken, waking = socket.socketpair()
    waking.setblocking(False)
    asked = AskedToEnd(woken.fileno())

    def request(number: int) -> None:
        asked.interrupted = asked.interrupted or number != signal.SIGTERM
        asked.note()

    wakeup = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    try:
        with handled(request):
            yield asked
    finally:
        signal.set_wakeup_fd(wakeup)
        woken.close()
        waking.close()
