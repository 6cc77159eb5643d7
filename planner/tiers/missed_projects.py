"""Projects that are missed: away from where work is done, and used or asked for lately. Evidence only, each piece with its day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reshelve.schemas.manifest import Manifest, ManifestProject
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Tiers


@dataclass(slots=True, frozen=True)
class Sign:
    """One sign that a project is in use: on which day (ISO 8601), and what was done, as the end of a sentence about it."""

    project: str
    day: str
    what: str


@dataclass(slots=True, frozen=True)
class Missed:
    """A project that could come back, and its signs, the newest first."""

    project: ManifestProject
    signs: tuple[Sign, ...]


def away(manifest: Manifest, lines: Mapping[str, Tiers]) -> list[ManifestProject]:
    """Return the projects that `restore` would bring back: those without a folder in the first tier that holds whole folders."""
    homes = {name: next((tier for tier, each in line.order.items() if each.form == "folder"), "") for name, line in lines.items()}
    return [project for project in manifest.projects if homes[project.line] and homes[project.line] not in project.tiers]


def missed(projects: Iterable[ManifestProject], signs: Iterable[Sign]) -> list[Missed]:
    """Return the projects of which there are signs: those with the newest first, of one day those with more."""
    by_project: dict[str, set[Sign]] = defaultdict(set)
    for sign in signs:
        by_project[sign.project].add(sign)
    found = [
        Missed(project, tuple(sorted(by_project[project.id], key=lambda sign: (sign.day, sign.what), reverse=True)))
        for project in projects
        if by_project.get(project.id)
    ]
    found.sort(key=lambda each: each.project.id)
    return sorted(found, key=lambda each: (each.signs[0].day, len(each.signs)), reverse=True)
