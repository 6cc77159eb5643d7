"""The verbs of archives on the stores: to pack, to unpack, to take both back, and to clear what a kill left of them.

What a pack leaves when it raises is nothing, and when it is killed one unfinished file under a name of this run's own; an unpack,
one such folder. A folder is removed as a tree only under such a name.
"""

import contextlib
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

import xxhash

from executors.archives import stream
from executors.archives.members import Cancel, Members, Progress
from executors.archives.reading import BadArchiveError, entries, recorded
from executors.archives.unpacking import Unpacking, cancelled
from executors.perform import DriftedError, same
from executors.stores.base import Store
from schemas.archives import record_of
from schemas.inventory import Item
from schemas.locations import TEMPORARY, decode_path, encode_path, name, printable
from schemas.records import Made
from schemas.verbs import ArchiveFormat, Member, PackTo, UnpackTo


class Stores(Protocol):
    """Where places are found: the runner's hands."""

    def at(self, place: str) -> tuple[Store, str]: ...
    def seen(self, place: str) -> Item | None: ...


def pack(hands: Stores, verb: PackTo, progress: Progress | None, cancel: Cancel | None) -> Made:
    """Pack a folder under a temporary name, synced; every member is read back out of it and compared. Returns its identity."""
    source, src = hands.at(verb.src)
    to, tmp = hands.at(verb.tmp)
    reading = Members(source, src, progress, cancel)

    def check(file: BinaryIO) -> None:
        _read_back(file, verb.format, verb.members, reading.hashes, cancel)

    item, content = to.write_stream(stream(reading, verb.format, verb.members), tmp, check=check)
    return Made(-1, item.ino, item.size, item.mtime_ns, content)


def unpack(hands: Stores, verb: UnpackTo, progress: Progress | None, cancel: Cancel | None) -> Made:
    """Unpack an archive into a folder under a temporary name, synced; returns that folder's identity, the record of what is in it
    as its hash. When it raises, the folder is gone again.
    """
    source, src = hands.at(verb.src)
    to, tmp = hands.at(verb.tmp)
    if not same(source.stat(src), verb.size, verb.mtime_ns, verb.ino):
        raise DriftedError(verb.src, "is not what the plan saw any more")
    to.make_dir(tmp)
    try:
        with source.open(src) as stream_, contextlib.ExitStack() as opened:
            file: BinaryIO = stream_
            if not stream_.seekable() and verb.format == "zip":
                # What is in a zip is told at its end: it is brought here first.
                to.write_stream(_pieces(stream_, cancel), _spool(tmp))
                file = opened.enter_context(to.open(_spool(tmp)))
            record = ""
            if file.seekable():
                record = recorded(file, verb.format)
                file.seek(0)
            Unpacking(to, tmp, progress, cancel).unpack(file, verb.format, record)
        if not same(source.stat(src), verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.src, "changed while it was being unpacked")
        _clear_spool(to, tmp)
        to.sync([tmp, *(item.rel for item in to.walk(tmp).items if item.kind == "dir"), tmp.rpartition("/")[0]])
        item = to.stat(tmp)
        assert item is not None
        return Made(-1, item.ino, item.size, item.mtime_ns, record_in(to, tmp))
    except BaseException:
        clear_tree(to, tmp)
        raise


def record_in(store: Any, rel: str) -> str:
    """Return the record of what stands in a folder now (schemas.archives.record_of). Raises OSError where it cannot be read."""
    listing = store.walk(rel)
    if listing.unreadable:
        place, why = min(listing.unreadable.items())
        raise OSError(0, why, place)
    skip = len(rel) + 1 if rel else 0
    return record_of(
        Member(encode_path(item.rel[skip:]), item.kind, item.size, item.mtime_ns, item.ino, item.mode, _text(store, item))
        for item in listing.items
    )


def _text(store: Any, item: Item) -> str:
    return encode_path(store.read_link(item.rel)) if item.kind == "link" else ""


def may_take_back(hands: Stores, verb: PackTo | UnpackTo, made: Made | None, place: str) -> None:
    """Raise DriftedError where what a pack or an unpack made, at `place`, may be the last of its content."""
    if isinstance(verb, PackTo):
        source, src = hands.at(verb.src)
        reading = Members(source, src)
        for member in verb.members:
            # Folders may have got other times by what went and came back; content is what counts.
            if member.kind != "dir":
                reading.expect(member)
        return
    if not same(hands.seen(verb.src), verb.size, verb.mtime_ns, verb.ino):
        raise DriftedError(verb.src, "is not as it was, so what was unpacked from it stays")
    store, rel = hands.at(place)
    if made is None or record_in(store, rel) != made.hash:
        raise DriftedError(place, "was changed inside since this run made it")


def clear(hands: Stores, verb: PackTo | UnpackTo) -> None:
    """Remove what stands under the temporary name of a pack or an unpack. The name is this run's own."""
    store, tmp = hands.at(verb.tmp)
    if isinstance(verb, UnpackTo):
        clear_tree(store, tmp)
    elif store.stat(tmp) is not None:
        store.remove(tmp)


def clear_tree(store: Store, tmp: str) -> None:
    """Remove the folder under a temporary name with all that is in it; fine when it is not there."""
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
    while listing.unreadable or any(item.kind == "dir" and item.mode & 0o700 != 0o700 for item in listing.items):
        for rel in [*listing.unreadable, *(item.rel for item in listing.items if item.kind == "dir")]:
            store.set_mode(rel, 0o700)
        store.forget()
        listing = store.walk(tmp)
    for item in reversed(listing.items):
        if item.kind == "dir":
            store.remove_dir(item.rel)
        else:
            store.remove(item.rel)
    store.remove_dir(tmp)


def _read_back(
    file: BinaryIO, form: ArchiveFormat, members: Sequence[Member], hashes: dict[str, str], cancel: Cancel | None
) -> None:
    """Read a new archive through and compare: every member once, of its kind, with the content it was packed with."""
    wanted = {decode_path(member.rel): member for member in members if member.rel}
    for entry in entries(file, form):
        rel = entry.name.rstrip("/")
        if rel in ("", "."):
            continue
        member = wanted.pop(rel, None)
        if member is None or (entry.kind, entry.mtime_ns) != (member.kind, member.mtime_ns):
            raise BadArchiveError(f"the archive, read back, holds {printable(rel)} otherwise than it was packed")
        if entry.kind == "file":
            hasher = xxhash.xxh3_128()
            for piece in entry.content:
                if cancel is not None and cancel():
                    raise cancelled()
                hasher.update(piece)
            if f"xxh3:{hasher.hexdigest()}" != hashes[member.rel]:
                raise BadArchiveError(f"{printable(rel)}, read back from the archive, differs from what was packed")
        elif entry.kind == "link" and entry.text != decode_path(member.text):
            raise BadArchiveError(f"the link {printable(rel)}, read back from the archive, differs from what was packed")
    if wanted:
        raise BadArchiveError(f"the archive, read back, lacks {printable(min(wanted))}")


def _pieces(file: BinaryIO, cancel: Cancel | None) -> Any:
    while piece := file.read(1 << 20):
        if cancel is not None and cancel():
            raise cancelled()
        yield piece


def _spool(tmp: str) -> str:
    return f"{tmp}.zip"


def _clear_spool(store: Store, tmp: str) -> None:
    if store.stat(_spool(tmp)) is not None:
        store.remove(_spool(tmp))
