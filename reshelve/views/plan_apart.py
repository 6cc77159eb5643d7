"""What a plan brings to another disk than the rest of what it belongs to: said where its folder is named, not only in a note."""

from collections.abc import Iterable, Mapping

from reshelve.schemas.locations import location_of
from reshelve.schemas.problems import Problem

Apart = Mapping[str, str]
"""Why the new things of a show, film, album or project are apart from the rest, or from each other, by its location."""

APART = "apart from the rest"


def apart_of(problems: Iterable[Problem]) -> Apart:
    """Return what a plan splits over several disks, by its problems."""
    found = {problem.path: problem.detail.partition(": ")[0] for problem in problems if problem.code == "parted"}
    return {home: f"{why[:1].lower()}{why[1:]}" for home, why in found.items()}


def why_apart(apart: Apart, folder: str) -> str:
    """Return why what goes into a target folder is apart from the rest, "" where it is not, as on the disk of the rest itself."""
    if not apart or not folder:
        return ""
    root, at = folder.partition(":")[0], location_of(folder.rstrip("/"))
    while at not in apart and "/" in at.partition(":")[2]:
        at = at.rpartition("/")[0]
    why = apart.get(at, "")
    return "" if root in why.partition(",")[0].split() else why
