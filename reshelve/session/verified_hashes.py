"""What a run read and verified is remembered, so that the next plan need not read it again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.executors.stores.followed_files import Following
from reshelve.planner.observing.identity import nanoseconds
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import split
from reshelve.schemas.operations import Copy, Download, Link, Move, Trash, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.run_record import Run

Identity = tuple[int, int, int]
_RENAMED = (Move, Trash, Link, Upload)


def renamed(plan: Plan) -> Iterator[int]:
    """Yield the inode numbers of files that a plan renames or links."""
    for operation in plan.operations:
        if isinstance(operation, _RENAMED):
            yield operation.ino


def remember_hashes(run: Run, readers: Readers, catalog: Path, following: Following) -> None:
    """Put the hashes of what a run copied, uploaded and downloaded into the catalog, by what stands in folders now.

    What it made has to stand as the run left it, what it read must not have changed in any way since before the run began.
    """
    known = [(run.plan.operations[index], made) for index, made in run.made.items() if made.hash and index in run.done]
    copied = [(operation, made) for operation, made in known if isinstance(operation, Copy | Upload | Download)]
    if not copied:
        return
    began_ns = nanoseconds(datetime.fromisoformat(run.started))
    cache = DigestCache(catalog)
    try:
        for operation, made in copied:
            went = _standing(operation.dst, (made.size, made.mtime_ns, made.ino), readers)
            if went is not None and following.is_as_left(went):
                cache.keep(went, made.hash)
            if operation.frees is None:
                came = _standing(operation.src, (operation.size, operation.mtime_ns, operation.ino), readers)
                if came is not None:
                    cache.put(came, made.hash, since_ns=began_ns)
    finally:
        cache.close()


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
