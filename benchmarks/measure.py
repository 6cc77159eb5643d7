"""Measuring: one command in a process of its own, its wall-clock seconds and its peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOG = "last-command.log"
"""What the last command measured in a folder printed."""


@dataclass(slots=True, frozen=True)
class Measure:
    """What a command took. `peak` is the largest resident set of the process, in bytes; `worked` seconds of processor time.

    Where other work shares the machine, `worked` tells what the seconds would be without it.
    """

    seconds: float
    peak: int
    code: int
    worked: float = 0.0


def measure(command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)) -> Measure:
    """Run a command in `folder`. Raises RuntimeError, with the end of its output, when its exit code is not `ok`."""
    log = folder / LOG
    with log.open("wb") as out:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environ)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ok:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Measure(seconds, peak, child.returncode, usage.ru_utime + usage.ru_stime)
