"""A command in the log of the workspace it was called in: each problem as it is told, and how it ended."""

import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reshelve.executors.state.event_log import EventLog
    from reshelve.schemas.problems import Problem

_WELL = (0, 2)


class CommandLog:
    """Writes to the log of the workspace around the folder that a command is called in; nothing where that has none.

    What the command was given is not written: arguments may be secrets. A workspace that cannot be read has no log.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._command = ""
        self._folder = _folder()
        self._began = time.monotonic()
        self._sought = False
        self._log: EventLog | None = None

    def moved(self) -> None:
        """Note that this process is in another folder by now, which the command is called in."""
        self._folder = _folder()

    def begin(self, command: str) -> None:
        """Note which command is called."""
        self._command = command

    def problems(self, problems: Iterable["Problem"]) -> None:
        """Write problems."""
        if (log := self._found()) is not None:
            from reshelve.session.logged_runs import note_problem

            for problem in problems:
                note_problem(log, "problem", problem, {"command": self._command})

    def not_understood(self, command: str) -> None:
        """Write that a command line was not understood; not what is wrong with it, for that repeats its arguments."""
        self.begin(command)
        if (log := self._found()) is not None:
            log.write("error", "problem", "The command line was not understood.", {"command": command, "code": "usage"})

    def bug(self, error: Exception) -> None:
        """Write an error that nobody expected, with where it came from."""
        if (log := self._found()) is not None:
            log.write("error", "bug", "This is a bug in reshelve.", {"command": self._command, "code": "bug"}, trouble=error)

    def ended(self, code: int) -> None:
        """Write how the command ended. What only asks for help is none."""
        if (self._command or code) and (log := self._found()) is not None:
            told = {"command": self._command, "exit": code, "ms": round((time.monotonic() - self._began) * 1000)}
            log.write("info" if code in _WELL else "error", "command", "A command ended.", told)

    def _found(self) -> "EventLog | None":
        if not self._sought:
            self._sought = True
            self._log = self._of_workspace() if self._folder else None
        return self._log

    def _of_workspace(self) -> "EventLog | None":
        from pathlib import Path

        from reshelve.opening.workspace_search import find_workspace
        from reshelve.schemas.consent_needs import LOCAL
        from reshelve.schemas.problems import ReshelveError

        try:
            file = find_workspace(Path(self._folder))
            # Most have no log, and are not read again for that.
            if file is None or not any(_names_log(str(each)) for each in (file, file.with_name(LOCAL))):
                return None
            from reshelve.opening.wiring import of_workspace
            from reshelve.opening.workspace_log import log_of

            return log_of(of_workspace(file, self._environ))
        except (OSError, ReshelveError):
            return None


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _names_log(file: str) -> bool:
    if not os.path.isfile(file):
        return False
    with open(file, "rb") as stream:
        return b"log" in stream.read(1 << 20)
