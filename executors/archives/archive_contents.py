"""What archives in a store say and hold, for planning: read, never unpacked."""

import errno
from typing import BinaryIO, Protocol

import xxhash

from reshelve.executors.archives.archive_reader import entries, recorded
from reshelve.schemas.archive_record import MANIFEST, format_of, record_of
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import encode_path
from reshelve.schemas.verbs import Member

_MOST_MANIFEST = 64 << 20
"""Bytes of a manifest that are read: the paths of some hundred thousand deleted files."""


class Openable(Protocol):
    """A store whose files can be opened."""

    def open(self, rel: str) -> BinaryIO: ...


def record_at(store: Openable, rel: str) -> str:
    """Return the record that the archive `rel` carries, "" where it has none or is none. Raises OSError."""
    form = format_of(rel)
    if form is None:
        return ""
    with store.open(rel) as file:
        return recorded(file, form)


def archived_at(store: Openable, rel: str) -> list[tuple[Member, str]]:
    """Return the members of the archive `rel`, the content hash of each file beside it ("" for others). Raises OSError."""
    form = format_of(rel)
    found: list[tuple[Member, str]] = []
    if form is None:
        return found
    with store.open(rel) as file:
        for entry in entries(file, form):
            if entry.name == MANIFEST:
                continue
            name = encode_path("/".join(part for part in entry.name.split("/") if part not in ("", ".")))
            if entry.kind == "file":
                hasher = xxhash.xxh3_128()
                for piece in entry.content:
                    hasher.update(piece)
                member = Member(name, "file", entry.size, entry.mtime_ns, 0, entry.mode)
                found.append((member, f"xxh3:{hasher.hexdigest()}"))
            elif name and entry.kind in ("dir", "link"):
                text = encode_path(entry.text) if entry.kind == "link" else ""
                found.append((Member(name, "dir" if entry.kind == "dir" else "link", 0, entry.mtime_ns, 0, entry.mode, text), ""))
    return found


def manifest_at(store: Openable, rel: str) -> str:
    """Return the manifest at the head of the archive `rel`, "" where it has none. Raises OSError."""
    form = format_of(rel)
    if form is None:
        return ""
    with store.open(rel) as file:
        for entry in entries(file, form):
            if entry.name == MANIFEST and entry.kind == "file" and entry.size <= _MOST_MANIFEST:
                return b"".join(entry.content).decode("utf-8", "replace")
            break
    return ""


class Walkable(Protocol):
    """A store that can be walked."""

    def walk(self, rel: str = "") -> Listing: ...
    def read_link(self, rel: str) -> str: ...


def record_in(store: Walkable, rel: str) -> str:
    """Return the record of what stands in a folder now (archive_record.record_of). Raises OSError where it cannot be read."""
    listing = store.walk(rel)
    if listing.unreadable:
        place, why = min(listing.unreadable.items())
        raise OSError(errno.EACCES, why, place)
    skip = len(rel) + 1 if rel else 0
    return record_of(_member(store, item, item.rel[skip:]) for item in listing.items)


def _member(store: Walkable, item: Item, below: str) -> Member:
    text = encode_path(store.read_link(item.rel)) if item.kind == "link" else ""
    kind = "file" if item.kind == "other" else item.kind
    return Member(encode_path(below), kind, item.size, item.mtime_ns, item.ino, item.mode, text)
