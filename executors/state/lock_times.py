"""The times of folders while lock files come and go in them: noted first, so that a kill in between loses none.

Making or removing a lock file changes the time of its folder for a moment. The note lies in the state folder, whose own time is
nobody's, while that lasts. A note that is found later is a dead process's: whoever holds the state's lock puts the times back.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reshelve.executors.platforms.regular_files import open_regular
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import decode_path, encode_path

_NOTE = "lock-times.json"
_MOST = 1 << 20
_MOMENT_NS = 2_000_000_000
"""A time within this of its note was changed by the lock: anybody who changes the folder later has changed it since."""


@contextmanager
def noted(state: State | None, folders: Iterable[str]) -> Iterator[None]:
    """Keep the times of these folders noted while lock files are made or removed in them. For who holds the state's lock."""
    note = state.folder / _NOTE if state is not None else None
    if note is None or not _write(note, {folder: _time(folder) for folder in folders}):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink()


def put_back(state: State) -> None:
    """Give the folders that a dead process noted their times, unless changed since. For who holds the state's lock."""
    note = state.folder / _NOTE
    with suppress(OSError):
        seen = os.lstat(note)
        for folder, mtime_ns in _read(note).items():
            now = _time(folder)
            if now not in (-1, mtime_ns) and abs(now - seen.st_mtime_ns) < _MOMENT_NS:
                set_time(folder, mtime_ns)
        note.unlink()


def set_time(folder: str, mtime_ns: int) -> None:
    """Set the time of a folder, as far as this process may."""
    with suppress(OSError):
        os.utime(folder, ns=(os.stat(folder).st_atime_ns, mtime_ns))


def _time(folder: str) -> int:
    """Return the time of a folder, -1 where there is none."""
    try:
        return os.stat(folder).st_mtime_ns if os.path.isdir(folder) else -1
    except OSError:
        return -1


def _write(note: Path, times: dict[str, int]) -> bool:
    """Write a note, and say whether it could be: without one only a kill at this very moment loses a time.

    A kill is what it is for, not a power cut: it is not synced. What it says is worth nothing a moment later.
    """
    said = json.dumps({encode_path(folder): mtime_ns for folder, mtime_ns in times.items() if mtime_ns >= 0})
    try:
        fd = open_regular(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        return False
    try:
        os.write(fd, said.encode())
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _read(note: Path) -> dict[str, int]:
    """Return what a note says; nothing where a kill cut it short, or where it is not what reshelve writes. Raises OSError."""
    fd = open_regular(note, os.O_RDONLY)
    try:
        said = json.loads(os.read(fd, _MOST))
    except (ValueError, RecursionError):
        return {}
    finally:
        os.close(fd)
    if not isinstance(said, dict):
        return {}
    return {decode_path(folder): when for folder, when in said.items() if type(when) is int and 0 <= when < 1 << 63}
