"""The journal: append-only, check-summed, synced records of one run."""

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import xxhash
from pydantic import TypeAdapter

from reshelve.executors.platforms.regular_files import open_regular
from reshelve.executors.state.state_files import names_aside, put_aside, replace_state_file, sync_folder
from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.documents.source_lines import NoFileError, open_file
from reshelve.schemas.journal_records import Began, Doubted, Intended, Record, Settled
from reshelve.schemas.quick_dataclasses import dataclass

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
        self._run = _run_of(path)
        with _failing():
            self._at = sum(len(line) for line in _whole_lines(path)) if path.exists() else 0
            self._end = self._at
            self._fd = open_regular(path, os.O_RDWR | os.O_CREAT)
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
        self._pending.append(encode(record, self._end, self._run))
        self._end += len(self._pending[-1])

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


def encode(record: Record, at: int = -1, run: str = "") -> bytes:
    """Return the line of a record: JSON whose last member `sum` is the xxh3-64 of everything before it.

    `at` is the byte where it begins, which is `pos` in it, and the run is in the sum: so a line that is double, out of order or
    another run's is none of this journal. A line without `pos` is from before that.
    """
    body = json.dumps(asdict(record), separators=(",", ":"), ensure_ascii=True).encode()[:-1]
    if at >= 0:
        body += b',"pos":%d' % at
    return body + b',"sum":"' + _sum(body, run).encode() + b'"}\n'


_POSITION = re.compile(rb',"pos":([0-9]{1,18})\Z')


def _sum(body: bytes, run: str) -> str:
    return xxhash.xxh3_64_hexdigest(body, seed=xxhash.xxh3_64_intdigest(run.encode()) if _POSITION.search(body) else 0)


def _run_of(path: Path) -> str:
    """Return the run that a journal is of, by its folder's name."""
    return path.parent.name.rpartition("-")[2]


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a journal up to the first that is torn: what follows it was never acted on."""
    for line in _whole_lines(path):
        record = _record(line, _run_of(path))
        if record is None:
            return
        yield record[1]


def read_on(path: Path, at: int) -> Iterator[tuple[Record, int]]:
    """Yield the records of a journal from byte `at`, where one begins, each with where the next will. Raises OSError."""
    with open_file(path) as file:
        file.seek(at)
        for line in _lines(file):
            record = _record(line, _run_of(path))
            if record is None or record[0] not in (-1, at):
                return
            at += len(line)
            yield record[1], at


@dataclass(slots=True, frozen=True)
class Found:
    """What is left of a journal: the whole records of its run, in order. `damage` says what is wrong with it, "" for nothing.

    `complete`: nothing can be missing at its end, for the room that was taken for more is there yet, or the run has settled.
    """

    records: list[Record]
    damage: str = ""
    complete: bool = True

    @property
    def doubtful(self) -> bool:
        """Whether operations may have begun that it does not tell of."""
        return bool(self.damage) or not self.complete or not self.records or any(isinstance(one, Doubted) for one in self.records)

    @property
    def begun(self) -> int:
        """How many operations, from the first on, may have begun."""
        return max((record.until for record in self.records if isinstance(record, Intended)), default=0)


_TORN = re.compile(rb"(\{[ -~]*)?\Z")
"""What a kill leaves of the record it cut short: its beginning, for records are ASCII."""

_CHUNK = 1 << 20


def load(path: Path, run: str, *, to_go_on: bool = False) -> Found:
    """Return what is left of the journal of `run`. Raises OSError.

    A last record cut short, as by a kill, is no damage; but whether nothing had come of it yet, the journal alone cannot tell. A
    link is read as what it leads to; `to_go_on` with it, it is damage, for nothing is written through one.
    """
    found = _left(path, run)
    if not found.damage and to_go_on and path.is_symlink():
        return replace(found, damage="it is a link")
    return found


def _left(path: Path, run: str) -> Found:
    records: list[Record] = []
    damage, room, at = "", False, 0
    try:
        opened = open_file(path)
    except FileNotFoundError:
        return Found([], "it is a link that leads nowhere" if path.is_symlink() else "it is gone")
    except NoFileError as trouble:
        return Found([], trouble.strerror or "it is not a file")
    except OSError as trouble:
        if trouble.errno == errno.ELOOP:
            return Found([], "it is a link that leads nowhere")
        raise
    with opened as file:
        for number, line in enumerate(_lines(file), 1):
            record = _record(line, _run_of(path))
            if record is not None and record[0] in (-1, at):
                records.append(record[1])
                at += len(line)
                continue
            torn = line.rstrip(b"\0")
            room = not torn
            if _TORN.match(torn) and _only_zeros(file):
                break
            damage = f"line {number} is not what reshelve wrote there"
            file.seek(at)
            records += _salvaged(file.read(), _run_of(path), at)
            break
    foreign = next((one.run for one in records if isinstance(one, Began) and one.run != run), "")
    if foreign:
        return Found([], f"it is the journal of run {foreign}")
    if records and not isinstance(records[0], Began):
        damage = damage or "its first record is missing"
    if not any(isinstance(one, Began) for one in records):
        # Whose records these are, nothing says.
        return Found([], damage, room)
    return Found(records, damage, room or any(isinstance(one, Settled) for one in records[-1:]))


def _salvaged(content: bytes, run: str, after: int) -> Iterator[Record]:
    """Yield the records that are whole in what follows damage at byte `after`, in the order they were written in, each once."""
    found = filter(None, (_record(piece.strip(b"\0") + b"\n", run) for piece in content.split(b"\n")))
    there: dict[int, Record] = {}
    for position, record in found:
        if position < 0:
            yield record
        elif position >= after:
            there[position] = record
    yield from (there[position] for position in sorted(there))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines as they are, a tail of zeros only as far as it shows that it is one."""
    while line := file.readline(_CHUNK):
        while not line.endswith((b"\n", b"\0")) and (more := file.readline(_CHUNK)):
            line += more
        yield line


