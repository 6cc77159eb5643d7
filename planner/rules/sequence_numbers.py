"""Sequences: the numbers of names such as `acme_drone_001_20260101_120000.mp4`, counted in each folder for each beginning.

A place that uses `seq` gives a target with its number open. Files are numbered together, so that nothing depends on the order
of reading: what has a number keeps it, and newcomers go on after what is filed, oldest first, without a gap.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.observing.identity import same_content, same_file
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.rules.free_names import Shelf
from reshelve.schemas.layout import Transfer
from reshelve.schemas.locations import join, split

_NUMBER = re.compile(r"(?<!\d)\d{1,6}(?!\d)")
"""Up to six digits: eight are a day, and no number."""


@dataclass(slots=True, frozen=True)
class OpenTarget:
    """A target but for its number: what stands before and after it in the path, and how many digits it has at least."""

    store: str
    before: str
    width: int
    after: str

    def numbered(self, number: int) -> str:
        """Return the location with its number."""
        return join(self.store, self.path(number))

    def path(self, number: int) -> str:
        """Return the path with its number."""
        return f"{self.before}{number:0{self.width}d}{self.after}"


class Numbered(Protocol):
    """Whatever waits for its number: a file at `source` that is to get the target it has `open`."""

    reader: Reader
    bundle: Bundle
    source: str
    target: str
    transfer: Transfer
    open: OpenTarget | None


_Standing = dict[str, list[tuple[int, str]]]
"""The numbers that stand in a folder, each with its whole name, by what stands before them."""


class Sequences:
    """Numbers targets. `kept` are targets that are taken whatever is proposed, `before` those of the last scan by source."""

    def __init__(self, shelf: Callable[[str], Shelf], kept: Iterable[str], before: Mapping[str, str]) -> None:
        self._shelf = shelf
        self._before = before
        self._kept = kept
        self._standing: dict[tuple[str, str], _Standing] = {}

    def give(self, waiting: Iterable[Numbered]) -> None:
        """Give each its target. Work grows with the files and the names that stand in their folders."""
        groups: dict[tuple[str, str], list[tuple[Numbered, OpenTarget]]] = defaultdict(list)
        for one in waiting:
            if one.open is not None:
                groups[one.open.store, self._shelf(one.open.store).key(one.open.before)].append((one, one.open))
        if not groups:
            return
        taken: dict[tuple[str, str], set[int]] = defaultdict(set)
        for target in self._kept:
            store, rel = split(target)
            for begin, number in _numbers_in(self._shelf(store).key(rel)):
                taken[store, begin].add(number)
        for (store, begin), group in groups.items():
            self._number(store, begin, group, taken[store, begin])

    def _number(self, store: str, begin: str, group: list[tuple[Numbered, OpenTarget]], given: set[int]) -> None:
        """Number the files whose targets begin alike. `given` are numbers nobody can have any more."""
        group.sort(key=lambda pair: (pair[0].bundle.main.mtime_ns, _counted(pair[0].source)))
        shelf = self._shelf(store)
        standing = self._in_folder(store, begin.rpartition("/")[0]).get(begin, [])
        names: dict[int, list[str]] = defaultdict(list)
        ends: dict[str, list[int]] = defaultdict(list)
        for number, name in sorted(standing):
            names[number].append(name)
            ends[name[len(begin) :].lstrip("0123456789")].append(number)
        newcomers: list[tuple[Numbered, OpenTarget]] = []
        twins: dict[tuple[str, int], list[tuple[Numbered, int]]] = defaultdict(list)
        for one, target in group:
            has = self._has(one, store, begin, names, shelf)
            if has is None or has in given:
                newcomers.append((one, target))
            else:
                given.add(has)
                one.target = target.numbered(has)
                twins[target.after, one.bundle.main.size].append((one, has))
        following = max(names, default=0)
        for one, target in newcomers:
            alike = twins[target.after, one.bundle.main.size]
            twin = next((number for other, number in alike if _hold_the_same(one, other)), 0)
            if twin:
                # Of two copies of one card only one is numbered: the other one wants the same place, and is told there.
                one.target = target.numbered(twin)
                continue
            copies = (number for number in ends.get(shelf.key(target.after), ()) if number not in given)
            number = next((number for number in copies if _is_copy(one, target, number, shelf)), 0)
            while not number:
                following += 1
                number = 0 if following in given else following
            given.add(number)
            one.target = target.numbered(number)
            alike.append((one, number))

    def _has(self, one: Numbered, store: str, begin: str, names: Mapping[int, list[str]], shelf: Shelf) -> int | None:
        """Return the number that a file has where it stands, or was given by the last scan and nobody else has taken since."""
        for location in (one.source, self._before.get(one.source)):
            if location is None:
                continue
            there, rel = split(location)
            key = shelf.key(rel)
            found = _NUMBER.match(key, len(begin)) if there == store and key.startswith(begin) else None
            if found is not None:
                number = int(found.group())
                own = key.rpartition(".")[0] or key
                taken = location != one.source and any(not name.startswith(own) for name in names.get(number, ()))
                return None if taken else number
        return None

    def _in_folder(self, store: str, folder: str) -> _Standing:
        found = self._standing.get((store, folder))
        if found is None:
            found = self._standing[store, folder] = defaultdict(list)
            shelf = self._shelf(store)
            for path in shelf.paths(folder):
                key = shelf.key(path)
                for begin, number in _numbers_in(key):
                    found[begin].append((number, key))
        return found


def _counted(location: str) -> list[tuple[int, str]]:
    """Return a sort key in which clip2 comes before clip10, as a camera counted them."""
    parts = re.split(r"(\d{1,18})", location)
    return [(int(part), part) if part.isdecimal() and part.isascii() else (-1, part) for part in parts]


def _numbers_in(path: str) -> Iterator[tuple[str, int]]:
    """Yield every number in the name of a path, with all that stands before it."""
    for found in _NUMBER.finditer(path, path.rfind("/") + 1):
        yield path[: found.start()], int(found.group())


def _hold_the_same(one: Numbered, other: Numbered) -> bool:
    """Say whether two files to be numbered, which are not one file, hold the same, each with nothing that travels with it."""
    main, twin = one.bundle.main, other.bundle.main
    if one.bundle.members or other.bundle.members or same_file(main, twin):
        return False
    try:
        return same_content(main, one.reader, twin, other.reader)
    except OSError:
        return False


def _is_copy(one: Numbered, open_target: OpenTarget, number: int, shelf: Shelf) -> bool:
    """Say whether an earlier run has filed a copy of this file, whose source stays where it is, under this number."""
    if one.transfer == "move":
        return False
    held = shelf.find(open_target.path(number))
    return held is not None and shelf.same(held, one.bundle.main, one.reader)
