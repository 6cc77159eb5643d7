"""Archives: what may go into one, and the record by which an archive tells which folder it holds.

The record is a digest over the members' paths, kinds, sizes, modification times and link texts, with their bytes and their number
beside it. It stands in the archive's own comment (of the gzip header, of the zip file) and in an object's metadata, so that a plan
can tell whose archive it is without unpacking it. Times of folders and links are left out: looking at a folder can change them.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from reshelve.schemas.locations import decode_path
from reshelve.schemas.verbs import ArchiveFormat, Member

MARK = "reshelve members "
"""What the comment of an archive begins with; the record follows."""

MANIFEST = ".reshelve-backup.json"
"""The first entry of a backup: whose it is, what it builds on, what was deleted since. It is no member, and never unpacked."""

_ENDINGS: tuple[tuple[str, ArchiveFormat], ...] = ((".tar.gz", "tar.gz"), (".tgz", "tar.gz"), (".zip", "zip"))


def format_of(name: str) -> ArchiveFormat | None:
    """Return the format that a file's name says, or None where it says none that can be unpacked."""
    lower = name.lower()
    return next((form for ending, form in _ENDINGS if lower.endswith(ending)), None)


def ordered(members: Iterable[Member]) -> list[Member]:
    """Return members in the order of their paths' bytes, which has every folder before what is in it."""
    return sorted(members, key=lambda member: decode_path(member.rel).encode("utf-8", "surrogateescape"))


def record_of(members: Iterable[Member]) -> str:
    """Return the record of a folder's members: digest, bytes and number of members; its own top folder ("") left out."""
    digest, size, count = sha256(b"reshelve members 1\n"), 0, 0
    for member in ordered(members):
        if not member.rel:
            continue
        told = f"{member.size} {member.mtime_ns}" if member.kind == "file" else member.text if member.kind == "link" else ""
        digest.update(f"{member.kind}\0{member.rel}\0{told}\n".encode())
        size += member.size if member.kind == "file" else 0
        count += 1
    return f"{digest.hexdigest()} {size} {count}"


def content_of(hashes: Mapping[str, str]) -> str:
    """Return a digest over what files hold: their content hashes by path (`Member.rel`)."""
    digest = sha256(b"reshelve content 1\n")
    for rel in sorted(hashes):
        digest.update(f"{hashes[rel]}\0{rel}\n".encode())
    return digest.hexdigest()


def bytes_of(record: str) -> int:
    """Return the bytes that a record says its members hold; 0 where it is none."""
    parts = record.split(" ")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0


def link_fault(rel: str, text: str) -> str | None:
    """Say why a symbolic link at `rel`, holding `text` (both as the file system has them), leads out of its tree, or None.

    A link stays inside when it is relative, goes up only at its beginning, and not above the top: then no other such link on
    its way can lead it out either.
    """
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith("/"):
        return "is absolute"
    ups = next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    if ups > rel.count("/"):
        return "leads outside the folder"
    if ".." in parts[ups:]:
        return "goes up again on its way, which cannot be followed safely"
    return None
