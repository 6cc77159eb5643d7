"""Workers: processes that answer questions side by side, so that slow work uses every core.

A question and its answer are one line of JSON each. A worker is a process of its own and not a fork of this one: it shares
nothing, and the program that uses reshelve is not run again to make it.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Workers:
    """Up to `jobs` processes that run the Python statement `serve`, started when first asked. What a worker fails at is None."""

    def __init__(self, serve: str, jobs: int) -> None:
        self._serve = serve
        self._jobs = max(jobs, 1)
        self._idle: deque[subprocess.Popen[str]] = deque()
        self._threads: ThreadPoolExecutor | None = None

    def ask(self, questions: Iterable[Any]) -> Iterator[Any]:
        """Yield the answers in the order of the questions. May be asked again and again; each answer is waited for."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._jobs, "workers")
        yield from self._threads.map(self._answer, questions)

    def close(self) -> None:
        """Let the workers end."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        while self._idle:
            _end(self._idle.pop())

    def _answer(self, question: Any) -> Any:
        try:
            worker = self._idle.pop()
        except IndexError:
            try:
                worker = self._start()
            except OSError:
                return None
        try:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps(question) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
        except (OSError, ValueError):
            _end(worker)
            return None
        self._idle.append(worker)
        return answer

    def _start(self) -> "subprocess.Popen[str]":
        path = os.pathsep.join(folder for folder in sys.path if folder)
        return subprocess.Popen(
            [sys.executable, "-P", "-c", self._serve],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )


def _end(worker: "subprocess.Popen[str]") -> None:
    """End a worker: its input ends, and it with it; one that does not is killed."""
    for stream in (worker.stdin, worker.stdout):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None:
                stream.close()
    try:
        worker.wait(timeout=5)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
