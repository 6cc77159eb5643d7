"""Programs that end: run with what they read, and killed, with all that they started, where they take too long."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress


def run_to_its_end(
    command: Sequence[str], given: bytes, seconds: float, *, folder: str | None = None, environ: Mapping[str, str] | None = None
) -> int:
    """Run a program in a session of its own, and return its exit code. What it prints is not kept.

    Raises OSError where it cannot be run, and TimeoutError where it takes longer: then it is killed, with what it started there.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environ,
        start_new_session=True,
    ) as process:
        try:
            process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.kill()
    return process.returncode
