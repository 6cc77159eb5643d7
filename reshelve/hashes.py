"""What a run read and verified is remembered, so that the next plan need not read it again."""

from pathlib import Path

from executors.stores.cached import DigestCache
from planner.ports import Readers
from schemas.inventory import Item
from schemas.locations import split
from schemas.operations import AnyOperation, Copy, Download, Upload
from schemas.records import Made, Run

Identity = tuple[int, int, int]


def remember_hashes(run: Run, readers: Readers, catalog: Path) -> None:
    """Put the hashes of what a run copied, uploaded and downloaded into the catalog, by what stands in folders now."""
    known = [(run.plan.operations[index], made) for index, made in run.made.items() if made.hash and index in run.done]
    copied = [(operation, made) for operation, made in known if isinstance(operation, Copy | Upload | Download)]
    if not copied:
        return
    cache = DigestCache(catalog)
    try:
        for operation, made in copied:
            for place, identity in _ends(operation, made):
                item = _standing(place, identity, readers)
                if item is not None:
                    cache.put(item, made.hash)
    finally:
        cache.close()


def _ends(operation: AnyOperation, made: Made) -> list[tuple[str, Identity]]:
    """Return what holds the content after an operation: where it came from, unless that was taken, and where it went."""
    assert isinstance(operation, Copy | Upload | Download)
    came = (operation.src, (operation.size, operation.mtime_ns, operation.ino))
    went = (operation.dst, (made.size, made.mtime_ns, made.ino))
    return [went] if operation.frees is not None else [came, went]


def _standing(place: str, identity: Identity, readers: Readers) -> Item | None:
    root, rel = split(place)
    reader = readers.get(root)
    if reader is None or reader.root.kind != "folder":
        return None
    try:
        item = reader.stat(rel)
    except OSError:
        return None
    return item if item is not None and (item.size, item.mtime_ns, item.ino) == identity else None
