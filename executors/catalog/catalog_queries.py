"""Questions to the catalog. They read it alone, by its indices, and change nothing: what others build on."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from reshelve.executors.catalog.catalog_whereabouts import folders_above
from reshelve.executors.state.cache_db import signed
from reshelve.schemas.asset_questions import AssetPlace, HistoryRow, Totals, Wanted

_COLUMNS = """
SELECT p.location, p.size, p.type, coalesce(a.sha256, ''), coalesce(a.xxh3, ''), coalesce(p.project, ''), coalesce(p.job, ''),
  coalesce(a.status, 'active'), coalesce(a.version, 1), coalesce((SELECT sha256 FROM asset WHERE id = a.parent), ''),
  (SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM tag WHERE tag.asset = p.asset ORDER BY tag)),
  coalesce(a.usage_count, 0), coalesce(a.note, ''), coalesce(a.metadata, ''), coalesce(p.facts, ''), p.mtime_ns,
  coalesce(p.filed_at, ''), p.first_seen, p.last_seen, coalesce(p.gone_at, ''), p.in_trash,
  CASE WHEN p.asset IS NULL THEN 1 ELSE
    (SELECT count(*) FROM place WHERE place.asset = p.asset AND gone_at IS NULL AND in_trash = 0) END
FROM place p LEFT JOIN asset a ON a.id = p.asset
"""
_LIVE = "p.gone_at IS NULL AND p.in_trash = 0"
_FEW = "+p.gone_at IS NULL AND +p.in_trash = 0"
_ORDER = " ORDER BY p.location"


def places_wanted(catalog: sqlite3.Connection, wanted: Wanted) -> Iterator[AssetPlace]:
    """Yield the files that stand, by what is wanted of them, sorted by place; then assets asked for that stand nowhere."""
    about, about_values = _about(wanted)
    # The plus keeps SQLite from going through all that stands where few assets or one project are asked for.
    bare = _LIVE if not (about or wanted.project or wanted.job) else _FEW
    where, values = [bare], []
    for column, value in (("p.project", wanted.project), ("p.job", wanted.job), ("p.type", wanted.type)):
        if value:
            where.append(f"{column} = ?")
            values.append(value)
    rows = catalog.execute(f"{_COLUMNS} WHERE {' AND '.join([*where, *about])}{_ORDER}", (*values, *about_values))
    yield from map(_place, rows)
    if about and not values:
        yield from _nowhere(catalog, [each.replace("p.asset", "a.id") for each in about], about_values)


def _about(wanted: Wanted) -> tuple[list[str], list[str]]:
    """Return the conditions that are about what people say."""
    where, values = [], []
    if wanted.tag:
        where.append("p.asset IN (SELECT asset FROM tag WHERE tag = ?)")
        values.append(wanted.tag)
    if wanted.status == "active":
        where.append("(a.status IS NULL OR a.status = ?)")
        values.append(wanted.status)
    elif wanted.status:
        where.append("p.asset IN (SELECT id FROM asset WHERE status = ?)")
        values.append(wanted.status)
    return where, values


def _nowhere(catalog: sqlite3.Connection, about: list[str], values: list[str]) -> Iterator[AssetPlace]:
    """Yield assets that people have said something of, and that stand at no place any more."""
    wanted = (
        "SELECT coalesce(last_known, ''), coalesce(size, 0), sha256, coalesce(xxh3, ''), coalesce(status, 'active'), "  # noqa: S608
        f"usage_count, coalesce(note, '') FROM asset a WHERE {' AND '.join(about)} AND last_known IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM place WHERE place.asset = a.id AND gone_at IS NULL AND in_trash = 0) ORDER BY sha256"
    )
    for at, size, sha256, xxh3, status, uses, note in catalog.execute(wanted, values):
        yield AssetPlace(
            at, size, "other", sha256[:12], sha256, xxh3, status=status, usage_count=uses, note=note, gone_at="unknown", places=0
        )


def places_at(catalog: sqlite3.Connection, locations: Sequence[str]) -> list[AssetPlace]:
    """Return what is known of these places, whether a file stands there or not."""
    marks = ", ".join("?" * len(locations))
    return [_place(row) for row in catalog.execute(f"{_COLUMNS} WHERE p.location IN ({marks}){_ORDER}", locations)]


def contents_at(catalog: sqlite3.Connection, place: str, size: int, mtime_ns: int, ino: int) -> set[str]:
    """Return the content hash recorded for a file of this size (bytes), modification time and inode at a place, as a set."""
    wanted = (
        "SELECT xxh3 FROM place JOIN asset ON asset.id = place.asset "
        "WHERE location = ? AND place.size = ? AND mtime_ns = ? AND inode = ? AND xxh3 IS NOT NULL"
    )
    with suppress(sqlite3.Error):
        return {str(row[0]) for row in catalog.execute(wanted, (place, size, mtime_ns, signed(ino)))}
    return set()


class Holding(NamedTuple):
    """What stands at a place by the catalog: its asset and both hashes, "" where one is not known; size in bytes."""

    location: str
    size: int
    mtime_ns: int
    asset: int
    sha256: str
    xxh3: str


def holdings(catalog: sqlite3.Connection) -> Iterator[Holding]:
    """Yield every place that stands and whose content is known."""
    wanted = (
        "SELECT location, place.size, mtime_ns, asset.id, coalesce(sha256, ''), coalesce(xxh3, '') "
        "FROM place JOIN asset ON asset.id = place.asset WHERE gone_at IS NULL AND in_trash = 0 ORDER BY location"
    )
    yield from map(Holding._make, catalog.execute(wanted))


def places_of(catalog: sqlite3.Connection, content: str) -> list[AssetPlace]:
    """Return every place that a content has or had: by its SHA-256 or xxh3, or the beginning of one of them."""
    ids = [number for number, _ in assets_beginning(catalog, content)]
    marks = ", ".join("?" * len(ids))
    return [_place(row) for row in catalog.execute(f"{_COLUMNS} WHERE p.asset IN ({marks}){_ORDER}", ids)]


def assets_beginning(catalog: sqlite3.Connection, begin: str) -> list[tuple[int, str]]:
    """Return (number, SHA-256 or "") of the assets whose SHA-256 or xxh3 begins so."""
    low = begin.lower()
    xxh = low if low.startswith("xxh3:") else f"xxh3:{low}"
    wanted = (
        "SELECT id, coalesce(sha256, '') FROM asset WHERE sha256 >= ? AND sha256 < ? "
        "UNION SELECT id, coalesce(sha256, '') FROM asset WHERE xxh3 >= ? AND xxh3 < ?"
    )
    return [(int(row[0]), str(row[1])) for row in catalog.execute(wanted, (low, low + "g", xxh, xxh + "g"))]


def several_places(catalog: sqlite3.Connection) -> Iterator[list[AssetPlace]]:
    """Yield the places of each content that stands at several, largest first. Contents that nobody read are not among them."""
    wanted = (
        "SELECT asset FROM place WHERE asset IS NOT NULL AND gone_at IS NULL AND in_trash = 0 "
        "GROUP BY asset HAVING count(*) > 1 ORDER BY max(size) DESC, asset"
    )
    for (asset,) in catalog.execute(wanted).fetchall():
        yield [_place(row) for row in catalog.execute(f"{_COLUMNS} WHERE p.asset = ? AND {_LIVE}{_ORDER}", (asset,))]


def not_seen_since(catalog: sqlite3.Connection, moment: str) -> Iterator[AssetPlace]:
    """Yield the files that stand by the catalog, and that nothing has seen since a moment (ISO 8601 in UTC)."""
    yield from map(_place, catalog.execute(f"{_COLUMNS} WHERE {_LIVE} AND p.last_seen < ?{_ORDER}", (moment,)))


def gone(catalog: sqlite3.Connection) -> Iterator[AssetPlace]:
    """Yield the places that a look at the stores found empty, and that no run emptied."""
    wanted = f"{_COLUMNS} WHERE p.gone_at IS NOT NULL AND p.in_trash = 0{_ORDER}"
    for place in map(_place, catalog.execute(wanted)):
        row = catalog.execute("SELECT verb FROM operation WHERE was = ? ORDER BY id DESC LIMIT 1", (place.location,)).fetchone()
        if row is None or row[0] in ("copy", "link", "pack", "unpack"):
            yield place


def links_of(catalog: sqlite3.Connection, sha256: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what an asset is of others, and others are of it: (kind, SHA-256)."""
    joined = "link JOIN asset f ON f.id = link.asset JOIN asset t ON t.id = link.to_asset"
    of = f"SELECT kind, t.sha256 FROM {joined} WHERE f.sha256 = ? ORDER BY 1, 2"  # noqa: S608 - our own names
    by = f"SELECT kind, f.sha256 FROM {joined} WHERE t.sha256 = ? ORDER BY 1, 2"  # noqa: S608
    return catalog.execute(of, (sha256,)).fetchall(), catalog.execute(by, (sha256,)).fetchall()


