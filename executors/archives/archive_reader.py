"""Reading archives, ours and strangers': their entries one by one, in flat memory, and what their comment says of them.

What an archive claims is not believed: names are checked by whoever unpacks, content is cut at its declared size, headers are
bounded. Whatever is wrong with one is a `BadArchiveError`.
"""

import errno
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, TypeVar

from reshelve.executors.archives.archive_entry import Entry
from reshelve.executors.archives.tar_reader import untarred
from reshelve.executors.archives.zip_reader import unzipped
from reshelve.schemas.archive_record import MARK
from reshelve.schemas.locations import printable
from reshelve.schemas.verbs import ArchiveFormat

_MOST_COMMENT = 65535

Thing = TypeVar("Thing")


class BadArchiveError(OSError):
    """An archive is damaged, or holds what is not unpacked; `why` in words."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EBADMSG, why)


def entries(file: BinaryIO, form: ArchiveFormat) -> Iterator[Entry]:
    """Yield what is in an archive, in its order; a zip must be seekable. Raises BadArchiveError, as reading content does."""
    for entry in _guarded(unzipped(file) if form == "zip" else untarred(file)):
        entry.content = _guarded(entry.content, entry.name)
        yield entry


def _guarded(things: Iterator[Thing], name: str = "") -> Iterator[Thing]:
    """Yield what is read, every fault that a damaged archive brings to light as a BadArchiveError; `name` is the entry read."""
    where = f" at {printable(name)}" if name else ""
    while True:
        try:
            thing = next(things, None)
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError) as fault:
            raise BadArchiveError(f"the archive is damaged{where}: {fault}") from fault
        except (RuntimeError, NotImplementedError) as fault:
            # zipfile's words for encrypted entries and for methods it does not know.
            raise BadArchiveError(f"the archive cannot be unpacked: {fault}") from fault
        except (ValueError, OverflowError) as fault:
            raise BadArchiveError(f"the archive is damaged{where}: {fault}") from fault
        if thing is None:
            return
        yield thing


def recorded(file: BinaryIO, form: ArchiveFormat) -> str:
    """Return the record of its members that a seekable archive carries in its comment, "" where it has none."""
    comment = _zip_comment(file) if form == "zip" else _gzip_comment(file)
    text = comment.decode("latin-1")
    return text[len(MARK) :] if text.startswith(MARK) else ""


def _gzip_comment(file: BinaryIO) -> bytes:
    head = file.read(1024)
    # Only a header as we write it, with a comment and nothing else, can hold a record of ours.
    if head[:4] != b"\x1f\x8b\x08\x10":
        return b""
    return head[10:].partition(b"\0")[0]


def _zip_comment(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _MOST_COMMENT - 22, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06" + bytes(4))
    if at < 0 or len(tail) - at < 22:
        return b""
    comment = tail[at + 22 :]
    return comment if int.from_bytes(tail[at + 20 : at + 22], "little") == len(comment) else b""
