"""Writing tar.gz as a stream: POSIX (pax) tar, its headers by the standard library, in one gzip member without a time of its own.

Owners are left out (0, no names), times are kept to the nanosecond in pax records, names that are not UTF-8 as they are
(`hdrcharset=BINARY`). Sources: POSIX.1-2008 pax, RFC 1952.
"""

import stat
import struct
import tarfile
from collections.abc import Iterator, Sequence

from reshelve.executors.archives.deflate_stream import Deflater
from reshelve.executors.archives.packed_members import Members
from reshelve.schemas.archive_record import MANIFEST, MARK, ordered, record_of
from reshelve.schemas.locations import decode_path
from reshelve.schemas.verbs import Member

_TYPES = {"file": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}


def tar_gz_stream(reading: Members, members: Sequence[Member], manifest: bytes = b"") -> Iterator[bytes]:
    """Yield a tar.gz of `members`, whose record stands in the gzip header's comment, a `manifest` at its head."""
    # No time; no hint of the level; system unknown: nothing in the header tells where it was made.
    yield b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff" + (MARK + record_of(members)).encode() + b"\0"
    gzip = Deflater()
    for piece in _tar(reading, ordered(members), manifest):
        if out := gzip.feed(piece):
            yield out
    reading.expect_folders(members)
    yield gzip.finish() + struct.pack("<LL", gzip.crc, gzip.size & 0xFFFFFFFF)


def _tar(reading: Members, members: Sequence[Member], manifest: bytes) -> Iterator[bytes]:
    written = 0
    if manifest:
        block = _header(Member(MANIFEST, "file", len(manifest), 0, 0, 0o644)) + manifest
        block += bytes(-len(block) % tarfile.BLOCKSIZE)
        yield block
        written += len(block)
    for member in members:
        if member.kind != "file":
            reading.expect(member)
        head = _header(member)
        yield head
        written += len(head)
        if member.kind == "file":
            yield from reading.content(member)
            fill = bytes(-member.size % tarfile.BLOCKSIZE)
            yield fill
            written += member.size + len(fill)
    yield bytes(2 * tarfile.BLOCKSIZE + -(written + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE)


def _header(member: Member) -> bytes:
    info = tarfile.TarInfo(decode_path(member.rel) or ".")
    info.type = _TYPES[member.kind]
    info.size = member.size if member.kind == "file" else 0
    info.mode = stat.S_IMODE(member.mode)
    info.mtime = member.mtime_ns // 10**9
    info.linkname = decode_path(member.text)
    if member.mtime_ns % 10**9:
        whole, rest = divmod(abs(member.mtime_ns), 10**9)
        info.pax_headers = {"mtime": f"{'-' if member.mtime_ns < 0 else ''}{whole}.{rest:09d}"}
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
