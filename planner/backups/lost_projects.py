"""Projects whose folder is not there, found by their archives: losing a folder is what a backup is for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from reshelve.planner.backups.archive_names import is_backup
from reshelve.planner.backups.backup_scanner import Subject, is_project, subject_of
from reshelve.planner.ports.store_reader import Readers, roots_of
from reshelve.schemas.backup_settings import PROJECT, Backups
from reshelve.schemas.locations import split

Seen = Literal["there", "gone", "unseen"]
"""What became of a folder: "unseen" where a store is not available, or cannot be read."""


def lost(sets: Mapping[str, Backups], readers: Readers, known: Collection[Subject]) -> Iterator[Subject]:
    """Yield each project that is none of the `known`, and has files with the names of backups where its archives would be.

    Whose archives they are is not looked at: two sets may keep theirs in the same folders.
    """
    there = {(each.set, each.project) for each in known}
    for name, settings in sets.items():
        if PROJECT not in settings.of:
            continue
        places = (settings.to, settings.archive_storage_path, *settings.copies)
        names = {each for place in places if place is not None for each in _names(readers, place.partition(PROJECT)[0])}
        for project in sorted(names):
            if (name, project) in there or not is_project(project, settings):
                continue
            subject = subject_of(name, project, settings)
            if any(is_backup(each) for folder in subject.folders for each in _names(readers, folder)):
                yield subject


def folder_seen(subject: Subject, readers: Readers) -> Seen:
    """Say whether the folder of a project is there. Never raises OSError."""
    store, rel = split(subject.source)
    seen: Seen = "gone"
    for reader in roots_of(readers, store):
        try:
            item = reader.stat(rel) if reader.root.available else None
        except OSError:
            item, seen = None, "unseen"
        if item is not None and item.kind == "dir":
            return "there"
        if not reader.root.available:
            seen = "unseen"
    return seen


def _names(readers: Readers, folder: str) -> set[str]:
    """Return the names in the folder at a location, in every root of its store that can be read."""
    store, rel = split(folder)
    found: set[str] = set()
    for reader in roots_of(readers, store):
        try:
            found |= (reader.names(rel.rstrip("/")) or set()) if reader.root.available else set()
        except OSError:
            continue
    return found
