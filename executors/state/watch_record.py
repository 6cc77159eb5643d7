"""The record of the watch of a workspace: that one is at work, how it watches each store, and when it looked last."""

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reshelve.executors.platforms.file_locks import try_lock
from reshelve.executors.platforms.regular_files import open_regular
from reshelve.executors.state.state_files import no_file
from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass

RECORD = "watch.json"
_MOST = 1 << 20


@dataclass(slots=True)
class WatchedStore:
    """How one root is watched: by "events", by "polling" every so often, or not at all while it is "away"; and `why`."""

    root: str
    how: str
    why: str = ""


@dataclass(slots=True)
class WatchRecord:
    """What a watch says of itself. Times are ISO 8601 in UTC; `waits` is why nothing is filed for now, "" while it is."""

    pid: int
    started: str
    stores: list[WatchedStore] = field(default_factory=list)
    whole: str = ""
    filed: int = 0
    waits: str = ""


@cache
def _reader() -> TypeAdapter[WatchRecord]:
    return TypeAdapter(WatchRecord)


class WatchDesk:
    """Holds the place of the one watch of a workspace, for as long as its process lives. Raises ReshelveError where it is taken."""

    def __init__(self, state: Path) -> None:
        self._path = state / RECORD
        self._told = b""
        self._fd = _open(self._path)
        # Whoever only looks holds it for a moment.
        if not _locked(self._fd) and not _locked_later(self._fd):
            os.close(self._fd)
            said = _read(self._path)
            detail = f"Process {said.pid} watches this workspace." if said else "Another process watches this workspace."
            where, hint = str(state.parent), "One watch is enough; reshelve status shows it."
            raise stop("already-watched", "The workspace is watched already.", detail, path=where, hint=hint, kind="locked")

    def tell(self, record: WatchRecord) -> None:
        """Write the record, where it says something new. What cannot be written is left: only `status` asks for it."""
        text = json.dumps(asdict(record)).encode()
        if text != self._told:
            self._told = text
            with suppress(OSError):
                os.ftruncate(self._fd, 0)
                os.pwrite(self._fd, text, 0)

    def close(self) -> None:
        """Give the place back. The file stays, empty: one that is removed may be another's by then."""
        with suppress(OSError):
            os.ftruncate(self._fd, 0)
        os.close(self._fd)


def watch_of(state: Path) -> WatchRecord | None:
    """Return what the watch of a workspace says of itself, None where none is at work."""
    path = state / RECORD
    try:
        fd = open_regular(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _locked(fd, shared=True):
            return None
    finally:
        os.close(fd)
    return _read(path)


def _open(path: Path) -> int:
    try:
        return open_regular(path, os.O_RDWR | os.O_CREAT)
    except OSError as trouble:
        if (stands := no_file(path)) is not None:
            raise stands from trouble
        raise


def _locked_later(fd: int) -> bool:
    for _ in range(5):
        time.sleep(0.05)
        if _locked(fd):
            return True
    return False


def _locked(fd: int, *, shared: bool = False) -> bool:
    """Lock an open file, if nobody holds it. Where there are no such locks nobody does."""
    try:
        return try_lock(fd, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    except OSError:
        return True


def _read(path: Path) -> WatchRecord | None:
    try:
        with open_file(path, _MOST) as record:
            return _reader().validate_json(record.read())
    except (OSError, ValidationError):
        return None
