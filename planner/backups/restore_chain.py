"""From a moment to the archives that make the folder of that moment again: a full backup and what was taken on top of it."""

from collections.abc import Mapping
from datetime import datetime

from reshelve.planner.backups.retention import Stored


def chain(stored: Mapping[str, Stored], at: datetime) -> list[str]:
    """Return the archives to unpack, oldest first: for the newest one taken by `at` whose bases are all there; [] for none."""
    for each in sorted(stored.values(), key=lambda one: (one.taken, one.name), reverse=True):
        if each.taken <= at and (found := bases(stored, each.name)):
            return found
    return []


def last(stored: Mapping[str, Stored]) -> list[str]:
    """Return the archives that the newest folder is made of again; only the newest archive where none makes one, [] for none."""
    newest = max(stored.values(), key=lambda each: (each.taken, each.name), default=None)
    if newest is None:
        return []
    return chain(stored, newest.taken) or [newest.name]


def bases(stored: Mapping[str, Stored], name: str) -> list[str]:
    """Return an archive with all that it builds on, oldest first; [] where one of them is not there."""
    found: list[str] = []
    while name:
        each = stored.get(name)
        if each is None or name in found:
            return []
        found.insert(0, name)
        name = each.since
    return found
