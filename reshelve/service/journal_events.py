"""A run as its journal tells it: events in order, each with a number, and where the run stands. Both come from the same records."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from reshelve.executors.state import run_journal
from reshelve.schemas.journal_records import Began, Committed, Done, Doubted, Failed, Record, Settled, Undoing, Undone
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.ndjson import problem_event


@dataclass(slots=True, frozen=True)
class Standing:
    """Where a run stands: how many operations are done and how many failed, and whether it is taken back.

    `outcome` says how it ended, "" while it has not. `event` is the number of the last event that says so.
    """

    run: str = ""
    command: str = ""
    of: str = ""
    started: str = ""
    done: int = 0
    failed: int = 0
    rolling_back: bool = False
    outcome: str = ""
    event: int = 0


def events_of(record: Record, before: Standing) -> tuple[dict[str, Any] | None, Standing]:
    """Return the event that a record is, None for a record that tells nobody anything, and how the run stands then."""
    told: dict[str, Any]
    match record:
        case Began():
            told = {"type": "run-started", "run": record.run, "command": record.command, "of": record.of, "at": record.at}
            now = replace(before, run=record.run, command=record.command, of=record.of, started=record.at)
        case Done():
            now = replace(before, done=record.until - len(record.without))
            told = {"type": "progress", "done": now.done}
        case Failed():
            problem = Problem(record.code, "An operation failed.", record.detail, record.path, record.hint)
            told = {"type": "operation-failed", "index": record.op, "problem": problem_event(problem)}
            now = replace(before, failed=before.failed + 1)
        case Undoing():
            told, now = {"type": "rolling-back", "remaining": before.done}, replace(before, rolling_back=True)
        case Undone():
            now = replace(before, done=min(before.done, record.down_to))
            told = {"type": "rolling-back", "remaining": now.done}
        case Committed():
            told, now = {"type": "committed", "outcome": record.outcome}, before
        case Doubted():
            told, now = {"type": "doubted", "why": record.why}, before
        case Settled():
            done = sum(until - start for start, until in record.done)
            told = {"type": "settled", "outcome": record.outcome, "done": done, "unsure": len(record.unsure), "at": record.at}
            now = replace(before, done=done, outcome=record.outcome)
        case _:
            return None, before
    return told, replace(now, event=before.event + 1)


class Follower:
    """Reads a journal as it grows. What was told once is not read again; a journal that was mended is told from its beginning."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._at = 0
        self._file = (0, 0)
        self.standing = Standing()

    def more(self) -> Iterator[dict[str, Any]]:
        """Yield the events that came since; `standing` is as of the last of them. Of a journal that is lost, none."""
        try:
            yield from self._more()
        except OSError:
            return

    def _more(self) -> Iterator[dict[str, Any]]:
        stat = self._journal.stat()
        if self._file != (stat.st_dev, stat.st_ino):
            self._file, self._at, self.standing = (stat.st_dev, stat.st_ino), 0, Standing()
        for record, at in run_journal.read_on(self._journal, self._at):
            self._at = at
            told, self.standing = events_of(record, self.standing)
            if told is not None:
                yield told
