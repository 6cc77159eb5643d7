"""Copying one file so that nothing of it is lost on the way: shared blocks or real ones, holes kept, read back from the disk."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from threading import Condition, Thread

import xxhash

from executors import platform
from executors.folders import Folder
from executors.stores.base import WriteAt

CHUNK = 1 << 20
_SETTLE = 16 << 20
"""After so many bytes more, a file that is being received is sent to the disk as far as it is there."""
_PIECE = 32 << 10
"""How much is written at once. For more than eight pages (its PAGE_ALLOC_COSTLY_ORDER) Linux may tidy up its memory first, which
was seen to make writing to ext4 six times as slow."""
_HELD = 64 << 20
"""How many bytes of it are held at most, to be hashed in their order."""
_ZEROS = memoryview(bytes(CHUNK))

Progress = Callable[[int], None]
Cancel = Callable[[], bool]


def open_file(folder: Folder, name: str) -> int:
    """Open a regular file for reading. Raises OSError for anything else, a symbolic link included."""
    fd = os.open(folder.base + name, platform.READ, dir_fd=folder.fd)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "is not a regular file", name)
    return fd


def digest(fd: int, cancel: Cancel | None = None) -> str:
    """Return the content hash of an open file: "xxh3:" and 32 hex digits."""
    hasher = xxhash.xxh3_128()
    for _, chunk in _chunks(fd, cancel):
        hasher.update(chunk)
    return f"xxh3:{hasher.hexdigest()}"


def copy_new(
    src: Folder, name: str, dst: Folder, tmp: str, *, how: str, progress: Progress | None, cancel: Cancel | None
) -> tuple[os.stat_result, str]:
    """Copy file `name` of `src` to the new file `tmp` of `dst`; return what stands there and its content hash.

    When it returns, data and attributes are on the disk and the content was read back and found equal. When it raises
    OSError there is no `tmp` of ours: ESTALE if the source changed meanwhile, ECANCELED if `cancel` said so,
    EIO if the copy differs.
    """
    source = open_file(src, name)
    try:
        target = os.open(dst.base + tmp, platform.CREATE, 0o600, dir_fd=dst.fd)
        try:
            try:
                content = _fill(source, target, how, progress, cancel)
                return os.fstat(target), content
            except BaseException:
                _take_back(target, dst, tmp)
                raise
        finally:
            os.close(target)
    finally:
        os.close(source)


def write_new(content: bytes, dst: Folder, tmp: str) -> os.stat_result:
    """Write `content` to the new file `tmp`, synced, with the mode the umask leaves. When it raises there is no `tmp` of ours."""
    target = os.open(dst.base + tmp, platform.CREATE, 0o666, dir_fd=dst.fd)
    try:
        try:
            _write(target, memoryview(content))
            platform.sync_data(target)
            return os.fstat(target)
        except BaseException:
            _take_back(target, dst, tmp)
            raise
    finally:
        os.close(target)


def receive_new(
    dst: Folder, tmp: str, fill: Callable[[WriteAt], None], *, mtime_ns: int, mode: int, from_disk: bool, cancel: Cancel | None
) -> tuple[os.stat_result, str]:
    """Make the new file `tmp` of what `fill` writes into it; return what stands there and its content hash.

    The hash is that of what was written, with `from_disk` that of what was read back from the disk.
    `mtime_ns` and `mode` are set where they are not negative. When it raises there is no `tmp` of ours.
    """
    target = os.open(dst.base + tmp, platform.CREATE, 0o666, dir_fd=dst.fd)
    try:
        try:
            with _Receiving(target, hashing=not from_disk) as receiving:
                fill(receiving.write_at)
            if mode >= 0 and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):
                    os.fchmod(target, mode & 0o777)
            if mtime_ns >= 0 and os.utime in os.supports_fd:
                os.utime(target, ns=(mtime_ns, mtime_ns))
            platform.sync_data(target)
            if from_disk:
                platform.drop_cache(target)
            content = digest(target, cancel) if from_disk else receiving.content(cancel)
            return os.fstat(target), content
        except BaseException:
            _take_back(target, dst, tmp)
            raise
    finally:
        os.close(target)


class _Receiving:
    """Writes to a new file at any offset, by several threads, and hashes what it writes in the file's order.

    What comes before its turn is held for it, up to a bound; past that it is read back from the file in the end. What is whole from
    the beginning on is meanwhile sent to the disk, so that the end need not wait for all of it.
    """

    def __init__(self, fd: int, *, hashing: bool) -> None:
        self._fd = fd
        self._hashing = hashing
        self._changed = Condition()
        self._held: dict[int, bytes | memoryview] = {}
        self._holding = 0
        self._ends: dict[int, int] = {}
        self._ready = 0
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
        self._held.clear()

    def write_at(self, offset: int, chunk: bytes | memoryview) -> None:
        """Write all of `chunk`, which may be kept for a while."""
        left, at = memoryview(chunk), offset
        while left:
            count = os.pwrite(self._fd, left[:_PIECE], at)
            at += count
            left = left[count:]
        with self._changed:
            self._ends[offset] = at
            if self._hashing and offset >= self._hashed and (offset == self._hashed or self._holding < _HELD):
                self._held[offset] = chunk
                self._holding += len(chunk)
            while (end := self._ends.pop(self._ready, None)) is not None:
                self._ready = end
            while (next_chunk := self._held.pop(self._hashed, None)) is not None:
                self._hasher.update(next_chunk)
                self._hashed += len(next_chunk)
                self._holding -= len(next_chunk)
            if self._writer is None and self._ready >= _SETTLE:
                self._writer = Thread(target=self._follow, daemon=True)
                self._writer.start()
            self._changed.notify_all()

    def content(self, cancel: Cancel | None) -> str:
        """Return the content hash; what could not be hashed as it came is read back now."""
        os.lseek(self._fd, self._hashed, os.SEEK_SET)
        buffer = memoryview(bytearray(CHUNK))
        while count := _read(self._fd, buffer):
            if cancel is not None and cancel():
                raise OSError(errno.ECANCELED, "was interrupted")
            self._hasher.update(buffer[:count])
        return f"xxh3:{self._hasher.hexdigest()}"

    def _follow(self) -> None:
        """Send to the disk what is whole from the beginning on, as it grows."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._ready - self._sent >= _SETTLE)
                if self._over:
                    return
                start, self._sent = self._sent, self._ready
            platform.start_writing(self._fd, start, self._sent - start)


