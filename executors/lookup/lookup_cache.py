"""What databases answered, remembered by request with its date: asked again after half a year, and for a miss after a day."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reshelve.executors.state.cache_db import open_catalog
from reshelve.schemas.quick_dataclasses import dataclass

KEPT = timedelta(days=180)
"""How long an answer holds: TMDB's terms of use let answers be kept for six months at most."""
MISS = timedelta(days=1)
"""How long it holds that there is nothing."""
_TABLE = """
CREATE TABLE IF NOT EXISTS lookups (
  provider TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, fetched TEXT NOT NULL, PRIMARY KEY (provider, request)
) WITHOUT ROWID
"""


@dataclass(slots=True, frozen=True)
class Kept:
    """An answer as it is kept: plain values, None for a miss, and when they were fetched."""

    answer: Any
    fetched: datetime

    @property
    def day(self) -> str:
        """The day it was fetched, ISO 8601 in UTC."""
        return self.fetched.strftime("%Y-%m-%d")

    def holds(self, now: datetime, *, lately: bool) -> bool:
        """Say whether it need not be asked for again. One from the future is none: a clock was wrong."""
        longest = MISS if lately or not self.answer else KEPT
        return timedelta(0) <= now - self.fetched < longest


class LookupCache:
    """`catalog.db`: answers by provider and request. Losing it costs asking again, and nothing else."""

    def __init__(self, path: Path | str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self._catalog = open_catalog(Path(path), _TABLE)

    def get(self, provider: str, request: str) -> Kept | None:
        """Return what was answered to a request, however long ago; None where nothing is remembered."""
        with contextlib.suppress(sqlite3.Error, ValueError, TypeError):
            wanted = "SELECT answer, fetched FROM lookups WHERE provider = ? AND request = ?"
            row = self._catalog.execute(wanted, (provider, request)).fetchone()
            if row is not None:
                return Kept(json.loads(row[0]), datetime.strptime(row[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC))
        return None

    def put(self, provider: str, request: str, answer: Any) -> Kept:
        """Remember an answer as of now, and return it as it is kept."""
        kept = Kept(answer, self.now().astimezone(UTC).replace(microsecond=0))
        text = json.dumps(answer, separators=(",", ":"))
        row = (provider, request, text, kept.fetched.strftime("%Y-%m-%dT%H:%M:%SZ"))
        with contextlib.suppress(sqlite3.Error):
            self._catalog.execute("INSERT OR REPLACE INTO lookups VALUES (?, ?, ?, ?)", row)
        return kept

    def close(self) -> None:
        """Let go of the file."""
        self._catalog.close()
