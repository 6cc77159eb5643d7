"""Places of a report as receivers are told of them: their paths here, and what their names tell of films and episodes."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from reshelve.opening.wiring import Setting
from reshelve.schemas.locations import split


def paths_of(setting: Setting) -> Callable[[str], tuple[str, str] | None]:
    """Return what gives the folder of a place's root on this machine, and the place's path; None for a place in a bucket."""

    @cache
    def roots() -> dict[str, str]:
        return {root.key: root.path for root in setting.roots() if root.kind != "bucket"}

    def paths(place: str) -> tuple[str, str] | None:
        key, rel = split(place)
        return (roots()[key], os.path.join(roots()[key], rel)) if key in roots() else None

    return paths


def named(place: str) -> dict[str, Any]:
    """Return what a video's name tells for certain at a glance; nothing of any other file."""
    from reshelve.planner.recognise.extension_tables import halves, media_type
    from reshelve.planner.recognise.recogniser import NameRecogniser

    rel = split(place)[1]
    if media_type(halves(os.path.basename(rel))[1]) != "video":
        return {}
    reading = NameRecogniser().quick(rel)
    return reading.facts if reading is not None and reading.certain else {}
