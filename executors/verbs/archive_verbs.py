"""The verbs of archives on the stores: to pack, to unpack, and to clear what was unpacked.

What a pack leaves when it raises is nothing, and when it is killed one unfinished file under a name of this run's own; an unpack,
one such folder. A folder is removed as a tree only under such a name.
"""

import contextlib
import errno
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import xxhash

from reshelve.executors.archives import stream
from reshelve.executors.archives.archive_contents import record_in
from reshelve.executors.archives.archive_reader import BadArchiveError, entries, recorded
from reshelve.executors.archives.packed_members import Cancel, Members, Progress, heed
from reshelve.executors.archives.streamed_files import pour
from reshelve.executors.archives.unpacking import Unpacking
from reshelve.executors.contracts.changed_since_plan import DriftedError, UnreadableError
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import AnyStore
from reshelve.schemas.archive_record import MANIFEST
from reshelve.schemas.backup_manifest import manifest_of
from reshelve.schemas.inventory import Listing, same
from reshelve.schemas.locations import TEMPORARY, decode_path, join, name, parent, printable, split
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import Layer, PackTo, UnpackTo


def pack(source: Store, src: str, to: Store, tmp: str, verb: PackTo, progress: Progress | None, cancel: Cancel | None) -> Made:
    """Pack a folder under a temporary name, synced; every member is read back out of it and compared. Returns its identity.

    When it raises, nothing stands under that name.
    """
    reading = Members(source, src, progress, cancel, open_folders=bool(verb.manifest))
    item, content = pour(to, tmp, stream(reading, verb.format, verb.members, verb.manifest), cancel=cancel)
    try:
        with to.open(tmp) as file:
            _read_back(file, verb, reading.hashes, cancel)
    except BaseException:
        to.remove(tmp)
        raise
    return Made(-1, item.ino, item.size, item.mtime_ns, content)


def unpack(
    stores: Mapping[str, AnyStore], to: Store, tmp: str, verb: UnpackTo, progress: Progress | None, cancel: Cancel | None
) -> Made:
    """Unpack an archive, a file or an object, into a folder under a temporary name, synced; and the layers over it, if any.

    Returns that folder's identity, with the record of what is in it as its hash. When it raises, the folder is gone again.
    """
    layers = (Layer(verb.src, verb.format, verb.size, verb.mtime_ns, verb.ino), *verb.layers)
    opening = _Opening(stores, to, tmp, cancel, several=len(layers) > 1)
    for layer in layers:
        opening.expect(layer, "has changed since the plan was made")
    to.make_dir(tmp)
    try:
        chosen = opening.chosen(layers) if len(layers) > 1 else (None,)
        unpacking = Unpacking(to, tmp, progress, cancel)
        for layer, only in zip(layers, chosen, strict=True):
            with opening.file(layer) as file:
                record = ""
                if file.seekable():
                    record = recorded(file, layer.format)
                    file.seek(0)
                unpacking.unpack(file, layer.format, record, only)
            opening.expect(layer, "changed while it was being unpacked")
        unpacking.finish()
        to.sync([tmp, *(item.rel for item in to.walk(tmp).items if item.kind == "dir"), parent(tmp)])
        item = to.stat(tmp)
        assert item is not None
        return Made(-1, item.ino, item.size, item.mtime_ns, record_in(to, tmp))
    except BaseException:
        clear_tree(to, tmp)
        raise


class _Opening:
    """Opens the archives that are unpacked into one folder."""

    def __init__(self, stores: Mapping[str, AnyStore], to: Store, tmp: str, cancel: Cancel | None, *, several: bool) -> None:
        self._several = several
        self._stores = stores
        self._to = to
        self._tmp = tmp
        self._cancel = cancel

    def expect(self, layer: Layer, why: str) -> None:
        """Raise DriftedError where an archive is not what the plan saw."""
        root, rel = split(layer.src)
        if not same(self._stores[root].stat(rel), layer.size, layer.mtime_ns, layer.ino):
            raise DriftedError(layer.src, why)

    @contextlib.contextmanager
    def file(self, layer: Layer) -> Iterator[BinaryIO]:
        """Open an archive for reading, a zip so that it can be read from its end. Of several, what is wrong with one names it."""
        try:
            with self._opened(layer) as file:
                yield file
        except BadArchiveError as bad:
            raise (UnreadableError(layer.src, bad, "unpacked") if self._several else bad) from bad.__cause__

    @contextlib.contextmanager
    def _opened(self, layer: Layer) -> Iterator[BinaryIO]:
        root, rel = split(layer.src)
        with self._stores[root].open(rel) as opened:
            if layer.format != "zip" or opened.seekable():
                yield opened
                return
            # What is in a zip is told at its end: it is brought here first.
            pour(self._to, _spool(self._tmp), _pieces(opened, self._cancel), cancel=self._cancel)
            with self._to.open(_spool(self._tmp)) as brought:
                yield brought
        _clear_spool(self._to, self._tmp)

    def chosen(self, layers: Sequence[Layer]) -> list[set[str]]:
        """Return which paths come from each archive: from the last that has them, but those a later one says were deleted."""
        found: list[set[str]] = []
        settled: set[str] = set()
        for layer in reversed(layers):
            names: set[str] = set()
            deleted: tuple[str, ...] = ()
            with self.file(layer) as file:
                for entry in entries(file, layer.format):
                    heed(self._cancel)
                    if entry.name == MANIFEST:
                        manifest = manifest_of(b"".join(entry.content).decode("utf-8", "replace"))
                        deleted = manifest.deleted if manifest is not None else ()
                    else:
                        names.add(_path(entry.name))
            found.insert(0, names - settled)
            settled |= names
            settled.update(decode_path(path) for path in deleted)
        return found


