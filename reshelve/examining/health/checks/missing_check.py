"""Check: every file that the catalog knows is where it was seen. Moved, copied, trashed, unavailable and missing are told apart."""

import shlex
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import field

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.examining.health.content_elsewhere import Became, Elsewhere, Whereabouts
from reshelve.executors.catalog.catalog_queries import places_wanted
from reshelve.planner.wants.plan_problems import FILED_ELSEWHERE
from reshelve.schemas.asset_questions import AssetPlace, Wanted
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import location_of, printable, split
from reshelve.schemas.problems import Problem, Severity
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import count

_SHOWN = 100
"""Files named; more are counted."""
_TOGETHER: tuple[Became, ...] = ("copied", "packed", "trashed", "only-trashed")
"""What is told once for all files of a store that it became of, with the first of them."""


def missing(sight: Sight) -> CheckResult:
    """Find files that are gone from where they were, and tell where those are now. What is not seen is not missing."""
    catalog = sight.session.catalog
    found = catalog.ask(lambda asked: _find(sight, asked))
    return CheckResult([*catalog.problems, *found.problems], found.figures)


def _find(sight: Sight, catalog: sqlite3.Connection) -> CheckResult:
    known = _known(sight, catalog)
    elsewhere = Elsewhere(sight, catalog, known)
    told = _Told(sight, elsewhere)
    unseen = 0
    for place, became in _gone(sight, elsewhere, known):
        if became is None:
            unseen += 1
        else:
            told.add(place, became)
    counts = {"copied_count": told.count("copied", "packed", "twin"), "trashed_count": told.count("trashed", "only-trashed")}
    first = {"known": len(known), "missing_count": told.count("missing"), "moved_count": told.count("moved")}
    figures: dict[str, object] = {**first, **{name: number for name, number in counts.items() if number}, "unseen_count": unseen}
    return CheckResult(told.problems(), {**figures, "missing_assets": told.lost})


def gone_files(sight: Sight, catalog: sqlite3.Connection) -> Iterator[tuple[AssetPlace, Whereabouts | None]]:
    """Yield each file that is not where the catalog knows it, with what became of it; None where that could not be seen."""
    known = _known(sight, catalog)
    yield from _gone(sight, Elsewhere(sight, catalog, known), known)


def _known(sight: Sight, catalog: sqlite3.Connection) -> list[AssetPlace]:
    return [place for place in places_wanted(catalog, Wanted()) if not place.gone_at and sight.wanted(*split(place.location))]


def _gone(sight: Sight, elsewhere: Elsewhere, known: Iterable[AssetPlace]) -> Iterator[tuple[AssetPlace, Whereabouts | None]]:
    for place in known:
        if place.location not in elsewhere.here:
            yield place, None if _is_unseen(sight, place.location) else elsewhere.find(place)


def _is_unseen(sight: Sight, location: str) -> bool:
    """Say whether a place lies in a store or folder that could not be looked at."""
    key, rel = split(location)
    listing = sight.listings.get(key)
    if listing is None:
        return True
    return any(not folder or rel.startswith(f"{folder}/") for folder in listing.unreadable)


@dataclass(slots=False)
class _Told:
    """What is said of files that are gone: each by itself where somebody may have to do something, else all of a store at once."""

    sight: Sight
    elsewhere: Elsewhere
    lost: list[dict[str, str]] = field(default_factory=list)
    _each: list[Problem] = field(default_factory=list)
    _alone: int = 0
    _groups: dict[tuple[Became, str], list[tuple[AssetPlace, Whereabouts]]] = field(default_factory=dict)

    def add(self, place: AssetPlace, found: Whereabouts) -> None:
        """Note what became of the file of a place."""
        self._groups.setdefault((found.became, split(place.location)[0]), []).append((place, found))
        if found.became == "missing":
            filename = place.location.rpartition("/")[2]
            self.lost.append({"filename": filename, "expected_path": place.location, "last_seen": place.last_seen})
        if found.became not in _TOGETHER:
            self._alone += 1
            if self._alone <= _SHOWN:
                self._each.append(self._alone_told(place, found))

    def count(self, *became: Became) -> int:
        """Count the files that this became of."""
        return sum(len(each) for (kind, _), each in self._groups.items() if kind in became)

    def problems(self) -> list[Problem]:
        """Return all that is to be said."""
        found = list(self._each)
        if self._alone > _SHOWN:
            more = f"{self._alone - _SHOWN:,} more files are not where they were."
            hint = "reshelve health --json lists all that are missing."
            found.append(Problem("file-missing", "More files are gone.", more, hint=hint))
        together = ((key, each) for key, each in self._groups.items() if key[0] in _TOGETHER)
        return [*found, *(_together(became, store, each) for (became, store), each in together)]

    def _alone_told(self, place: AssetPlace, found: Whereabouts) -> Problem:
        layout = self.sight.layout
        entry = layout.files.get(location_of(place.location)) if layout is not None else None
        if found.became == "moved":
            return _moved(place, found.where, entry)
        if found.became == "twin":
            return _twin(place, found.where, entry)
        return _missing(place, self.elsewhere.unread(place), entry, found.where)


