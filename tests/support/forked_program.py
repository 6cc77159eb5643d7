"""Processes of the program that are forks of one that has loaded it: real ones, without the second that it takes to load."""

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.reduction import DupFd
from typing import IO, Any

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["reshelve.api", "reshelve.cli.entry", "reshelve.service.look_process", "reshelve.service.plan_process"]
)


class Forked:
    """A process as `subprocess.Popen` gives it, as far as the service uses that."""

    def __init__(self, code: str, args: Sequence[str], environ: Mapping[str, str], stdin: int) -> None:
        read, write = os.pipe()
        given, self.stdin = _input(stdin)
        self.stdout = os.fdopen(read, "rb", 0)
        self._ending = threading.Lock()
        self._process = _FORKING.Process(target=_become, args=(code, list(args), dict(environ), DupFd(given), DupFd(write)))
        self._process.start()
        self.pid = self._process.pid
        os.close(given)
        os.close(write)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it ends, and return its exit code."""
        with self._ending:
            self._process.join(timeout)
        return self._process.exitcode

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _input(stdin: int) -> tuple[int, IO[bytes] | None]:
    if stdin != subprocess.PIPE:
        return os.open(os.devnull, os.O_RDONLY), None
    read, write = os.pipe()
    return read, os.fdopen(write, "wb")


def _become(code: str, args: list[str], environ: dict[str, str], stdin: Any, stdout: Any) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    os.dup2(stdin.detach(), 0)
    os.dup2(stdout.detach(), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.argv = ["-c", *args]
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)
    exec(code, {"__name__": "__main__"})
