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
    absent = []
    for target, entry in layout.files.items():
        if entry.transfer == "copy" and entry.source and entry.source != target:
            thing = Absent(entry.source, entry.size, copies=[target], because=f"copied to {printable(target)}")
            thing.mark = absent_mark(thing)
            absent.append(thing)
    for source, target in duplicates.items():
        if layout.files[target].transfer == "copy":
            thing = Absent(source, layout.files[target].size, copies=[target], because=f"copied to {printable(target)}")
            thing.mark = absent_mark(thing)
            absent.append(thing)
    return replace(layout, files={}, absent=[*layout.absent, *absent], tidy={})
