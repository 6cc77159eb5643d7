"""What stands in the stores now, written into the catalog; and contents read, so that a place has its asset."""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import xxhash

from reshelve.executors.catalog.catalog_recording import Labels, write_moves_by_hand
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.executors.catalog.moved_across import Identity, Left, MovedAcross
from reshelve.executors.state.cache_db import open_catalog, signed
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.schemas.inventory import Item, Listing, lasting_inodes, tells_changes
from reshelve.schemas.locations import join
from reshelve.schemas.quick_dataclasses import dataclass

_PIECE = 1 << 20


@dataclass(slots=True)
class Sighted:
    """What a look at the stores came to, in files. One that was moved by hand is counted as `followed`, not as new or gone."""

    files: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    followed: int = 0


@dataclass(slots=True)
class _Known:
    location: str
    id: int
    size: int
    mtime_ns: int
    ctime_ns: int | None
    inode: int
    asset: int | None
    facts: str | None
    job: str | None


def see(
    catalog: sqlite3.Connection,
    listing: Listing,
    at: str,
    known_digest: Callable[[Item], str | None],
    labels: Labels,
    across: MovedAcross,
) -> Sighted:
    """Write what one root holds. What is not seen in folders that cannot be read stays as it was; nothing is told of a root away.

    A file that was moved by hand, told by its inode, size and time, keeps its asset and its history.
    One that changed is known by content alone. `across` is told what may have come from another root, or have gone there.
    """
    sighted = Sighted()
    root = listing.root
    if not root.available or "" in listing.unreadable:
        return sighted
    files = {join(root.key, item.rel): item for item in listing.items if item.kind == "file"}
    blind = tuple(join(root.key, folder) + "/" for folder in listing.unreadable)
    with writing(catalog):
        known = dict(_live(catalog, root.key))
        lost = [place for place in known if place not in files and not (blind and place.startswith(blind))]
        moved = {(known[place].inode, known[place].size, known[place].mtime_ns): known[place] for place in lost}
        catalog.executemany("UPDATE place SET gone_at = ? WHERE location = ?", ((at, place) for place in lost))
        sighted.files = len(files)
        assets = _Assets(catalog)
        rows, by_hand = [], []
        for place, item in files.items():
            digest = known_digest(item)
            row = _row(item, known.get(place), moved, assets.of(digest, item.size), sighted)
            if row.came_from:
                by_hand.append((row.came_from, place, item.size))
            elif place not in known and lasting_inodes(item.fs):
                across.came(item.fs, _identity(item), place)
            label = labels(place, None)
            told = label.type, label.project, label.job or row.job
            ctime = item.ctime_ns if digest is not None else row.ctime_ns
            rows.append((place, row.asset, item.size, item.mtime_ns, ctime, signed(item.ino), *told, row.facts, at, at))
        catalog.executemany(_SEEN, rows)
        write_moves_by_hand(catalog, by_hand, at)
    for identity, one in moved.items():
        across.left(root.fs, identity, Left(one.location, one.asset, one.facts, one.job))
    sighted.gone = len(lost) - sighted.followed
    return sighted


@dataclass(slots=True)
class _Row:
    """What a place has beside what was seen of its file, and from where a person moved it there."""

    asset: int | None = None
    facts: str | None = None
    job: str | None = None
    ctime_ns: int | None = None
    came_from: str = ""


def _row(item: Item, before: _Known | None, moved: dict[Identity, _Known], asset: int | None, sighted: Sighted) -> _Row:
    """Return what is known of a file: as what stood there `before`, or as what was `moved` there. Counts which it is.

    `asset` is told by content, and goes before anything else.
    """
    if before is not None:
        same = _same(before, item)
        sighted.changed += not same
        if asset is None and same:
            return _Row(before.asset, before.facts, before.job, before.ctime_ns)
        return _Row(asset, before.facts, before.job)
    came = moved.pop(_identity(item), None) if lasting_inodes(item.fs) else None
    if came is None:
        sighted.new += 1
        return _Row(asset)
    sighted.followed += 1
    return _Row(asset or came.asset, came.facts, came.job, came_from=came.location)


