"""Processes of their own for what takes long: plans, runs and commands. The server stays small and quick, and a run outlives it."""

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reshelve.schemas.problems import Kind, Problem, ReshelveError, Where, stop
from reshelve.service.models import PlanAsked
from reshelve.service.routes import Here

_PLANNING = "from reshelve.service.plan_process import main; main()"
_COMMAND = "from reshelve.__main__ import main; main()"
_LONGEST = 1 << 25
"""Bytes of an answer that is held whole."""
_PIECE = 1 << 16
_LOOK_UP = 0.5
"""Seconds between two looks at whether the service ends."""


def start(code: str, args: Sequence[str], environ: Mapping[str, str], stdin: int) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, which a signal to this one does not reach."""
    path = os.pathsep.join(folder for folder in sys.path if folder)
    return subprocess.Popen(
        [sys.executable, "-P", "-u", "-c", code, *args],
        env={**environ, "PYTHONPATH": path},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def make_plan(here: Here, asked: PlanAsked) -> str:
    """Make a plan and keep it; return its digest. Raises ReshelveError."""
    process = start(_PLANNING, (), here.environ, subprocess.PIPE)
    assert process.stdin is not None
    with process.stdin:
        process.stdin.write(json.dumps({"workspace": str(here.workspace), "asked": asdict(asked)}).encode())
    told = _told(b"".join(_output(here, process)))
    if "digest" in told:
        return str(told["digest"])
    raise ReshelveError([problem_of(each) for each in told.get("problems", ())] or [ended(None)], told.get("kind", "error"))


def begin_run(here: Here, plan: Path, args: Sequence[str]) -> None:
    """Start to apply a kept plan by the command line, and return once its run began. Raises ReshelveError if it did not."""
    words = ("-C", str(here.workspace.parent), "apply", str(plan), "--yes", "--json", *args)
    process = start(_COMMAND, words, here.environ, subprocess.DEVNULL)
    problems: list[Problem] = []
    rest = b""
    for piece in _output(here, process):
        *lines, rest = (rest + piece).split(b"\n")
        for event in map(_told, lines):
            if event.get("type") in ("run-started", "report"):
                return
            if event.get("type") == "problem":
                problems.append(problem_of(event))
    code = process.wait()
    raise ReshelveError(problems or [ended(code)], kind_of(code))


def run_command(here: Here, args: Sequence[str]) -> tuple[int, bytes]:
    """Run a command of the command line to its end; return its exit code and what it printed. Raises ReshelveError of too much."""
    process = start(_COMMAND, ("-C", str(here.workspace.parent), *args), here.environ, subprocess.DEVNULL)
    pieces, size = [], 0
    for piece in _output(here, process):
        size += len(piece)
        if size > _LONGEST:
            raise stop(
                "answer-too-large", "The answer is too large.", f"It has more than {_LONGEST:,} bytes.", hint="Ask for less."
            )
        pieces.append(piece)
    return process.wait(), b"".join(pieces)


def _output(here: Here, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield what a process prints. One that is no longer read goes on to its end by itself: what it does is not cut short.

    Raises ReshelveError where the service ends meanwhile.
    """
    assert process.stdout is not None
    try:
        with process.stdout as stream, selectors.DefaultSelector() as waiting:
            waiting.register(stream, selectors.EVENT_READ)
            while True:
                if here.ending.is_set():
                    raise is_ending()
                if not waiting.select(_LOOK_UP):
                    continue
                piece = os.read(stream.fileno(), _PIECE)
                if not piece:
                    return
                yield piece
    finally:
        # Somebody has to ask how it ended, for the system to forget it.
        threading.Thread(target=process.wait, daemon=True).start()


def is_ending() -> ReshelveError:
    """Return what a request is refused with that waits when the service ends."""
    return stop("ending", "The service is ending.", "What was begun goes on.", hint="reshelve log", kind="interrupted")


def events_of(printed: bytes) -> list[dict[str, Any]]:
    """Return the events that a command printed."""
    return [event for event in map(_told, printed.splitlines()) if event]


def value_of(printed: bytes) -> Any:
    """Return the one JSON value that a command printed; None where that is none."""
    try:
        return json.loads(printed)
    except ValueError:
        return None


def kind_of(code: int) -> Kind:
    """Return the kind of a refusal by the exit code of a command."""
    return _KINDS.get(code, "error")


_KINDS: Mapping[int, Kind] = {
    3: "rolled-back",
    4: "unsettled",
    5: "stale",
    6: "locked",
    7: "declined",
    64: "usage",
    130: "interrupted",
}
"""What the exit code of a command means."""


def problem_of(event: Mapping[str, Any]) -> Problem:
    """Return the problem that an event tells of."""
    told = {name: value for name, value in event.items() if name in Problem.__dataclass_fields__ and name != "where"}
    where = Where(**event["where"]) if isinstance(event.get("where"), dict) else None
    return Problem(**told, where=where)


def ended(code: int | None) -> Problem:
    """Return the problem of a process that did not say what is wrong."""
    detail = "It did not say why it ended." if code is None else f"It ended with exit code {code}."
    return Problem(
        "system", "A process of the service failed.", detail, hint="Try again, or run the command itself: reshelve doctor"
    )


def _told(line: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        told = json.loads(line)
        if isinstance(told, dict):
            return told
    return {}
