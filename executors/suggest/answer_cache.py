"""What was answered before, remembered by the question, so that nothing is asked, or paid for, twice."""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from reshelve.executors.state.cache_db import open_catalog
from reshelve.schemas.locations import split
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggestion_protocol import Answer, Remembered

_TABLE = """
CREATE TABLE IF NOT EXISTS suggestions (
  key TEXT NOT NULL, model TEXT NOT NULL, location TEXT NOT NULL, kind TEXT NOT NULL, answer TEXT NOT NULL, said_by TEXT NOT NULL,
  confidence REAL NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, PRIMARY KEY (key, model)
) WITHOUT ROWID
"""
_IMPORTED = ""
"""Stands for the model of what was imported: such rows are keyed by location, path or name, and come first."""
_MANY = 500


@dataclass(slots=True, frozen=True)
class Kept:
    """How many answers of one author are remembered, and since and until when (ISO 8601 in UTC)."""

    by: str
    answers: int
    oldest: str
    newest: str


class SuggestionCache:
    """`catalog.db`: answers by question and model. Losing it loses what was paid for, and nothing else."""

    def __init__(self, path: Path | str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._catalog = open_catalog(Path(path), _TABLE)

    def __bool__(self) -> bool:
        """Say whether anything is remembered."""
        with contextlib.suppress(sqlite3.Error):
            return self._catalog.execute("SELECT 1 FROM suggestions LIMIT 1").fetchone() is not None
        return False

    def get(self, key: str, location: str, model: str) -> Remembered | None:
        """Return what is remembered for one question about the file at `location`, or None."""
        return self.get_many({key: location}, model).get(key)

    def get_many(self, keys: Mapping[str, str], model: str) -> dict[str, Remembered]:
        """Return what is remembered, by key. `keys` gives each key's location; what was imported comes before a model's."""
        found: dict[str, Remembered] = {}
        with contextlib.suppress(sqlite3.Error, ValueError):
            found = {key: said for key, said in self._rows(keys, model) if said is not None}
            if self._any_imported():
                names = {name for location in keys.values() for name in _names(location)}
                imported = dict(self._rows(names, _IMPORTED))
                for key, location in keys.items():
                    said = next((imported[name] for name in _names(location) if imported.get(name) is not None), None)
                    if said is not None:
                        found[key] = said
        return found

    def put_many(self, answers: Sequence[tuple[str, str, Answer]], model: str) -> None:
        """Remember what a model answered: key, location and answer each."""
        self._write([(key, model, location, answer, model) for key, location, answer in answers])

    def import_many(self, answers: Sequence[tuple[str, Answer]], by: str) -> None:
        """Remember answers from a file called `by`, each for a location, a path or a bare name."""
        self._write([(name, _IMPORTED, name, answer, by) for name, answer in answers])

    def kept(self) -> list[Kept]:
        """Return how much is remembered, by author."""
        wanted = "SELECT said_by, count(*), min(created), max(updated) FROM suggestions GROUP BY said_by ORDER BY said_by"
        with contextlib.suppress(sqlite3.Error):
            return [Kept(*row) for row in self._catalog.execute(wanted)]
        return []

    def clear(self, by: str | None = None) -> int:
        """Forget everything, or what one author said; return how many answers that was."""
        where, values = ("", ()) if by is None else (" WHERE said_by = ?", (by,))
        return self._catalog.execute(f"DELETE FROM suggestions{where}", values).rowcount  # noqa: S608 - two fixed texts

    def close(self) -> None:
        """Let go of the file."""
        self._catalog.close()

    def _rows(self, keys: Iterable[str], model: str) -> Iterator[tuple[str, Remembered | None]]:
        wanted = list(keys)
        for start in range(0, len(wanted), _MANY):
            some = wanted[start : start + _MANY]
            marks = ", ".join("?" * len(some))
            rows = f"SELECT key, answer, said_by FROM suggestions WHERE model = ? AND key IN ({marks})"  # noqa: S608 - question marks
            for key, answer, by in self._catalog.execute(rows, (model, *some)):
                said = json.loads(answer)
                yield key, Remembered(said, by) if isinstance(said, dict) else None

    def _any_imported(self) -> bool:
        return self._catalog.execute("SELECT 1 FROM suggestions WHERE model = ? LIMIT 1", (_IMPORTED,)).fetchone() is not None

    def _write(self, rows: Sequence[tuple[str, str, str, Answer, str]]) -> None:
        now = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        full = [
            (key, model, location, answer.kind or "", _text(answer), by, answer.confidence, now, now)
            for key, model, location, answer, by in rows
        ]
        told = "answer = excluded.answer, kind = excluded.kind, said_by = excluded.said_by, confidence = excluded.confidence"
        wanted = f"""INSERT INTO suggestions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (key, model) DO UPDATE SET {told}, updated = excluded.updated"""  # noqa: S608 - a fixed text
        with contextlib.suppress(sqlite3.Error):
            self._catalog.execute("BEGIN IMMEDIATE")
            try:
                self._catalog.executemany(wanted, full)
            finally:
                self._catalog.execute("COMMIT")


def _text(answer: Answer) -> str:
    return json.dumps(answer.model_dump(exclude_none=True, exclude={"file"}), separators=(",", ":"))


def _names(location: str) -> tuple[str, str, str]:
    """Return what a file may have been imported as, the most exact first."""
    rel = split(location)[1]
    return location, rel, rel.rpartition("/")[2]
