"""Receiving: a new file whose content comes in pieces, at any offset, from several threads, hashed in its order on the way.

Content that comes in blocks goes past the page cache where the file system allows that (open(2), O_DIRECT): it is on the disk when
it is written, nothing else is pushed out of memory for it, and it is copied once less.
"""

import errno
import mmap
import os
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import TypeGuard, cast

import xxhash

from reshelve.executors.contracts.folder_store import BLOCK, Receiver
from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.open_folders import Folder
from reshelve.executors.platforms.refused_attributes import Passing
from reshelve.executors.stores.local_copies import CHUNK, PIECE, Cancel, digest, new_file, read
from reshelve.executors.stores.transfer_memory import WAITING, Budget, anonymous

_ALIGNED = 4096
"""What offsets and lengths are multiples of, past the page cache; a block begins at a page. Disks ask for 512 or 4096."""
_SPARE = 8
_SETTLE = 16 << 20
"""After so many bytes more, what went through the page cache is sent to the disk as far as it is whole."""


def receive_new(
    dst: Folder,
    tmp: str,
    fill: Callable[[Receiver], None],
    *,
    mtime_ns: int,
    mode: int,
    may: Passing,
    from_disk: bool,
    cancel: Cancel | None,
) -> tuple[os.stat_result, str]:
    """Make the new file `tmp` of what `fill` writes into it; return what stands there and its content hash.

    The hash is that of what was written, with `from_disk` that of what was read back from the disk.
    `mtime_ns` and `mode` are set where they are not negative; `may` passes over that they cannot be. When it raises there is no
    `tmp` of ours.
    """
    with new_file(dst, tmp) as target:
        with _Receiving(target, hashing=not from_disk) as receiving:
            fill(receiving)
        if mode >= 0 and hasattr(os, "fchmod"):
            with may("modes"):
                system_calls.set_mode(target, mode & 0o777)
        if mtime_ns >= 0 and os.utime in os.supports_fd:
            with may("times"):
                os.utime(target, ns=(mtime_ns, mtime_ns))
        system_calls.sync_data(target)
        if from_disk:
            system_calls.drop_cache(target)
        content = digest(target, cancel) if from_disk else receiving.content(cancel)
        return os.fstat(target), content


