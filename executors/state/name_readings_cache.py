"""What names said, remembered: texts by name, kept for as long as the same readers would read them."""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from reshelve.executors.state.cache_db import open_catalog

_TABLE = """
CREATE TABLE IF NOT EXISTS readings (
  version TEXT NOT NULL, name BLOB NOT NULL, reading TEXT NOT NULL, PRIMARY KEY (version, name)
) WITHOUT ROWID
"""
_BATCH = 5_000
_ASKED = 500
"""How many names are asked for at once: SQLite took no more than 999 values before its version 3.32."""
_MOST = 2_000_000


class ReadingCache:
    """Texts by name, of one version of the readers, in `catalog.db`. Satisfies reshelve.planner.recognise.names_cache.Memory.

    It is only ever a help: losing it loses time. New ones are written in batches and on `close`; what another version wrote
    goes then, and everything when there is more than any tree needs.
    """

    def __init__(self, path: Path | str, version: str) -> None:
        self._version = version
        self._catalog = open_catalog(Path(path), _TABLE)
        self._new: dict[bytes, str] = {}

    def get_all(self, names: Sequence[str]) -> list[str | None]:
        """Return the text remembered for each of these names, in the file system's form, or None."""
        keys = [os.fsencode(name) for name in names]
        known: dict[bytes, str] = {}
        with contextlib.suppress(sqlite3.Error):
            for start in range(0, len(keys), _ASKED):
                some = keys[start : start + _ASKED]
                marks = ", ".join("?" * len(some))
                wanted = f"SELECT name, reading FROM readings WHERE version = ? AND name IN ({marks})"  # noqa: S608 - marks only
                known.update(self._catalog.execute(wanted, (self._version, *some)))
        return [self._new.get(key) or known.get(key) for key in keys]

    def put(self, name: str, reading: str) -> None:
        """Remember a text for a name."""
        self._new[os.fsencode(name)] = reading
        if len(self._new) >= _BATCH:
            self._write()

    def close(self) -> None:
        """Write what is new and let go of the file."""
        if self._new:
            self._write()
        self._catalog.close()

    def _write(self) -> None:
        rows = [(self._version, name, reading) for name, reading in self._new.items()]
        self._new.clear()
        with contextlib.suppress(sqlite3.Error):
            self._catalog.execute("BEGIN IMMEDIATE")
            try:
                self._catalog.execute("DELETE FROM readings WHERE version != ?", (self._version,))
                if self._catalog.execute("SELECT count(*) FROM readings").fetchone()[0] > _MOST:
                    self._catalog.execute("DELETE FROM readings")
                self._catalog.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", rows)
            finally:
                self._catalog.execute("COMMIT")