def _fill(source: int, target: int, how: str, progress: Progress | None, cancel: Cancel | None) -> str:
    before = os.fstat(source)
    if _shared(source, target, how):
        expected = ""
        if progress:
            progress(before.st_size)
    else:
        expected = _copied(source, target, before.st_size, progress, cancel)
    _dress(source, target, before)
    platform.sync_data(target)
    platform.drop_cache(target)
    content = digest(target, cancel)
    after = os.fstat(source)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(errno.ESTALE, "changed while it was being copied")
    if (expected and content != expected) or os.fstat(target).st_size != before.st_size:
        raise OSError(errno.EIO, "the copy, read back from the disk, differs from what was read")
    return content


def _shared(source: int, target: int, how: str) -> bool:
    """Say whether the target now shares the source's blocks; where it must and cannot, raise OSError."""
    try:
        platform.clone(source, target)
    except OSError:
        if how == "reflink":
            raise
        return False
    return True


def _copied(source: int, target: int, size: int, progress: Progress | None, cancel: Cancel | None) -> str:
    hasher = xxhash.xxh3_128()
    end = 0
    for offset, chunk in _chunks(source, cancel):
        hasher.update(chunk)
        if chunk.obj is not _ZEROS.obj:
            os.lseek(target, offset, os.SEEK_SET)
            _write(target, chunk)
        end = offset + len(chunk)
        if progress:
            progress(len(chunk))
    if end != size:
        raise OSError(errno.ESTALE, "changed while it was being copied")
    os.ftruncate(target, size)
    return f"xxh3:{hasher.hexdigest()}"


def _chunks(fd: int, cancel: Cancel | None) -> Iterator[tuple[int, memoryview]]:
    """Yield (offset, bytes) from the start to the end; a hole comes as slices of `_ZEROS`. The bytes hold until the next step."""
    buffer = memoryview(bytearray(CHUNK))
    for start, end, hole in _stretches(fd):
        offset = start
        if not hole:
            os.lseek(fd, start, os.SEEK_SET)
        while offset < end:
            if cancel is not None and cancel():
                raise OSError(errno.ECANCELED, "was interrupted")
            room = min(CHUNK, end - offset)
            count = room if hole else _read(fd, buffer[:room])
            if not count:
                return
            yield offset, (_ZEROS if hole else buffer)[:count]
            offset += count


def _stretches(fd: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is it a hole) over a whole file; where holes are not told, it is one stretch of data."""
    seen = os.fstat(fd)
    size = seen.st_size
    if getattr(seen, "st_blocks", 0) * 512 >= size or not hasattr(os, "SEEK_DATA"):
        yield 0, size, False
        return
    at = 0
    while at < size:
        try:
            data = platform.next_data(fd, at)
        except OSError:
            yield at, size, False
            return
        start, end = (min(data[0], size), min(data[1], size)) if data else (size, size)
        if start > at:
            yield at, start, True
        if end > start:
            yield start, end, False
        at = max(end, start)


def _read(fd: int, room: memoryview) -> int:
    if hasattr(os, "readv"):
        return os.readv(fd, [room])
    got = os.read(fd, len(room))
    room[: len(got)] = got
    return len(got)


def _write(fd: int, chunk: memoryview) -> None:
    while chunk:
        chunk = chunk[os.write(fd, chunk[:_PIECE]) :]


def _dress(source: int, target: int, seen: os.stat_result) -> None:
    """Give the copy the source's owner, extended attributes, mode and times, as far as this process may."""
    mode = stat.S_IMODE(seen.st_mode)
    if hasattr(os, "fchown"):
        _own(target, seen)
        mine = os.fstat(target)
        if (mine.st_uid, mine.st_gid) != (seen.st_uid, seen.st_gid):
            # Another owner's programs must not run with the rights of this one.
            mode &= ~(stat.S_ISUID | stat.S_ISGID)
    platform.copy_attributes(source, target)
    if hasattr(os, "fchmod"):
        with _as_far_as_allowed():
            os.fchmod(target, mode)
    if os.utime in os.supports_fd:
        os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _own(target: int, seen: os.stat_result) -> None:
    """Give the file its owner and group, or at least its group; not allowed is not an error."""
    with _as_far_as_allowed():
        os.fchown(target, -1, seen.st_gid)
    with _as_far_as_allowed():
        os.fchown(target, seen.st_uid, -1)


@contextlib.contextmanager
def _as_far_as_allowed() -> Iterator[None]:
    """Pass over what this process may not set, or the file system cannot hold; a broken disk is not passed over."""
    try:
        yield
    except OSError as trouble:
        if trouble.errno not in platform.MAY_NOT:
            raise


def _take_back(target: int, folder: Folder, name: str) -> None:
    with contextlib.suppress(OSError):
        found = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
        if os.path.samestat(found, os.fstat(target)):
            os.unlink(folder.base + name, dir_fd=folder.fd)
