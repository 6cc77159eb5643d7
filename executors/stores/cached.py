"""Content hashes remembered by identity, so that a file unchanged since is never read again."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from executors.catalog import open_catalog
from executors.stores.base import Store
from executors.stores.readonly import ReadOnly
from schemas.inventory import Item, lasting_inodes

_TABLE = """
CREATE TABLE IF NOT EXISTS digests (
  fs TEXT NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (fs, ino)
) WITHOUT ROWID
"""
_MOST_FRESH = 500
_FRESH_NS = 1_000_000_000
"""How many new hashes are held back at most, and for how long, to be written together: that much is lost by a kill."""
_UNSETTLED_NS = 3_000_000_000
"""A file modified so lately may change again within one tick of its file system's clock (2 s on FAT), unseen."""


class DigestCache:
    """`catalog.db`: content hash by (fs, ino), valid while size and mtime are the same. Safe to share by threads and processes.

    It is only ever a help: losing it loses time. One that cannot be opened or read is done without; one that is damaged is
    made anew.
    """

    def __init__(self, path: Path | str, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._lock = Lock()
        self._catalog = open_catalog(Path(path), _TABLE)
        self._fresh: dict[tuple[str, int], tuple[int, int, str]] = {}
        self._written_ns = 0

    def get(self, item: Item) -> str | None:
        """Return the hash remembered for exactly this item, or None."""
        wanted = "SELECT digest FROM digests WHERE fs = ? AND ino = ? AND size = ? AND mtime_ns = ?"
        if not lasting_inodes(item.fs):
            return None
        ino = _signed(item.ino)
        with self._lock, contextlib.suppress(sqlite3.Error):
            fresh = self._fresh.get((item.fs, ino))
            if fresh is not None:
                return fresh[2] if fresh[:2] == (item.size, item.mtime_ns) else None
            row = self._catalog.execute(wanted, (item.fs, ino, item.size, item.mtime_ns)).fetchone()
            return str(row[0]) if row else None
        return None

    def put(self, item: Item, digest: str) -> None:
        """Remember an item's hash, unless it changed so lately that its mtime proves nothing, or its inode number does not last.

        An object's ETag always proves it.
        """
        now = self._now_ns()
        unsettled = item.mtime_ns > now - _UNSETTLED_NS and not item.fs.startswith("s3:")
        if not item.fs or unsettled or not lasting_inodes(item.fs):
            return
        with self._lock:
            self._fresh[item.fs, _signed(item.ino)] = item.size, item.mtime_ns, digest
            if len(self._fresh) >= _MOST_FRESH or now - self._written_ns >= _FRESH_NS:
                self._write()
                self._written_ns = now

    def close(self) -> None:
        """Write what is not written yet, and let go of the file."""
        with self._lock:
            self._write()
            self._catalog.close()

    def _write(self) -> None:
        rows = [(*key, *known) for key, known in self._fresh.items()]
        self._fresh.clear()
        if rows:
            with contextlib.suppress(sqlite3.Error), self._catalog:
                self._catalog.execute("BEGIN")
                self._catalog.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?)", rows)


class CachedDigests(ReadOnly):
    """The reads of a store, whose `digest` reads a file only when it is not known already. Satisfies planner.ports.Reader."""

    def __init__(self, store: Store | ReadOnly, cache: DigestCache) -> None:
        super().__init__(store)
        self._cache = cache

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits: remembered, or read now and remembered."""
        before = self.stat(rel)
        known = self._cache.get(before) if before is not None and before.kind == "file" else None
        if known is not None:
            return known
        digest = super().digest(rel)
        if before is not None and self.stat(rel) == before:
            self._cache.put(before, digest)
        return digest


def _signed(ino: int) -> int:
    """Return an inode number as SQLite holds it: 64 bits with a sign."""
    return ino - (1 << 64) if ino >= 1 << 63 else ino
