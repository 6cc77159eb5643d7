"""Figures of a folder: what is in it by kind, in numbers and bytes, and what a scan would leave alone."""

from collections import Counter
from dataclasses import field
from heapq import nlargest

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.recognise.extension_tables import MediaType, halves, media_type
from reshelve.planner.scanners.plain_look import look_plainly
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass

LARGEST = 10
"""Files that are named for their size."""


@dataclass(slots=True)
class Amount:
    """A number of files, and their bytes."""

    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class FolderFigures:
    """What one folder holds; `path` is absolute. What lies in folders that are left alone is not counted.

    `largest`, `oldest` and `newest` are files; the latter by when they were written. `left_alone` says of each folder that a scan
    leaves alone whole what it is; `unreadable` names folders that could not be read, and why.
    """

    path: str
    folders: int = 0
    links: int = 0
    total: Amount = field(default_factory=Amount)
    kinds: dict[MediaType, Amount] = field(default_factory=dict)
    largest: list[Item] = field(default_factory=list)
    oldest: Item | None = None
    newest: Item | None = None
    left_alone: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


def figures_of(reader: Reader) -> FolderFigures:
    """Return the figures of a root. Trouble is never raised: it is in `unreadable`."""
    looked = look_plainly(reader)
    listing, chosen = looked.listing, looked.chosen
    found = FolderFigures(reader.root.path)
    kinds: Counter[str] = Counter()
    files = []
    for item in listing.items:
        if chosen.leaves(item.rel if item.kind == "dir" else item.rel.rpartition("/")[0]):
            continue
        kinds[item.kind] += 1
        if item.kind == "file":
            files.append(item)
            kind = media_type(halves(item.rel.rpartition("/")[2])[1])
            for amount in (found.total, found.kinds.setdefault(kind, Amount())):
                amount.files += 1
                amount.bytes += item.size
    found.folders, found.links = kinds["dir"], kinds["link"]
    found.kinds = dict(sorted(found.kinds.items(), key=lambda pair: (-pair[1].bytes, pair[0])))
    found.largest = nlargest(LARGEST, files, key=lambda item: item.size)
    found.oldest = min(files, key=lambda item: item.mtime_ns, default=None)
    found.newest = max(files, key=lambda item: item.mtime_ns, default=None)
    found.left_alone = {rel: kind.label for rel, kind in sorted(chosen.folders.items())}
    found.unreadable = {rel: why for rel, why in sorted(listing.unreadable.items()) if not chosen.leaves(rel)}
    return found
