"""What people say of assets: looked up in the catalog, and changed in `assets.yaml`."""

import re
import shlex
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from reshelve.executors.catalog import assets_yaml_tables, catalog_queries, catalog_sightings
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.executors.contracts.object_store import folder_store
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.opening import wiring
from reshelve.opening.wiring import Setting
from reshelve.schemas.asset_notes import AssetNotes
from reshelve.schemas.asset_questions import AssetDetail, AssetPlace
from reshelve.schemas.documents.asset_files import load_assets, save_notes, version_of
from reshelve.schemas.locations import ASSETS, printable, split
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.session.archived_files import archived
from reshelve.session.catalog_current import keyed
from reshelve.session.catalog_keeping import labelling

_ID = re.compile(r"(?:xxh3:)?[0-9a-fA-F]{6,64}\Z")


def detail(catalog: sqlite3.Connection, setting: Setting, named: str) -> AssetDetail:
    """Return all that is known of a file (a location) or an asset (the beginning of an id). Raises ReshelveError."""
    if is_id(named):
        sha256 = _one(catalog, named)
        places = catalog_queries.places_of(catalog, sha256 or named)
    else:
        names = keyed(setting, named)
        places = catalog_queries.places_at(catalog, names)
        if not places:
            if (away := archived(catalog, setting, names)) is not None:
                raise ReshelveError([replace(away, severity="error")])
            known = catalog_queries.history_of(catalog, names)
            hint = f"reshelve history {shlex.quote(printable(named))}" if known else "reshelve catalog update"
            text = "It was there once, and has another name now." if known else "No run brought it there, and no update saw it."
            raise stop("not-in-catalog", "The catalog has no such file.", text, path=printable(named), hint=hint)
        sha256 = next((place.sha256 for place in places if place.sha256), "")
        held = next((place.sha256 or place.xxh3 for place in places if place.sha256 or place.xxh3), "")
        if held:
            places = catalog_queries.places_of(catalog, held)
    notes = load_assets(setting.folder / ASSETS).assets.get(sha256) if setting.file is not None else None
    of, by = catalog_queries.links_of(catalog, sha256) if sha256 else ([], [])
    history = catalog_queries.history_of(catalog, [place.location for place in places])
    if not places and notes is not None:
        told = notes.at or "", notes.size or 0, "other", sha256[:12], sha256, notes.xxh3 or ""
        places = [AssetPlace(*told, gone_at="unknown", places=0)]
    return AssetDetail(places, notes, of, by, history)


def is_id(named: str) -> bool:
    """Say whether what a person named is the beginning of an id, and no location."""
    return _ID.match(named) is not None


def change(
    catalog: sqlite3.Connection, setting: Setting, now: datetime, named: Sequence[str], by: Callable[[AssetNotes], AssetNotes]
) -> list[str]:
    """Change what `assets.yaml` says of files or assets, and return their SHA-256. Files are read where they are not known yet."""
    if setting.file is None:
        detail = f"{ASSETS} is beside reshelve.yaml, and there is no workspace here."
        raise stop("no-workspace", "There is no place for what you say.", detail, hint="reshelve init --preset plex")
    path = setting.folder / ASSETS
    read_as = version_of(path)
    book = load_assets(path)
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: dict[str, AssetNotes] = {}
    for each in named:
        if is_id(each):
            sha256 = _one(catalog, each)
            if not sha256:
                detail = "Its SHA-256 is not known yet."
                raise stop("not-read", "The asset was not read.", detail, path=each, hint="reshelve catalog update --hash")
            before = book.assets.get(sha256) or _as_known(catalog, sha256)
        else:
            location, sha256, xxh3, size = _content(catalog, setting, each, at)
            old = book.assets.get(sha256) or AssetNotes()
            before = old.model_copy(update={"at": location, "size": size, "xxh3": xxh3})
        after = AssetNotes.model_validate(by(before).model_dump(by_alias=True), by_alias=True, by_name=False)
        found[sha256] = after
    _refuse_circles({**book.assets, **found})
    changed = {sha256: notes for sha256, notes in found.items() if book.assets.get(sha256) != notes}
    if changed:
        save_notes(path, changed, read_as)
        assets_yaml_tables.take_over(catalog, load_assets(path), version_of(path))
    return list(found)


