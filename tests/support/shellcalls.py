"""Calling the command line in this process, as a person or a pipe would: arguments and answers in, what came out."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reshelve.cli.entry import run


@dataclass(slots=True, frozen=True)
class Came:
    """What came of a command: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The NDJSON events printed."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal(io.StringIO):
    """Somebody who answers: input that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


class Meanwhile(Terminal):
    """Somebody who answers while others are at work: `done` by them before each answer, by the answer's number from 0."""

    def __init__(self, answers: str, done: Callable[[int], object]) -> None:
        super().__init__(answers)
        self._done = done
        self._asked = 0

    def readline(self, size: int | None = -1, /) -> str:
        """Return the next answer, the others' work done."""
        self._done(self._asked)
        self._asked += 1
        return super().readline(size)


def call(folder: Path, *args: str, answers: str | Terminal | None = None, piped: str = "") -> Came:
    """Run one command line in `folder`. `answers` are typed at a terminal; `piped` comes from a pipe."""
    if answers is None:
        stdin: io.TextIOBase = io.TextIOWrapper(io.BytesIO(piped.encode("utf-8", "surrogateescape")))
    else:
        stdin = answers if isinstance(answers, Terminal) else Terminal(answers)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), patch("sys.stdin", stdin):
        code = run(args)
    return Came(code, out.getvalue(), err.getvalue())
