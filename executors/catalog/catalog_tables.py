"""`assets.db`: the tables of the catalog, made and brought up to date by numbered steps.

It is a file of its own beside `catalog.db`: that one is thrown away whole when it is damaged, and so is this one, and neither takes
the other along. Everything in it is derived from runs, stores and `assets.yaml`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reshelve.executors.state.cache_db import planted

FILE = "assets.db"

_FIRST = """
CREATE TABLE run (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, command TEXT NOT NULL, of TEXT NOT NULL, outcome TEXT NOT NULL,
  started TEXT NOT NULL, ended TEXT NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL, is_known INTEGER NOT NULL
);
CREATE TABLE operation (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(number), step INTEGER NOT NULL, verb TEXT NOT NULL,
  was TEXT, now TEXT, size INTEGER NOT NULL
);
CREATE INDEX operation_was ON operation(was);
CREATE INDEX operation_now ON operation(now);
CREATE TABLE asset (
  id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE, xxh3 TEXT UNIQUE, size INTEGER, status TEXT, note TEXT, metadata TEXT,
  usage_count INTEGER NOT NULL DEFAULT 0, version INTEGER, parent INTEGER, last_known TEXT
);
CREATE TABLE place (
  id INTEGER PRIMARY KEY, location TEXT NOT NULL UNIQUE, asset INTEGER REFERENCES asset(id), size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, ctime_ns INTEGER, inode INTEGER NOT NULL, type TEXT NOT NULL, project TEXT, job TEXT, facts TEXT,
  filed_at TEXT, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, gone_at TEXT, in_trash INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX place_asset ON place(asset) WHERE asset IS NOT NULL;
CREATE INDEX place_live ON place(type, project, job, size, mtime_ns) WHERE gone_at IS NULL AND in_trash = 0;
CREATE INDEX place_project ON place(project) WHERE project IS NOT NULL;
CREATE INDEX place_job ON place(job) WHERE job IS NOT NULL;
CREATE TABLE tag (tag TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset(id), PRIMARY KEY (tag, asset)) WITHOUT ROWID;
CREATE INDEX tag_asset ON tag(asset);
CREATE TABLE usage (asset INTEGER NOT NULL REFERENCES asset(id), project TEXT, sequence TEXT, date TEXT, duration REAL);
CREATE INDEX usage_asset ON usage(asset);
CREATE TABLE link (asset INTEGER NOT NULL REFERENCES asset(id), to_asset INTEGER NOT NULL REFERENCES asset(id), kind TEXT NOT NULL);
CREATE INDEX link_asset ON link(asset);
CREATE INDEX link_to ON link(to_asset);
CREATE INDEX asset_status ON asset(status) WHERE status IS NOT NULL;
CREATE TABLE known (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIEW history AS
  SELECT operation.id, run.ended AS "when", run.who, run.run, run.command, operation.verb, operation.was, operation.now,
    operation.size
  FROM operation JOIN run ON run.number = operation.run;
CREATE VIEW assets AS
  SELECT place.id, place.location AS filepath, asset.sha256 AS file_hash, asset.xxh3, place.type AS file_type,
    place.size AS file_size, place.filed_at AS created_date,
    datetime(place.mtime_ns / 1000000000, 'unixepoch') AS modified_date, place.first_seen, place.last_seen,
    place.project, place.job, coalesce(asset.status, 'active') AS status, coalesce(asset.version, 1) AS version,
    asset.parent AS parent_asset_id, asset.id AS asset_id, asset.metadata, coalesce(asset.usage_count, 0) AS usage_count,
    (SELECT group_concat(tag, ',') FROM tag WHERE tag.asset = place.asset) AS tags
  FROM place LEFT JOIN asset ON asset.id = place.asset WHERE place.gone_at IS NULL AND place.in_trash = 0;
"""

STEPS = (_FIRST,)
"""What brings the tables from each version to the next: `PRAGMA user_version` counts those that were taken."""


class DamagedError(Exception):
    """The catalog cannot be read, or another version of reshelve made it. It is to be made anew."""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give the catalog, made where there is none. Raises DamagedError, and sqlite3.Error where it is locked or not writable."""
    if why := planted(path):
        # SQLite would follow a link, and replay what is not ours. Making it anew removes the link alone.
        raise DamagedError(why)
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as catalog, telling_damage():
        catalog.execute("PRAGMA journal_mode = WAL")
        catalog.execute("PRAGMA synchronous = NORMAL")
        catalog.execute("PRAGMA cache_size = -32768")
        _bring_up(catalog)
        yield catalog


@contextmanager
def writing(catalog: sqlite3.Connection) -> Iterator[None]:
    """Do everything in one transaction: all of it is there afterwards, or nothing."""
    catalog.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if catalog.in_transaction:
            catalog.execute("ROLLBACK")
        raise
    catalog.execute("COMMIT")


@contextmanager
def telling_damage() -> Iterator[None]:
    """Raise DamagedError where SQLite finds that the file is damaged: what is only locked or full is another error."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.ProgrammingError) as trouble:
        if "no such" in str(trouble) or "malformed" in str(trouble):
            raise DamagedError(str(trouble)) from trouble
        raise
    except sqlite3.DatabaseError as trouble:
        raise DamagedError(str(trouble)) from trouble


def discard(path: Path) -> None:
    """Remove a catalog that cannot be read. Raises OSError."""
    for tail in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _bring_up(catalog: sqlite3.Connection) -> None:
    version = _version(catalog)
    if version == len(STEPS):
        return
    if version > len(STEPS):
        raise DamagedError("a later version of reshelve made it")
    with writing(catalog):
        for number in range(_version(catalog), len(STEPS)):
            for statement in STEPS[number].split(";\n"):
                if statement.strip():
                    catalog.execute(statement)
        catalog.execute(f"PRAGMA user_version = {len(STEPS)}")


def _version(catalog: sqlite3.Connection) -> int:
    return int(catalog.execute("PRAGMA user_version").fetchone()[0])
