"""Following files through a run: renaming one changes its ctime, by which what is remembered of it is known.

Only what the run itself did is followed. Each rename is looked at just before and just after, so whatever anybody else did to the
file before, between or since breaks the chain, and the file is then read again. Not even that sees a file that is rewritten, its
times put back, within the very tick of the clock in which it was renamed: at most 10 ms; none at all where the kernel tells each
look its own ctime (Linux 6.13, Documentation/filesystems/multigrain-ts.rst). Where ctimes are whole seconds nothing is followed.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reshelve.executors.state.cache_db import foreign, signed
from reshelve.schemas.inventory import Item, tells_changes

Name = tuple[str, int]
"""A file, by the id of its file system and its inode number."""

_TABLES = ("digests", "metadata")
"""What is remembered by identity."""
_SECOND = 1_000_000_000


class Following:
    """The ctimes of files, by name, from where a run found them to where it left them. `watched` are inode numbers worth a look."""

    def __init__(self) -> None:
        self.watched: set[int] = set()
        self._known: dict[Name, tuple[int, int]] = {}

    def watch(self, catalog: Path, inos: Iterable[int]) -> None:
        """Watch those of these files of which something is remembered."""
        with contextlib.suppress(sqlite3.Error, OSError), _opened(catalog) as open_catalog:
            wanted = list(inos)
            for table in _TABLES:
                with contextlib.suppress(sqlite3.Error):  # there may be no such table yet
                    self.watched |= _remembered(open_catalog, table, wanted)

    def made(self, item: Item) -> None:
        """Follow a file that the run has just made and read back."""
        if tells_changes(item.fs):
            self.watched.add(item.ino)
            self._known[item.fs, item.ino] = item.ctime_ns, item.ctime_ns

    def renamed(self, fs: str, before: os.stat_result, after: os.stat_result) -> None:
        """Note a rename, or a further name, by what was seen just before and just after it."""
        name = fs, before.st_ino
        first, last = self._known.get(name, (before.st_ctime_ns, before.st_ctime_ns))
        unchanged = (before.st_ino, before.st_size, before.st_mtime_ns) == (after.st_ino, after.st_size, after.st_mtime_ns)
        if last == before.st_ctime_ns and unchanged and after.st_ctime_ns % _SECOND:
            self._known[name] = first, after.st_ctime_ns
        else:
            self._known[name] = -1, -1

    def is_as_left(self, item: Item) -> bool:
        """Say whether a file that the run made stands as it left it, its ctime too."""
        return self._known.get((item.fs, item.ino), (-1, -1))[1] == item.ctime_ns

    def keep_up(self, catalog: Path) -> None:
        """Bring what is remembered of the files followed up to their new ctimes. May run twice."""
        moved = [(last, fs, signed(ino), first) for (fs, ino), (first, last) in self._known.items() if first != last]
        if not moved:
            return
        moved.sort(key=lambda row: row[1:3])  # as the tables are sorted
        with contextlib.suppress(sqlite3.Error, OSError), _opened(catalog) as open_catalog:
            for table in _TABLES:
                update = f"UPDATE {table} SET ctime_ns = ? WHERE fs = ? AND ino = ? AND ctime_ns = ?"  # noqa: S608 - our own names
                with contextlib.suppress(sqlite3.Error), open_catalog:
                    open_catalog.execute("BEGIN")
                    open_catalog.executemany(update, moved)

    def contents(self, catalog: Path) -> dict[tuple[int, int, int], str]:
        """Return the hashes remembered of the files followed, by (ino, size, mtime_ns); after `keep_up`."""
        found: dict[tuple[int, int, int], str] = {}
        if not self.watched:
            return found
        left = {(fs, signed(ino)): last for (fs, ino), (_, last) in self._known.items() if last >= 0}
        unclear = set()
        wanted = "SELECT size, mtime_ns, digest FROM digests WHERE fs = ? AND ino = ? AND ctime_ns = ?"
        with contextlib.suppress(sqlite3.Error, OSError), _opened(catalog) as open_catalog:
            for (fs, ino), last in left.items():
                for size, mtime_ns, digest in open_catalog.execute(wanted, (fs, ino, last)):
                    name = ino % (1 << 64), size, mtime_ns
                    if found.setdefault(name, digest) != digest:
                        unclear.add(name)
        return {name: digest for name, digest in found.items() if name not in unclear}


@contextmanager
def _opened(catalog: Path) -> Iterator[sqlite3.Connection]:
    """Give the catalog, where there is one: none is made. Raises OSError where what is there is not ours."""
    if why := foreign(catalog):
        raise OSError(why)
    opened = sqlite3.connect(f"{catalog.resolve().as_uri()}?mode=rw", uri=True, timeout=5, isolation_level=None)
    try:
        yield opened
    finally:
        opened.close()


def _remembered(catalog: sqlite3.Connection, table: str, inos: list[int]) -> set[int]:
    """Return which of these inode numbers a table has: asked one by one, or all of the table, whichever is less."""
    more = catalog.execute(f"SELECT 1 FROM {table} LIMIT 1 OFFSET ?", (len(inos),)).fetchone()  # noqa: S608 - our own names
    if more is None:
        rows = catalog.execute(f"SELECT ino FROM {table}").fetchall()  # noqa: S608
        return {ino % (1 << 64) for (ino,) in rows}
    found: set[int] = set()
    wanted = json.dumps([signed(ino) for ino in inos])
    fs = ""
    while (row := catalog.execute(f"SELECT min(fs) FROM {table} WHERE fs > ?", (fs,)).fetchone()) and row[0]:  # noqa: S608
        fs = row[0]
        asked = f"SELECT ino FROM {table} WHERE fs = ? AND ino IN (SELECT value FROM json_each(?))"  # noqa: S608
        found |= {ino % (1 << 64) for (ino,) in catalog.execute(asked, (fs, wanted))}
    return found
