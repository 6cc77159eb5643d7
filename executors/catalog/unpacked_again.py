"""What came back with a folder that was unpacked, and went with it again: the last event of a place decides."""

import sqlite3

from reshelve.executors.catalog.catalog_whereabouts import packed_from

_CAME = (
    "SELECT o.now, o.id, u.was, u.id FROM operation o JOIN operation u ON u.now = o.now AND u.verb = 'unpack' AND u.id <= o.id "
    "WHERE o.run = ? AND o.verb IN ('unpack', 'move') ORDER BY u.id"
)
_WENT = (
    "SELECT o.was, o.now FROM operation o JOIN operation u ON u.now = o.was AND u.verb = 'unpack' AND u.id < o.id "
    "WHERE o.run = ? AND o.verb = 'trash'"
)
_BACK = """
INSERT INTO place (location, asset, size, mtime_ns, inode, type, project, job, facts, filed_at, first_seen, last_seen)
SELECT ?1 || substr(location, ?2), asset, size, mtime_ns, 0, type, project, job, facts, filed_at, ?3, ?3 FROM place
WHERE location >= ?4 AND location < ?5 AND gone_at IS NOT NULL AND in_trash = 0 AND first_seen <= ?6
  AND EXISTS (SELECT 1 FROM operation WHERE was = location AND verb = 'trash' AND id > ?7 AND id < ?8)
ON CONFLICT (location) DO UPDATE SET asset = excluded.asset, size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = NULL,
  inode = 0, last_seen = excluded.last_seen, gone_at = NULL, in_trash = 0
"""


def follow(catalog: sqlite3.Connection, run: int, at: str) -> None:
    """Write which files came back with the folders that a run (its number) unpacked, or took out of the trash, and which left.

    An archive tells no names here: those that were there when it was packed, and were let go of since, are back.
    In a transaction of the caller's, once the rows of the run are written.
    """
    for folder, put in set(catalog.execute(_WENT, (run,))):
        gone = "UPDATE place SET gone_at = ?1, last_seen = ?1 WHERE location >= ?2 AND location < ?3 AND gone_at IS NULL"
        catalog.execute(gone, (at, *_within(folder)))
        _is_no_file(catalog, folder, put)
    came = {row[0]: row[1:] for row in catalog.execute(_CAME, (run,))}
    for folder, (number, archive, unpacked) in came.items():
        _is_no_file(catalog, folder)
        packed = packed_from(catalog, archive, unpacked)
        if packed is not None:
            was, since, ended = packed
            catalog.execute(_BACK, (folder, len(was) + 1, at, *_within(was), f"{ended[:19]}Z", since, number))


def _is_no_file(catalog: sqlite3.Connection, *places: str | None) -> None:
    """Forget places that operations name as they name a file's, and that are a folder's."""
    catalog.executemany("DELETE FROM place WHERE location = ?", ((place,) for place in places))


def _within(folder: str) -> tuple[str, str]:
    """Return the bounds of the locations below a folder."""
    return f"{folder}/", f"{folder}0"
