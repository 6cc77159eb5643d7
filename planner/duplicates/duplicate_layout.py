"""The layout by which duplicates go: `absent` entries, each resting on the copy that stays, and nothing taken out of a whole."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.duplicates.duplicate_sets import Name
from reshelve.planner.duplicates.duplicate_words import REMOVED_BECAUSE
from reshelve.planner.duplicates.keep_rules import Kept
from reshelve.planner.observing.identity import time_text
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Layout
from reshelve.schemas.locations import join, printable, store_of
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Going:
    """The layout; how many bytes become free by it; the names that stay after all, each with the reason."""

    layout: Layout = field(default_factory=Layout)
    gain: int = 0
    staying: list[tuple[str, str]] = field(default_factory=list)


def layout_of(decided: Iterable[Kept], seen: Mapping[str, Sequence[Item]]) -> Going:
    """Return the layout by which the decided duplicates go.

    What travels with another file (a subtitle, a cover) goes only where that goes too, and a disc goes whole or not at all.
    `seen` are the files of each root, by which that is told.
    """
    decided = list(decided)
    going = {(name.reader.root.key, name.item.rel): (one, name) for one in decided for name in one.goes}
    held: dict[tuple[str, str], str] = {}
    for key in {key for key, _ in going}:
        held |= {(key, rel): by for rel, by in _held(bundle(seen[key]), {rel for root, rel in going if root == key})}
    result = Going()
    for at, (one, name) in going.items():
        by = held.get(at)
        why = f"it belongs to {printable(join(store_of(at[0]), by))}, which stays" if by is not None else ""
        if name.location == one.stays.location:
            why = "both are at this path, in two folders of one store"
        if why:
            result.staying.append((name.location, why))
        else:
            result.layout.absent.append(_absent(one, name))
    stays = {location for location, _ in result.staying}
    result.gain = sum(one.set.size * _freed(one, stays) for one in decided)
    result.layout.absent.sort(key=lambda absent: absent.path)
    return result


def _held(bundles: Sequence[Bundle], rels: Set[str]) -> Iterator[tuple[str, str]]:
    """Yield the paths that may not go, of the `rels` that would, each with a file that it belongs to and that stays."""
    joined: list[tuple[str, Bundle]] = []
    stay: dict[str, str] = {}
    for one in bundles:
        mine = [item.rel for item in one.items()]
        if one.joins:
            joined.append((one.joins, one))
        elif by := _stays(one, mine, rels):
            stay |= dict.fromkeys(_folders_above(one.main.rel), by)
            yield from ((rel, by) for rel in mine if rel in rels)
    for folder, one in joined:
        # It belongs to all mains of that folder: one that stays keeps it.
        mine = [item.rel for item in one.items()]
        if by := stay.get(folder) or _stays(one, mine, rels):
            yield from ((rel, by) for rel in mine if rel in rels)


def _stays(one: Bundle, mine: Sequence[str], rels: Set[str]) -> str | None:
    """Return what of a bundle stays and keeps the rest: its main; any part of a disc."""
    whole = mine if disc_top(one.main.rel) is not None else [one.main.rel]
    return next((rel for rel in whole if rel not in rels), None)


def _folders_above(rel: str) -> Iterator[str]:
    while rel := rel.rpartition("/")[0]:
        yield rel


def _freed(one: Kept, stays: Container[str]) -> int:
    """Return how many files lose all of their names."""
    gone = [copy for copy in one.set.copies if one.stays not in copy.names]
    return sum(not any(name.location in stays for name in copy.names) for copy in gone)


def _absent(one: Kept, name: Name) -> Absent:
    kept = one.stays.location
    because = f"{REMOVED_BECAUSE}the one that stays is {one.because}"
    return Absent(name.location, one.set.size, time_text(name.item.mtime_ns), one.set.digest, [kept], because)
