"""Content hashes remembered by identity, so that a file unchanged since is never read again.

The ctime is part of the identity: size and mtime are what a program that rewrites a file may keep, and an inode number may have
been another file's. Renaming changes it too; what a run itself renames is followed (`followed_files`).
"""

import contextlib
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.state.cache_db import is_settled, open_catalog, signed
from reshelve.executors.stores.read_only import ReadOnly
from reshelve.schemas.inventory import TAIL, Item, tells_changes

_TABLE = """
CREATE TABLE IF NOT EXISTS digests (
  fs TEXT NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
  digest TEXT NOT NULL, PRIMARY KEY (fs, ino)
) WITHOUT ROWID
"""
_MOST_FRESH = 500
_FRESH_NS = 1_000_000_000
"""How many new hashes are held back at most, and for how long, to be written together: that much is lost by a kill."""


_TAIL_OF = f" {TAIL} tail"
"""What follows the id of a file system where a hash is of the end of a file only: of so many bytes."""

_SUM_OF = " sum:"
"""What follows it where a sum of another kind is remembered (`content_sums`); the kind follows."""


class DigestCache:
    """`catalog.db`: content hash by (fs, ino), valid while size, mtime and ctime are the same. Safe to share, by processes too.

    It is only ever a help: losing it loses time. One that cannot be opened or read is done without; one that is damaged is
    made anew. Of file systems that do not tell every change (`tells_changes`) nothing is remembered.
    """

    def __init__(self, path: Path | str, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.now_ns = now_ns
        self._lock = Lock()
        self._catalog = open_catalog(Path(path), _TABLE)
        self._fresh: dict[tuple[str, int], tuple[int, int, int, str]] = {}
        self._written_ns = 0
        self._file_systems: list[str] | None = None

    def get(self, item: Item) -> str | None:
        """Return the hash remembered for exactly this item, or None."""
        return self.known([item])[0]

    def known(self, items: Sequence[Item], what: str = "") -> list[str | None]:
        """Return for each of these items the hash remembered for exactly it, or None. `what` is `_TAIL_OF` where ends are meant."""
        asked: dict[str, set[int]] = defaultdict(set)
        for item in items:
            asked[item.fs].add(signed(item.ino))
        rows: dict[tuple[str, int], tuple[int, int, int, str]] = {}
        with self._lock, contextlib.suppress(sqlite3.Error):
            for fs, inos in asked.items():
                if _is_told(fs):
                    rows.update(self._rows(fs + what, inos))
        if not rows:
            return [None] * len(items)
        return [_hash_of(item, rows.get((item.fs + what, signed(item.ino)))) for item in items]

    def _rows(self, fs: str, inos: set[int]) -> Iterable[tuple[tuple[str, int], tuple[int, int, int, str]]]:
        """Yield what is remembered for files of one file system, each with its key; what is not yet written counts."""
        old = []
        for ino in inos:
            fresh = self._fresh.get((fs, ino))
            if fresh is not None:
                yield (fs, ino), fresh
            else:
                old.append(ino)
        marks = ", ".join("?" * len(old))
        wanted = f"SELECT ino, size, mtime_ns, ctime_ns, digest FROM digests WHERE fs = ? AND ino IN ({marks})"  # noqa: S608 - marks only
        for ino, *seen in self._catalog.execute(wanted, (fs, *old)) if old else ():
            yield (fs, ino), (seen[0], seen[1], seen[2], str(seen[3]))

    def ever(self, size: int, mtime_ns: int, ino: int) -> set[str]:
        """Return every hash remembered for a file of this size (bytes), modification time and inode, whenever it changed last."""
        wanted = "SELECT digest FROM digests WHERE fs = ? AND ino = ? AND size = ? AND mtime_ns = ?"
        found: set[str] = set()
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._write()
            if self._file_systems is None:
                rows = self._catalog.execute("SELECT DISTINCT fs FROM digests")
                self._file_systems = [fs for (fs,) in rows if not fs.endswith(" tail") and _SUM_OF not in fs]
            for fs in self._file_systems:
                found.update(str(row[0]) for row in self._catalog.execute(wanted, (fs, signed(ino), size, mtime_ns)))
        return found

    def put(self, item: Item, digest: str, *, since_ns: int | None = None, what: str = "") -> None:
        """Remember the hash of an item whose reading began at `since_ns` (None: now), unless it had changed just before.

        An object's ETag always proves it.
        """
        self.put_all([(item, digest)], self.now_ns() if since_ns is None else since_ns, what)

    def put_all(self, read: Iterable[tuple[Item, str]], since_ns: int, what: str = "") -> None:
        """Remember hashes as `put` does, of items whose reading began at `since_ns`."""
        self._keep([one for one in read if one[0].fs.startswith("s3:") or is_settled(one[0], since_ns)], what)

    def keep(self, item: Item, digest: str) -> None:
        """Remember the hash of an item, whenever it changed: the caller knows that it did not since its content was read."""
        self._keep([(item, digest)])

    def _keep(self, known: Sequence[tuple[Item, str]], what: str = "") -> None:
        now = self.now_ns()
        with self._lock:
            for item, digest in known:
                if _is_told(item.fs):
                    self._fresh[item.fs + what, signed(item.ino)] = item.size, item.mtime_ns, item.ctime_ns, digest
            if len(self._fresh) >= _MOST_FRESH or (self._fresh and now - self._written_ns >= _FRESH_NS):
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
                self._catalog.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?)", rows)


