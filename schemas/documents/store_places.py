"""Where the roots of stores are declared: file, line and column in the workspace, or in this machine's own file beside it."""

from collections.abc import Iterable
from pathlib import Path

from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes, source_lines
from reshelve.schemas.documents.yaml_reader import Spot, locate
from reshelve.schemas.locations import store_of
from reshelve.schemas.problems import ReshelveError, Where


def store_places(workspace: Path, roots: Iterable[str]) -> dict[str, Where]:
    """Return where each of `roots` (root keys, or names of stores) is declared; what cannot be found is left out.

    What this machine's own file says of a store comes before what the workspace says.
    """
    wanted = {root: _steps(root) for root in dict.fromkeys(roots)}
    found: dict[str, Where] = {}
    if not wanted:
        return found
    for file in (workspace.with_name(LOCAL), workspace):
        try:
            text = read_bytes(file, WRITTEN)
        except ReshelveError:
            continue
        spots = locate(text, str(file), {path for paths in wanted.values() for path in paths})
        told = {root: next((spots[path] for path in paths if path in spots), None) for root, paths in wanted.items()}
        lines = source_lines(text, {spot.key_line for spot in told.values() if spot is not None})
        for root, spot in told.items():
            if spot is not None:
                found.setdefault(root, _where(file, spot, lines))
    return found


def _steps(root: str) -> list[tuple[str | int, ...]]:
    """Return the paths at which a root may be declared, the closest first: unnamed ones of a group are numbered from 1."""
    store, _, one = root.partition("/")
    paths: list[tuple[str | int, ...]] = []
    if one.isdecimal():
        paths.append(("stores", store, "paths", int(one) - 1))
    if one:
        paths.append(("stores", store, "paths", one))
    return [*paths, ("stores", store_of(root))]


def _where(file: Path, spot: Spot, lines: dict[int, str]) -> Where:
    return Where(str(file), spot.key_line, spot.key_column, lines.get(spot.key_line, ""))
