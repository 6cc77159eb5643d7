"""Copies of one project held against each other: what one holds that another lacks, or has only in an older version."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import cast

from reshelve.planner.left_alone.known_names import is_strewn
from reshelve.planner.ports.store_reader import BucketReader, Reader, Readers
from reshelve.planner.tiers.tier_contents import Standing
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import decode_path, encode_path
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Member

_SECOND = 10**9
_COARSE_NS = 2 * _SECOND
"""Times in whole seconds may come from a file system, or a zip, that keeps every other second."""


@dataclass(slots=True, frozen=True)
class Part:
    """One file or link of a copy. `written_ns` is ns since the epoch, None where nobody recorded it; `content` reads its hash."""

    kind: str
    size: int
    written_ns: int | None
    content: Callable[[], str]


Held = Mapping[str, Part]
"""What a copy holds, by path below the project (file-system form), without the files that systems leave in every folder."""


class Copies:
    """Reads what the copies of projects hold, each at most once. An archive is read through only where its record does not tell."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._held: dict[tuple[str, str], Held | None] = {}

    def held(self, copy: Standing) -> Held | None:
        """Return what a copy holds, None where that cannot be read: it is archived, or damaged."""
        key = (copy.root, copy.rel)
        if key not in self._held:
            try:
                found = self._archive(copy) if copy.place.suffix else self._folder(copy)
            except (OSError, ValueError):
                found = None
            self._held[key] = found
        return self._held[key]

    def lacks(self, one: Standing, other: Standing) -> list[str] | None:
        """Return what `other` holds and `one` lacks or has only in an older version, sorted; None where that cannot be told."""
        if self.same(one, other):
            return []
        mine, theirs = self.held(one), self.held(other)
        if mine is None or theirs is None:
            return None
        try:
            return sorted(name for name, part in theirs.items() if name not in mine or _outdates(part, mine[name]))
        except OSError:
            return None

    def newer(self, one: Standing, other: Standing) -> list[str] | None:
        """Return what both hold, and `other` in a version not known to be older than that of `one`; None where nobody can tell."""
        lacks, mine = self.lacks(one, other), self.held(one)
        return None if lacks is None or mine is None else [name for name in lacks if name in mine]

    def same(self, one: Standing, other: Standing) -> bool | None:
        """Say whether two copies hold the same, by the records of archives; None where these do not tell."""
        mine, theirs = self._records(one), self._records(other)
        return bool(mine & theirs) if mine and theirs else None

    def _records(self, copy: Standing) -> set[str]:
        reader = self._readers[copy.root]
        try:
            if copy.place.suffix:
                return {reader.record(copy.rel)} - {""}
            if reader.root.kind == "bucket":
                return set()
            members = [*_members(reader, copy)]
            kept = [member for member in members if not is_strewn(decode_path(member.rel))]
            return {record_of(members), record_of(kept)}
        except OSError:
            return set()

    def _archive(self, copy: Standing) -> Held | None:
        item = copy.files[0][1]
        if is_frozen(item):
            return None
        members = self._readers[copy.root].archived(copy.rel)
        found = {
            decode_path(member.rel): Part(member.kind, member.size, member.mtime_ns, partial(str, content))
            for member, content in members
            if member.kind != "dir"
        }
        return _without_junk(found)

    def _folder(self, copy: Standing) -> Held:
        reader = self._readers[copy.root]
        return _without_junk({inner: _part(reader, item) for inner, item in copy.files})


def _without_junk(found: Mapping[str, Part]) -> Held:
    return {name: part for name, part in found.items() if not is_strewn(name)}


def _part(reader: Reader, item: Item) -> Part:
    written: int | None = item.mtime_ns
    if reader.root.kind == "bucket":
        # When an object was put there says nothing of when its file was written.
        said = cast(BucketReader, reader).details(item.rel).get("mtime_ns", "")
        written = int(said) if said.isdecimal() else None
    return Part(item.kind, item.size, written, partial(reader.digest, item.rel))


def _outdates(theirs: Part, mine: Part) -> bool:
    """Say whether a part is a version that another is not known to follow: the same, and an older one, do not outdate."""
    if theirs.kind != mine.kind:
        return True
    if theirs.kind != "file":
        return False
    if theirs.written_ns is None or mine.written_ns is None:
        return theirs.size != mine.size or theirs.content() != mine.content()
    apart = theirs.written_ns - mine.written_ns
    coarse = 0 in (theirs.written_ns % _SECOND, mine.written_ns % _SECOND)
    at_once = abs(apart) <= (_COARSE_NS if coarse else 0)
    if at_once:
        return theirs.size != mine.size
    return apart > 0 and (theirs.size != mine.size or theirs.content() != mine.content())


def _members(reader: Reader, copy: Standing) -> Iterator[Member]:
    yield from (Member(encode_path(folder), "dir", 0, 0, 0, 0) for folder in copy.folders)
    for inner, item in copy.files:
        text = encode_path(reader.read_link(item.rel)) if item.kind == "link" else ""
        yield Member(encode_path(inner), "link" if item.kind == "link" else "file", item.size, item.mtime_ns, item.ino, 0, text)
