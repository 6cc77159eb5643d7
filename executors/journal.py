"""The journal: append-only, check-summed, synced records of one run."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import xxhash
from pydantic import TypeAdapter

from executors import platform
from schemas.journal import Record

_records: TypeAdapter[Record] | None = None


class JournalError(OSError):
    """The journal itself cannot be written: the run can neither go on nor back, and is left for `recover`."""


class Journal:
    """Writes records to `path`, which must not exist yet or is continued after its last whole record.

    Room for `reserve` bytes is taken from the file system at once, so that a full disk stops a run before its first effect
    and never while it is being taken back. A record is durable after the next `sync`. What fails raises JournalError.
    """

    def __init__(self, path: Path, reserve: int = 0) -> None:
        self._fd = -1
        self._pending: list[bytes] = []
        with _failing():
            self._at = sum(len(line) for line in _whole_lines(path)) if path.exists() else 0
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                if reserve and hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(self._fd, self._at, reserve)
                elif reserve:
                    os.pwrite(self._fd, b"\0" * reserve, self._at)
                os.fsync(self._fd)
                sync_folder(path.parent)
            except OSError:
                self.abandon()
                raise

    def write(self, record: Record) -> None:
        """Add a record; it reaches the file with the next `sync`."""
        self._pending.append(encode(record))

    def sync(self) -> None:
        """Make every record written so far durable."""
        if not self._pending:
            return
        block = b"".join(self._pending)
        self._pending.clear()
        with _failing():
            while block:
                wrote = os.pwrite(self._fd, block, self._at)
                self._at += wrote
                block = block[wrote:]
            _datasync(self._fd)

    def close(self) -> None:
        """Sync, give back the room that was not needed, and close."""
        if self._fd < 0:
            return
        self.sync()
        with _failing():
            os.ftruncate(self._fd, self._at)
            os.fsync(self._fd)
        os.close(self._fd)
        self._fd = -1

    def abandon(self) -> None:
        """Close without writing anything more, as a killed process would."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close() if kind is None else self.abandon()


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise JournalError(trouble.errno, trouble.strerror or str(trouble), trouble.filename) from trouble


_datasync = getattr(os, "fdatasync", os.fsync)


def encode(record: Record) -> bytes:
    """Return the line of a record: JSON whose last member `sum` is the xxh3-64 of everything before it."""
    body = json.dumps(asdict(record), separators=(",", ":"), ensure_ascii=True).encode()[:-1]
    return body + b',"sum":"' + xxhash.xxh3_64_hexdigest(body).encode() + b'"}\n'


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a journal up to the first that is torn: what follows it was never acted on."""
    global _records
    if _records is None:
        _records = TypeAdapter(Record)
    for line in _whole_lines(path):
        members: dict[str, Any] = json.loads(line)
        del members["sum"]
        yield _records.validate_python(members)


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            body, mark, rest = line.rpartition(b',"sum":"')
            if not mark or rest != xxhash.xxh3_64_hexdigest(body).encode() + b'"}\n':
                return
            yield line


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable, where the system lets a folder be synced."""
    try:
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as trouble:
        if trouble.errno not in platform.MAY_NOT:
            raise
