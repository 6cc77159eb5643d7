"""Files that people moved from one root to another of the same file system: seen in one look, gone here and new there."""

import sqlite3
from collections.abc import Iterable
from dataclasses import field
from typing import NamedTuple

from reshelve.executors.catalog.catalog_recording import write_moves_by_hand
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.schemas.quick_dataclasses import dataclass

Identity = tuple[int, int, int]
"""A file on its file system: inode (signed), size in bytes, mtime_ns."""


class Left(NamedTuple):
    """A place that a file has left, and what was known of that file."""

    location: str
    asset: int | None
    facts: str | None
    job: str | None


@dataclass(slots=True)
class MovedAcross:
    """What one look found gone and new, root by root, until it is known which of them is the same file.

    In a catalog that had nothing at its places before the look nothing can be gone: then nothing is kept in memory.
    """

    catalog: sqlite3.Connection
    _knows_any: bool = field(init=False)
    _left: dict[tuple[str, Identity], Left] = field(default_factory=dict)
    _came: dict[tuple[str, Identity], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """See whether anything can be gone."""
        wanted = "SELECT 1 FROM place WHERE gone_at IS NULL AND in_trash = 0 LIMIT 1"
        self._knows_any = self.catalog.execute(wanted).fetchone() is not None

    def left(self, fs: str, identity: Identity, place: Left) -> None:
        """Note a file that is gone from a place of a root on the file system `fs`."""
        self._left[fs, identity] = place

    def came(self, fs: str, identity: Identity, location: str) -> None:
        """Note a file that is new at a place, on the file system `fs`."""
        if self._knows_any:
            self._came[fs, identity] = location

    def write(self, at: str) -> int:
        """Write the moves found, as of `at`: each file keeps its asset and its history. Return how many there are."""
        found = [(self._left[one], self._came[one], one[1][1]) for one in self._left.keys() & self._came.keys()]
        if found:
            with writing(self.catalog):
                self._carry((left, now) for left, now, _ in found)
                write_moves_by_hand(self.catalog, sorted((left.location, now, size) for left, now, size in found), at)
        return len(found)

    def _carry(self, moves: Iterable[tuple[Left, str]]) -> None:
        """Say of each new place what was known of the file that came there."""
        known = "UPDATE place SET asset = coalesce(asset, ?), facts = coalesce(facts, ?), job = coalesce(job, ?) WHERE location = ?"
        self.catalog.executemany(known, ((left.asset, left.facts, left.job, now) for left, now in moves))