class _Memory:
    """Blocks that are used again: fresh memory costs the system more than what is read into it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spare: list[mmap.mmap] = []

    def block(self) -> memoryview:
        """Return a block."""
        with self._lock:
            return memoryview(self._spare.pop() if self._spare else anonymous(BLOCK))

    def give_back(self, chunk: bytes | memoryview) -> None:
        """Take back a block; any other memory is let go of."""
        if _is_block(chunk):
            with self._lock:
                if len(self._spare) < _SPARE:
                    self._spare.append(cast(mmap.mmap, chunk.obj))


_MEMORY = _Memory()
_WAITING = Budget(WAITING)
"""What all files hold that came before its turn."""


class _Receiving:
    """One new file, written at any offset by several threads.

    What comes before its turn is held to be hashed, up to a bound; past that it is read back from the file when its turn comes.
    What is whole from the beginning on, and went through the page cache, is meanwhile sent to the disk, so that the end waits for
    less.
    """

    def __init__(self, fd: int, *, hashing: bool) -> None:
        self._fd = fd
        self._direct: int | None = None
        self._hashing = hashing
        self._changed = Condition()
        self._later: dict[int, bytes | memoryview | int] = {}
        """What came before its turn, by its offset; how many bytes where there was no room to hold it."""
        self._ends: dict[int, int] = {}
        self._ready = 0
        self._end = 0
        self._sent = 0
        self._hasher = xxhash.xxh3_128()
        self._hashed = 0
        self._over = False
        self._writer: Thread | None = None

    def __enter__(self) -> "_Receiving":
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()
        while self._later:
            self._let_go(self._later.popitem()[1])
        if self._direct is not None and self._direct >= 0:
            os.close(self._direct)

    def block(self) -> memoryview:
        """Return memory to read into, which `write_at` takes back."""
        with self._changed:
            if self._direct is None:
                self._direct = system_calls.open_direct(self._fd)
        return _MEMORY.block()

    def write_at(self, offset: int, chunk: bytes | memoryview) -> None:
        """Write all of `chunk`, which may be kept for a while."""
        past_cache = self._written_direct(offset, chunk)
        self._write(offset + past_cache, memoryview(chunk)[past_cache:])
        with self._changed:
            self._ends[offset] = offset + len(chunk)
            self._end = max(self._end, offset + len(chunk))
            while (end := self._ends.pop(self._ready, None)) is not None:
                self._ready = end
            is_early = self._hashing and offset > self._hashed
            is_held = is_early and _WAITING.fits(_weight(chunk))
            if is_early:
                self._later[offset] = chunk if is_held else len(chunk)
            elif self._hashing and offset == self._hashed:
                self._hash(chunk)
                while (later := self._later.pop(self._hashed, None)) is not None:
                    if isinstance(later, int):
                        self._hash_back(later)
                    else:
                        self._hash(later)
                    self._let_go(later)
            if self._writer is None and not past_cache and self._ready >= _SETTLE:
                self._writer = Thread(target=self._follow, daemon=True)
                self._writer.start()
            self._changed.notify_all()
        if not is_held:
            _MEMORY.give_back(chunk)

    def content(self, cancel: Cancel | None) -> str:
        """Return the content hash; what could not be hashed as it came is read back now."""
        if self._hashed < self._end:
            os.lseek(self._fd, self._hashed, os.SEEK_SET)
            buffer = memoryview(bytearray(CHUNK))
            while count := read(self._fd, buffer):
                if cancel is not None and cancel():
                    raise OSError(errno.ECANCELED, "was interrupted")
                self._hasher.update(buffer[:count])
        return f"xxh3:{self._hasher.hexdigest()}"

    def _let_go(self, later: bytes | memoryview | int) -> None:
        if not isinstance(later, int):
            _WAITING.give(_weight(later))
            _MEMORY.give_back(later)

    def _hash(self, chunk: bytes | memoryview) -> None:
        self._hasher.update(chunk)
        self._hashed += len(chunk)

    def _hash_back(self, length: int) -> None:
        """Hash what was written where the hash stands, by reading it back."""
        end = self._hashed + length
        while self._hashed < end and (chunk := os.pread(self._fd, min(CHUNK, end - self._hashed), self._hashed)):
            self._hash(chunk)

    def _written_direct(self, offset: int, chunk: bytes | memoryview) -> int:
        """Write what can be of a block past the page cache; return how many of its bytes that are."""
        if self._direct is None or self._direct < 0 or not _is_block(chunk) or offset % _ALIGNED:
            return 0
        done, whole = 0, len(chunk) // _ALIGNED * _ALIGNED
        try:
            while done < whole and done % _ALIGNED == 0:
                done += os.pwrite(self._direct, memoryview(chunk)[done:whole], offset + done)
        except OSError as trouble:
            # The file system takes it at the opening and then not, or wants coarser alignment than a page.
            if trouble.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        return done

    def _write(self, offset: int, left: memoryview) -> None:
        while left:
            count = os.pwrite(self._fd, left[:PIECE], offset)
            offset += count
            left = left[count:]

    def _follow(self) -> None:
        """Send to the disk what is whole from the beginning on, as it grows."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._ready - self._sent >= _SETTLE)
                if self._over:
                    return
                start, self._sent = self._sent, self._ready
            system_calls.start_writing(self._fd, start, self._sent - start)


def _weight(chunk: bytes | memoryview) -> int:
    """Return how much memory a chunk keeps: a part of a block keeps all of it."""
    return BLOCK if _is_block(chunk) else len(chunk)


def _is_block(chunk: bytes | memoryview) -> TypeGuard[memoryview]:
    return isinstance(chunk, memoryview) and isinstance(chunk.obj, mmap.mmap)
