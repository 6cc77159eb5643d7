"""Processes of their own for what takes long: plans, runs and commands. The server stays small and quick, and a run outlives it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
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
    question = json.dumps({"workspace": str(here.workspace), "asked": asdict(asked)})
    said, _ = process.communicate(question.encode())
    told = _told(said)
    if "digest" in told:
        return str(told["digest"])
    raise error_of(told)


def begin_run(here: Here, plan: Path, args: Sequence[str]) -> None:
    """Start to apply a kept plan by the command line, and return once its run began. Raises ReshelveError if it did not."""
    process = start(
        _COMMAND, ("-C", str(here.workspace.parent), "apply", str(plan), "--yes", "--json", *args), here.environ, subprocess.DEVNULL
    )
    assert process.stdout is not None
    problems: list[dict[str, Any]] = []
    with process.stdout:
        for line in process.stdout:
            event = _told(line)
            if event.get("type") in ("run-started", "report"):
                threading.Thread(target=process.wait, daemon=True).start()
                return
            if event.get("type") == "problem":
                problems.append(event)
    exit_code = process.wait()
    raise ReshelveError([problem_of(each) for each in problems] or [_ended(exit_code)], _KINDS.get(exit_code, "error"))


def run_command(here: Here, args: Sequence[str]) -> tuple[int, list[dict[str, Any]]]:
    """Run a command of the command line to its end; return its exit code and its events. Raises ReshelveError of too many."""
    process = start(_COMMAND, ("-C", str(here.workspace.parent), *args), here.environ, subprocess.DEVNULL)
    assert process.stdout is not None
    events, size = [], 0
    with process.stdout:
        for line in process.stdout:
            size += len(line)
            if size > _LONGEST:
                process.kill()
                process.wait()
                hint = "Ask for less, or for `Accept: application/x-ndjson`."
                raise stop("too-large", "The answer is too large.", f"It has more than {_LONGEST:,} bytes.", hint=hint)
            events.append(_told(line))
    return process.wait(), events


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


def error_of(told: Mapping[str, Any]) -> ReshelveError:
    """Return the error that a process told of."""
    problems = [problem_of(each) for each in told.get("problems", ())]
    return ReshelveError(problems or [_ended(None)], told.get("kind", "error"))


def _ended(code: int | None) -> Problem:
    detail = "It ended without a word." if code is None else f"It ended with exit code {code}."
    return Problem(
        "system", "A process of the service failed.", detail, hint="Try again, or run the command itself: reshelve doctor"
    )


def _told(line: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        told = json.loads(line)
        if isinstance(told, dict):
            return told
    return {}
