"""Undone entries: those of a layout that bring again what an undo took back, to where it was. Another target is another entry."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import location_of
from reshelve.schemas.undone import Undone

Pair = tuple[str, str]


def entries_of(files: Mapping[str, Entry], absent: Iterable[Absent], dirs: Iterable[str] = ()) -> list[Pair]:
    """Return the entries of a layout as undos hold them: (target, source), "" for what one has not."""
    named = [(target, entry.source or entry.unpack or "") for target, entry in files.items()]
    return [*named, *(("", thing.path) for thing in absent), *((folder.rstrip("/"), "") for folder in dirs)]


def held_of(layout: Layout, undone: Collection[Undone]) -> frozenset[Pair]:
    """Return the entries of a layout that undos hold, as (target, source): those that bring again what was undone, as it was."""
    if not undone:
        return frozenset()
    known = {(each.target, each.source) for each in undone}
    folders = _Folders(undone)
    pairs = entries_of(layout.files, layout.absent, layout.dirs)
    return frozenset(pair for pair in pairs if _in_store(pair) in known or folders.has(*_in_store(pair)))


def removed_again(undone: Iterable[Undone]) -> frozenset[str]:
    """Return the locations of what would be removed, or changed, again and has no entry: junk, bucket rules (the store's top)."""
    return frozenset(each.source for each in undone if not each.target)


def planned_anew(layout: Layout, undone: Collection[Undone]) -> list[Pair]:
    """Return the entries of files that were undone and have another target now: those are not held."""
    if not undone:
        return []
    sizes: dict[str, set[int | None]] = defaultdict(set)
    for each in undone:
        if each.target and each.source:
            sizes[each.source].add(each.size)
    held = held_of(layout, undone)
    still = {source for _, source in held}
    return [
        (target, source)
        for target, source in entries_of(layout.files, ())
        if source and source not in still and layout.files[target].size in sizes.get(location_of(source), ())
    ]


class _Folders:
    """The files that were undone, by their sources: an entry that moves or packs a whole folder brings those in it again."""

    def __init__(self, undone: Iterable[Undone]) -> None:
        self._undone = sorted((each.source, each.target) for each in undone if each.target and each.source)

    def has(self, target: str, source: str) -> bool:
        """Say whether a folder's entry brings one of them to where it was, or to the archive it was packed into."""
        if not source.endswith("/"):
            return False
        for index in range(bisect_left(self._undone, (source, "")), len(self._undone)):
            inside, was = self._undone[index]
            if not inside.startswith(source):
                return False
            if was == (target + inside[len(source) :] if target.endswith("/") else target):
                return True
        return False


def _in_store(pair: Pair) -> Pair:
    """Return an entry as undos name it: by its stores, whichever roots of them it names."""
    target, source = pair
    return location_of(target) if target else "", location_of(source) if source else ""
