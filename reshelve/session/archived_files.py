"""Files that went into the archive of a project: where they are, and what brings them back."""

import shlex
import sqlite3
from collections.abc import Sequence

from reshelve.executors.catalog.catalog_whereabouts import taken_from
from reshelve.opening.wiring import Setting
from reshelve.planner.catalog.place_labels import PlaceLabels
from reshelve.schemas.locations import location_of, printable
from reshelve.schemas.problems import Problem


def archived(catalog: sqlite3.Connection, setting: Setting, names: Sequence[str]) -> Problem | None:
    """Return a note of where a file is, known by these places, that a run let go of because an archive holds it; else None."""
    for place in names:
        taken = taken_from(catalog, place)
        archive = taken[2] if taken is not None else ""
        project = PlaceLabels(setting.workspace).of(archive, None)[1] if archive else None
        if project:
            where, file = printable(location_of(archive)), printable(location_of(place))
            hint = f"reshelve restore {shlex.quote(project)}"
            return Problem("in-an-archive", "It was archived.", f"A run put it into {where}.", file, hint, severity="note")
    return None
