"""`catalog.db`: one small database of what was worked out before and may be lost without harm."""

import sqlite3
from pathlib import Path


def open_catalog(path: Path, table: str) -> sqlite3.Connection:
    """Open the catalog, with one table made ready by the statement `table`.

    One that is damaged is made anew; where none can be opened, it is kept in memory.
    """
    try:
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
        catalog.execute(table)
    except sqlite3.Error:
        catalog.close()
        raise
    return catalog