def _only_zeros(file: BinaryIO) -> bool:
    while chunk := file.read(_CHUNK):
        if chunk.strip(b"\0"):
            return False
    return True


def mend(path: Path, began: Began, found: Found) -> list[Record]:
    """Replace a damaged journal by what is left of it, and keep the damaged one beside it; return the records it then has.

    After a kill at any point the journal is the damaged one or the mended. Raises JournalError.
    """
    records = [began, *(one for one in found.records if not isinstance(one, Began)), Doubted(found.damage)]
    with _failing():
        mended = _encoded(records, _run_of(path))
        if _keep(path):
            replace_file(path, mended)
        else:
            replace_state_file(path, b"".join(mended))
    return records


def _encoded(records: list[Record], run: str) -> Iterator[bytes]:
    at = 0
    for record in records:
        line = encode(record, at, run)
        at += len(line)
        yield line


def _keep(path: Path) -> bool:
    """Keep a damaged journal under a name of its own beside it, and say whether it is a file, of which that is a copy.

    The copy is without the room it had for more. What is no file is never opened: a link is kept as one, anything else goes there.
    """
    if path.is_symlink():
        _keep_link(path)
        return False
    try:
        opened = open_file(path)
    except FileNotFoundError:
        return False
    except NoFileError:
        put_aside(path)
        return False
    with opened as file:
        for aside in names_aside(path):
            try:
                kept = aside.open("xb")
            except FileExistsError:
                continue
            with kept:
                kept.write(file.read().rstrip(b"\0"))
                kept.flush()
                os.fsync(kept.fileno())
            break
    return True


def _keep_link(path: Path) -> None:
    for aside in names_aside(path):
        try:
            aside.symlink_to(os.readlink(path))
        except FileExistsError:
            continue
        return


def _record(line: bytes, run: str) -> tuple[int, Record] | None:
    """Return the record a line holds and where it was written, -1 for unknown; None where it is not as it was, or not known."""
    global _records
    if not _is_whole(line, run):
        return None
    if _records is None:
        _records = TypeAdapter(Record)
    try:
        members: dict[str, Any] = json.loads(line)
        del members["sum"]
        position = members.pop("pos", -1)
        return position, _records.validate_python(members)
    except (ValueError, RecursionError):
        return None


def _whole_lines(path: Path) -> Iterator[bytes]:
    with open_file(path) as file:
        at, run = 0, _run_of(path)
        for line in _lines(file):
            position = _POSITION.search(line.rpartition(b',"sum":"')[0])
            if not _is_whole(line, run) or (position is not None and int(position[1]) != at):
                return
            at += len(line)
            yield line


def _is_whole(line: bytes, run: str) -> bool:
    body, mark, rest = line.rpartition(b',"sum":"')
    return bool(mark) and rest == _sum(body, run).encode() + b'"}\n'
