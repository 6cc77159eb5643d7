"""A log of events: the lines that a workspace asks for, as JSON, with no secret in them, each as short as a log's line may be."""

import json
import logging
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reshelve.executors.state.log_file import LogFile
from reshelve.schemas.problems import Problem
from reshelve.schemas.secret_texts import masked, masked_line

LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
NOTHING: Final[Mapping[str, object]] = {}
LONGEST = 2000
"""The most characters of a text in a line; its end is cut off."""
_CUT = "…"
_LOGGER = "reshelve.log"
_told: set[str] = set()
_telling = threading.Lock()


class JsonLine(logging.Formatter):
    """A record as one line of JSON in ASCII: `time` first, then `level`, `event` and `message`, then what the event tells."""

    def __init__(self, always: Mapping[str, Any], secrets: Collection[str]) -> None:
        super().__init__()
        self._always = always
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        fields: Mapping[str, Any] = record.__dict__.get("fields", {})
        told = {"event": record.__dict__.get("event", "message"), "message": record.getMessage(), **self._always, **fields}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = {name: self._shown(name, value) for name, value in told.items() if value not in (None, "")}
        line = {"time": at, "level": record.levelname.lower(), **shown}
        return json.dumps(line, separators=(",", ":"), default=str)

    def _shown(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for secret in self._secrets:
            value = value.replace(secret, "*" * len(secret))
        if name == "trace":
            return "\n".join(map(masked_line, value[-LONGEST * 4 :].splitlines()))
        return shortened(masked(value))


class _Lines(logging.Handler):
    """Writes records to a log's file. What cannot be written is told once by each process, and stops nothing."""

    def __init__(self, file: LogFile, failed: Callable[[Problem], object]) -> None:
        super().__init__()
        self._file = file
        self._failed = failed

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            self._file.append(self.format(record).encode("ascii", "backslashreplace") + b"\n")
        except OSError as trouble:
            tell_once(str(self._file.path), f"{trouble.strerror or trouble}".rstrip("."), self._failed)
        except Exception as trouble:  # noqa: BLE001  # whatever a value is, a log stops nothing
            tell_once(str(self._file.path), f"{type(trouble).__name__}", self._failed)


class EventLog:
    """Where a workspace's events go; nowhere where it has no log."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger

    def __bool__(self) -> bool:
        return self._logger is not None

    def write(
        self,
        level: str,
        event: str,
        message: str,
        fields: Mapping[str, object] = NOTHING,
        *,
        always: bool = False,
        trouble: BaseException | None = None,
    ) -> None:
        """Write an event, unless its level is below the log's; `always`, whatever the level is. Raises nothing.

        `fields` that are None or "" are left out. `trouble` is what was raised, written with where it came from.
        """
        logger, number = self._logger, LEVELS[level]
        if logger is None or not (always or logger.isEnabledFor(number)):
            return
        raised = (type(trouble), trouble, trouble.__traceback__) if trouble is not None else None
        extra = {"event": event, "fields": fields}
        logger.handle(logger.makeRecord(_LOGGER, number, "", 0, message, (), raised, extra=extra))


def event_log(
    file: LogFile,
    level: str,
    *,
    always: Mapping[str, Any],
    secrets: Collection[str] = (),
    failed: Callable[[Problem], object] | None = None,
) -> EventLog:
    """Return a log that goes to a file from `level` on. Each line has `always`, and `secrets` in none.

    `failed` is told where the file cannot be written; without it that goes to standard error.
    """
    # Not one of the process's own loggers: two workspaces of one process have two logs, and an app that this is in sees neither.
    logger = logging.Logger(_LOGGER, LEVELS[level])
    lines = _Lines(file, failed or _complain)
    lines.setFormatter(JsonLine(always, secrets))
    logger.addHandler(lines)
    return EventLog(logger)


def tell_once(path: str, why: str, failed: Callable[[Problem], object] | None = None) -> None:
    """Say that a log is not written, once in this process."""
    with _telling:
        if path in _told:
            return
        _told.add(path)
    hint = "Everything else goes on without it."
    problem = Problem("log-not-written", "The log cannot be written.", f"{why}.", path, hint, severity="warning")
    (failed or _complain)(problem)


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + _CUT


def _complain(problem: Problem) -> None:
    words = f"{problem.severity}: {problem.code}: {problem.summary} {problem.path}: {problem.detail} {problem.hint}"
    try:
        sys.stderr.write(f"{' '.join(words.split()).encode('ascii', 'backslashreplace').decode()}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return
