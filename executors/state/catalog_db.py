"""`catalog.db`: one small database of what was worked out before and may be lost without harm."""

import sqlite3
from pathlib import Path

from reshelve.schemas.inventory import Item

TABLES = {
    "digests": "contents hashed",
    "metadata": "files looked into",
    "readings": "names read",
    "sha256s": "SHA-256 hashes",
    "suggestions": "answers",
}
"""What the catalog may hold: its tables, and what a row of each is."""


UNSETTLED_NS = 3_000_000_000
"""A file changed so lately may change again within one tick of its file system's clock (1 s on some), unseen."""


def is_settled(item: Item, at_ns: int) -> bool:
    """Say whether at that moment a file had last changed long enough ago for any later change to show in its ctime."""
    return max(item.mtime_ns, item.ctime_ns) <= at_ns - UNSETTLED_NS


def rows(path: Path) -> dict[str, int]:
    """Return how many rows each table of a catalog has; none where there is no catalog. Nothing is made."""
    if not path.is_file():
        return {}
    try:
        catalog = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error:
        return {}
    try:
        there = {str(row[0]) for row in catalog.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        counted = {table: f"SELECT count(*) FROM {table}" for table in TABLES if table in there}  # noqa: S608 - our own names
        return {table: catalog.execute(count).fetchone()[0] for table, count in counted.items()}
    except sqlite3.Error:
        return {}
    finally:
        catalog.close()


def empty(path: Path) -> None:
    """Forget everything a catalog holds. What is there may be lost without harm."""
    if path.is_file():
        catalog = sqlite3.connect(path, timeout=5, isolation_level=None)
        try:
            for table in rows(path):
                catalog.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        finally:
            catalog.close()


def open_catalog(path: Path, table: str) -> sqlite3.Connection:
    """Open the catalog, with one table made ready by the statement `table`.

    A catalog that is damaged is made anew, and so is a table of that name with other columns, which an earlier version left; where
    no catalog can be opened, it is kept in memory.
    """
    try:
        if path.exists() and not path.is_file():
            return _ready(":memory:", table)
        try:
            return _ready(str(path), table)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for tail in ("", "-wal", "-shm"):
                path.with_name(path.name + tail).unlink(missing_ok=True)
            return _ready(str(path), table)
    except (sqlite3.Error, OSError):
        return _ready(":memory:", table)


def _ready(path: str, table: str) -> sqlite3.Connection:
    catalog = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        catalog.execute("PRAGMA journal_mode = WAL")
        catalog.execute("PRAGMA synchronous = NORMAL")
        _make(catalog, table)
    except sqlite3.Error:
        catalog.close()
        raise
    return catalog


def _make(catalog: sqlite3.Connection, table: str) -> None:
    """Make the table, in place of one of that name that has other columns."""
    plain = sqlite3.connect(":memory:", isolation_level=None)
    try:
        plain.execute(table)
        name = str(plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0])
        wanted = _columns(plain, name)
    finally:
        plain.close()
    if _columns(catalog, name) != wanted:
        catalog.execute("BEGIN IMMEDIATE")
        with catalog:
            if _columns(catalog, name) != wanted:
                catalog.execute(f"DROP TABLE IF EXISTS {name}")
                catalog.execute(table)


def _columns(catalog: sqlite3.Connection, name: str) -> list[tuple[object, ...]]:
    """Return what a table's columns are, in their order; none where there is no such table."""
    return catalog.execute(f"PRAGMA table_info({name})").fetchall()


def signed(number: int) -> int:
    """Return an inode number as SQLite holds it: 64 bits with a sign."""
    return number - (1 << 64) if number >= 1 << 63 else number