def history_of(catalog: sqlite3.Connection, places: Sequence[str], most: int = 10_000) -> list[HistoryRow]:
    """Return the operations that files at these places, now or earlier, went through, under whatever names; in their order.

    Each file is followed back to where it came from and on to where it went. A folder gives those of what is or was in it.
    """
    found: dict[int, HistoryRow] = {}
    waiting: list[HistoryRow] = []
    for place in places:
        below = place if place.endswith((":", "/")) else f"{place}/"
        for column in ("was", "now"):
            wanted = f"{_HISTORY} WHERE {column} = ? OR {column} >= ? AND {column} < ? LIMIT ?"
            waiting += map(_row, catalog.execute(wanted, (place, below, below[:-1] + chr(ord(below[-1]) + 1), most)))
        waiting += _unpacked_with(catalog, place)
    while waiting and len(found) < most:
        row = waiting.pop()
        if row.id in found:
            continue
        found[row.id] = row
        if row.was:
            waiting += _neighbour(catalog, "now", row.was, f"operation.id < {row.id}", "DESC")
        if row.now:
            waiting += _neighbour(catalog, "was", row.now, f"operation.id > {row.id}", "ASC")
    return [found[number] for number in sorted(found)]


def _unpacked_with(catalog: sqlite3.Connection, place: str) -> list[HistoryRow]:
    """Return the operations by which a file that was known by then came to a place again with a folder that was unpacked."""
    above = folders_above(place)
    marks = ", ".join("?" * len(above))
    wanted = (
        f"{_HISTORY} WHERE now IN ({marks}) AND verb = 'unpack' "  # noqa: S608 - our own names
        "AND (SELECT first_seen FROM place WHERE location = ?) <= substr(run.ended, 1, 19) || 'Z'"
    )
    return [_row(row) for row in catalog.execute(wanted, (*above, place))]