def _path(name: str) -> str:
    """Return an entry's name as the path below the folder that it means, "" for the folder itself."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def clear_tree(store: Store, tmp: str) -> None:
    """Remove the folder under a temporary name with all that is in it; fine when it is not there.

    Raises DriftedError, and leaves the rest, where something in it is changed meanwhile; OSError(ENOTEMPTY) for what comes in.
    """
    if not name(tmp).startswith(TEMPORARY):
        raise ValueError(f"{tmp!r} is no name of a run's own")
    _clear_spool(store, tmp)
    top = store.stat(tmp)
    if top is None:
        return
    if top.kind != "dir":
        store.remove(tmp)
        return
    store.set_mode(tmp, 0o700)
    listing = store.walk(tmp)
    before: list[str] = []
    while shut := _shut(listing):
        if shut == before:
            raise PermissionError(errno.EACCES, "it cannot be opened, to be cleared away", shut[0])
        before = shut
        for rel in shut:
            store.set_mode(rel, 0o700)
        store.forget()
        listing = store.walk(tmp)
    for item in reversed(listing.items):
        if item.kind == "dir":
            store.remove_dir(item.rel)
        elif same(store.stat(item.rel), item.size, item.mtime_ns, item.ino):
            store.remove(item.rel)
        else:
            raise DriftedError(join(store.root.key, item.rel), "was changed as its folder was cleared away")
    store.remove_dir(tmp)


def _shut(listing: Listing) -> list[str]:
    """Return the folders of which not everything may be done."""
    return [*listing.unreadable, *(item.rel for item in listing.items if item.kind == "dir" and item.mode & 0o700 != 0o700)]


def _read_back(file: BinaryIO, verb: PackTo, hashes: dict[str, str], cancel: Cancel | None) -> None:
    """Read a new archive through and compare: every member once, of its kind, with the content it was packed with."""
    wanted = {decode_path(member.rel): member for member in verb.members if member.rel}
    for entry in entries(file, verb.format):
        if verb.manifest and entry.name == MANIFEST:
            if b"".join(entry.content) != verb.manifest.encode():
                raise BadArchiveError("the manifest, read back from the archive, differs from what was packed")
            continue
        rel = entry.name.rstrip("/")
        if rel in ("", "."):
            continue
        member = wanted.pop(rel, None)
        if member is None or (entry.kind, entry.mtime_ns) != (member.kind, member.mtime_ns):
            raise BadArchiveError(f"the archive, read back, holds {printable(rel)} otherwise than it was packed")
        if entry.kind == "file":
            hasher = xxhash.xxh3_128()
            for piece in entry.content:
                heed(cancel)
                hasher.update(piece)
            if f"xxh3:{hasher.hexdigest()}" != hashes[member.rel]:
                raise BadArchiveError(f"{printable(rel)}, read back from the archive, differs from what was packed")
        elif entry.kind == "link" and entry.text != decode_path(member.text):
            raise BadArchiveError(f"the link {printable(rel)}, read back from the archive, differs from what was packed")
    if wanted:
        raise BadArchiveError(f"the archive, read back, lacks {printable(min(wanted))}")


def _pieces(file: BinaryIO, cancel: Cancel | None) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        heed(cancel)
        yield piece


def _spool(tmp: str) -> str:
    return f"{tmp}.zip"


def _clear_spool(store: Store, tmp: str) -> None:
    if store.stat(_spool(tmp)) is not None:
        store.remove(_spool(tmp))
