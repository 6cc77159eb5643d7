"""Where a content is by what runs did: questions to the catalog about copies, archives and the trash."""

import sqlite3
from collections.abc import Iterator

_COPIES = ("copy", "link", "upload", "download")


def was_copied(catalog: sqlite3.Connection, place: str) -> bool:
    """Say whether a run copied, linked, or carried to or from a bucket what stood at a place."""
    marks = ", ".join("?" * len(_COPIES))
    wanted = f"SELECT 1 FROM operation WHERE was = ? AND verb IN ({marks}) LIMIT 1"  # noqa: S608 - our own names
    return catalog.execute(wanted, (place, *_COPIES)).fetchone() is not None


def identities(catalog: sqlite3.Connection) -> Iterator[tuple[str, int, int, int]]:
    """Yield every place that stands, with the inode (signed), size in bytes and mtime_ns of its file."""
    wanted = "SELECT location, inode, size, mtime_ns FROM place WHERE gone_at IS NULL AND in_trash = 0"
    yield from catalog.execute(wanted)


def has_run(catalog: sqlite3.Connection, run: str) -> bool:
    """Say whether the catalog knows what a run did. What stands by it, though the run took that away, came there since."""
    return catalog.execute("SELECT 1 FROM run WHERE run = ? AND is_known", (run,)).fetchone() is not None


def places_of_content(catalog: sqlite3.Connection, xxh3: str) -> list[str]:
    """Return every place that has or had a content, in the trash or not, those seen last first."""
    wanted = "SELECT location FROM place JOIN asset ON asset.id = asset WHERE xxh3 = ? ORDER BY last_seen DESC, location"
    return [str(location) for (location,) in catalog.execute(wanted, (xxh3,))]


def packed_in(catalog: sqlite3.Connection, place: str) -> Iterator[str]:
    """Yield the archives into which runs packed what stood at a place and went to the trash, where they are now; newest first.

    A run lets go of what it packed only once the archive was verified to hold it.
    """
    left = "SELECT id FROM operation WHERE was = ? AND verb = 'trash' ORDER BY id DESC LIMIT 1"
    row = catalog.execute(left, (place,)).fetchone()
    if row is None:
        return
    folders = folders_above(place)
    marks = ", ".join("?" * len(folders))
    came = catalog.execute("SELECT coalesce(max(id), 0) FROM operation WHERE now = ? AND id < ?", (place, row[0])).fetchone()[0]
    wanted = (
        f"SELECT now, id FROM operation WHERE was IN ({marks}) AND verb = 'pack' AND id > ? "  # noqa: S608 - our own names
        "AND run <= (SELECT run FROM operation WHERE id = ?) ORDER BY id DESC"
    )
    for archive, number in catalog.execute(wanted, (*folders, came, row[0])).fetchall():
        yield _followed(catalog, str(archive), int(number))


def packed_from(catalog: sqlite3.Connection, archive: str, before: int) -> tuple[str, int, str] | None:
    """Return the folder that the archive at a place was made of, before an operation; with the number and the end of its packing.

    None where no run made it. Runs may have moved it since, or carried it to a bucket.
    """
    came = (
        "SELECT operation.id, verb, was, ended FROM operation JOIN run ON run.number = operation.run WHERE now = ? "
        "AND operation.id < ? AND verb <> 'mkdir' ORDER BY operation.id DESC LIMIT 1"
    )
    while (row := catalog.execute(came, (archive, before)).fetchone()) is not None and row[2]:
        if row[1] == "pack":
            return str(row[2]), int(row[0]), str(row[3])
        before, archive = int(row[0]), str(row[2])
    return None


def taken_from(catalog: sqlite3.Connection, place: str) -> tuple[str, str, str] | None:
    """Return the run that put into the trash what stood at a place last, its command, and the archive it went into ("" none).

    None where no run did, or something came there since: to the place itself, or as a folder with it. An undo only took it back.
    """
    left = (
        "SELECT operation.id, run.run, run.command FROM operation JOIN run ON run.number = operation.run "
        "WHERE was = ? AND verb = 'trash' ORDER BY operation.id DESC LIMIT 1"
    )
    row = catalog.execute(left, (place,)).fetchone()
    if row is None or row[2] == "undo":
        return None
    there = [place, *folders_above(place)]
    marks = ", ".join("?" * len(there))
    back = (
        f"SELECT 1 FROM operation AS came WHERE now IN ({marks}) AND verb <> 'mkdir' AND id > ? "  # noqa: S608 - our own names
        "AND NOT EXISTS (SELECT 1 FROM operation WHERE was = came.now AND verb = 'trash' AND id > came.id) LIMIT 1"
    )
    if catalog.execute(back, (*there, row[0])).fetchone() is not None:
        return None
    return str(row[1]), str(row[2]), next(packed_in(catalog, place), "")


def copied_to(catalog: sqlite3.Connection, place: str) -> tuple[str, int] | None:
    """Return the run that copied to a place what came there last, and the step by which it did.

    None where it did not come there as a copy, or was taken away since.
    """
    came = (
        "SELECT operation.id, run.run, step, verb FROM operation JOIN run ON run.number = operation.run "
        "WHERE now = ? ORDER BY operation.id DESC LIMIT 1"
    )
    row = catalog.execute(came, (place,)).fetchone()
    if row is None or row[3] not in _COPIES:
        return None
    left = "SELECT 1 FROM operation WHERE was = ? AND verb IN ('move', 'trash') AND id > ? LIMIT 1"
    return None if catalog.execute(left, (place, row[0])).fetchone() is not None else (str(row[1]), int(row[2]))


def brought_from(catalog: sqlite3.Connection, place: str) -> list[str]:
    """Return where runs brought what was at a place last: where it was moved, then where its content is otherwise."""
    wanted = "SELECT now, id FROM operation WHERE was = ? AND verb = 'move' AND now IS NOT NULL ORDER BY id DESC LIMIT 1"
    row = catalog.execute(wanted, (place,)).fetchone()
    if row is None:
        return []
    moved = _followed(catalog, str(row[0]), int(row[1]))
    same = (
        "SELECT location FROM place WHERE gone_at IS NULL AND in_trash = 0 "
        "AND asset = (SELECT asset FROM place WHERE location = ?) ORDER BY location"
    )
    return list(dict.fromkeys([moved, *(str(at) for (at,) in catalog.execute(same, (moved,)))]))


def folders_above(place: str) -> list[str]:
    """Return the folders above a place, the root first."""
    key, _, rel = place.partition(":")
    parts = rel.split("/")[:-1]
    return [f"{key}:{'/'.join(parts[:depth])}" for depth in range(len(parts) + 1)]


def _followed(catalog: sqlite3.Connection, place: str, since: int) -> str:
    """Return where what came to a place by the operation numbered `since` was moved to, by runs or by hand."""
    wanted = (
        "SELECT now, id FROM operation WHERE was = ? AND id > ? AND verb IN ('move', 'upload', 'download') "
        "AND now IS NOT NULL ORDER BY id LIMIT 1"
    )
    while (row := catalog.execute(wanted, (place, since)).fetchone()) is not None:
        place, since = str(row[0]), int(row[1])
    return place
