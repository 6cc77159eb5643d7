"""What was done with projects lately: questions to the catalog about runs that were asked for by name, and uses of assets."""

import sqlite3
from collections.abc import Collection, Iterator

_ASKED = ("restore", "sync")
"""The commands that somebody gives to work on a project. Other runs put it away."""


def runs_about(catalog: sqlite3.Connection, projects: Collection[str], since: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (project, when, command, run) of what was asked for since a time (ISO 8601): paths with the project's name in them."""
    marks = ", ".join("?" * len(_ASKED))
    wanted = (
        f"SELECT DISTINCT run.ended, run.command, run.run, was, now FROM operation JOIN run ON run.number = operation.run "  # noqa: S608
        f"WHERE run.ended >= ? AND run.command IN ({marks})"
    )
    for ended, command, run, was, now in catalog.execute(wanted, (since, *_ASKED)):
        for project in sorted({part for place in (was, now) for part in _parts(place or "")} & set(projects)):
            yield project, str(ended), str(command), str(run)


def uses_of(catalog: sqlite3.Connection, projects: Collection[str], since: str) -> Iterator[tuple[str, str, str]]:
    """Yield (project, day, the project that used it) of assets that are, or were, in a project and were used in another."""
    marks = ", ".join("?" * len(projects))
    wanted = (
        "SELECT DISTINCT place.project, usage.date, usage.project FROM usage JOIN place ON place.asset = usage.asset "  # noqa: S608
        f"WHERE place.project IN ({marks}) AND usage.date >= ? AND usage.project IS NOT place.project"
    )
    for project, day, by in catalog.execute(wanted, (*projects, since[:10])):
        yield str(project), str(day)[:10], str(by or "another project")


def _parts(place: str) -> Iterator[str]:
    """Yield the names in a path, that of an archive without its extension too."""
    for part in place.partition(":")[2].split("/"):
        yield part
        for extension in (".tar.gz", ".zip"):
            yield part.removesuffix(extension)
