"""The entries of a zip, read by the standard library, with the times and names that it leaves aside."""

import os
import stat
import struct
import zipfile
from calendar import timegm
from collections.abc import Iterator
from typing import BinaryIO

from reshelve.executors.archives.archive_entry import Entry
from reshelve.executors.archives.packed_members import CHUNK
from reshelve.executors.archives.zip_writer import NANOSECONDS, TIMESTAMP

_UNIX = 3
_WINDOWS = frozenset((0, 6, 10, 11, 14))
"""FAT, HPFS, NTFS (10 by the specification, 11 as Info-ZIP has it), VFAT: no name there has a backslash, so that it parts folders,
as in zips of PowerShell and older .NET."""
_FOLDER_OF_DOS = 0x10
_UTF8 = 1 << 11
_MOST_LINK = 4096


def unzipped(file: BinaryIO) -> Iterator[Entry]:
    """Yield the entries of a seekable zip. Raises zipfile.BadZipFile, and RuntimeError of what it cannot unpack."""
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            yield _entry(archive, info)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name, mtime_ns = _name(info), _mtime_ns(info)
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    kind = stat.S_IFMT(mode)
    permissions = stat.S_IMODE(mode)
    of_dos = info.create_system in _WINDOWS and info.external_attr & _FOLDER_OF_DOS and not info.file_size
    if name.endswith("/") or kind == stat.S_IFDIR or of_dos:
        return Entry(name, "dir", 0, mtime_ns, permissions if mode else 0o755, "", iter(()))
    if kind == stat.S_IFLNK:
        if info.file_size > _MOST_LINK:
            raise zipfile.BadZipFile(f"a link of {info.file_size} bytes")
        return Entry(name, "link", info.file_size, mtime_ns, permissions, os.fsdecode(archive.read(info)), iter(()))
    if kind in (0, stat.S_IFREG):
        return Entry(name, "file", info.file_size, mtime_ns, permissions if mode else 0o644, "", _content(archive, info))
    return Entry(name, "other", 0, mtime_ns, permissions, "", iter(()))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    left = info.file_size
    with archive.open(info) as file:
        while piece := file.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile(f"{info.filename!r} is larger than it says")
            yield piece
    if left:
        raise zipfile.BadZipFile(f"{info.filename!r} ends too early")


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as a file system has it: zipfile reads names of no told encoding as that of the first IBM PC."""
    if info.create_system in _WINDOWS:
        return info.filename.replace("\\", "/")
    if info.flag_bits & _UTF8 or info.create_system != _UNIX:
        return info.filename
    return os.fsdecode(info.orig_filename.encode("cp437").partition(b"\0")[0])


def _mtime_ns(info: zipfile.ZipInfo) -> int:
    """Return a modification time in ns: that of our own extra field, else to the second, else to two, taken for UTC."""
    seconds: int | None = None
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        body = extra[4 : 4 + size]
        if kind == NANOSECONDS and len(body) == 8:
            return int(struct.unpack("<q", body)[0])
        if kind == TIMESTAMP and len(body) >= 5 and body[0] & 1:
            seconds = struct.unpack_from("<l", body, 1)[0]
        extra = extra[4 + size :]
    try:
        return (timegm((*info.date_time, 0, 0, 0)) if seconds is None else seconds) * 10**9
    except ValueError:
        return 0
