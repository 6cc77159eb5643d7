"""The entries of a tar.gz, read as a stream by the standard library, its headers kept small."""

import gzip
import os
import tarfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from reshelve.executors.archives.archive_entry import Entry
from reshelve.executors.archives.packed_members import CHUNK

_MOST_HEADER = 1 << 20
"""Bytes that one extended header may have: a path of 4 KiB and attributes fit many times over."""
_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class _Header(tarfile.TarInfo):
    """A header that refuses what would be read into memory without bound."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        found = super().frombuf(buf, encoding, errors)
        if found.type in _EXTENDED and found.size > _MOST_HEADER:
            raise tarfile.ReadError(f"a header of {found.size} bytes")
        if found.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("sparse files by GNU tar are not read here; unpack it with tar -x")
        return found

    def _proc_gnusparse_10(self, *_: object) -> None:
        raise tarfile.ReadError("sparse files by GNU tar are not read here; unpack it with tar -x")


def untarred(file: BinaryIO) -> Iterator[Entry]:
    """Yield the entries of a tar.gz. Raises tarfile.TarError, zlib.error, EOFError and OSError of gzip where it is damaged."""
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as plain:
            with tarfile.open(
                fileobj=plain, mode="r|", bufsize=CHUNK, tarinfo=_Header, encoding="utf-8", errors="surrogateescape"
            ) as tar:
                while (info := tar.next()) is not None:
                    tar.members.clear()  # type: ignore[attr-defined] # it would keep every header
                    yield _entry(tar, info)
            while plain.read(CHUNK):
                pass  # the checksum stands at the very end
    except gzip.BadGzipFile as fault:
        raise tarfile.ReadError(str(fault)) from fault


def _entry(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Entry:
    mtime_ns, mode = _mtime_ns(info), info.mode & 0o7777
    if info.isdir():
        return Entry(info.name, "dir", 0, mtime_ns, mode, "", iter(()))
    if info.issym():
        return Entry(info.name, "link", len(os.fsencode(info.linkname)), mtime_ns, mode, info.linkname, iter(()))
    if info.islnk():
        return Entry(info.name, "twin", 0, mtime_ns, mode, info.linkname, iter(()))
    if info.isreg():
        return Entry(info.name, "file", info.size, mtime_ns, mode, "", _content(tar, info))
    return Entry(info.name, "other", 0, mtime_ns, mode, "", iter(()))


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(info)
    assert file is not None
    left = info.size
    while left:
        piece = file.read(min(CHUNK, left))
        if not piece:
            raise tarfile.ReadError(f"{info.name!r} ends too early")
        left -= len(piece)
        yield piece


def _mtime_ns(info: tarfile.TarInfo) -> int:
    """Return a modification time without the rounding of a float."""
    try:
        return int(Decimal(info.pax_headers["mtime"]) * 10**9)
    except (KeyError, InvalidOperation, ValueError, OverflowError):
        return int(info.mtime) * 10**9
