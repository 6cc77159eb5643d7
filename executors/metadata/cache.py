"""What files said of themselves, remembered by identity, so that a file unchanged since is never opened again."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from executors.catalog import open_catalog
from schemas.inventory import Item, lasting_inodes

_TABLE = """
CREATE TABLE IF NOT EXISTS metadata (
  fs TEXT NOT NULL, ino TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, reader TEXT NOT NULL,
  facts TEXT NOT NULL, PRIMARY KEY (fs, ino)
) WITHOUT ROWID
"""
_UNSETTLED_NS = 3_000_000_000
"""A file modified so lately may change again within one tick of its file system's clock (2 s on FAT), unseen."""


class MetadataCache:
    """`catalog.db`: facts by (fs, ino), valid while size, mtime and reader are the same. Safe to share by threads.

    It is only ever a help: losing it loses time.
    """

    def __init__(self, path: Path | str, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._lock = Lock()
        self._catalog = open_catalog(Path(path), _TABLE)

    def get(self, item: Item, reader: str) -> dict[str, Any] | None:
        """Return what exactly this item said to this reader, or None."""
        if not lasting_inodes(item.fs):
            return None
        wanted = "SELECT facts FROM metadata WHERE fs = ? AND ino = ? AND size = ? AND mtime_ns = ? AND reader = ?"
        with self._lock, contextlib.suppress(sqlite3.Error, ValueError):
            row = self._catalog.execute(wanted, (item.fs, str(item.ino), item.size, item.mtime_ns, reader)).fetchone()
            facts = json.loads(row[0]) if row else None
            return facts if isinstance(facts, dict) else None
        return None

    def put(self, item: Item, reader: str, facts: dict[str, Any]) -> None:
        """Remember what an item said, unless it changed so lately that its mtime proves nothing, or its inode does not last."""
        if not item.fs or not lasting_inodes(item.fs) or item.mtime_ns > self._now_ns() - _UNSETTLED_NS:
            return
        row = (item.fs, str(item.ino), item.size, item.mtime_ns, reader, json.dumps(facts, separators=(",", ":")))
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._catalog.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._catalog.close()
