"""Check: every file that the catalog knows is where it was seen. Moved, unavailable, unreadable and missing are four things."""

import shlex
from collections.abc import Container
from functools import cached_property

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.planner.wants.plan_problems import FILED_ELSEWHERE
from reshelve.schemas.asset_questions import AssetPlace, Wanted
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.locations import join, location_of, printable, split
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_SHOWN = 100
"""Files named; more are counted."""


def missing(sight: Sight) -> CheckResult:
    """Find files that are gone from where they were, and tell where those stand that moved. What is not seen is not missing."""
    catalog = sight.session.catalog
    known = [place for place in catalog.assets(Wanted()) if not place.gone_at and sight.wanted(*split(place.location))]
    here = {join(key, item.rel): item for key, item in sight.files()}
    elsewhere = _Elsewhere(sight, here, {place.location for place in known})
    result = CheckResult(list(catalog.problems))
    lost: list[dict[str, str]] = []
    moved = unseen = 0
    for place in known:
        if place.location in here:
            continue
        if _is_unseen(sight, place.location):
            unseen += 1
            continue
        now = elsewhere.find(place)
        moved += bool(now)
        if not now:
            lost.append(
                {"filename": place.location.rpartition("/")[2], "expected_path": place.location, "last_seen": place.last_seen}
            )
        if moved + len(lost) <= _SHOWN:
            entry = sight.layout is not None and location_of(place.location) in sight.layout.files
            result.problems.append(_moved(place, now, entry=entry) if now else _missing(place, entry=entry))
    if moved + len(lost) > _SHOWN:
        more = f"{moved + len(lost) - _SHOWN:,} more files are not where they were."
        hint = "reshelve health --json lists all that are missing."
        result.problems.append(Problem("file-missing", "More files are gone.", more, hint=hint))
    result.figures = {"known": len(known), "missing_count": len(lost), "moved_count": moved, "unseen_count": unseen}
    result.figures["missing_assets"] = lost
    return result


def _is_unseen(sight: Sight, location: str) -> bool:
    """Say whether a place lies in a store or folder that could not be looked at."""
    key, rel = split(location)
    listing = sight.listings.get(key)
    if listing is None:
        return True
    return any(not folder or rel.startswith(f"{folder}/") for folder in listing.unreadable)


@dataclass(slots=False)
class _Elsewhere:
    """Where files stand now that were somewhere else: told by content, else by size and time of writing.

    `here` is what stands, `known` the places that the catalog knows. Nothing is looked up before a file is missed.
    """

    sight: Sight
    here: dict[str, Item]
    known: Container[str]

    def find(self, place: AssetPlace) -> str:
        """Return where a file stands now, "" nowhere."""
        found = self._by_content.get(place.xxh3) if place.xxh3 else None
        return found or self._by_writing.get((place.size, place.mtime_ns), "")

    @cached_property
    def _by_content(self) -> dict[str, str]:
        """A place for each content that was read or recorded before and stands somewhere."""
        cache = self.sight.digests
        found: dict[str, str] = {}
        for location, item in self.here.items():
            digest = cache.get(item) if cache is not None else None
            if digest:
                found.setdefault(digest, location)
        return found

    @cached_property
    def _by_writing(self) -> dict[tuple[int, int], str]:
        """The files that the catalog does not know where they are, by size and time of writing, where that is one file's."""
        found: dict[tuple[int, int], str] = {}
        for location, item in self.here.items():
            if location not in self.known and item.size and lasting_inodes(item.fs):
                at = item.size, item.mtime_ns
                found[at] = "" if at in found else location
        return found


def _missing(place: AssetPlace, *, entry: bool) -> Problem:
    seen = f"It was last seen on {place.last_seen[:10]}." if place.last_seen else "It was there."
    hint = f"reshelve history {shlex.quote(printable(place.location))}"
    if entry:
        hint += "\nIf it was deleted on purpose, remove its entry from the layout, then: reshelve catalog update"
    return Problem("file-missing", "A file is missing.", f"{seen} Its content is nowhere else.", printable(place.location), hint)


def _moved(place: AssetPlace, now: str, *, entry: bool) -> Problem:
    """Say where a file is now. Where the layout has an `entry` for it, that has to be mended: knowing of the move mends nothing."""
    detail = f"It is at {printable(now)} now."
    if entry:
        detail += " The layout has it where it was."
        hint = f"{FILED_ELSEWHERE} Then: reshelve catalog update"
        return Problem("file-moved", "A file was moved by hand.", detail, printable(place.location), hint)
    return Problem(
        "file-moved", "A file was moved by hand.", detail, printable(place.location), "reshelve catalog update", severity="warning"
    )
