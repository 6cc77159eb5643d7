"""Unpruned entries: those that a scan keeps although it was asked to prune, each with the reason."""

from collections.abc import Iterable, Iterator, Sequence

from reshelve.planner.layouts.scan_coverage import Standing
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.schemas.locations import TRASH, printable, split, store_of


def unseen(roots: Sequence[Reader]) -> str:
    """Say why nothing counts as gone from the folders of a store, "" where all of them can be looked at. Raises OSError.

    A folder in which there is nothing at all may be a mount point whose disk is away. The trash that a run made there is
    on the disk itself.
    """
    for reader in roots:
        if not reader.root.available:
            return f"{printable(reader.root.key)} is not available"
        if not reader.names("") and reader.stat(TRASH) is None:
            return f"there is nothing at all in {printable(reader.root.key)}, as if its disk were not connected"
    return ""


def why_unpruned(target: str, source: str, standing: Standing, readers: Readers) -> str:
    """Say why an entry is kept that is not at its target, or whose source could not be seen."""
    if standing == "unknown":
        return f"{printable(store_of(split(source)[0]))}, where it comes from, could not be seen, or not all of it"
    try:
        found = unseen(roots_of(readers, split(target)[0]))
    except OSError as trouble:
        found = f"{printable(split(target)[0])} cannot be looked at: {trouble.strerror or trouble}"
    return found or "another file is at the target"


def unpruned_told(kept: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each reason why entries were not pruned; `kept` are their targets, each with its reason."""
    by_reason: dict[str, list[str]] = {}
    for target, why in kept:
        by_reason.setdefault(why, []).append(target)
    for why, targets in sorted(by_reason.items()):
        more = f" and {len(targets) - 1:,} more" if len(targets) > 1 else ""
        yield f"not pruned: {printable(targets[0])}{more}: {why}"
