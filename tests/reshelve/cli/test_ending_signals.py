"""Signals that ask to end: they are noted whatever the main thread is at, and nothing waits for ever."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from reshelve.cli.ending_signals import asked_to_end

_NESTED = """
import signal, threading
from reshelve.cli.ending_signals import Request, handled
asked = Request()
noted = asked.event.set
def note():
    # Another signal comes while the handler of the first has the event's lock.
    with asked.event._cond:
        signal.raise_signal(signal.SIGTERM)
    noted()
asked.event.set = note
with handled(lambda number: asked.note()):
    signal.raise_signal(signal.SIGINT)
print(asked.event.is_set())
"""


@pytest.mark.parametrize(("number", "interrupted"), [(signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGHUP, True)])
def test_a_signal_ends_the_wait(number: signal.Signals, interrupted: bool) -> None:
    before = signal.getsignal(number)
    with asked_to_end() as asked:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        started = time.monotonic()
        asked.wait(60)
        assert time.monotonic() - started < 30
        assert (asked.event.is_set(), asked.interrupted) == (True, interrupted)
        asked.wait(60)
    assert signal.getsignal(number) == before


def test_the_main_thread_never_waits_for_what_the_handler_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal at an unlucky moment of `Event.wait` kept `schedule run` from ever ending."""

    def waits(*_given: object) -> bool:
        raise AssertionError("its lock is what the handler takes")

    with asked_to_end() as asked:
        monkeypatch.setattr(asked.event, "wait", waits)
        asked.wait(0.01)


def test_a_signal_within_the_handling_of_another_waits_for_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", _NESTED], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")
