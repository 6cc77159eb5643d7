"""The content hashes of many files of one root that were seen just before: each is opened once, and looked at once it is read.

A disk is slow when it is asked for one thing after the other. Small files are therefore opened well before they are read, and the
disk is told of each as it is opened; large ones are read beside them. One thread does for the small ones of a disk of this
machine: several would take longer, waiting for each other. Across a network it is the other way round.
"""

import errno
import os
import stat
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Event

import xxhash

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.open_folders import Folders, split
from reshelve.executors.stores import local_copies
from reshelve.schemas.inventory import TAIL, Item, is_far, lasting_inodes, tells_changes

_AT_ONCE = 1 << 20
"""Files of up to this many bytes are small: each is read in one call."""

_AHEAD = 32
"""How many small files at least are open before the first of them is read; and so many are then read in a row."""

_FAR_READERS = 4
"""How many files are read at one time across a network: each answer is a while in coming."""

Told = str | OSError


def contents(folders: Folders, items: Sequence[Item], *, ends: bool) -> list[Told]:
    """Return the hash of each of these files, or of the last `TAIL` bytes (`ends`); where it cannot be read, the error.

    A file that is not the one seen any more, or that changes while it is read, is one that cannot be (ESTALE).
    """
    reading = _Reading(folders, ends=ends)
    large = [number for number, item in enumerate(items) if item.size > _AT_ONCE and not ends]
    alone = set(large)
    small = [item for number, item in enumerate(items) if number not in alone]
    far = any(map(is_far, {item.fs for item in items}))
    parts = [small[start : start + _AHEAD] for start in range(0, len(small), _AHEAD)] if far else [small]
    pool = ThreadPoolExecutor(_FAR_READERS if far else 1)
    try:
        of_large = pool.map(reading.one, (items[number] for number in large))
        of_small = chain.from_iterable((pool.map if far else map)(reading.some, parts))
        if not large:
            return list(of_small)
        told = dict(zip((number for number in range(len(items)) if number not in alone), of_small, strict=True))
        told.update(zip(large, of_large, strict=True))
    finally:
        reading.stopped.set()
        pool.shutdown(cancel_futures=True)
    return [told[number] for number in range(len(items))]


class _Reading:
    """Reads files below the open folders of one root; `stopped` ends it in the middle of a large one."""

    def __init__(self, folders: Folders, *, ends: bool) -> None:
        self._folders = folders
        self._ends = ends
        self._known: dict[str, tuple[bool, bool]] = {}
        self.stopped = Event()

    def some(self, items: Sequence[Item]) -> list[Told]:
        """Return what is told of each of some small files."""
        told: list[Told] = []
        opened: deque[tuple[Item, int | OSError]] = deque()
        try:
            for item in items:
                fd = self._opened(item)
                if isinstance(fd, OSError) and fd.errno in (errno.EMFILE, errno.ENFILE):
                    # No more at one time: what is open is read, and let go of with the folders, before the rest.
                    self._read(opened, 0, told)
                    self._folders.forget()
                    fd = self._opened(item)
                opened.append((item, fd))
                if len(opened) == 2 * _AHEAD:
                    self._read(opened, _AHEAD, told)
            self._read(opened, 0, told)
            return told
        finally:
            for _, fd in opened:
                if isinstance(fd, int):
                    os.close(fd)

    def _read(self, opened: deque[tuple[Item, int | OSError]], left: int, told: list[Told]) -> None:
        """Add to `told` what is told of the files opened first, all but the last `left`, and close them."""
        while len(opened) > left:
            item, fd = opened[0]
            told.append(self._told(fd, item) if isinstance(fd, int) else fd)
            opened.popleft()
            if isinstance(fd, int):
                os.close(fd)

    def one(self, item: Item) -> Told:
        """Return what is told of one file."""
        return self.some([item])[0]

    def _opened(self, item: Item) -> int | OSError:
        """Open a file, and ask for what will be read of it."""
        try:
            folder, name = split(item.rel)
            parent = self._folders.get(folder)
            fd = os.open(parent.base + name, system_calls.READ, dir_fd=parent.fd)
        except OSError as trouble:
            # What is told must not keep folders open, as the frames behind it would.
            return trouble.with_traceback(None)
        if self._ends:
            start = max(item.size - TAIL, 0)
            system_calls.read_ahead(fd, start, item.size - start)
        elif item.size <= _AT_ONCE:
            system_calls.read_ahead(fd, 0, item.size)
        return fd

    def _told(self, fd: int, item: Item) -> Told:
        """Return the hash of an open file if it is the one that was seen, and stayed so until it was read."""
        trouble: OSError | None = None
        digest = ""
        try:
            if item.size > _AT_ONCE:
                self._compare(item, os.fstat(fd))
            digest = self._digest(fd, item.size)
        except OSError as failed:
            trouble = failed
        try:
            # What is no file any more cannot be read: that it is another thing by now says more.
            self._compare(item, os.fstat(fd))
        except OSError as changed:
            return changed
        return trouble or digest

    def _digest(self, fd: int, size: int) -> str:
        length = min(size, TAIL) if self._ends else size
        if length <= _AT_ONCE:
            content = os.pread(fd, length, size - length)
            # A network may bring less at once than is there.
            if len(content) == length:
                return f"xxh3:{xxhash.xxh3_128_hexdigest(content)}"
        return local_copies.tail_digest(fd) if self._ends else local_copies.digest(fd, self.stopped.is_set)

    def _compare(self, item: Item, seen: os.stat_result) -> None:
        """Raise OSError (ESTALE) unless what is open is the file that was seen, unchanged as far as the file system tells."""
        known = self._known.get(item.fs)
        if known is None:
            known = self._known[item.fs] = lasting_inodes(item.fs), tells_changes(item.fs)
        lasting, telling = known
        same = seen.st_size == item.size and seen.st_mtime_ns == item.mtime_ns and stat.S_ISREG(seen.st_mode)
        if same and lasting:
            same = seen.st_ino == item.ino and (seen.st_ctime_ns == item.ctime_ns or not telling)
        if not same:
            raise OSError(errno.ESTALE, "It changed since it was looked at")
