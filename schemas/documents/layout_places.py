"""Where in a layout's files its entries stand: file, line and column of what asks for a target."""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from reshelve.schemas.documents.layout_files import parse_layout
from reshelve.schemas.documents.source_lines import read_bytes, source_lines
from reshelve.schemas.documents.yaml_reader import MOST, locate
from reshelve.schemas.layout import Layout
from reshelve.schemas.problems import ReshelveError, Where

Place = tuple[str | int, ...]


def entry_places(path: Path, layout: Layout, targets: Iterable[str]) -> dict[str, Where]:
    """Return where the layout read from the file or folder `path` asks for each of `targets`, the first thousand of them.

    Left out is what no line asks for by this name, and what was edited away since the layout was read.
    """
    wanted = dict.fromkeys(islice(dict.fromkeys(targets), MOST))
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
    """Return what in a layout asks for the wanted targets: an entry of `files`, else one of `dirs` or `absent`."""
    asked: dict[str, Place] = {target: ("files", target) for target in wanted if target in layout.files}
    for number, folder in enumerate(layout.dirs):
        for name in (folder, folder.rstrip("/")):
            if name in wanted:
                asked.setdefault(name, ("dirs", number))
    for number, gone in enumerate(layout.absent):
        if gone.path in wanted:
            asked.setdefault(gone.path, ("absent", number))
    return asked


def _within(text: bytes, file: str, asked: Mapping[str, Place]) -> dict[str, Where]:
    spots = locate(text, file, set(asked.values()))
    places = {}
    for target, place in asked.items():
        if (spot := spots.get(place)) is not None:
            places[target] = (spot.key_line, spot.key_column) if place[0] == "files" else (spot.line, spot.column)
    lines = source_lines(text, {line for line, _ in places.values()})
    return {target: Where(file, line, column, lines.get(line, "")) for target, (line, column) in places.items()}
