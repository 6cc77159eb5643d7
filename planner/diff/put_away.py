"""Entries that a plan puts away: their files stand at their targets, and it takes these from there for good."""

from collections.abc import Callable, Iterable, Mapping
from posixpath import commonpath

from reshelve.schemas.layout import ALREADY_AT, Entry, Layout
from reshelve.schemas.locations import join, location_of, parent, split
from reshelve.schemas.operations import AnyOperation, Move, Trash
from reshelve.schemas.problems import Problem

Entries = Callable[[], Mapping[str, Entry]]
"""Gives the entries of the workspace's layout, where that is another than the one that is planned."""


def put_away(operations: Iterable[AnyOperation], layout: Layout, entries: Entries) -> list[tuple[str, str]]:
    """Return the (target, source) of entries whose files leave their targets, and to whose targets nothing comes.

    Those of the `layout` that is planned count only where their file goes to the trash: what it moves on, it files elsewhere.
    """
    planned = list(operations)
    made = {operation.makes for operation in planned}
    leaving = {location_of(each.frees): each for each in planned if each.frees is not None and _leaves(each, made)}
    found: list[tuple[str, str]] = []
    others: list[str] = []
    for target, operation in leaving.items():
        entry = layout.files.get(target)
        if entry is None:
            others.append(target)
        elif isinstance(operation, Trash):
            found.append((target, entry.source or ""))
    if others:
        known = entries()
        found += [(target, known[target].source or "") for target in others if target in known]
    return sorted(found)


def _leaves(operation: AnyOperation, made: set[str | None]) -> bool:
    """Say whether what an operation takes leaves its place for good; a file that is at its target twice does not leave that."""
    if isinstance(operation, Trash):
        return operation.src not in made and not operation.because.startswith(ALREADY_AT)
    return isinstance(operation, Move) and operation.src not in made


def told(pairs: list[tuple[str, str]]) -> list[Problem]:
    """Say of the entries that a plan puts away that they will be held."""
    if not pairs:
        return []
    entries = "1 entry of the layout" if len(pairs) == 1 else f"{len(pairs):,} entries of the layout"
    detail = f"{entries} will be held until `reshelve release`, or until the {'file is' if len(pairs) == 1 else 'files are'} back."
    path = pairs[0][0] if len(pairs) == 1 else _around([target for target, _ in pairs])
    return [Problem("entries-held", "What this plan puts away will not be filed again.", detail, path, severity="note")]


def _around(targets: list[str]) -> str:
    """Return the folder that all of these targets are in, "" where they are in several stores."""
    roots = {split(target)[0] for target in targets}
    shared = commonpath([parent(split(target)[1]) for target in targets]) if len(roots) == 1 else ""
    return join(roots.pop(), f"{shared}/" if shared else "") if len(roots) == 1 else ""
