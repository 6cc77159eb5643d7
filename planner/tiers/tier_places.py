"""Places of tiers: from a project's name to its location, and from what lies in a store back to the projects it belongs to."""

import re
from collections.abc import Sequence

from reshelve.planner.left_alone.known_names import tables
from reshelve.planner.rules.range_folders import range_folder
from reshelve.schemas.locations import join
from reshelve.schemas.patterns import globs
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import PROJECT, RANGE, Tier, Tiers

UNNUMBERED = "other"
"""The range folder of projects whose names hold no number."""
_RANGE_FOLDER = re.compile(r"([^\W\d_]*)[0-9]+-\1[0-9]+\Z")


def range_of(project: str, ranges: int = 50) -> str:
    """Return the range folder of a project: b00-b49 for b40-old-project, 100-149 for 107-an-older-one, `other` without a number."""
    try:
        return range_folder(project, ranges)
    except ValueError:
        return UNNUMBERED


@dataclass(slots=True, frozen=True)
class Place:
    """Where projects of one or several tiers stand: a store, the parts of a path, and the ending of an archive ("" for folders)."""

    store: str
    parts: tuple[str, ...]
    suffix: str

    def location(self, project: str, ranges: int) -> str:
        """Return where a project stands here: its folder without a closing slash, or its archive."""
        named = {PROJECT: project + self.suffix}
        if RANGE in self.parts:
            named[RANGE] = range_of(project, ranges)
        return join(self.store, "/".join([named.get(part, part) for part in self.parts]))


def place_of(tier: Tier) -> Place:
    """Return the place of a tier."""
    store, _, rel = tier.at.partition(":")
    return Place(store, tuple(rel.split("/")), f".{tier.form}" if tier.is_archive else "")


class Finder:
    """Tells which project something in a store belongs to, and at which place. One pass over paths; no path is tried twice."""

    def __init__(self, tiers: Tiers) -> None:
        self.places = list(dict.fromkeys(place_of(tier) for tier in tiers.order.values()))
        self._wanted = globs(tiers.project, ignore_case=True)
        self._refused = globs(tiers.except_, ignore_case=True)
        self._folders = {place: self._others(place) for place in self.places}

    def _others(self, place: Place) -> tuple[frozenset[str], bool]:
        """Return the names, at the last part of a place, that are folders of other places, and whether range folders are."""
        depth = len(place.parts) - 1
        beside = [
            other.parts[depth]
            for other in self.places
            if other != place
            and other.store == place.store
            and len(other.parts) > depth + 1
            and other.parts[:depth] == place.parts[:depth]
        ]
        return frozenset(beside) - {PROJECT, RANGE}, RANGE in beside

    def find(self, place: Place, rel: str) -> tuple[str, str] | None:
        """Return (project, path of the project) of what is at `rel`, for the place it may lie at; None where it is of no project.

        A folder that is a project itself is of none: what is in it is.
        """
        depth = len(place.parts)
        parts = rel.split("/", depth)
        if place.suffix:
            if len(parts) != depth or not parts[-1].endswith(place.suffix):
                return None
            project = parts[-1].removesuffix(place.suffix)
        elif len(parts) <= depth:
            return None
        else:
            project = parts[depth - 1]
        for wanted, part in zip(place.parts[:-1], parts, strict=False):
            if wanted not in (part, RANGE) or (wanted == RANGE and not (_RANGE_FOLDER.match(part) or part == UNNUMBERED)):
                return None
        if not self.is_project(project, place):
            return None
        return project, "/".join(parts[:depth])

    def is_project(self, name: str, place: Place) -> bool:
        """Say whether a folder or archive of this name, at this place, is a project."""
        literals, ranges = self._folders[place]
        if not name or name[0] == "." or name in literals or (ranges and _RANGE_FOLDER.match(name)):
            return False
        if tables().not_ours.kind(name, top=not place.parts[1:]) is not None:
            return False
        return bool(self._wanted.match(name)) and not self._refused.match(name)


def is_like(name: str, patterns: Sequence[str]) -> bool:
    """Say whether a name is like one of some globs, without regard to case."""
    return bool(globs(patterns, ignore_case=True).match(name))
