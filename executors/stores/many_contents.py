"""The content hashes of many files of one root that were seen just before: each is opened once and looked at before and after."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence

import xxhash

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.open_folders import Folders, split
from reshelve.executors.stores import local_copies
from reshelve.schemas.inventory import TAIL, Item, lasting_inodes, tells_changes

_AT_ONCE = 1 << 20
"""Files of up to this many bytes are read in one call."""


def contents(folders: Folders, items: Sequence[Item], *, ends: bool) -> Iterator[str | OSError]:
    """Yield the hash of each of these files, or of the last `TAIL` bytes (`ends`); where it cannot be read, the error.

    A file that is not the one seen any more, or that changes while it is read, is one that cannot be (ESTALE).
    """
    for item in items:
        try:
            folder, name = split(item.rel)
            parent = folders.get(folder)
            fd = os.open(parent.base + name, system_calls.READ, dir_fd=parent.fd)
        except OSError as trouble:
            yield trouble
            continue
        try:
            before = os.fstat(fd)
            _compare(item, before)
            digest = _end(fd, before.st_size) if ends else _whole(fd, before.st_size)
            _compare(item, os.fstat(fd))
        except OSError as trouble:
            yield trouble
        else:
            yield digest
        finally:
            os.close(fd)


def _compare(item: Item, seen: os.stat_result) -> None:
    """Raise OSError (ESTALE) unless what is open is the file that was seen, unchanged as far as the file system tells."""
    same = seen.st_size == item.size and seen.st_mtime_ns == item.mtime_ns and stat.S_ISREG(seen.st_mode)
    if same and lasting_inodes(item.fs):
        same = seen.st_ino == item.ino and (seen.st_ctime_ns == item.ctime_ns or not tells_changes(item.fs))
    if not same:
        raise OSError(errno.ESTALE, "It changed since it was looked at")


def _whole(fd: int, size: int) -> str:
    if size > _AT_ONCE:
        return local_copies.digest(fd)
    content = os.pread(fd, size, 0)
    # A network may bring less at once than is there.
    return _hash(content) if len(content) == size else local_copies.digest(fd)


def _end(fd: int, size: int) -> str:
    length = min(size, TAIL)
    content = os.pread(fd, length, size - length)
    return _hash(content) if len(content) == length else local_copies.tail_digest(fd)


def _hash(content: bytes) -> str:
    return f"xxh3:{xxhash.xxh3_128_hexdigest(content)}"
