"""Unpacked folders on the way back: is all in one still as it was unpacked?"""

from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import decode_path, encode_path, join, printable, split
from reshelve.schemas.operations import Unpack
from reshelve.schemas.verbs import Member


def changed_inside(operation: Unpack, record: str, readers: Readers, archive: str, *, by_content: bool) -> tuple[str, str] | None:
    """Return a place in an unpacked folder that is not as it was unpacked, and what became of it in words; None where all is.

    `record` is what the run noted of the folder (schemas.archive_record.record_of). The `archive`, where it lies now, is read only
    to name what changed, or, `by_content`, where files have other times: then what they hold counts.
    Raises OSError.
    """
    root, rel = split(operation.dst)
    reader = readers[root]
    listing = reader.walk(rel)
    if listing.unreadable:
        folder, why = min(listing.unreadable.items())
        return join(root, folder), f"cannot be read: {why}"
    found = _inside(listing, rel)
    if record and record == _record(reader, found):
        return None
    unknown = operation.dst, "was changed inside since it was unpacked"
    source, path = split(archive)
    try:
        members = {decode_path(member.rel): (member, content) for member, content in readers[source].archived(path)}
    except KeyError:
        return unknown
    except FileNotFoundError:
        return operation.dst, f"{unknown[1]}, and {printable(archive)}, which would tell what, is gone"
    except OSError as trouble:
        why = trouble.strerror or str(trouble)
        return operation.dst, f"{unknown[1]}, and {printable(archive)}, which would tell what, cannot be read: {why}"
    named = _named(operation, readers, found, members, by_content=by_content)
    return named if named is not None or (by_content and not operation.layers) else unknown


def _inside(listing: Listing, rel: str) -> dict[str, Item]:
    return {item.rel[len(rel) + 1 :]: item for item in listing.items}


def _record(reader: Reader, found: dict[str, Item]) -> str:
    return record_of(_member(reader, below, item) for below, item in found.items())


def _named(
    operation: Unpack, readers: Readers, found: dict[str, Item], members: dict[str, tuple[Member, str]], *, by_content: bool
) -> tuple[str, str] | None:
    """Name what differs from the archive."""
    where, top = split(operation.dst)
    for below in sorted(found.keys() | members.keys()):
        item, (member, content) = found.get(below), members.get(below, (None, ""))
        place = join(where, f"{top}/{below}")
        if item is None:
            return place, "is gone since it was unpacked"
        if member is None:
            if item.kind != "dir":
                return place, "came there since it was unpacked"
        elif item.kind != member.kind:
            return place, "is something else than what was unpacked"
        elif item.kind == "file" and (item.size, item.mtime_ns) != (member.size, member.mtime_ns):
            if not by_content or item.size != member.size or readers[where].digest(item.rel) != content:
                return place, "was changed since it was unpacked"
        elif item.kind == "link" and readers[where].read_link(item.rel) != decode_path(member.text):
            return place, "leads elsewhere since it was unpacked"
    return None


def _member(reader: Reader, below: str, item: Item) -> Member:
    text = encode_path(reader.read_link(item.rel)) if item.kind == "link" else ""
    kind = "file" if item.kind == "other" else item.kind
    return Member(encode_path(below), kind, item.size, item.mtime_ns, item.ino, item.mode, text)
