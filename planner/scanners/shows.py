"""Shows of one scan: each is filed under one spelling, that of the folder it has already, or else the one used most."""

import re
from collections.abc import Iterable

from planner.place import PlaceTemplate
from planner.ports import Readers, roots_of
from planner.recognise.reading import FOLDER, Reading
from planner.scanners.rules import RuleBook
from planner.titles import Show, canonical

_SHOW = re.compile(r"\{\{-?\s*show\b")


def spell_alike(readings: Iterable[Reading], book: RuleBook, readers: Readers, spelled: set[str]) -> None:
    """Give every reading of a show the spelling that all of them are filed under. Changes the readings.

    `spelled` are the shows' folders that this scan has settled on before; those settled on now are added.
    """
    episodes = [reading for reading in readings if "show" in reading.facts]
    if not episodes:
        return
    places = [rule.place for rule in book.rules if rule.place is not None and "show" in rule.place.uses]
    standing = spelled | {name for place in places for name in _folders(place, book.store, readers)}
    with_year = any("show_year" in place.uses for place in places)
    instead = canonical([_show(reading) for reading in episodes], standing, with_year=with_year)
    for reading in episodes:
        show = instead.get(_show(reading))
        if show is not None:
            _respell(reading, show)
        spelled.add(_folder_name(_show(reading)) if with_year else reading.facts["show"])


def _folders(place: PlaceTemplate, store: str, readers: Readers) -> set[str]:
    """Return the names that stand, on any root, where a place puts a show's folder; none where facts decide that."""
    target, _, rel = place.text.partition(":")
    parts = rel.split("/")
    at = next((index for index, part in enumerate(parts[:-1]) if _SHOW.search(part)), None)
    if at is None or any("{" in part for part in parts[:at]):
        return set()
    found: set[str] = set()
    for reader in roots_of(readers, store if "{" in target else target):
        if reader.root.available:
            try:
                found |= reader.names("/".join(parts[:at])) or set()
            except OSError:
                # A folder that cannot be read has no say; the scan itself says what it could not read.
                continue
    return found


def _show(reading: Reading) -> Show:
    return Show(reading.facts["show"], reading.facts.get("show_year"))


def _folder_name(show: Show) -> str:
    return show.title if show.year is None else f"{show.title} ({show.year})"


def _respell(reading: Reading, show: Show) -> None:
    facts = reading.facts
    facts["show"] = facts["title"] = show.title
    if show.year is not None and "show_year" not in facts:
        reading.add(FOLDER, {"show_year": show.year, "year": show.year})
