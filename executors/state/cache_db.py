"""`catalog.db`: one small database of what was worked out before and may be lost without harm."""

import contextlib
import os
import sqlite3
import stat
import time
from pathlib import Path

from reshelve.schemas.inventory import Item

_BEFORE_MARKS = ["fs", "ino", "size", "mtime_ns", "ctime_ns", "digest"]
"""The columns of `digests` in catalogs that were made before these were marked."""
TABLES = {
    "digests": "contents hashed",
    "lookups": "answers of databases of films and shows",
    "metadata": "files looked into",
    "readings": "names read",
    "sha256s": "SHA-256 hashes",
    "suggestions": "answers",
}
"""What the catalog may hold: its tables, and what a row of each is."""

CATALOG = "catalog.db"
"""Its name in a state folder."""
_OURS = 0x7273_6C76
"""`application_id` of every catalog ("rslv"): without it a database is somebody else's."""
_TAILS = ("", "-wal", "-shm", "-journal")
_MAKING = 2.0
"""Seconds for which a young journal may be that of a database in the making."""
_YOUNG = 5.0
"""Seconds since its last write for which a journal is young."""


UNSETTLED_NS = 3_000_000_000
"""A file changed so lately may change again within one tick of its file system's clock (1 s on some), unseen."""


def is_settled(item: Item, at_ns: int) -> bool:
    """Say whether at that moment a file had last changed long enough ago for any later change to show in its ctime."""
    return max(item.mtime_ns, item.ctime_ns) <= at_ns - UNSETTLED_NS


def foreign(path: Path) -> str:
    """Say why what stands at the place of a catalog, or beside it, is not touched: it is not ours. "" if it is, or none is there.

    A folder that came from somebody else may hold a link there, or another program's database. SQLite follows links, replays a
    journal, and may delete a file that a journal names: so it is not asked to open any of these.
    """
    if why := planted(path):
        return why
    about = path.stat() if path.exists() else None
    return f"{path.name} is not reshelve's, or its beginning is damaged" if about and about.st_size and not _is_marked(path) else ""


def planted(path: Path) -> str:
    """Say why a database, or what lies beside it, is no plain file of this user's own, whatever it holds; "" if it is."""
    if path.parent.is_symlink():
        return f"{path.parent.name} is a link"
    users = {os.geteuid(), os.stat(path.parent).st_uid} if hasattr(os, "geteuid") and path.parent.exists() else None
    for tail in _TAILS:
        name = path.name + tail
        try:
            seen = os.lstat(path.with_name(name))
        except FileNotFoundError:
            continue
        except OSError as trouble:
            return f"{name}: {trouble.strerror}"
        if not stat.S_ISREG(seen.st_mode):
            return f"{name} is {'a link' if stat.S_ISLNK(seen.st_mode) else 'not a file'}"
        if seen.st_nlink > 1:
            return f"{name} has a second name somewhere"
        if users is not None and seen.st_uid not in users:
            return f"{name} belongs to another user"
        if tail == "-journal" and seen.st_size and _stays(path.with_name(name)):
            return f"{name} is not reshelve's"
    return ""


def _stays(journal: Path) -> bool:
    """Say whether a journal is there for good: SQLite has one for a moment while another process makes the database."""
    end = time.monotonic() + _MAKING
    while time.monotonic() < end:
        try:
            seen = os.lstat(journal)
        except OSError:
            return False
        if not seen.st_size:
            return False
        if time.time() - seen.st_mtime > _YOUNG:
            return True
        time.sleep(0.01)
    return True


def _is_marked(path: Path) -> bool:
    """Say whether a database says that it is a catalog, or has a catalog's tables alone, as catalogs had before they were marked.

    Nothing beside it is read, made or locked.
    """
    try:
        # By SQLite, for a file that this process closes loses the locks of all its connections.
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as catalog:
            mark = catalog.execute("PRAGMA application_id").fetchone()[0]
            tables = {str(row[0]) for row in catalog.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            columns = [row[1] for row in _columns(catalog, "digests")]
            return bool(mark == _OURS or (mark == 0 and columns == _BEFORE_MARKS and tables <= TABLES.keys()))
    except sqlite3.Error:
        # What follows a sound header is damaged: no connection of this process has it open, whose locks this would lose.
        with contextlib.suppress(OSError), path.open("rb") as stream:
            return stream.read(72)[68:] == _OURS.to_bytes(4)
        return False


def rows(path: Path) -> dict[str, int]:
    """Return how many rows each table of a catalog has; none where there is no catalog. Nothing is made."""
    if not path.is_file() or foreign(path):
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
    if path.is_file() and not foreign(path):
        catalog = sqlite3.connect(path, timeout=5, isolation_level=None)
        try:
            for table in rows(path):
                catalog.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        finally:
            catalog.close()


def open_catalog(path: Path, table: str) -> sqlite3.Connection:
    """Open the catalog, with one table made ready by the statement `table`.

    A catalog that is damaged is made anew, and so is a table of that name with other columns, which an earlier version left; where
    no catalog can be opened, or what stands there is not one of ours (`foreign`), it is kept in memory.
    """
    try:
        if str(path) == ":memory:" or foreign(path):
            return _ready(":memory:", table)
        try:
            return _ready(str(path), table)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for tail in _TAILS:
                path.with_name(path.name + tail).unlink(missing_ok=True)
            return _ready(str(path), table)
    except (sqlite3.Error, OSError):
        return _ready(":memory:", table)


def _ready(path: str, table: str) -> sqlite3.Connection:
    catalog = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        catalog.execute("PRAGMA trusted_schema = OFF")
        if catalog.execute("PRAGMA application_id").fetchone()[0] != _OURS:
            # Before anything else, and with no journal in a file: one that is there is somebody else's.
            catalog.execute("PRAGMA journal_mode = MEMORY")
            catalog.execute(f"PRAGMA application_id = {_OURS}")
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
