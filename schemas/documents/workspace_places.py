"""Where the roots of stores, and policies, are declared: file, line and column in the workspace or this machine's own file."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes, source_lines
from reshelve.schemas.documents.yaml_reader import locate
from reshelve.schemas.locations import store_of
from reshelve.schemas.problems import ReshelveError, Where

Steps = tuple[str | int, ...]


def store_places(workspace: Path, roots: Iterable[str]) -> dict[str, Where]:
    """Return where each of `roots` (root keys, or names of stores) is declared; what cannot be found is left out.

    What this machine's own file says of a store comes before what the workspace says.
    """
    wanted = {root: _steps(root) for root in dict.fromkeys(roots)}
    return _places((workspace.with_name(LOCAL), workspace), wanted)


def policy_places(workspace: Path, policies: Sequence[str]) -> dict[str, Where]:
    """Return where each of a workspace's policies is declared: `policies` are the names of all of them, in their order."""
    wanted: dict[str, list[Steps]] = {}
    for number, name in enumerate(policies):
        wanted.setdefault(name, [("policies", number)])
    return _places((workspace,), wanted)


def _places(files: Iterable[Path], wanted: Mapping[str, Sequence[Steps]]) -> dict[str, Where]:
    """Return the first place of each name: the closest of its paths in the first file that has one."""
    found: dict[str, Where] = {}
    for file in files if wanted else ():
        try:
            text = read_bytes(file, WRITTEN)
        except ReshelveError:
            continue
        spots = locate(text, str(file), {path for paths in wanted.values() for path in paths})
        told = {name: next((spots[path] for path in paths if path in spots), None) for name, paths in wanted.items()}
        lines = source_lines(text, {spot.key_line for spot in told.values() if spot is not None})
        for name, spot in told.items():
            if spot is not None:
                found.setdefault(name, Where(str(file), spot.key_line, spot.key_column, lines.get(spot.key_line, "")))
    return found


def _steps(root: str) -> list[Steps]:
    """Return the paths at which a root may be declared, the closest first: unnamed ones of a group are numbered from 1."""
    store, _, one = root.partition("/")
    paths: list[Steps] = []
    if one.isdecimal():
        paths.append(("stores", store, "paths", int(one) - 1))
    if one:
        paths.append(("stores", store, "paths", one))
    return [*paths, ("stores", store_of(root))]
