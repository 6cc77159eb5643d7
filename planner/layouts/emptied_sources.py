"""Emptying: what was copied may go from where it came from, while its copy is verified."""

from collections.abc import Mapping
from dataclasses import replace

from reshelve.planner.layouts.scan_marks import absent_mark
from reshelve.schemas.layout import Absent, Layout
from reshelve.schemas.locations import printable


def emptied(layout: Layout, duplicates: Mapping[str, str]) -> Layout:
    """Return a layout in which the source of every copy should be gone, once its target holds its content; nothing is filed.

    So should `duplicates`, whose content another source brought: by location, with the target that holds it.
    """
    copied = [(entry.source, target) for target, entry in layout.files.items() if entry.source and entry.source != target]
    absent = [
        _emptied(source, target, layout.files[target].size)
        for source, target in (*copied, *duplicates.items())
        if layout.files[target].transfer == "copy"
    ]
    return replace(layout, files={}, absent=[*layout.absent, *absent], tidy={})


def _emptied(source: str, target: str, size: int | None) -> Absent:
    thing = Absent(source, size, copies=[target], because=f"copied to {printable(target)}")
    thing.mark = absent_mark(thing)
    return thing
