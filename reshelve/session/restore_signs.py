"""Signs that archived projects are in use: restores and syncs, uses of their assets, and reads of their light copies."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from reshelve.opening.wiring import Setting
from reshelve.planner.tiers.missed_projects import Sign
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.manifest import FolderCopy, ManifestProject

Ask = Callable[[Callable[[sqlite3.Connection], list[Sign]]], list[Sign]]


def signs_of(setting: Setting, ask: Ask, projects: Sequence[ManifestProject], since: datetime) -> list[Sign]:
    """Return every sign since a time that these projects are in use. `ask` puts questions to the catalog."""
    names = {project.id for project in projects}
    if not names:
        return []
    start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = ask(lambda catalog: list(_of_catalog(catalog, names, start)))
    return [*told, *(sign for project in projects for sign in _read(setting, project, int(since.timestamp() * 1e9)))]


def _of_catalog(catalog: sqlite3.Connection, names: Collection[str], start: str) -> Iterator[Sign]:
    from reshelve.executors.catalog.project_uses import runs_about, uses_of

    for project, when, command, run in runs_about(catalog, names, start):
        yield Sign(project, when[:10], f"{'restored' if command == 'restore' else 'synced'} by run {run}")
    for project, day, by in uses_of(catalog, names, start):
        yield Sign(project, day, f"used in {by}")


def _read(setting: Setting, project: ManifestProject, since_ns: int) -> Iterator[Sign]:
    """Yield when files of its folders were read. Where all were, a program went through them, and it says nothing."""
    from reshelve.executors.platforms.last_reads import reads_below

    for copy in project.storage.values():
        if not isinstance(copy, FolderCopy):
            continue
        key, rel = split(copy.path)
        for root in setting.roots():
            if root.kind == "folder" and root.available and key in (root.key, store_of(root.key)):
                reads = reads_below(Path(root.path, rel), since_ns)
                if 0 < reads.read < reads.files:
                    day = datetime.fromtimestamp(reads.last_ns / 1e9, UTC).strftime("%Y-%m-%d")
                    yield Sign(project.id, day, f"{reads.read:,} of {reads.files:,} files in {copy.tier} read")
