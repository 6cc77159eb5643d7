"""What is remembered of scheduled jobs: up to when each is dealt with, how it last ended; one process runs them at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reshelve.executors.platforms.file_locks import is_held
from reshelve.executors.state.state_files import place_of, replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.quick_dataclasses import dataclass

FOLDER = "schedule"


@dataclass(slots=True, frozen=True)
class JobMark:
    """A job: everything up to `dealt_with` is done with. `started`, `ended` and `exit` are of its last run, `ended` "" if that did
    not end. `skipped` is the last time that was missed and left out. Times are ISO 8601 in UTC, "" for never.
    """

    dealt_with: str
    started: str = ""
    ended: str = ""
    exit: int = 0
    skipped: str = ""


@cache
def _mark() -> TypeAdapter[JobMark]:
    return TypeAdapter(JobMark)


def load_mark(state: Path, name: str) -> JobMark | None:
    """Return what is remembered of a job, from its second copy where the first is damaged; None where nothing is."""
    for path in _copies(state, name):
        try:
            mark = _mark().validate_json(read_file(path))
            if datetime.fromisoformat(mark.dealt_with).tzinfo is not None:
                return mark
        except (OSError, ValidationError, ValueError):
            continue
    return None


def save_mark(state: Path, name: str, mark: JobMark) -> None:
    """Remember a job, durably and twice. Raises OSError."""
    (state / FOLDER).mkdir(exist_ok=True)
    for path in _copies(state, name):
        replace_state_file(path, _mark().dump_json(mark) + b"\n")


def output_of(state: Path, name: str) -> Path:
    """Return where the output of a job's last run is kept."""
    return state / FOLDER / f"{name}.log"


@contextmanager
def desk(state: Path) -> Iterator[int | None]:
    """Hold the place of who runs jobs here, and give its descriptor; None where it is taken.

    Raises OSError, and ReshelveError where what has the name of its lock is no file.

    A job inherits it: while one lives whose starter was killed, the place is taken.
    """
    (state / FOLDER).mkdir(exist_ok=True)
    with place_of(state / FOLDER / "lock") as place:
        yield place


def is_busy(state: Path) -> bool:
    """Say whether jobs are being run. Nothing is made. Raises OSError where that cannot be told."""
    return is_held(state / FOLDER / "lock")


def stamp(moment: datetime) -> str:
    """Return a moment as marks hold it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _copies(state: Path, name: str) -> tuple[Path, Path]:
    return state / FOLDER / f"{name}.json", state / FOLDER / f"{name}.copy.json"