def became_of(catalog: sqlite3.Connection, places: Sequence[str]) -> list[str] | None:
    """Return where what was filed at one of these places is now by the catalog: where it was moved to, else its content.

    None where no run ever put a file there. Whether it is there still was not looked at.
    """
    found: list[str] = []
    filed = False
    for place in places:
        row = next(iter(_neighbour(catalog, "now", place, "verb <> 'mkdir'", "DESC")), None)
        filed = filed or row is not None
        at = place
        while row is not None and row.now:
            at = row.now
            row = next(iter(_neighbour(catalog, "was", at, f"operation.id > {row.id} AND verb = 'move'", "ASC")), None)
        found += [at] if at != place else []
        same = f"{_COLUMNS} WHERE {_LIVE} AND p.asset = (SELECT asset FROM place WHERE location = ?){_ORDER}"  # noqa: S608 - our own names
        found += [_place(row).location for row in catalog.execute(same, (place,))]
    return [one for one in dict.fromkeys(found) if one not in places] if filed else None


def brought_to(catalog: sqlite3.Connection, places: Sequence[str]) -> HistoryRow | None:
    """Return the operation of a run that brought what stands at one of these places, though people moved it on since.

    None where no run is known to have, or what it brought has left since: another file stands there. That was not looked at.
    """
    for place in places:
        at, before = place, "true"
        while came := _neighbour(catalog, "now", at, f"verb <> 'mkdir' AND {before}", "DESC"):
            row = came[0]
            if _neighbour(
                catalog, "was", at, f"verb IN ('move', 'trash', 'purge') AND operation.id > {row.id} AND {before}", "ASC"
            ):
                break
            if row.run:
                return row
            at, before = row.was, f"operation.id < {row.id}"
    return None