def _refuse_circles(assets: dict[str, AssetNotes]) -> None:
    for sha256, notes in assets.items():
        seen, waiting = set(), [link.to for link in notes.links]
        while waiting:
            at = waiting.pop()
            if at == sha256:
                detail = "By its links it would come from itself."
                raise stop("link-circle", "An asset cannot come from itself.", detail, path=sha256[:12], hint=f"See {ASSETS}")
            if at not in seen:
                seen.add(at)
                waiting += [link.to for link in assets[at].links] if at in assets else []


def _one(catalog: sqlite3.Connection, begin: str) -> str:
    """Return the SHA-256 of the one asset whose id begins so, "" where only its other hash is known. Raises ReshelveError."""
    found = catalog_queries.assets_beginning(catalog, begin)
    if len(found) != 1:
        text = f"{len(found)} assets begin with {begin}." if found else f"No asset begins with {begin}."
        raise stop(
            "no-such-asset", "There is no such asset." if not found else "That could be several.", text, hint="reshelve assets"
        )
    return found[0][1]


def _as_known(catalog: sqlite3.Connection, sha256: str) -> AssetNotes:
    places = catalog_queries.places_of(catalog, sha256)
    best = next((place for place in places if not place.gone_at), places[0] if places else None)
    if best is None:
        return AssetNotes()
    return AssetNotes(at=best.location, size=best.size, xxh3=best.xxh3 or None)


def _content(catalog: sqlite3.Connection, setting: Setting, location: str, at: str) -> tuple[str, str, str, int]:
    """Return the place of a file, its two hashes and its size, read unless the catalog knows it unchanged. Raises ReshelveError."""
    with wiring.opened(setting) as stores:
        for place in keyed(setting, location):
            key, rel = split(place)
            store = stores.stores.get(key)
            if store is None or (item := store.stat(rel)) is None:
                continue
            if item.kind != "file":
                raise stop("not-a-file", "It is not a file.", "Name the files themselves.", path=printable(location), kind="usage")
            row = catalog.execute(
                "SELECT sha256, xxh3 FROM place JOIN asset ON asset.id = asset WHERE location = ? AND gone_at IS NULL "
                "AND place.size = ? AND mtime_ns = ? AND ctime_ns = ? AND sha256 IS NOT NULL AND xxh3 IS NOT NULL",
                (place, item.size, item.mtime_ns, item.ctime_ns),
            ).fetchone()
            if row is not None:
                return place, row[0], row[1], item.size
            if store.root.kind != "folder":
                detail = "Its content is not known, and objects are not downloaded only to be registered."
                raise stop(
                    "not-read",
                    "The object was not read.",
                    detail,
                    path=printable(location),
                    hint="reshelve catalog update --hash finds out what can be known; else register the file it was made of.",
                )
            cache = DigestCache(setting.state.folder / "catalog.db") if wiring.keeps_state(setting) else None
            try:
                got = catalog_sightings.read_item(folder_store(store).open, store.stat, rel, cache)
            except OSError as trouble:
                raise _unread(location, f"{trouble.strerror or trouble}.") from None
            finally:
                if cache is not None:
                    cache.close()
            if got is None:
                raise _unread(location, "It changed while it was read.")
            if cache is not None:
                catalog_sightings.remember_pairs(setting.state.folder / "catalog.db", [got[1]])
            with writing(catalog), labelling(setting) as labels:
                catalog_sightings.put_content(catalog, place, got[0], got[1], at, labels)
            return place, got[1].sha256, got[1].xxh3, got[1].size
    raise _unread(location, "There is no such file.")


def _unread(location: str, why: str) -> ReshelveError:
    return stop("not-read", "The file cannot be read.", why, path=printable(location), hint="Look with: reshelve status")