def _identity(item: Item) -> Identity:
    return signed(item.ino), item.size, item.mtime_ns


class _Assets:
    """The assets of the catalog by content; one that is new is made."""

    def __init__(self, catalog: sqlite3.Connection) -> None:
        self._catalog = catalog
        self._known: dict[str, int] = dict(catalog.execute("SELECT xxh3, id FROM asset WHERE xxh3 IS NOT NULL"))

    def of(self, digest: str | None, size: int) -> int | None:
        """Return the asset of a content, None where that is unknown."""
        if digest is None:
            return None
        if digest not in self._known:
            made = self._catalog.execute("INSERT INTO asset (xxh3, size) VALUES (?, ?)", (digest, size))
            self._known[digest] = made.lastrowid or 0
        return self._known[digest]


_SEEN = """
INSERT INTO place (location, asset, size, mtime_ns, ctime_ns, inode, type, project, job, facts, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (location) DO UPDATE SET asset = excluded.asset, size = excluded.size, mtime_ns = excluded.mtime_ns,
  ctime_ns = excluded.ctime_ns, inode = excluded.inode, type = excluded.type, project = coalesce(excluded.project, project),
  job = excluded.job, facts = excluded.facts, last_seen = excluded.last_seen, gone_at = NULL, in_trash = 0
"""


def _same(before: _Known, item: Item) -> bool:
    """Say whether a file is the one that the catalog knows, unchanged as far as its file system tells."""
    if (before.size, before.mtime_ns) != (item.size, item.mtime_ns):
        return False
    if lasting_inodes(item.fs) and before.inode not in (signed(item.ino), 0):
        return False
    return before.ctime_ns in (None, item.ctime_ns) or not tells_changes(item.fs)


def _live(catalog: sqlite3.Connection, key: str) -> Iterator[tuple[str, _Known]]:
    wanted = (
        "SELECT location, id, size, mtime_ns, ctime_ns, inode, asset, facts, job FROM place "
        "WHERE (location >= ? AND location < ? OR location >= ? AND location < ?) AND gone_at IS NULL AND in_trash = 0"
    )
    for place, *row in catalog.execute(wanted, (f"{key}:", f"{key};", f"{key}%:", f"{key}%;")):
        yield place, _Known(place, *row)


# Content.


_PAIRS = (
    "CREATE TABLE IF NOT EXISTS sha256s (xxh3 TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID"
)
"""In `catalog.db`: both hashes of what was read, so that losing the catalog does not mean to read everything again."""


def remember_pairs(path: Path, contents: Iterable["Content"]) -> None:
    """Remember both hashes of what was read. Only ever a help: nothing is raised."""
    with suppress(sqlite3.Error, OSError), closing(open_catalog(path, _PAIRS)) as cache:
        cache.execute("BEGIN")
        with cache:
            rows = ((content.xxh3, content.sha256, content.size) for content in contents)
            cache.executemany("INSERT OR REPLACE INTO sha256s VALUES (?, ?, ?)", rows)


def remembered_pairs(path: Path) -> list[tuple[str, str, int]]:
    """Return (SHA-256, xxh3, size) of what was read."""
    with suppress(sqlite3.Error, OSError), closing(open_catalog(path, _PAIRS)) as cache:
        return cache.execute("SELECT sha256, xxh3, size FROM sha256s").fetchall()
    return []


@dataclass(slots=True, frozen=True)
class Content:
    """What a file holds, read once: both hashes."""

    sha256: str
    xxh3: str
    size: int


class Unread(NamedTuple):
    """A place whose content is not known by both hashes. `is_known`: by one of them it is."""

    place: str
    is_known: bool


