"""Writing zip as a stream: sizes follow the content, so nothing is written twice; zip64 where sizes or numbers ask for it.

The standard library's zipfile writes neither names that are not UTF-8 nor streams in which incompressible blocks are stored, so
the records are written here. Sources: PKWARE APPNOTE 6.3.10 (4.3.7 to 4.3.16, 4.5.3), Info-ZIP's extra field 0x5455 (extended
timestamp). A time that does not fit whole seconds of 32 bits stands in an extra field of our own (0x5352) beside it.
"""

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from reshelve.executors.archives.deflate_stream import Deflater
from reshelve.executors.archives.packed_members import Members
from reshelve.schemas.archive_record import MANIFEST, MARK, ordered, record_of
from reshelve.schemas.locations import decode_path
from reshelve.schemas.verbs import Member

NANOSECONDS = 0x5352
"""Our extra field: the modification time in ns since the epoch, 64 bits with a sign."""
TIMESTAMP = 0x5455

_TYPES = {"file": stat.S_IFREG, "dir": stat.S_IFDIR, "link": stat.S_IFLNK}
_STORED, _DEFLATED = 0, 8
_FOLLOWS, _UTF8 = 1 << 3, 1 << 11
_LARGE = 0xFF000000
"""Content from this size on gets 64-bit sizes: below, even stored it stays under 4 GiB."""
_MOST, _MANY = 0xFFFFFFFF, 0xFFFF
_UNIX = 3 << 8


class _Written(NamedTuple):
    """One member as it went out, for the directory at the end."""

    member: Member
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    offset: int


def zip_stream(reading: Members, members: Sequence[Member], manifest: bytes = b"") -> Iterator[bytes]:
    """Yield a zip of `members`, whose record stands in the archive's comment, a `manifest` at its head.

    The folder itself has no entry of its own.
    """
    at = 0
    directory: list[bytes] = []
    if manifest:
        head, crc = Member(MANIFEST, "file", len(manifest), 0, 0, 0o644), zlib.crc32(manifest)
        block = _local_header(head, MANIFEST.encode(), 0, _STORED, crc, len(manifest)) + manifest
        directory.append(_directory_record(_Written(head, MANIFEST.encode(), 0, _STORED, crc, len(manifest), 0)))
        at = len(block)
        yield block
    for member in ordered(members):
        if not member.rel:
            reading.expect(member)
            continue
        offset = at
        for piece in _entry(reading, member, offset):
            if isinstance(piece, _Written):
                directory.append(_directory_record(piece))
            else:
                at += len(piece)
                yield piece
    reading.expect_folders(members)
    start = at
    for record in directory:
        at += len(record)
        yield record
    yield _end(len(directory), start, at - start, (MARK + record_of(members)).encode())


def _entry(reading: Members, member: Member, offset: int) -> Iterator[bytes | _Written]:
    path = decode_path(member.rel) + ("/" if member.kind == "dir" else "")
    name, flags = path.encode("utf-8", "surrogateescape"), 0
    try:
        flags = 0 if path.isascii() else _UTF8 if path.encode() else 0
    except UnicodeEncodeError:
        pass  # bytes as they are: no flag claims an encoding
    if member.kind == "file" and member.size:
        flags |= _FOLLOWS
        yield _local_header(member, name, flags, _DEFLATED, 0, 0)
        deflater = Deflater()
        for piece in reading.content(member):
            if out := deflater.feed(piece):
                yield out
        yield deflater.finish()
        sizes = "<LLQQ" if member.size >= _LARGE else "<LLLL"
        yield struct.pack(sizes, 0x08074B50, deflater.crc, deflater.packed, deflater.size)
        yield _Written(member, name, flags, _DEFLATED, deflater.crc, deflater.packed, offset)
        return
    if member.kind == "file":
        for _ in reading.content(member):
            pass
    else:
        reading.expect(member)
    held = decode_path(member.text).encode("utf-8", "surrogateescape") if member.kind == "link" else b""
    crc = zlib.crc32(held)
    yield _local_header(member, name, flags, _STORED, crc, len(held)) + held
    yield _Written(member, name, flags, _STORED, crc, len(held), offset)


def _local_header(member: Member, name: bytes, flags: int, method: int, crc: int, held: int) -> bytes:
    extra = _times(member)
    size, needs = held, 20
    if member.kind == "file" and member.size >= _LARGE:
        # Both sizes follow the content; that they are 64 bits wide is said here.
        extra = struct.pack("<HHQQ", 1, 16, 0, 0) + extra
        size, needs = _MOST, 45
    stamp = *_dos_time(member.mtime_ns), crc, size, size, len(name), len(extra)
    return struct.pack("<LHHHHHLLLHH", 0x04034B50, needs, flags, method, *stamp) + name + extra


def _directory_record(written: _Written) -> bytes:
    member = written.member
    size = member.size if member.kind == "file" else written.packed
    large = [value for value in (size, written.packed, written.offset) if value >= _MOST]
    if member.kind == "file" and size >= _LARGE:
        large = [size, written.packed, *([written.offset] if written.offset >= _MOST else [])]
    size32, packed32 = (_MOST, _MOST) if size >= _LARGE else (size, written.packed)
    offset32 = min(written.offset, _MOST)
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    extra += _times(member)
    mode = (_TYPES[member.kind] | stat.S_IMODE(member.mode)) << 16 | (0x10 if member.kind == "dir" else 0)
    head = struct.pack(
        "<LHHHHHHLLLHHHHHLL",
        0x02014B50, _UNIX | 45, 45 if large else 20, written.flags, written.method, *_dos_time(member.mtime_ns), written.crc,
        packed32, size32, len(written.name), len(extra), 0, 0, 0, mode, offset32,
    )  # fmt: skip
    return head + written.name + extra


def _end(count: int, start: int, size: int, comment: bytes) -> bytes:
    out = b""
    if count >= _MANY or start >= _MOST or size >= _MOST:
        out = struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, _UNIX | 45, 45, 0, 0, count, count, size, start)
        out += struct.pack("<LLQL", 0x07064B50, 0, start + size, 1)
    few = min(count, _MANY)
    return out + struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, few, few, min(size, _MOST), min(start, _MOST), len(comment)) + comment


def _times(member: Member) -> bytes:
    seconds, rest = divmod(member.mtime_ns, 10**9)
    fits = -(1 << 31) <= seconds < 1 << 31
    out = struct.pack("<HHBl", TIMESTAMP, 5, 1, seconds) if fits else b""
    if rest or not fits:
        out += struct.pack("<HHq", NANOSECONDS, 8, member.mtime_ns)
    return out


def _dos_time(mtime_ns: int) -> tuple[int, int]:
    """Return a time as MS-DOS has it, in UTC: two seconds are the least it tells, and 1980 to 2107 all it knows."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=mtime_ns // 10**9)
    except OverflowError:
        return 0, 1 << 5 | 1
    if not 1980 <= moment.year <= 2107:
        return 0, 1 << 5 | 1
    day = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return moment.hour << 11 | moment.minute << 5 | moment.second // 2, day
