"""The process that looks: once for each line of standard input, until that ends, or nobody asks for long."""

import json
import os
import select
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from reshelve import api
from reshelve.examining.status_and_doctor import LayoutFigures, layout_figures, status
from reshelve.executors.catalog.catalog_queries import gifs, totals
from reshelve.executors.state.cache_db import CATALOG
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.system_errors import problem_of
from reshelve.service.latest_look import marks_of
from reshelve.service.models import Statistics, StatusShown
from reshelve.service.requests import adapter
from reshelve.session.session import Session
from reshelve.views.metrics import metrics_text
from reshelve.views.ndjson import problem_event

IDLE = 60.0
"""Seconds without a question after which it ends."""
_PIECE = 1 << 16
T = TypeVar("T")


def main() -> None:
    """Answer each line, the path of a workspace in JSON, with a line of JSON: what a look found, or why it found nothing."""
    looking: dict[str, Looking] = {}
    for workspace in map(json.loads, _lines(sys.stdin.fileno())):
        told = looking.setdefault(workspace, Looking(workspace)).told()
        try:
            print(json.dumps(told), flush=True)  # noqa: T201 - the answer
        except BrokenPipeError:
            # Who asked is gone. Nothing is to be written on the way out either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return


def _lines(fd: int) -> Iterator[bytes]:
    rest = b""
    while select.select([fd], [], [], IDLE)[0] and (piece := os.read(fd, _PIECE)):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


class Looking:
    """Looks at a workspace. What takes long to count is counted again only when what it is counted from changed."""

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._layout: _Counted[LayoutFigures] = _Counted()
        self._statistics: _Counted[Statistics] = _Counted()

    def told(self) -> dict[str, Any]:
        """Return what a look found, each as the text of an answer; else its problems, or where a bug is."""
        try:
            return self._found(api.open_workspace(self._workspace, environ=os.environ))
        except ReshelveError as error:
            return {"kind": error.kind, "problems": [problem_event(problem) for problem in error.problems]}
        except OSError as error:
            return {"kind": "error", "problems": [problem_event(problem_of(error))]}
        except Exception:  # noqa: BLE001  # the last resort: the service says that it is a bug
            return {"bug": traceback.format_exc()}

    def _found(self, session: Session) -> dict[str, Any]:
        began = session.now().isoformat(timespec="milliseconds")
        found = status(session, self._layout_figures)
        plain = {name: value for name, value in asdict(found).items() if name != "problems"}
        events = [problem_event(problem) for problem in found.problems]
        shown = StatusShown({"type": "status", **plain}, events, self._statistics_of(session), began)
        metrics = metrics_text(found, session.setting.state.runs([]))
        return {
            "status": json.dumps(adapter(StatusShown).dump_python(shown), separators=(",", ":"), default=str),
            "metrics": "".join(f"{line}\n" for line in metrics),
        }

    def _layout_figures(self, path: Path) -> LayoutFigures:
        files = [path, *sorted(path.glob("*.yaml"))] if path.is_dir() else [path]
        return self._layout.get(files, lambda: layout_figures(path))

    def _statistics_of(self, session: Session) -> Statistics | None:
        """Return what the stores hold; None where that is not known."""
        state = session.setting.state
        with suppress(ReshelveError, OSError):
            return self._statistics.get(_catalog_of(state), lambda: _statistics(session), state.base(), own=True)
        return None


class _Counted(Generic[T]):
    """What was counted last from some files."""

    def __init__(self) -> None:
        self._marks: object = None
        self._found: T | None = None

    def get(self, files: Sequence[Path], count: Callable[[], T], also: object = None, *, own: bool = False) -> T:
        """Return what `count` says, unless it said so of the same files, and of the same `also`, before.

        `own`: counting itself may write to the files, and counts what it wrote.
        """
        marks = also, marks_of(files)
        if self._found is None or marks != self._marks:
            self._found = count()
            self._marks = (also, marks_of(files)) if own else marks
        return self._found


def _catalog_of(state: State) -> list[Path]:
    """Return the files that change when the catalog is written to."""
    return [state.folder / name for name in (CATALOG, f"{CATALOG}-wal")]


def _statistics(session: Session) -> Statistics:
    """Return what the stores hold, by the types that the lists of files have, too: there a GIF is none of the images."""
    found, animated = session.catalog.ask(lambda catalog: (totals(catalog), gifs(catalog)))
    types = {**found.by_type, "image": found.by_type.get("image", 0) - animated, "gif": animated}
    present = {name: number for name, number in sorted(types.items()) if number}
    return Statistics(found.files, found.bytes, len(found.projects), len(found.jobs), present)
