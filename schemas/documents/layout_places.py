"""Where in a layout's files its entries stand: file, line and column of what asks for a target."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from reshelve.schemas.documents.layout_files import parse_layout
from reshelve.schemas.documents.source_lines import read_bytes, source_lines
from reshelve.schemas.documents.yaml_reader import locate
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, parent, split, store_of
from reshelve.schemas.problems import ReshelveError, Where

Place = tuple[str | int, ...]


def entry_places(path: Path, layout: Layout, targets: Iterable[str]) -> dict[str, Where]:
    """Return where the layout read from the file or folder `path` asks for each of `targets`.

    What is inside a folder that an entry is about is where that entry is. Left out is what no line asks for, and what was edited
    away since the layout was read.
    """
    wanted = dict.fromkeys(targets)
    found: dict[str, Where] = {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        if wanted.keys() <= found.keys():
            break
        try:
            text = read_bytes(file)
            part = parse_layout(text, str(file), alone=False) if path.is_dir() else layout
        except (ReshelveError, OSError):
            continue
        for target, where in _within(text, str(file), _asked(part, wanted)).items():
            found.setdefault(target, where)
    return found


def _asked(layout: Layout, wanted: Mapping[str, object]) -> dict[str, Place]:
    """Return what in a layout asks for the wanted targets: an entry of `files`, else one of `dirs`, `absent` or `tidy`."""
    asked: dict[str, Place] = {target: ("files", target) for target in wanted if target in layout.files}
    if len(asked) == len(wanted):
        return asked
    places: dict[str, Place] = {}
    for target in layout.files:
        places.setdefault(_plain(target), ("files", target))
    for section, locations in (("dirs", layout.dirs), ("absent", [gone.path for gone in layout.absent])):
        for number, location in enumerate(locations):
            places.setdefault(_plain(location), (section, number))
    for store in layout.tidy:
        places.setdefault(_plain(join(store, "")), ("tidy", store))
    for target in wanted:
        if target not in asked and (place := _nearest(places, _plain(target))) is not None:
            asked[target] = place
    return asked


def _plain(location: str) -> str:
    """Return a location by the name of its store alone, without a slash at its end."""
    store, rel = split(location)
    return join(store_of(store), rel.rstrip("/"))


def _nearest(places: Mapping[str, Place], location: str) -> Place | None:
    """Return the place of a location, else of the nearest folder around it."""
    store, rel = split(location)
    while location not in places:
        if not rel:
            return None
        rel = parent(rel)
        location = join(store, rel)
    return places[location]


def _within(text: bytes, file: str, asked: Mapping[str, Place]) -> dict[str, Where]:
    spots = locate(text, file, set(asked.values()))
    places = {}
    for target, place in asked.items():
        if (spot := spots.get(place)) is not None:
            places[target] = (spot.key_line, spot.key_column) if place[0] in ("files", "tidy") else (spot.line, spot.column)
    lines = source_lines(text, {line for line, _ in places.values()})
    return {target: Where(file, line, column, lines.get(line, "")) for target, (line, column) in places.items()}
