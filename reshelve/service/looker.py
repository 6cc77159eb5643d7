"""Whoever looks, for the service: a process of its own. The stores, and a large layout, keep no request waiting."""

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reshelve.opening.workspace_search import layout_beside
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.locations import ASSETS, STATE
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.service import processes
from reshelve.service.routes import Looked

LONGEST = 120.0
"""Seconds that a look may take."""
_LOOKING = "from reshelve.service.look_process import main; main()"
_LOOK_UP = 0.5
"""Seconds between two looks at whether the service ends."""
_NEWEST = 3
_PIECE = 1 << 16


class Looker:
    """Looks at a workspace, in a process that is started when it is needed, ends after a while, and may die. For one thread."""

    def __init__(self, workspace: Path, environ: Mapping[str, str], ending: threading.Event) -> None:
        self._workspace = workspace
        self._environ = environ
        self._ending = ending
        self._process: subprocess.Popen[bytes] | None = None

    def look(self) -> Looked:
        """Look once. Raises ReshelveError where that cannot be done, or the service ends meanwhile."""
        # One that was there may have ended by itself.
        line = (self._process is not None and self._asked(self._process)) or self._asked(self._started())
        if not line:
            raise ReshelveError([processes.ended(None)], "error")
        told: dict[str, Any] = json.loads(line)
        if "bug" in told:
            raise RuntimeError(told["bug"])
        if "problems" in told:
            raise ReshelveError([processes.problem_of(each) for each in told["problems"]], told["kind"])
        return Looked(told["status"].encode(), told["metrics"])

    def files(self) -> list[Path]:
        """Return the files that change when a run begins or settles, or a document is written: no look itself changes one."""
        folder = self._workspace.parent
        runs = folder / STATE / "runs"
        newest = [run / name for run in _newest(runs) for name in ("", "report.json")]
        layout = layout_beside(self._workspace)
        parts = sorted(layout.glob("*.yaml")) if layout.is_dir() else []
        return [self._workspace, folder / LOCAL, folder / ASSETS, folder / "layout.yaml", layout, *parts, runs, *newest]

    def close(self) -> None:
        """End the process, if it is not looking: then `ending` ends it."""
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        self._process = process = processes.start(_LOOKING, (), self._environ, subprocess.PIPE)
        # Somebody has to ask how it ended, for the system to forget it.
        threading.Thread(target=process.wait, daemon=True).start()
        return process

    def _asked(self, process: "subprocess.Popen[bytes]") -> bytes:
        """Ask for a look, and return the line that tells what it found; b"" of a process that ended instead."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(str(self._workspace)).encode() + b"\n")
            process.stdin.flush()
            line = self._line(process.stdout.fileno())
        except (OSError, ValueError):
            line = b""
        except BaseException:
            self._drop(process)
            raise
        if not line:
            self._drop(process)
        return line

    def _line(self, stream: int) -> bytes:
        until, line = time.monotonic() + LONGEST, b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(stream, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if self._ending.is_set():
                    raise processes.is_ending()
                if time.monotonic() > until:
                    detail = f"It did not end within {LONGEST:.0f} seconds."
                    raise stop("look-too-long", "Looking at the stores takes too long.", detail, hint="reshelve doctor")
                if waiting.select(_LOOK_UP):
                    piece = os.read(stream, _PIECE)
                    if not piece:
                        return b""
                    line += piece
        return line

    def _drop(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = None
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not sent is of no use
                if stream is not None:
                    stream.close()


def _newest(runs: Path) -> list[Path]:
    """Return the folders of the last few runs: one that is unsettled is among them."""
    try:
        return sorted(runs.iterdir())[-_NEWEST:]
    except OSError:
        return []
