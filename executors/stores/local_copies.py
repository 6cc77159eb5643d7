"""Copying one file so that nothing of it is lost on the way: shared blocks or real ones, holes kept, read back from the disk."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator

import xxhash

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.open_folders import Folder
from reshelve.executors.platforms.refused_attributes import Passing
from reshelve.executors.stores import content_sums
from reshelve.schemas.inventory import TAIL

CHUNK = 1 << 20
PIECE = 32 << 10
"""How much is written at once. For more than eight pages (its PAGE_ALLOC_COSTLY_ORDER) Linux may tidy up its memory first, which
was seen to make writing to ext4 six times as slow."""
_ZEROS = memoryview(bytes(CHUNK))

Progress = Callable[[int], None]
Cancel = Callable[[], bool]


def open_file(folder: Folder, name: str) -> int:
    """Open a regular file for reading. Raises OSError for anything else, a symbolic link included."""
    fd = os.open(folder.base + name, system_calls.READ, dir_fd=folder.fd)
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


def tail_digest(fd: int) -> str:
    """Return the hash of the last `TAIL` bytes of an open file: "xxh3:" and 32 hex digits."""
    left = TAIL
    at = max(os.fstat(fd).st_size - left, 0)
    hasher = xxhash.xxh3_128()
    while left > 0 and (chunk := os.pread(fd, left, at)):
        hasher.update(chunk)
        at, left = at + len(chunk), left - len(chunk)
    return f"xxh3:{hasher.hexdigest()}"


def checksum(fd: int, kind: str) -> str:
    """Return the sum of that kind of an open file (`content_sums`)."""
    return content_sums.checksum(kind, os.fstat(fd).st_size, (chunk for _, chunk in _chunks(fd, None)))


def copy_new(
    src: Folder,
    name: str,
    dst: Folder,
    tmp: str,
    *,
    how: str,
    may: Passing,
    progress: Progress | None,
    cancel: Cancel | None,
    telling: Callable[[os.stat_result], bool] = lambda _: False,
) -> tuple[os.stat_result, str]:
    """Copy file `name` of `src` to the new file `tmp` of `dst`; return what stands there and its content hash.

    When it returns, data and attributes are on the disk and the content was read back and found equal; `may` passes over what
    cannot be set. `telling` says whether the source's change time tells its changes. When it raises OSError there is no `tmp` of
    ours: ESTALE if the source changed meanwhile, ECANCELED if `cancel` said so, EIO if the copy differs.
    """
    source = open_file(src, name)
    try:
        with new_file(dst, tmp, 0o600) as target:
            before = os.fstat(source)
            content = _fill(source, target, before, how, may, progress, cancel)
            after = os.fstat(source)
            touched = before.st_ctime_ns != after.st_ctime_ns and before.st_nlink == after.st_nlink == 1 and telling(after)
            if touched or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise OSError(errno.ESTALE, "changed while it was being copied")
            return os.fstat(target), content
    finally:
        os.close(source)


def write_new(content: bytes, dst: Folder, tmp: str) -> os.stat_result:
    """Write `content` to the new file `tmp`, synced, with the mode the umask leaves. When it raises there is no `tmp` of ours."""
    with new_file(dst, tmp) as target:
        _write(target, memoryview(content))
        system_calls.sync_data(target)
        return os.fstat(target)


@contextlib.contextmanager
def new_file(folder: Folder, name: str, mode: int = 0o666) -> Iterator[int]:
    """Give a new file, open for reading and writing. Whatever is raised meanwhile takes it away again, if it is still ours."""
    target = os.open(folder.base + name, system_calls.CREATE, mode, dir_fd=folder.fd)
    try:
        yield target
    except BaseException:
        _take_back(target, folder, name)
        raise
    finally:
        os.close(target)


def _fill(
    source: int, target: int, before: os.stat_result, how: str, may: Passing, progress: Progress | None, cancel: Cancel | None
) -> str:
    if _shared(source, target, how):
        expected = ""
        if progress:
            progress(before.st_size)
    else:
        expected = _copied(source, target, before.st_size, progress, cancel)
    _dress(source, target, before, may)
    system_calls.sync_data(target)
    system_calls.drop_cache(target)
    content = digest(target, cancel)
    if (expected and content != expected) or os.fstat(target).st_size != before.st_size:
        raise OSError(errno.EIO, "the copy, read back from the disk, differs from what was read")
    return content


def _shared(source: int, target: int, how: str) -> bool:
    """Say whether the target now shares the source's blocks; where it must and cannot, raise OSError."""
    try:
        system_calls.clone(source, target)
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
    buffer = memoryview(bytearray(0))
    for start, end, hole in _stretches(fd):
        if not hole and len(buffer) < min(CHUNK, end - start):
            # A fresh mebibyte costs more than reading a small file.
            buffer = memoryview(bytearray(min(CHUNK, end - start)))
        offset = start
        if not hole:
            os.lseek(fd, start, os.SEEK_SET)
        while offset < end:
            if cancel is not None and cancel():
                raise OSError(errno.ECANCELED, "was interrupted")
            room = min(CHUNK if hole else len(buffer), end - offset)
            count = room if hole else read(fd, buffer[:room])
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
            data = system_calls.next_data(fd, at)
        except OSError:
            yield at, size, False
            return
        start, end = (min(data[0], size), min(data[1], size)) if data else (size, size)
        if start > at:
            yield at, start, True
        if end > start:
            yield start, end, False
        at = max(end, start)


def read(fd: int, room: memoryview) -> int:
    """Read into `room`; return how many bytes, 0 at the end."""
    if hasattr(os, "readv"):
        return os.readv(fd, [room])
    got = os.read(fd, len(room))
    room[: len(got)] = got
    return len(got)


def _write(fd: int, chunk: memoryview) -> None:
    while chunk:
        chunk = chunk[os.write(fd, chunk[:PIECE]) :]


def _dress(source: int, target: int, seen: os.stat_result, may: Passing) -> None:
    """Give the copy the source's owner, extended attributes, mode and times, as far as this process may."""
    mode = stat.S_IMODE(seen.st_mode)
    if hasattr(os, "fchown"):
        _own(target, seen, may)
        mine = os.fstat(target)
        if (mine.st_uid, mine.st_gid) != (seen.st_uid, seen.st_gid):
            # Another owner's programs must not run with the rights of this one.
            mode &= ~(stat.S_ISUID | stat.S_ISGID)
    refused = system_calls.copy_attributes(source, target)
    if refused is not None:
        with may("extended attributes"):
            raise refused
    if hasattr(os, "fchmod"):
        with may("modes"):
            system_calls.set_mode(target, mode)
    if os.utime in os.supports_fd:
        with may("times"):
            os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _own(target: int, seen: os.stat_result, may: Passing) -> None:
    """Give the file its owner and group, or at least its group; not allowed is not an error."""
    mine = os.fstat(target)
    if mine.st_gid != seen.st_gid:
        with may("owners"):
            os.fchown(target, -1, seen.st_gid)
    if mine.st_uid != seen.st_uid:
        with may("owners"):
            os.fchown(target, seen.st_uid, -1)


def _take_back(target: int, folder: Folder, name: str) -> None:
    with contextlib.suppress(OSError):
        found = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
        if os.path.samestat(found, os.fstat(target)):
            os.unlink(folder.base + name, dir_fd=folder.fd)
