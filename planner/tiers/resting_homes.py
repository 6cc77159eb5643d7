"""Homes at rest: what a template laid out for a project leaves the layout when the project goes to another tier by name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reshelve.planner.layouts.scan_marks import is_scans
from reshelve.planner.tiers.tier_places import Finder
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, split
from reshelve.schemas.tier_settings import Tiers


def at_rest(layout: Layout, leaving: Layout, tiers: Mapping[str, Tiers]) -> Layout:
    """Return a layout without the folders and generated files of the projects that `leaving` takes from their places.

    Else the next plan would lay them out again.
    """
    gone = [thing.path for thing in leaving.absent]
    gone += [entry.source for entry in leaving.files.values() if entry.source is not None and entry.transfer == "move"]
    homes = set(_homes(gone, tiers.values()))

    def stays(place: str) -> bool:
        return not any(place == home or place.startswith(f"{home}/") for home in homes)

    files = {
        target: entry
        for target, entry in layout.files.items()
        if entry.content is None or stays(target) or not is_scans(target, entry)
    }
    return replace(layout, dirs=[place for place in layout.dirs if stays(place)], files=files)


def _homes(locations: Iterable[str], lines: Iterable[Tiers]) -> Iterable[str]:
    """Yield the folders of the projects that files are in."""
    finders = [Finder(tiers) for tiers in lines]
    for location in locations:
        store, rel = split(location)
        for finder in finders:
            for place in finder.places:
                found = finder.find(place, rel) if place.store == store and not place.suffix else None
                if found is not None:
                    yield join(store, found[1])