_HISTORY = """
SELECT operation.id, run.ended, run.who, CASE command WHEN 'moved by hand' THEN '' ELSE run.run END, run.command, verb,
  coalesce(was, ''), coalesce(now, ''), size
FROM operation JOIN run ON run.number = operation.run
"""


def _neighbour(catalog: sqlite3.Connection, column: str, place: str, side: str, order: str) -> list[HistoryRow]:
    wanted = f"{_HISTORY} WHERE {column} = ? AND {side} ORDER BY operation.id {order} LIMIT 1"
    return [_row(row) for row in catalog.execute(wanted, (place,))]


def totals(catalog: sqlite3.Connection, project: str = "") -> Totals:
    """Return what stands in the stores by the catalog, of one project or of all."""
    made = Totals()
    oldest: int | None = None
    newest: int | None = None
    wanted = (
        "SELECT coalesce(project, ''), coalesce(job, ''), type, count(*), sum(size), min(mtime_ns), max(mtime_ns) FROM place "  # noqa: S608
        f"WHERE gone_at IS NULL AND in_trash = 0 {'AND project = ?' if project else ''} GROUP BY type, project, job"
    )
    for name, job, kind, files, size, first, last in catalog.execute(wanted, (project,) if project else ()):
        made.files += files
        made.bytes += size
        made.by_type[kind] = made.by_type.get(kind, 0) + files
        made.bytes_by_type[kind] = made.bytes_by_type.get(kind, 0) + size
        if name:
            made.projects[name] = made.projects.get(name, 0) + files
        if job:
            made.jobs[job] = made.jobs.get(job, 0) + files
        oldest = first if oldest is None else min(oldest, first)
        newest = last if newest is None else max(newest, last)
    made.oldest, made.newest = _moment(oldest), _moment(newest)
    for counted in (made.by_type, made.bytes_by_type, made.projects, made.jobs):
        rows = sorted(counted.items())
        counted.clear()
        counted.update(rows)
    return made


def gifs(catalog: sqlite3.Connection) -> int:
    """Count the GIFs that stand, of which `totals` counts the files as images."""
    wanted = "SELECT count(*) FROM place WHERE type = 'image' AND gone_at IS NULL AND in_trash = 0 AND location LIKE '%.gif'"
    return int(catalog.execute(wanted).fetchone()[0])


def _moment(ns: int | None) -> str:
    if ns is None:
        return ""
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(row: Sequence[object]) -> AssetPlace:
    location, size, kind, sha256, xxh3, project, job, status, version, parent, tags, *rest, in_trash, places = row
    named = sha256[:12] if isinstance(sha256, str) else ""
    told = tuple(str(tags).split("\n")) if tags else ()
    first = (location, size, kind, named, sha256, xxh3, project, job, status, version, parent, told)
    return AssetPlace(*first, *rest, bool(in_trash), places)  # type: ignore[arg-type,call-arg]


def _row(row: Sequence[object]) -> HistoryRow:
    return HistoryRow(*row)  # type: ignore[arg-type]
