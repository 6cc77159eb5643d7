"""Undone entries: those of a layout that bring again what an undo took back. A hold stays with its file, whatever its target."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import location_of
from reshelve.schemas.undone import Undone

Pair = tuple[str, str]


def entries_of(files: Mapping[str, Entry], absent: Iterable[Absent], dirs: Iterable[str] = ()) -> list[Pair]:
    """Return the entries of a layout as undos hold them: (target, source), "" for what one has not."""
    named = [(target, entry.source or entry.unpack or "") for target, entry in files.items()]
    return [*named, *(("", thing.path) for thing in absent), *((folder.rstrip("/"), "") for folder in dirs)]


def held_of(layout: Layout, undone: Collection[Undone]) -> frozenset[Pair]:
    """Return the entries of a layout that undos hold, as (target, source).

    An undone file is held where its entry has another target by now, unless the entry that was undone is there, too: then the
    other one is of its own, as a second copy is. A folder is held that would bring an undone file again.
    """
    if not undone:
        return frozenset()
    pairs = entries_of(layout.files, layout.absent, layout.dirs)
    known = {(each.target, each.source) for each in undone}
    as_undone = {pair: as_held for pair in pairs if (as_held := _in_store(pair)) in known}
    named = set(as_undone.values())
    moved = _Moved(each for each in undone if each.target and each.source and (each.target, each.source) not in named)
    return frozenset(as_undone) | frozenset(
        (target, source)
        for target, source in pairs
        if target and source and (target, source) not in as_undone and moved.has(target, source, layout.files[target])
    )


class _Moved:
    """Undone files whose entries are not in a layout any more, as they were."""

    def __init__(self, undone: Iterable[Undone]) -> None:
        self._undone = sorted(undone, key=lambda each: each.source)
        self._sources = [each.source for each in self._undone]
        self._sizes: dict[str, set[int | None]] = defaultdict(set)
        for each in self._undone:
            self._sizes[each.source].add(each.size)

    def has(self, target: str, source: str, entry: Entry) -> bool:
        """Say whether an entry brings such a file. One of another size is another file, which has come to its place since.

        Of one whose size was not recorded that cannot be told: then only its own entry is held.
        """
        at = location_of(source)
        if target[-1] == "/" and source[-1] == "/":
            return any(each.target.endswith(each.source[len(at) - 1 :]) for each in self._below(at))
        if at[-1] == "/":
            return at in self._sizes
        known = self._sizes.get(at, set()) - {None}
        return entry.size in known if entry.size is not None else bool(known)

    def _below(self, folder: str) -> Iterator[Undone]:
        for index in range(bisect_left(self._sources, folder), len(self._sources)):
            if not self._sources[index].startswith(folder):
                return
            yield self._undone[index]


def _in_store(pair: Pair) -> Pair:
    """Return an entry as undos name it: by its stores, whichever roots of them it names."""
    target, source = pair
    return location_of(target) if target else "", location_of(source) if source else ""
