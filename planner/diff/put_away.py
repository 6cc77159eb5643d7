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
    known: Mapping[str, Entry] | None = None
    leaving: dict[str, list[Move | Trash]] = {}
    for operation in planned:
        if not isinstance(operation, Move | Trash) or (isinstance(operation, Trash) and _is_twice(operation)):
            continue
        target = location_of(operation.src)
        if target not in layout.files:
            known = entries() if known is None else known
            if target not in known:
                continue
        leaving.setdefault(target, []).append(operation)
    places = {operation.src for several in leaving.values() for operation in several}
    filled = {operation.makes for operation in planned if operation.makes in places} if places else set()
    found: list[tuple[str, str]] = []
    for target, several in leaving.items():
        last = next((operation for operation in reversed(several) if operation.src not in filled), None)
        entry = layout.files.get(target)
        if last is not None and (entry is None or isinstance(last, Trash)):
            found.append((target, (entry or (known or {})[target]).source or ""))
    return sorted(found)


def _is_twice(operation: Trash) -> bool:
    """Say whether what goes to the trash is at its target besides: so it does not leave that."""
    return operation.because.startswith(ALREADY_AT)


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
