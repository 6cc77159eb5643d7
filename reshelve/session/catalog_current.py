"""The catalog as it is now: opened, what is missing in it made good, and the stores looked at."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path

from reshelve.executors.catalog import assets_yaml_tables, catalog_recording, catalog_sightings
from reshelve.executors.catalog.catalog_tables import DamagedError, discard, opened, writing
from reshelve.executors.catalog.moved_across import MovedAcross
from reshelve.executors.contracts.object_store import folder_store
from reshelve.executors.state.cache_db import signed
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.executors.stores.known_digests import hash_of
from reshelve.opening import wiring
from reshelve.opening.wiring import Open, Setting
from reshelve.planner.observing.observe import look as look_at
from reshelve.schemas.documents.asset_files import load_assets, version_of
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import ASSETS, join, split, store_of
from reshelve.schemas.problems import Problem, sentence
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session.catalog_keeping import labelling, path_of
from reshelve.session.object_contents import ObjectContents

_BATCH = 64


@dataclass(slots=True)
class Looked:
    """What a look at the stores came to: files by what was found of them, roots that could not be looked at, contents read.

    Each file is counted once: one that was moved by hand is `followed`, and neither new nor gone.

    `unread` were not read or asked for yet; the content of `untold` objects cannot be told without downloading them.
    """

    files: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    followed: int = 0
    read: int = 0
    unread: int = 0
    untold: int = 0
    away: list[Problem] = field(default_factory=list)


@contextmanager
def current(setting: Setting, problems: list[Problem], now: datetime) -> Iterator[sqlite3.Connection]:
    """Give the catalog with every settled run and what people say now; what could not be had is added to `problems`.

    One that is damaged is made anew, as of `now`. Where none can be written, it is made in memory, for this one question.
    """
    path = path_of(setting)
    if not _is_kept(setting):
        path = Path(":memory:")
    damaged = False
    try:
        with opened(path) as catalog:
            make_good(catalog, setting, problems)
            yield catalog
            return
    except DamagedError as damage:
        damaged = True
        detail = f"{str(damage).capitalize()}. It was rebuilt from the runs and the stores."
        problems.append(Problem("catalog-damaged", "The catalog was damaged.", detail, str(path), severity="warning"))
        discard(path)
    except sqlite3.OperationalError:
        path = Path(":memory:")
    with opened(path) as catalog:
        make_good(catalog, setting, problems)
        if damaged:
            look(catalog, setting, now, read=False, max_seconds=None)
        yield catalog


@contextmanager
def kept(setting: Setting, problems: list[Problem]) -> Iterator[None]:
    """Have a state folder that the catalog is kept in; a warning says where it cannot be, as then all is for this command alone."""
    with wiring.remembering(setting):
        if not _is_kept(setting):
            detail = "It cannot be written there. What was found is forgotten after this command."
            where = str(path_of(setting))
            problems.append(Problem("catalog-not-kept", "The catalog is not kept.", detail, where, severity="warning"))
        yield


def _is_kept(setting: Setting) -> bool:
    path = path_of(setting)
    return wiring.keeps_state(setting) and (path.is_file() or not path.exists())


def make_good(catalog: sqlite3.Connection, setting: Setting, problems: list[Problem]) -> None:
    """Write the settled runs and what people say that a catalog lacks; what could not be had is added to `problems`."""
    with labelling(setting) as labels:
        lacking = catalog_recording.missing(catalog, setting.state)
        others = None
        if lacking is None:
            others = _of_other_runs(catalog, setting)
            _empty(catalog)
            catalog_recording.put_back(catalog, others)
            lacking = catalog_recording.missing(catalog, setting.state)
        problems += catalog_recording.catch_up(catalog, setting.state, lacking or (), labels)
        if others:
            catalog_recording.put_in_order(catalog)
    if setting.file is not None:
        document = setting.folder / ASSETS
        version = version_of(document)
        if version != assets_yaml_tables.known_version(catalog):
            assets_yaml_tables.take_over(catalog, load_assets(document), version)


def _of_other_runs(catalog: sqlite3.Connection, setting: Setting) -> catalog_recording.Rows:
    return catalog_recording.of_other_runs(catalog, {run for run, _ in setting.state.run_folders()})


def _empty(catalog: sqlite3.Connection) -> None:
    with writing(catalog):
        for table in ("tag", "usage", "link", "operation", "run", "place", "asset", "known"):
            catalog.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def look(catalog: sqlite3.Connection, setting: Setting, now: datetime, *, read: bool, max_seconds: float | None) -> Looked:
    """Look at every store, and read what is unknown where that is asked for."""
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found, across = Looked(), MovedAcross(catalog)
    remembered = setting.state.folder / "catalog.db"
    cache = DigestCache(remembered) if wiring.keeps_state(setting) else None
    try:
        with wiring.opened(setting) as stores, labelling(setting) as labels:
            for key, reader in sorted(stores.readers.items()):
                listing = look_at(reader)
                if not listing.root.available or "" in listing.unreadable:
                    why = listing.root.why or listing.unreadable.get("", "")
                    detail = f"{sentence(why)}. What is known of it stays as it was."
                    found.away.append(Problem("store-not-seen", "A store was not looked at.", detail, key, severity="warning"))
                    continue
                seen = catalog_sightings.see(catalog, listing, at, hash_of(cache), labels, across)
                for name in ("files", "new", "changed", "gone", "followed"):
                    setattr(found, name, getattr(found, name) + getattr(seen, name))
            moved = across.write(at)
            found.followed, found.new, found.gone = found.followed + moved, found.new - moved, found.gone - moved
            if cache is not None:
                _pair(catalog, remembered)
            _Reading(catalog, stores, cache, at, labels, remembered).read(found, max_seconds if read else 0.0)
    finally:
        if cache is not None:
            cache.close()
    return found


def _pair(catalog: sqlite3.Connection, remembered: Path) -> None:
    """Give assets that are known by one hash the other one, where their content was read before."""
    lacking = {xxh3 for (xxh3,) in catalog.execute("SELECT xxh3 FROM asset WHERE sha256 IS NULL AND xxh3 IS NOT NULL")}
    if lacking:
        with writing(catalog):
            for sha256, xxh3, size in catalog_sightings.remembered_pairs(remembered):
                if xxh3 in lacking:
                    catalog_sightings.asset_of(catalog, sha256, xxh3, size)


@dataclass(slots=True)
class _Reading:
    """Reads what is not known of the contents of files, and asks what can be told of objects, for as long as it may."""

    catalog: sqlite3.Connection
    stores: Open
    cache: DigestCache | None
    at: str
    labels: catalog_recording.Labels
    remembered: Path

    def read(self, found: Looked, max_seconds: float | None) -> None:
        """Read and ask for so many seconds (None: to the end), and count what is known then."""
        until = None if max_seconds is None else time.monotonic() + max_seconds

        def is_over() -> bool:
            return until is not None and time.monotonic() >= until

        objects = ObjectContents(self.catalog, self.stores, self.at, self.labels)
        if not is_over():
            found.read = self._files(is_over)
            # Once files are known: objects are told by them too.
            objects.tell([one.place for one in self._unread() if self._is_object(one.place)], is_over)
        for one in self._unread():
            if not self._is_object(one.place) or not objects.was_asked(one.place):
                found.unread += 1
            elif not one.is_known:
                found.untold += 1

    def _unread(self) -> list[catalog_sightings.Unread]:
        return catalog_sightings.unread(self.catalog, self.stores.readers.keys())

    def _is_object(self, place: str) -> bool:
        return self.stores.readers[split(place)[0]].root.kind == "bucket"

    def _files(self, is_over: Callable[[], bool]) -> int:
        """Read files until it `is_over`, and return how many."""
        batch: list[tuple[str, Item, catalog_sightings.Content]] = []
        read = 0
        for place, _ in self._unread():
            if is_over():
                break
            key, rel = split(place)
            store = self.stores.stores.get(key)
            if store is None or store.root.kind != "folder":
                continue
            with suppress(OSError):
                got = catalog_sightings.read_item(folder_store(store).open, store.stat, rel, self.cache)
                if got is not None:
                    batch.append((place, *got))
                    read += 1
            if len(batch) >= _BATCH:
                self._keep(batch)
        self._keep(batch)
        return read

    def _keep(self, batch: list[tuple[str, Item, catalog_sightings.Content]]) -> None:
        with writing(self.catalog):
            for place, item, content in batch:
                catalog_sightings.put_content(self.catalog, place, item, content, self.at, self.labels)
        if self.cache is not None:
            catalog_sightings.remember_pairs(self.remembered, (content for _, _, content in batch))
        batch.clear()


def rebuild(setting: Setting, now: datetime, problems: list[Problem], *, read: bool) -> Looked:
    """Make the catalog anew, with what the old one alone knew: contents, times of seeing, runs that were pruned."""
    path = path_of(setting)
    seen: list[tuple[object, ...]] = []
    forgotten: catalog_recording.Rows = []
    contents: list[tuple[object, ...]] = []
    pairs: list[tuple[str, str, int]] = []
    if path.is_file():
        with suppress(DamagedError, sqlite3.Error), opened(path) as old:
            wanted = "SELECT first_seen, last_seen, filed_at, facts, job, location, size, mtime_ns FROM place"
            seen = old.execute(wanted).fetchall()
            forgotten = _of_other_runs(old, setting)
            pairs = old.execute("SELECT sha256, xxh3, size FROM asset WHERE sha256 IS NOT NULL AND xxh3 IS NOT NULL").fetchall()
            contents = old.execute(
                "SELECT xxh3, location, place.size, mtime_ns, ctime_ns, inode FROM place JOIN asset ON asset.id = asset "
                "WHERE xxh3 IS NOT NULL AND gone_at IS NULL AND in_trash = 0"
            ).fetchall()
    if wiring.keeps_state(setting):
        discard(path)
        with opened(path) as fresh:
            catalog_recording.put_back(fresh, forgotten)
    with current(setting, problems, now) as catalog:
        if forgotten:
            catalog_recording.put_in_order(catalog)
        with writing(catalog):
            for sha256, xxh3, size in pairs:
                catalog_sightings.asset_of(catalog, sha256, xxh3, size)
        found = look(catalog, setting, now, read=False, max_seconds=None)
        # Beside what runs did all is a difference; people know what the old catalog told.
        known = {row[5] for row in seen}
        standing = catalog.execute("SELECT location FROM place WHERE gone_at IS NULL AND in_trash = 0")
        found.new = sum(place not in known for (place,) in standing)
        found.changed = found.gone = found.followed = 0
        with writing(catalog):
            catalog.executemany(
                "UPDATE place SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?), "
                "filed_at = coalesce(filed_at, ?), facts = coalesce(facts, ?), job = coalesce(job, ?) "
                "WHERE location = ? AND size = ? AND mtime_ns = ?",
                seen,
            )
        _contents_again(catalog, setting, contents)
        with writing(catalog):
            catalog.execute(
                "DELETE FROM asset WHERE NOT EXISTS (SELECT 1 FROM place WHERE place.asset = asset.id) AND last_known IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM link WHERE link.to_asset = asset.id)"
            )
        if read:
            return look(catalog, setting, now, read=True, max_seconds=None)
        found.unread = len(catalog_sightings.unread(catalog, [root.key for root in setting.roots()])) - found.untold
        return found


def _contents_again(catalog: sqlite3.Connection, setting: Setting, contents: list[tuple[object, ...]]) -> None:
    """Say again what places hold that have not changed since the old catalog knew it, by their change time where it had that."""
    with wiring.opened(setting) as stores, writing(catalog):
        for xxh3, place, size, mtime_ns, ctime_ns, inode in contents:
            key, rel = split(str(place))
            reader = stores.readers.get(key)
            with suppress(OSError):
                item = reader.stat(rel) if reader is not None else None
                if item is None:
                    continue
                same = (item.size, item.mtime_ns, signed(item.ino)) == (size, mtime_ns, inode)
                if same and ctime_ns in (None, item.ctime_ns):
                    catalog.execute(
                        "UPDATE place SET asset = (SELECT id FROM asset WHERE xxh3 = ?), ctime_ns = ? "
                        "WHERE location = ? AND asset IS NULL",
                        (xxh3, ctime_ns, place),
                    )


def keyed(setting: Setting, location: str) -> list[str]:
    """Return a location under the key of each root of its store: the catalog knows places by root."""
    key, rel = split(location)
    keys = [root.key for root in setting.roots() if root.key == key or store_of(root.key) == key]
    return [join(each, rel) for each in keys] or [location]
