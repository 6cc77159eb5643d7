"""`assets.yaml` as tables of the catalog, brought up to date whenever the document says something else."""

import json
import sqlite3
from collections.abc import Mapping

from reshelve.executors.catalog.catalog_sightings import asset_of
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.schemas.asset_notes import AssetBook, AssetNotes
from reshelve.schemas.locations import ASSETS

_TABLES = ("tag", "usage", "link")


def known_version(catalog: sqlite3.Connection) -> str:
    """Return the version of the document that the tables hold; "" for none."""
    row = catalog.execute("SELECT value FROM known WHERE name = ?", (ASSETS,)).fetchone()
    return str(row[0]) if row else ""


def take_over(catalog: sqlite3.Connection, book: AssetBook, version: str) -> None:
    """Put what people say in place of what they said before."""
    with writing(catalog):
        for table in _TABLES:
            catalog.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        catalog.execute(
            "UPDATE asset SET status = NULL, note = NULL, metadata = NULL, usage_count = 0, version = NULL, parent = NULL "
            "WHERE status IS NOT NULL OR note IS NOT NULL OR metadata IS NOT NULL OR usage_count OR version IS NOT NULL"
        )
        ids = {sha: asset_of(catalog, sha, notes.xxh3, notes.size) for sha, notes in book.assets.items()}
        for sha, notes in book.assets.items():
            for link in notes.links:
                if link.to not in ids:
                    ids[link.to] = asset_of(catalog, link.to, None, None)
                row = ids[sha], ids[link.to], link.as_
                catalog.execute("INSERT INTO link (asset, to_asset, kind) VALUES (?, ?, ?)", row)
            catalog.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?)", ((tag, ids[sha]) for tag in notes.tags))
            uses = ((ids[sha], use.project, use.sequence, use.date, use.duration) for use in notes.uses)
            catalog.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?)", uses)
            said = notes.status, notes.note, json.dumps(notes.meta, ensure_ascii=False) if notes.meta else None
            catalog.execute(
                "UPDATE asset SET status = ?, note = ?, metadata = ?, usage_count = ?, last_known = ? WHERE id = ?",
                (*said, len(notes.uses), notes.at, ids[sha]),
            )
        versions = ((number, ids.get(parent), ids[sha]) for sha, (number, parent) in versions_of(book.assets).items())
        catalog.executemany("UPDATE asset SET version = ?, parent = ? WHERE id = ?", versions)
        catalog.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (ASSETS, version))


def versions_of(assets: Mapping[str, AssetNotes]) -> dict[str, tuple[int, str]]:
    """Return the number and the parent ("" none) of every asset that is a version of another: 2 for a version of the first."""
    parents = {sha: link.to for sha, notes in assets.items() for link in notes.links if link.as_ == "version"}
    numbers: dict[str, int] = {}
    for sha in parents:
        trail: list[str] = []
        at = sha
        while at in parents and at not in numbers and at not in trail:
            trail.append(at)
            at = parents[at]
        number = numbers.get(at, 1)
        for each in reversed(trail):
            number += 1
            numbers[each] = number
    return {sha: (numbers[sha], parents[sha]) for sha in parents}
