"""Alike pictures: those that look the same at another size, in another format or after a light edit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import Any

from reshelve.planner.duplicates.duplicate_sets import Name, Scope
from reshelve.planner.duplicates.duplicate_words import ALIKE_BECAUSE, LOOK_BITS, differs
from reshelve.planner.ports.file_facts import MetadataReader
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.scanners.plain_look import look_at_each
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout, Review
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_BATCH = 256
LOOK = "look"
"""The medium by which looks are asked for, and the fact that is one."""
_DECODED = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff"})


@dataclass(slots=True, frozen=True)
class Picture:
    """A picture, how large it is in pixels, and in how many of its `LOOK_BITS` it differs from the first of its group."""

    name: Name
    width: int
    height: int
    look: int
    differs: int = 0

    @property
    def location(self) -> str:
        """Where it stands."""
        return self.name.location


@dataclass(slots=True)
class Alike:
    """The groups of pictures that look alike, each with the one of most pixels first; how many pictures were looked at.

    `unseen` are the locations of pictures that could not be looked at: other formats, damaged files, too large.
    """

    groups: list[list[Picture]] = field(default_factory=list)
    pictures: int = 0
    unseen: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_alike(readers: Readers, metadata: MetadataReader, scope: Scope, most: int) -> Alike:
    """Return the pictures in folders of which no more than `most` bits differ from one that is larger. Hard links are one.

    Nothing in a bucket is looked at.
    """
    found = Alike()
    pictures = sorted(_pictures(readers, metadata, scope, found), key=_rank)
    found.pictures = len(pictures)
    leaders: list[list[Picture]] = []
    # Of `most` bits that differ one band in `most + 1` has none.
    bands: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(most + 1)]
    masks = [sum(1 << bit for bit in range(band, LOOK_BITS, most + 1)) for band in range(most + 1)]
    for picture in pictures:
        keys = [picture.look & mask for mask in masks]
        near = {at for held, key in zip(bands, keys, strict=True) for at in held.get(key, ())}
        bits, leader = min((((leaders[at][0].look ^ picture.look).bit_count(), at) for at in near), default=(LOOK_BITS, -1))
        if bits <= most:
            leaders[leader].append(replace(picture, differs=bits))
            continue
        for held, key in zip(bands, keys, strict=True):
            held[key].append(len(leaders))
        leaders.append([picture])
    found.groups = sorted((group for group in leaders if len(group) > 1), key=lambda group: group[0].location)
    return found


def review_of(groups: Iterable[Sequence[Picture]]) -> Layout:
    """Return the layout that asks about every picture but the first of each group."""
    review = []
    for first, *others in groups:
        for other in others:
            because = f"{ALIKE_BECAUSE}{printable(first.location)} ({first.width}×{first.height}), {differs(other.differs)}"
            review.append(Review(other.location, because))
    return Layout(review=sorted(review, key=lambda one: one.source))


def _pictures(readers: Readers, metadata: MetadataReader, scope: Scope, found: Alike) -> Iterator[Picture]:
    seen: set[tuple[str, int]] = set()
    for rank, looked in enumerate(look_at_each(readers, scope.wanted, scope.exclude, found.problems)):
        reader, store = looked.reader, store_of(looked.reader.root.key)
        if reader.root.kind == "bucket":
            continue
        least = max(scope.least, 1)
        meant = (item for item in looked.chosen.items if item.kind == "file" and item.size >= least and _is_picture(item))
        names = [Name(reader, item, rank) for item in meant if scope.wanted(store, item.rel) and _is_new(item, seen)]
        for start in range(0, len(names), _BATCH):
            yield from _looked_at(names[start : start + _BATCH], metadata, found)


def _is_picture(item: Item) -> bool:
    return _ending(item) in _DECODED or media_type(_ending(item)) == "image"


def _is_new(item: Item, seen: set[tuple[str, int]]) -> bool:
    """Say whether a file is met for the first time, and note it: another name of it is the same picture."""
    if item.ino == 0:
        return True
    key = item.fs, item.ino
    is_new = key not in seen
    seen.add(key)
    return is_new


def _ending(item: Item) -> str:
    return item.rel.rpartition(".")[2].lower()


def _looked_at(names: Sequence[Name], metadata: MetadataReader, found: Alike) -> Iterator[Picture]:
    root = names[0].reader.root.key
    metadata.expect(root, [(name.item, LOOK) for name in names if _ending(name.item) in _DECODED])
    for name in names:
        facts: dict[str, Any] = metadata.read(root, name.item, LOOK) if _ending(name.item) in _DECODED else {}
        if LOOK in facts:
            yield Picture(name, int(facts["width"]), int(facts["height"]), int(facts[LOOK], 16))
        else:
            found.unseen.append(name.location)


def _rank(picture: Picture) -> tuple[int, int, int, str]:
    return -picture.width * picture.height, -picture.name.item.size, picture.name.rank, picture.location