def unread(catalog: sqlite3.Connection, keys: Collection[str]) -> list[Unread]:
    """Return the places whose content is not known by both hashes, in these roots, in the order of their names."""
    wanted = (
        "SELECT location, asset IS NOT NULL FROM place LEFT JOIN asset ON asset.id = asset "
        "WHERE gone_at IS NULL AND in_trash = 0 AND (sha256 IS NULL OR xxh3 IS NULL) ORDER BY location"
    )
    found = (Unread(place, bool(known)) for place, known in catalog.execute(wanted))
    return [one for one in found if one.place.partition(":")[0].removesuffix("%") in keys]


def read_content(stream: BinaryIO) -> Content:
    """Read a file to its end. Raises OSError."""
    sha, xxh, size = hashlib.sha256(), xxhash.xxh3_128(), 0
    while piece := stream.read(_PIECE):
        sha.update(piece)
        xxh.update(piece)
        size += len(piece)
    return Content(sha.hexdigest(), f"xxh3:{xxh.hexdigest()}", size)


def read_item(
    open_file: Callable[[str], BinaryIO], stat: Callable[[str], Item | None], rel: str, cache: DigestCache | None
) -> tuple[Item, Content] | None:
    """Read one file; None where it changed on the way or is no file. Its hash is remembered. Raises OSError."""
    since = time.time_ns()
    before = stat(rel)
    if before is None or before.kind != "file":
        return None
    with open_file(rel) as stream:
        content = read_content(stream)
    if stat(rel) != before or content.size != before.size:
        return None
    if cache is not None:
        cache.put(before, content.xxh3, since_ns=since)
    return before, content


def put_content(catalog: sqlite3.Connection, place: str, item: Item, content: Content, at: str, labels: Labels) -> int:
    """Say what a place holds, and return the asset. In a transaction of the caller's."""
    return put_told(catalog, place, item, content.xxh3, content.sha256, at, labels)


def put_told(catalog: sqlite3.Connection, place: str, item: Item, xxh3: str, sha256: str, at: str, labels: Labels) -> int:
    """Say what a place holds by one hash or both ("": not known), and return the asset. In a transaction of the caller's."""
    if sha256:
        asset = asset_of(catalog, sha256, xxh3 or None, item.size)
    else:
        catalog.execute("INSERT INTO asset (xxh3, size) VALUES (?, ?) ON CONFLICT DO NOTHING", (xxh3, item.size))
        asset = int(catalog.execute("SELECT id FROM asset WHERE xxh3 = ?", (xxh3,)).fetchone()[0])
    label = labels(place, None)
    told = label.type, label.project, label.job
    catalog.execute(
        _SEEN.replace("job = excluded.job, facts = excluded.facts", "job = coalesce(excluded.job, job)"),
        (place, asset, item.size, item.mtime_ns, item.ctime_ns, signed(item.ino), *told, None, at, at),
    )
    return asset


def asset_of(catalog: sqlite3.Connection, sha256: str, xxh3: str | None, size: int | None) -> int:
    """Return the asset of a content, made where there is none; two that were known by one hash each become one."""
    by_sha = catalog.execute("SELECT id FROM asset WHERE sha256 = ?", (sha256,)).fetchone()
    by_xxh = catalog.execute("SELECT id FROM asset WHERE xxh3 = ?", (xxh3,)).fetchone() if xxh3 else None
    if by_sha is None:
        if by_xxh is None:
            made = catalog.execute("INSERT INTO asset (sha256, xxh3, size) VALUES (?, ?, ?)", (sha256, xxh3, size))
            return made.lastrowid or 0
        catalog.execute("UPDATE asset SET sha256 = ? WHERE id = ?", (sha256, by_xxh[0]))
        return int(by_xxh[0])
    if by_xxh is not None and by_xxh != by_sha:
        catalog.execute("UPDATE place SET asset = ? WHERE asset = ?", (by_sha[0], by_xxh[0]))
        catalog.execute("DELETE FROM asset WHERE id = ?", by_xxh)
    catalog.execute("UPDATE asset SET xxh3 = coalesce(?, xxh3), size = coalesce(?, size) WHERE id = ?", (xxh3, size, by_sha[0]))
    return int(by_sha[0])
