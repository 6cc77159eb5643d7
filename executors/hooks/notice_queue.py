"""The queue of notices: one file each in the state folder, until it is delivered or dropped. No secret is ever written there."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, field, replace
from functools import cache
from pathlib import Path
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from reshelve.executors.contracts.retry_after import LONGEST
from reshelve.executors.state.state_files import place_of, replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.quick_dataclasses import dataclass

AFTER = "after."
"""How the names of receivers begin that `after:` declares."""
FIRST_WAIT, LONGEST_WAIT = 30.0, 6 * 3600.0
"""Seconds until a notice is tried again: after the first try, doubled after each, and at most."""


@dataclass(slots=True, frozen=True)
class Notice:
    """What a receiver is told of one run. Times are seconds since 1970; `why` is what kept it from being delivered, "" at first.

    `receiver` is a name under `notify:`, or `after.` and a name under `after:`. `folders` are the folders on this machine in which
    the run put, took or changed files, for those that are told of folders. `told` is how many messages its receiver has taken, of
    one that is told file by file.
    """

    id: str
    receiver: str
    run: str
    command: str
    outcome: str
    text: str
    made: float
    tries: int = 0
    due: float = 0.0
    why: str = ""
    folders: list[str] = field(default_factory=list)
    told: int = 0

    def is_due(self, now: float) -> bool:
        """Say whether it may be tried. No wait is as long as one from a clock that was ahead: such a notice would never be sent."""
        return not now < self.due <= now + LONGEST


@cache
def _read() -> TypeAdapter[Notice]:
    return TypeAdapter(Notice)


class NoticeQueue:
    """The notices of one workspace that wait. `state` is its state folder. Raises OSError where it cannot be written."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "notices"

    def add(self, notice: Notice) -> None:
        """Keep a notice, durably; one of the same id is replaced. What is no text is escaped: it could not be read."""
        notice = replace(notice, text=_plain(notice.text), why=_plain(notice.why))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps(asdict(notice), indent=1) + "\n"
        replace_state_file(self._folder / f"{notice.id}.json", text.encode())

    def waiting(self) -> list[Notice]:
        """Return every notice that waits, oldest first. What cannot be read, and a file that is none, is passed over."""
        found, paths = [], list[Path]()
        with suppress(OSError):
            paths = list(self._folder.glob("*.json")) if self._folder.is_dir() else []
        for path in paths:
            with suppress(OSError, ValidationError):
                notice = _read().validate_json(read_file(path))
                if path.stem == notice.id:
                    found.append(notice)
        return sorted(found, key=lambda notice: (notice.made, notice.id))

    def remove(self, notices: Sequence[Notice]) -> None:
        """Forget notices that were delivered, or are to be dropped."""
        for notice in notices:
            (self._folder / f"{notice.id}.json").unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the queue while it is sent, and say whether nobody else does. Raises ReshelveError where its lock is no file."""
        if not self._folder.is_dir():
            yield False
            return
        with place_of(self._folder / "lock") as place:
            yield place is not None


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def key_of(receiver: str) -> str:
    """Return the key of the workspace that declares a receiver."""
    return receiver if receiver.startswith(AFTER) else f"notify.{receiver}"


def new_id() -> str:
    """Return an id for a notice."""
    return uuid4().hex[:12]