def _missing(place: AssetPlace, unread: int, entry: Entry | None, archive: str) -> Problem:
    detail = f"It was last seen on {place.last_seen[:10]}." if place.last_seen else "It was there."
    hint = f"reshelve history {shlex.quote(printable(place.location))}"
    if archive:
        detail += f" It is packed in {printable(archive)}, as it was when that was made."
    elif not place.xxh3:
        detail += " What it held was never read, so it cannot be looked for by content."
    elif unread:
        detail += f" No file that was read has its content; {count(unread, 'file')} of its size {_was(unread)} never read."
        hint = f"reshelve catalog update --hash\n{hint}"
    else:
        detail += " Its content is nowhere else."
    if entry is not None:
        hint += "\nIf it was deleted on purpose, remove its entry from the layout, then: reshelve catalog update"
    return Problem("file-missing", "A file is missing.", detail, printable(place.location), hint)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _moved(place: AssetPlace, now: str, entry: Entry | None) -> Problem:
    """Say where a file is now. Where the layout has an entry for it, that has to be mended: knowing of the move mends nothing."""
    detail, hint, severity = f"It is at {printable(now)} now.", "reshelve catalog update", _grave(entry)
    if entry is not None:
        detail += " The layout has it where it was."
        hint = FILED_ELSEWHERE
    return Problem("file-moved", "A file was moved by hand.", detail, printable(place.location), hint, severity=severity)


def _twin(place: AssetPlace, now: str, entry: Entry | None) -> Problem:
    """Say which other file has the content of one that is gone: that one was there before, so nobody moved anything."""
    hint = "If it was deleted on purpose: reshelve catalog update"
    if entry is not None:
        back = entry.source == location_of(now)
        hint = "To have it there again: reshelve plan\n" if back else f"{FILED_ELSEWHERE}\n"
        hint += "If it was deleted on purpose, remove its entry from the layout, then: reshelve catalog update"
    detail = f"Its content is at {printable(now)}, too."
    return Problem("file-gone", "A file is gone.", detail, printable(place.location), hint, severity="warning")


def _grave(entry: Entry | None) -> Severity:
    return "error" if entry is not None else "warning"


def _together(became: Became, store: str, each: list[tuple[AssetPlace, Whereabouts]]) -> Problem:
    """Say once what became of files of a store."""
    place, found = each[0]
    first, where = printable(place.location), printable(found.where)
    many = len(each) > 1
    more = ", for one." if many else "."
    if became == "trashed":
        summary = f"{len(each):,} files are in the trash." if many else "A file is in the trash."
        detail = f"Run {found.run} put {first} there{more}"
        return Problem("file-trashed", summary, detail, store, "reshelve trash list", severity="note")
    if became == "only-trashed":
        whose = f"{len(each):,} files are gone, and their" if many else "A file is gone, and its"
        detail = f"{first} is in the trash of run {found.run}, from {printable(found.original)}{more}"
        hint = f"reshelve trash restore {shlex.quote(printable(found.original))}"
        return Problem("content-in-trash", f"{whose} content is only in the trash.", detail, store, hint, severity="warning")
    packed = became == "packed"
    stands = ("are packed" if many else "is packed") if packed else ("are there" if many else "is there")
    summary = f"{len(each):,} originals are gone, and copies of them {stands}." if many else (
        f"An original is gone, and a copy of it {stands}."
    )  # fmt: skip
    detail = f"{first} is {'packed in' if packed else 'at'} {where}{more}"
    hint = "To have them forgotten: reshelve catalog update" if many else "To have it forgotten: reshelve catalog update"
    return Problem("original-gone", summary, detail, store, hint, severity="note")
