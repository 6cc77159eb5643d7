"""Outlets: standard output and standard error that never break a command off, whatever becomes of who reads them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO


class Outlet:
    """A stream that goes silent where it cannot be written to any more.

    A reader that has gone away (`| head`) is no trouble; what else the system says is kept in `trouble`: what was written did not
    all arrive.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.trouble: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or be silent."""
        try:
            return self._stream.write(text)
        except UnicodeError:
            raise
        except (OSError, ValueError) as trouble:
            self._silence(trouble)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, or be silent."""
        try:
            self._stream.flush()
        except (OSError, ValueError) as trouble:
            self._silence(trouble)

    def __getattr__(self, name: str) -> Any:
        """Be the stream in everything else."""
        return getattr(self._stream, name)

    def _silence(self, trouble: OSError | ValueError) -> None:
        # A ValueError is a stream that is closed: nobody wants to read it.
        if isinstance(trouble, OSError) and not isinstance(trouble, BrokenPipeError):
            self.trouble = self.trouble or trouble
        with suppress(OSError, ValueError):
            # What the stream still holds goes where nothing refuses it, now and when the process ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._stream.flush()


@contextmanager
def outlets() -> Iterator[Outlet]:
    """Put outlets in place of standard output and standard error, and give that of standard output."""
    before = sys.stdout, sys.stderr
    out = Outlet(sys.stdout)
    sys.stdout, sys.stderr = out, Outlet(sys.stderr)
    try:
        yield out
    finally:
        sys.stdout, sys.stderr = before


def open_closed() -> None:
    """Open whichever of the three standard streams this process was started without, so that no file of ours gets its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                fd = os.open(os.devnull, os.O_RDWR)
                if fd != number:
                    os.dup2(fd, number)
                    os.close(fd)
            setattr(sys, name, open(os.devnull, "w" if number else "r", encoding="utf-8"))  # noqa: SIM115 - lives as long as we do
