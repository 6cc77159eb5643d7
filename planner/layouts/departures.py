"""Departures: what a scan takes out of a layout, each with its reason, so that nothing leaves unsaid."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from reshelve.planner.layouts.rescan_merge import is_free
from reshelve.planner.observing.identity import is_entry
from reshelve.planner.ports.store_reader import Readers, roots_of, standing_at
from reshelve.schemas.layout import OF_TIERS, Entry, Layout
from reshelve.schemas.locations import printable, split
from reshelve.schemas.quick_dataclasses import dataclass

_UNASKED = "no rule, tier or project asks for it any more"

Done = Literal["", "filed", "as asked"]
"""How an entry was carried out before it left. "filed": what it filed stands at its target, and its source, or another file of that
name, goes elsewhere now, or nowhere. "as asked": tiers asked for it, and the stores are as they asked."""


@dataclass(slots=True, frozen=True)
class Departure:
    """An entry that left the layout: its target or path, where in the layout it was, and why. `note` is a person's, now gone."""

    what: str
    section: str
    because: str
    note: str = ""
    done: Done = ""


def departures(
    before: Layout | None,
    after: Layout,
    why: Mapping[str, str],
    stays: Mapping[str, str],
    readers: Readers | None = None,
    *,
    done: Container[str] = frozenset(),
) -> list[Departure]:
    """Return what is in one layout and not in the next, in order. An entry whose source has another target now has not left.

    `why` has the reasons that are known already, by target or path; `stays` says of sources that were left alone why; the others
    are read from the layouts, and of what tiers asked for from the stores, by `readers`. `done` are targets whose entries left
    though what they filed stands there.
    """
    if before is None:
        return []
    placed = {entry.source: target for target, entry in after.files.items() if entry.source is not None}
    settled = _settled(before, after, readers) if readers is not None else {}
    why = {**settled, **why}
    left = [*_files(before, after, why, placed, stays), *_absent(before, after, why, placed), *_dirs(before, after)]
    return [replace(one, done="filed" if one.what in done else "as asked" if one.what in settled else "") for one in left]


def _settled(before: Layout, after: Layout, readers: Readers) -> dict[str, str]:
    """Return why what tiers asked for has left, by target or path, where the stores show that it is as they asked."""
    told = {}
    for target, entry in before.files.items():
        if target not in after.files and _of_tiers(entry.because) and _is_carried_out(target, entry, readers):
            told[target] = "it was carried out"
    for thing in before.absent:
        if _of_tiers(thing.because) and is_free(thing.path, readers):
            told[thing.path] = "it is gone"
    return told


def _of_tiers(because: str | None) -> bool:
    return (because or "").startswith(OF_TIERS)


def _is_carried_out(target: str, entry: Entry, readers: Readers) -> bool:
    there = standing_at(target.rstrip("/"), readers)
    if there is None:
        return False
    if entry.source is None:
        return entry.storage_class is not None and there.storage_class == entry.storage_class
    if is_free(entry.source, readers):
        return True
    # Of an archive beside its folder nothing is known here: the folder may have been changed since.
    return entry.pack is None and any(is_entry(entry, there, reader) for reader in roots_of(readers, split(target)[0]))


def _files(
    before: Layout, after: Layout, why: Mapping[str, str], placed: Mapping[str, str], stays: Mapping[str, str]
) -> Iterator[Departure]:
    undecided = {item.source: item.because for item in after.review}
    going = {thing.path for thing in after.absent}
    for target, entry in before.files.items():
        if target in after.files or (target not in why and entry.source in placed):
            continue
        because = why.get(target) or _unfiled(entry, undecided, going, stays)
        yield Departure(target, "files", because, entry.note or "")


def _unfiled(entry: Entry, undecided: Mapping[str, str | None], going: set[str], stays: Mapping[str, str]) -> str:
    """Say why an entry left that was out of date: what becomes of its source now."""
    source = entry.source
    if source is None:
        return _UNASKED
    if source in undecided:
        return f"{printable(source)} is left for review: {undecided[source] or 'no reason is given'}"
    if source in going:
        return f"{printable(source)} is to go"
    if source in stays:
        return f"{printable(source)} is left alone ({stays[source]})"
    return f"no rule or tier files {printable(source)} there any more"


def _absent(before: Layout, after: Layout, why: Mapping[str, str], placed: Mapping[str, str]) -> Iterator[Departure]:
    still = {thing.path for thing in after.absent}
    for thing in before.absent:
        if thing.path not in still:
            goes = f"it goes to {printable(placed[thing.path])} now" if thing.path in placed else _UNASKED
            yield Departure(thing.path, "absent", why.get(thing.path, goes), thing.note or "")


def _dirs(before: Layout, after: Layout) -> Iterator[Departure]:
    still = set(after.dirs)
    yield from (Departure(folder, "dirs", _UNASKED) for folder in before.dirs if folder not in still)
