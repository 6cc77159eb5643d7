"""Sequences: the numbers of names such as `acme_drone_001_20260101_120000.mp4`, counted in each folder for each beginning.

A place that uses `seq` gives a target with its number open. Files are numbered together, so that nothing depends on the order
of reading: what has a number keeps it, and newcomers go on after what is filed, without a gap: the oldest first, tracks by disc
and number.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.observing.identity import link_to, same_file
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.rules.free_names import Shelf, Untold, note_untold
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Transfer
from reshelve.schemas.locations import join, split
from reshelve.schemas.quick_dataclasses import dataclass

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

    @property
    def unnumbered(self) -> str:
        """The location with `{{ seq }}` where its number will stand: only a scan of all that is numbered with it can tell that."""
        return join(self.store, f"{self.before}{{{{ seq }}}}{self.after}")

    def is_of(self, location: str) -> bool:
        """Say whether a location is this one with some number."""
        store, rel = split(location)
        number = rel[len(self.before) : len(rel) - len(self.after)]
        return store == self.store and number.isdecimal() and rel == f"{self.before}{number}{self.after}"

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
    facts: dict[str, Any]


_Standing = dict[str, list[tuple[int, str]]]
"""The numbers that stand in a folder, each with its whole name, by what stands before them."""


class Sequences:
    """Numbers targets. `kept` are targets that are taken whatever is proposed, `before` those of the last scan by source.

    A file that may hold what has a number already, which cannot be told without the disks, is noted in `untold`.
    """

    def __init__(self, shelf: Callable[[str], Shelf], kept: Iterable[str], before: Mapping[str, str], untold: Untold) -> None:
        self._shelf = shelf
        self._untold = untold
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
        # Tracks have an order of their own; when they were copied says nothing.
        tracks = all(isinstance(one.facts.get("track"), int) for one, _ in group)
        group.sort(key=lambda pair: _track(pair[0]) if tracks else (pair[0].bundle.main.mtime_ns, _counted(pair[0].source)))
        shelf = self._shelf(store)
        standing = self._in_folder(store, begin.rpartition("/")[0]).get(begin, [])
        names: dict[int, list[str]] = defaultdict(list)
        ends: dict[str, list[int]] = defaultdict(list)
        for number, name in sorted(standing):
            names[number].append(name)
            ends[name[len(begin) :].lstrip("0123456789")].append(number)
        newcomers: list[tuple[Numbered, OpenTarget]] = []
        twins: dict[tuple[str, int], _Alike] = defaultdict(lambda: _Alike(self._untold))
        for one, target in group:
            has = self._has(one, store, begin, names, shelf)
            if has is None or has in given:
                newcomers.append((one, target))
            else:
                given.add(has)
                one.target = target.numbered(has)
                twins[target.after, one.bundle.main.size].add(one, has)
        filed: dict[str, _Filed] = {}
        everywhere: _Filed | None = None
        following = max(names, default=0)
        for one, target in newcomers:
            alike = twins[target.after, one.bundle.main.size]
            twin = alike.number_of(one)
            if twin:
                # Of two copies of one card only one is numbered: the other one wants the same place, and is told there.
                one.target = target.numbered(twin)
                continue
            end = shelf.key(target.after)
            if end not in filed:
                filed[end] = _Filed(shelf, {number: target.path(number) for number in ends.get(end, ())}, self._untold)
            number = next((number for number in filed[end].copies_of(one) if number not in given), 0)
            if not number and standing and not one.bundle.members:
                if everywhere is None:
                    everywhere = _Filed(shelf, dict(enumerate(name for _, name in standing)), self._untold)
                place = everywhere.place_of(one, target.after)
                if place is not None:
                    # The same clip with another time, as a card has that was copied without its times: it is filed already.
                    one.target = join(store, place)
                    continue
            while not number:
                following += 1
                number = 0 if following in given else following
            given.add(number)
            one.target = target.numbered(number)
            alike.add(one, number)

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
                if location == one.source:
                    return number
                taken = any(not name.startswith(own) for name in names.get(number, ()))
                return None if taken or self._is_another(one, rel, shelf) else number
        return None

    def _is_another(self, one: Numbered, rel: str, shelf: Shelf) -> bool:
        """Say whether another file surely stands where the last scan put what was at a source, as from a card that was emptied."""
        held = shelf.find(rel)
        if held is None or shelf.same(held, one.bundle.main, one.reader, linked=one.transfer == "symlink"):
            return False
        return (one.reader.root.key, one.bundle.main.rel) not in self._untold

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


def _track(one: Numbered) -> tuple[int, list[tuple[int, str]]]:
    """Return what puts a track into its place among those of all discs of an album."""
    disc = one.facts.get("disc")
    return (disc if isinstance(disc, int) else 1) * 100_000 + one.facts["track"], _counted(one.source)


def _counted(location: str) -> list[tuple[int, str]]:
    """Return a sort key in which clip2 comes before clip10, as a camera counted them."""
    parts = re.split(r"(\d{1,18})", location)
    return [(int(part), part) if part.isdecimal() and part.isascii() else (-1, part) for part in parts]


def _numbers_in(path: str) -> Iterator[tuple[str, int]]:
    """Yield every number in the name of a path, with all that stands before it."""
    for found in _NUMBER.finditer(path, path.rfind("/") + 1):
        yield path[: found.start()], int(found.group())


class _Alike:
    """Files of one size that are numbered, by what they hold. None is read before a second one has that size."""

    def __init__(self, untold: Untold) -> None:
        self._untold = untold
        self._unread: list[tuple[Numbered, int]] = []
        self._trouble: OSError | None = None
        self._by_content: dict[str, list[tuple[Item, int]]] = defaultdict(list)

    def add(self, one: Numbered, number: int) -> None:
        """Note a file that has a number."""
        if not one.bundle.members:
            self._unread.append((one, number))

    def number_of(self, one: Numbered) -> int:
        """Return the number of a file that holds the same, each with nothing that travels with it; 0 where there is none."""
        if one.bundle.members or not (self._unread or self._by_content or self._trouble):
            return 0
        for other, number in self._unread:
            found = _content(other.reader, other.bundle.main)
            if isinstance(found, OSError):
                self._trouble = found
            else:
                self._by_content[found or ""].append((other.bundle.main, number))
        self._unread.clear()
        content = _told(one, self._trouble, self._untold)
        others = self._by_content.get(content, ()) if content else ()
        return next((number for other, number in others if not same_file(one.bundle.main, other)), 0)


class _Filed:
    """What earlier runs filed under a number, by size and content. Only what has the size of a newcomer is read."""

    def __init__(self, shelf: Shelf, paths: Mapping[int, str], untold: Untold) -> None:
        self._untold = untold
        self._by_size: dict[int, list[tuple[int, Reader, Item]]] = defaultdict(list)
        self._by_content: dict[int, dict[str, list[int]]] = {}
        self._trouble: dict[int, OSError] = {}
        self._places: dict[int, str] = {}
        self._links: dict[str, list[int]] = defaultdict(list)
        for number, path in paths.items():
            held = shelf.find(path)
            item = _seen(*held) if held is not None else None
            if held is not None and item is not None:
                self._by_size[item.size].append((number, held[0], item))
                self._places[number] = held[1]
                if item.kind == "link":
                    with contextlib.suppress(OSError):
                        self._links[held[0].read_link(item.rel)].append(number)

    def place_of(self, one: Numbered, after: str) -> str | None:
        """Return the path of a file that holds the same as a newcomer, and ends as its target (`after`) does; or None."""
        ending = after.rpartition(".")[2].lower()
        same = (self._places[number] for number in self.copies_of(one))
        return next((path for path in same if path.rpartition(".")[2].lower() == ending), None)

    def copies_of(self, one: Numbered) -> Sequence[int]:
        """Return the numbers under which a copy of a file, or another that holds the same, stands; or its links."""
        if one.transfer == "symlink" and (links := self._links.get(link_to(one.reader, one.bundle.main))):
            return links
        size = one.bundle.main.size
        if size not in self._by_size:
            return ()
        if size not in self._by_content:
            found: dict[str, list[int]] = defaultdict(list)
            for number, reader, item in self._by_size[size]:
                content = _content(reader, item)
                if isinstance(content, OSError):
                    self._trouble[size] = content
                else:
                    found[content or ""].append(number)
            self._by_content[size] = found
        told = _told(one, self._trouble.get(size), self._untold)
        return self._by_content[size].get(told, ()) if told else ()


def _seen(reader: Reader, rel: str) -> Item | None:
    try:
        return reader.stat(rel)
    except OSError:
        return None


def _told(one: Numbered, trouble: OSError | None, untold: Untold) -> str:
    """Return what tells the content of a newcomer, "" where nothing does; note it where reading that, or the other, failed."""
    content = _content(one.reader, one.bundle.main)
    failed = content if isinstance(content, OSError) else trouble
    if failed is not None:
        note_untold(untold, one.reader, one.bundle.main, failed)
    return content if isinstance(content, str) else ""


def _content(reader: Reader, item: Item) -> str | OSError | None:
    """Return what tells the content of a file, None where it has none to compare, or why it cannot be told."""
    try:
        return (reader.digest(item.rel) if item.size else "empty") if item.kind == "file" else None
    except OSError as trouble:
        return trouble
