"""Duplicate sets: which files of which stores hold the same, told by size, then by the end of each file, then by all of it."""

import errno
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from functools import partial
from itertools import chain, groupby
from typing import cast

from reshelve.planner.ports.store_reader import BucketReader, FolderReader, Reader, Readers
from reshelve.planner.scanners.plain_look import Looked, look_at_each
from reshelve.schemas.inventory import TAIL, Item, seen_twice
from reshelve.schemas.locations import join, printable, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_ASKED = 4
"""How many objects a bucket is asked about at one time."""

_MOST_FILES, _MOST_BYTES = 1024, 4 << 30
"""How much a folder's reader is given to read at once: what it has read is remembered then, whatever comes after."""


_ANOTHER_BY_NOW = (errno.ESTALE, errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""How a file answers that changed, went, or became something else since it was looked at."""


@dataclass(slots=True, frozen=True)
class Name:
    """One name of a file. `rank` is that of its root among all, in the order of the workspace."""

    reader: Reader
    item: Item
    rank: int

    @property
    def location(self) -> str:
        """Where it stands, as a layout says it."""
        return join(store_of(self.reader.root.key), self.item.rel)


@dataclass(slots=True, frozen=True)
class Copy:
    """One file: `first` is the name it is told by, `links` are all others under which it was met. Hard links are one file."""

    first: Name
    links: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[Name, ...]:
        """All its names."""
        return self.first, *self.links


@dataclass(slots=True, frozen=True)
class DuplicateSet:
    """Files of one content, two or more, in the order of the stores and their paths. `size` is of each, in bytes."""

    digest: str
    size: int
    copies: tuple[Copy, ...]


@dataclass(slots=True)
class Duplicates:
    """What was found: the sets, largest gain first; what was looked at, by root; what could not be told.

    `seen` are the files of each root, small ones and links too, for whoever asks what belongs together. `matched` are objects whose
    content was not known, each with the hash of a file that has the same sum as the service tells.
    """

    sets: list[DuplicateSet] = field(default_factory=list)
    seen: dict[str, list[Item]] = field(default_factory=dict)
    files: int = 0
    empty: int = 0
    matched: list[tuple[Name, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Scope:
    """Where duplicates are looked for: `wanted` says it of a store and a path; `least` is the smallest size, in bytes."""

    wanted: Callable[[str, str], bool] = lambda _store, _rel: True
    exclude: tuple[str, ...] = ()
    least: int = 1


def find_duplicates(readers: Readers, scope: Scope) -> Duplicates:
    """Return the files of the same content. What a scan leaves alone is left alone; content of buckets is never fetched for it.

    One listing a root; only files that have a size in common are read, and only those whose ends are alike to their end.
    """
    found = Duplicates()
    by_size: dict[int, list[Copy]] = defaultdict(list)
    for copy in _copies(readers, scope, found):
        by_size[copy.first.item.size].append(copy)
    alike: list[Sequence[Copy]] = [copies for size, copies in by_size.items() if len(copies) > 1]
    del by_size
    with ThreadPoolExecutor(_ASKED) as pool:
        telling = _Telling(pool, found.problems)
        alike = telling.parted(alike)
        sets = list(telling.sets(alike))
    found.sets = sorted(sets, key=lambda one: (-one.size * (len(one.copies) - 1), one.copies[0].first.location))
    found.matched = telling.matched
    found.problems += telling.untold()
    return found


def _copies(readers: Readers, scope: Scope, found: Duplicates) -> Iterator[Copy]:
    """Yield every file of the scope once, whatever number of names it has; two ways to one file are one name."""
    linked: dict[tuple[str, int], list[Name]] = {}
    ranks = {key: rank for rank, key in enumerate(readers)}
    least = max(scope.least, 1)
    for looked in look_at_each(readers, scope.wanted, scope.exclude, found.problems):
        reader, rank = looked.reader, ranks[looked.reader.root.key]
        found.seen[reader.root.key] = looked.chosen.items
        alone = reader.root.kind == "bucket"
        for item in _files(looked, scope):
            found.files += 1
            if item.size < least:
                found.empty += item.size == 0
                continue
            name = Name(reader, item, rank)
            if alone or item.ino == 0:
                yield Copy(name)
            else:
                linked.setdefault((item.fs, item.ino), []).append(name)
    for first, *links in _ways_joined(linked, found.problems):
        # More names than links: one of them is another way to the same file, as by a bind mount.
        yield Copy(first, tuple(links[: max(first.item.nlink, 1) - 1]) if links else ())


def _ways_joined(linked: Mapping[tuple[str, int], list[Name]], problems: list[Problem]) -> Iterable[list[Name]]:
    """Return the names of each file, those included under which another file system shows it; a problem says where it does."""
    if len({fs for fs, _ in linked}) < 2:
        return linked.values()
    files: dict[int, list[list[Name]]] = defaultdict(list)
    twice: dict[tuple[str, str], int] = defaultdict(int)
    for names in linked.values():
        first = names[0]
        known = next((each for each in files[first.item.ino] if seen_twice(each[0].item, first.item)), None)
        if known is None:
            files[first.item.ino].append(names)
        else:
            twice[known[0].reader.root.key, first.reader.root.key] += len(names)
            known += names
    for (one, other), number in sorted(twice.items()):
        many = "1 file" if number == 1 else f"{number:,} files"
        detail = f"{many} of {printable(other)} {'is one' if number == 1 else 'are files'} of {printable(one)}, by another path."
        summary, hint = "Two stores show one folder.", "Leave one of them out of reshelve.yaml."
        problems.append(Problem("same-file", summary, detail, printable(other), hint, severity="note"))
    return [names for several in files.values() for names in several]


def _files(looked: Looked, scope: Scope) -> Iterator[Item]:
    store = store_of(looked.reader.root.key)
    under_way, wanted = looked.chosen.under_way, scope.wanted
    for item in looked.chosen.items:
        if item.kind == "file" and item.rel not in under_way and wanted(store, item.rel):
            yield item


class _Telling:
    """Tells files of one size apart; `pool` asks a bucket about several at a time."""

    def __init__(self, pool: ThreadPoolExecutor, problems: list[Problem]) -> None:
        self._pool = pool
        self._problems = problems
        self.matched: list[tuple[Name, str]] = []
        self._unknown: list[Copy] = []
        self._untold: dict[str, int] = defaultdict(int)

    def parted(self, groups: Iterable[Sequence[Copy]]) -> list[Sequence[Copy]]:
        """Return the groups parted by the end of their files, without what stands alone then.

        Small files are read whole at once, and so are groups with objects: of those all is known or nothing.
        """
        whole: list[Sequence[Copy]] = []
        long: list[Copy] = []
        for group in groups:
            if group[0].first.item.size <= TAIL or any(_is_object(copy) for copy in group):
                whole.append(group)
            else:
                long += group
        parts: dict[tuple[int, str], list[Copy]] = defaultdict(list)
        for copy, told in self._read(long, ends=True):
            parts[copy.first.item.size, told].append(copy)
        return whole + [part for part in parts.values() if len(part) > 1]

    def sets(self, groups: Iterable[Sequence[Copy]]) -> Iterator[DuplicateSet]:
        """Yield the sets among groups of one size, by the whole content."""
        same: dict[tuple[int, str], list[Copy]] = defaultdict(list)
        for copy, digest in self._read([copy for group in groups for copy in group]):
            same[copy.first.item.size, digest].append(copy)
        self._match(same)
        for (size, digest), copies in same.items():
            if len(copies) > 1:
                yield DuplicateSet(digest, size, tuple(sorted(copies, key=_standing)))

    def _match(self, same: dict[tuple[int, str], list[Copy]]) -> None:
        """Put objects whose content is not known to the files of which the service tells the same sum."""
        by_size: dict[int, list[tuple[str, Copy]]] = defaultdict(list)
        if self._unknown:
            for (size, digest), copies in same.items():
                # A file here rather than another object: of that every sum can be had.
                by_size[size].append((digest, min(copies, key=_is_object)))
        for copy, told in zip(self._unknown, self._pool.map(lambda one: _matching(one, by_size), self._unknown), strict=True):
            name = copy.first
            if isinstance(told, OSError):
                self._problems.append(_unread(join(name.reader.root.key, name.item.rel), told))
            elif told:
                same[name.item.size, told].append(copy)
                self.matched.append((name, told))
            else:
                self._untold[name.reader.root.key] += 1

    def untold(self) -> Iterator[Problem]:
        """Yield a note for every bucket with objects whose content cannot be told from here."""
        for key, number in sorted(self._untold.items()):
            many = "1 object has" if number == 1 else f"{number:,} objects have"
            detail = f"{many} the size of another file, but no recorded hash, and no checksum that any such file here has too."
            hint = "Nothing is downloaded to compare them. Objects that reshelve uploads are recorded with their hash."
            yield Problem("not-compared", "Some objects were not compared.", detail, printable(key), hint, severity="note")

    def _hashes(self, copies: Sequence[Copy], *, ends: bool) -> Iterator[str | OSError]:
        """Yield the hashes of files of one root, or of their ends; of objects the known ones, "" where none is."""
        reader = copies[0].first.reader
        if _is_object(copies[0]):
            bucket = cast(BucketReader, reader)
            yield from self._pool.map(lambda copy: _told(partial(bucket.known_digest, copy.first.item.rel)), copies)
        else:
            for some in _handed(copies, ends=ends):
                yield from cast(FolderReader, reader).contents(some, ends=ends)

    def _read(self, copies: list[Copy], *, ends: bool = False) -> Iterator[tuple[Copy, str]]:
        """Yield files with their hash, or that of their ends, by root and inode, which is about the order on the disk."""
        copies.sort(key=lambda copy: (copy.first.rank, copy.first.item.ino))
        of_roots = (list(of_root) for _, of_root in groupby(copies, key=lambda copy: copy.first.rank))
        answers = chain.from_iterable(self._hashes(of_root, ends=ends) for of_root in of_roots)
        for copy, told in zip(copies, answers, strict=True):
            if isinstance(told, OSError):
                place = join(copy.first.reader.root.key, copy.first.item.rel)
                self._problems.append(_unread(place, told))
            elif told:
                yield copy, told
            else:
                self._unknown.append(copy)


def _is_object(copy: Copy) -> bool:
    return copy.first.reader.root.kind == "bucket"


def _handed(copies: Sequence[Copy], *, ends: bool) -> Iterator[list[Item]]:
    """Yield files, so many at a time as are read before anything is remembered of them."""
    some: list[Item] = []
    size = 0
    for copy in copies:
        item = copy.first.item
        if some and (len(some) == _MOST_FILES or (size + item.size > _MOST_BYTES and not ends)):
            yield some
            some, size = [], 0
        some.append(item)
        size += item.size
    if some:
        yield some


def _told(ask: Callable[[], str]) -> str | OSError:
    try:
        return ask()
    except OSError as trouble:
        return trouble


def _matching(copy: Copy, by_size: Mapping[int, Sequence[tuple[str, Copy]]]) -> str | OSError:
    """Return the hash of the files that an object is the same as, by a sum that its service tells of it; "" where none is told."""
    others = by_size.get(copy.first.item.size, ())
    return _told(lambda: next((digest for digest, other in others if _have_one_sum(copy, other)), ""))


def _have_one_sum(copy: Copy, other: Copy) -> bool:
    """Say whether a service tells the same sum of an object as a file has, or another object."""
    told = cast(BucketReader, copy.first.reader).checksums(copy.first.item.rel)
    reader, rel = other.first.reader, other.first.item.rel
    if _is_object(other):
        return not set(told).isdisjoint(cast(BucketReader, reader).checksums(rel))
    return any(reader.checksum(rel, each.partition(":")[0]) == each for each in told)


def _standing(copy: Copy) -> tuple[int, str]:
    return copy.first.rank, copy.first.item.rel


def _unread(place: str, trouble: OSError) -> Problem:
    detail, hint = f"{trouble.strerror or trouble}. It is not compared.", "Let this user read it, then look again."
    if trouble.errno in _ANOTHER_BY_NOW:
        return Problem("not-compared", "A file was not compared.", detail, printable(place), "Look again.", severity="warning")
    return Problem("unreadable", "Something cannot be read.", detail, printable(place), hint, severity="warning")
