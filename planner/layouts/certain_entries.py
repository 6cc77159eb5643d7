"""Certain entries: what of a scan may be carried out with nobody asked, and without anything that is removed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from reshelve.planner.layouts.scan_marks import is_scans
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import location_of, split, store_of
from reshelve.schemas.operations import Copy, Download, Link, MakeDir, Move, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import errors

_FILING = (MakeDir, Move, Copy, Link, Upload, Download)
"""What filing comes to; any other operation removes something, or is about something else."""


def theirs(layout: Layout) -> Layout:
    """Return what people decided in a layout: their entries, and what they leave or let go."""
    kept = {target: entry for target, entry in layout.files.items() if not is_scans(target, entry)}
    return Layout(files=kept, absent=layout.absent, leave=layout.leave, values=layout.values)


def certain(layout: Layout, known: Layout, stores: Iterable[str]) -> Layout:
    """Return the entries of a layout that file what lies in one of `stores`, by rules alone: none of `known`, nothing removed.

    An entry that would replace another file does not: it is blocked.
    """
    scanned = set(stores)
    files = {
        target: replace(entry, on_conflict="fail") if entry.on_conflict == "replace" else entry
        for target, entry in layout.files.items()
        if entry.source is not None
        and store_of(split(entry.source)[0]) in scanned
        and entry.source != target
        and target not in known.files
        and entry.pack is None
    }
    return Layout(files=files)


def without(layout: Layout, targets: Iterable[str]) -> Layout:
    """Return a layout without the entries of these targets, and without what belongs to the same bundles."""
    gone = {_lead(layout, target) for target in targets}
    return replace(layout, files={target: entry for target, entry in layout.files.items() if _lead(layout, target) not in gone})


def not_filing(layout: Layout, plan: Plan) -> list[str]:
    """Return the targets of the entries for whose sake a plan would do anything but file, or that it has errors about."""
    removing = [operation.frees for operation in plan.operations if not isinstance(operation, _FILING)]
    places = {location_of(place) for place in removing if place}
    places |= {problem.path for problem in errors(plan.problems)}
    return [target for target, entry in layout.files.items() if target in places or entry.source in places]


def only_files(plan: Plan) -> bool:
    """Say whether a plan does nothing but file, and has no errors."""
    return not errors(plan.problems) and all(isinstance(operation, _FILING) for operation in plan.operations)


def first(layout: Layout, room: Callable[[int, int], bool]) -> Layout:
    """Return the entries of a layout, bundle by bundle in their order, for as long as `room` says so of its files and bytes."""
    bundles: dict[str, list[str]] = {}
    for target in layout.files:
        bundles.setdefault(_lead(layout, target), []).append(target)
    taken: set[str] = set()
    for members in bundles.values():
        if not room(len(members), sum(layout.files[member].size or 0 for member in members)):
            break
        taken.update(members)
    return replace(layout, files={target: entry for target, entry in layout.files.items() if target in taken})


def _lead(layout: Layout, target: str) -> str:
    """Return the target of the main file that an entry travels with, its own where it travels alone."""
    seen: set[str] = set()
    while target not in seen and target in layout.files and (beside := layout.files[target].beside) is not None:
        seen.add(target)
        target = beside
    return target
