"""What files said of themselves, remembered by identity, so that a file unchanged since is never opened again."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from reshelve.executors.state.cache_db import is_settled, open_catalog, signed
from reshelve.schemas.inventory import Item, tells_changes

_TABLE = """
CREATE TABLE IF NOT EXISTS metadata (
  fs TEXT NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
  reader TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (fs, ino)
) WITHOUT ROWID
"""


class MetadataCache:
    """`catalog.db`: facts by (fs, ino), valid while size, mtime, ctime and reader are the same. Safe to share by threads.

    It is only ever a help: losing it loses time.
    """

    def __init__(self, path: Path | str, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.now_ns = now_ns
        self._lock = Lock()
        self._catalog = open_catalog(Path(path), _TABLE)

    def get(self, item: Item, reader: str) -> dict[str, Any] | None:
        """Return what exactly this item said to this reader, or None."""
        if not tells_changes(item.fs):
            return None
        wanted = "SELECT facts FROM metadata WHERE fs = ? AND ino = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ? AND reader = ?"
        seen = item.fs, signed(item.ino), item.size, item.mtime_ns, item.ctime_ns
        with self._lock, contextlib.suppress(sqlite3.Error, ValueError):
            row = self._catalog.execute(wanted, (*seen, reader)).fetchone()
            facts = json.loads(row[0]) if row else None
            return facts if isinstance(facts, dict) else None
        return None

    def put(self, item: Item, reader: str, facts: dict[str, Any], *, since_ns: int | None = None) -> None:
        """Remember what an item said that was looked into from `since_ns` on (None: now), unless it had changed just before."""
        if not tells_changes(item.fs) or not is_settled(item, self.now_ns() if since_ns is None else since_ns):
            return
        seen = item.fs, signed(item.ino), item.size, item.mtime_ns, item.ctime_ns
        row = (*seen, reader, json.dumps(facts, separators=(",", ":")))
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._catalog.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._catalog.close()