class CachedDigests(ReadOnly):
    """The reads of a store, whose `digest` reads a file only when it is not known already. Satisfies ports.store_reader.Reader."""

    def __init__(self, store: Store | ReadOnly, cache: DigestCache) -> None:
        super().__init__(store)
        self._cache = cache

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits: remembered, or read now and remembered."""
        return self._one(rel, super().digest)

    def tail(self, rel: str) -> str:
        """Return the hash of the end of a file: remembered, or read now and remembered."""
        return self._one(rel, super().tail, _TAIL_OF)

    def checksum(self, rel: str, kind: str) -> str:
        """Return the sum of that kind of a file: remembered, or read now and remembered."""
        return self._one(rel, lambda rel: super(CachedDigests, self).checksum(rel, kind), f"{_SUM_OF}{kind}")

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        """Return the content hash of each of these files, or of its end: remembered, or read now and remembered."""
        what = _TAIL_OF if ends else ""
        since_ns = self._cache.now_ns()
        known = self._cache.known(items, what)
        unknown = [item for item, digest in zip(items, known, strict=True) if digest is None]
        read = super().contents(unknown, ends=ends)
        hashed = ((item, told) for item, told in zip(unknown, read, strict=True) if isinstance(told, str))
        self._cache.put_all(hashed, since_ns, what)
        fresh = iter(read)
        return [next(fresh) if digest is None else digest for digest in known]

    def _one(self, rel: str, read: Callable[[str], str], what: str = "") -> str:
        since_ns = self._cache.now_ns()
        item = self.stat(rel)
        if item is None or item.kind != "file":
            return read(rel)
        return self._cache.known([item], what)[0] or self._read(item, read, what, since_ns)

    def _read(self, item: Item, read: Callable[[str], str], what: str, since_ns: int) -> str:
        """Read a file that was seen as `item`, at `since_ns` or before, and remember what was read if it is that still."""
        digest = read(item.rel)
        if self.stat(item.rel) == item:
            self._cache.put(item, digest, since_ns=since_ns, what=what)
        return digest


def _hash_of(item: Item, row: tuple[int, int, int, str] | None) -> str | None:
    """Return the hash in a row, if the row is of exactly this item."""
    return row[3] if row is not None and row[:3] == (item.size, item.mtime_ns, item.ctime_ns) else None


def _is_told(fs: str) -> bool:
    """Say whether the identity of an item here tells its content: an object's by its ETag, a file's where every change shows."""
    return fs.startswith("s3:") or tells_changes(fs)
