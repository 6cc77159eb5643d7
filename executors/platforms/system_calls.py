"""What differs between Linux, macOS and Windows, and nothing else: no-replace rename, sharing blocks, syncing, mounts.

Folders are given as descriptors; on Windows, which has none, `AT_CWD` stands for them and names are full paths.
"""

import contextlib
import ctypes
import errno
import os
import stat
import struct
import sys

DIR_FDS = sys.platform != "win32"
"""Whether verbs can work relative to an open folder, so that nothing swapped in on the way can lead them astray."""

AT_CWD = -2 if sys.platform == "darwin" else -100
O_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
FOLDER = getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | O_NOFOLLOW | getattr(os, "O_CLOEXEC", 0)
READ = os.O_RDONLY | O_NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | O_NOFOLLOW | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

NO_FLAG = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
MAY_NOT = NO_FLAG | {errno.EPERM, errno.EACCES}
"""What a system call answers that this process may not use, or this file system does not know."""
_CANNOT_HOLD = NO_FLAG | {errno.EPERM, errno.EACCES, errno.E2BIG, errno.ERANGE, errno.ENOSPC, errno.ENODATA}
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None


def set_times(folder: int | None, name: str, atime_ns: int, mtime_ns: int) -> None:
    """Set both times of an item, not following a link."""
    if sys.platform == "win32":
        os.utime(name, ns=(atime_ns, mtime_ns))
    else:
        os.utime(name, ns=(atime_ns, mtime_ns), dir_fd=folder, follow_symlinks=False)


def set_folder_mode(folder: int | None, name: str, mode: int) -> None:
    """Set the permissions of a folder, not following a link. Raises NotADirectoryError for anything else."""
    if sys.platform != "linux":
        os.chmod(name, mode, dir_fd=folder, follow_symlinks=os.chmod not in os.supports_follow_symlinks)
        return
    # Linux has no chmod that refuses a link: the folder is opened, and where it may not be read, opened without reading it.
    readable = True
    try:
        fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | O_NOFOLLOW, dir_fd=folder)
    except PermissionError:
        readable = False
        fd = os.open(name, FOLDER, dir_fd=folder)
    try:
        set_mode(fd, mode & 0o7777, "" if readable else f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)


def set_mode(fd: int, mode: int, by: str = "") -> None:
    """Set the permissions of an open file or folder, through the name `by` where one is given."""
    # A file system that keeps no modes refuses even the one it shows.
    if stat.S_IMODE(os.fstat(fd).st_mode) == mode:
        return
    if by:
        os.chmod(by, mode)
    else:
        os.fchmod(fd, mode)


def clone(source: int, target: int) -> None:
    """Make the empty file `target` share the blocks of `source`. OSError where the file system cannot."""
    if sys.platform == "linux":
        import fcntl

        fcntl.ioctl(target, 0x40049409, source)
    else:
        raise OSError(errno.ENOTSUP, "sharing blocks is not supported here")


def next_data(fd: int, offset: int) -> tuple[int, int] | None:
    """Return (start, end) of the next stretch of data from `offset`, or None where only a hole is left. OSError if unknown."""
    if not hasattr(os, "SEEK_DATA"):
        raise OSError(errno.EINVAL, "holes cannot be told here")
    try:
        start = os.lseek(fd, offset, os.SEEK_DATA)
    except OSError as trouble:
        if trouble.errno == errno.ENXIO:
            return None
        raise
    return start, os.lseek(fd, start, os.SEEK_HOLE)


def copy_attributes(source: int, target: int) -> OSError | None:
    """Copy the extended attributes that the target can hold and this process may set; the others are left out.

    Return why the first of those was that a person may have given (`user.…`), or why none could be listed; attributes of the
    system's own go without saying.

    ext4 answers ENOSPC for more of them than it has a block for: OSError is raised for it where the disk itself is full.
    """
    refused: OSError | None = None
    if sys.platform == "linux":
        try:
            names = os.listxattr(source)
        except OSError as trouble:
            if trouble.errno not in _CANNOT_HOLD:
                raise
            # Which there are cannot be told then: a person may have given some.
            hidden = trouble.errno in (errno.EACCES, errno.EPERM)
            return OSError(errno.EOPNOTSUPP, trouble.strerror) if hidden else None
        for name in names:
            try:
                os.setxattr(target, name, os.getxattr(source, name))
            except OSError as trouble:
                full = trouble.errno == errno.ENOSPC and not os.fstatvfs(target).f_bavail
                if full or trouble.errno not in _CANNOT_HOLD:
                    raise
                if name.startswith("user."):
                    refused = refused or OSError(errno.EOPNOTSUPP, trouble.strerror)
    elif sys.platform == "darwin":
        copy = getattr(LIBC, "fcopyfile", None)
        if copy is not None:
            copy(source, target, None, 1 | 4)
    return refused


def open_direct(fd: int) -> int:
    """Open an open file once more, to write to it past the page cache; return -1 where that cannot be had. Linux."""
    flag = getattr(os, "O_DIRECT", 0)
    if not flag:
        return -1
    try:
        return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_CLOEXEC | flag)
    except OSError:
        return -1


def sync_data(fd: int) -> None:
    """Return once the file or folder is on the disk itself, past the drive's own cache where the system lets it be asked."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, 51)
        except OSError:
            os.fsync(fd)
    else:
        os.fsync(fd)


def sync_file_system(fd: int) -> bool:
    """Sync the whole file system that an open folder lies on; False where the system cannot sync just one."""
    sync = getattr(LIBC, "syncfs", None)
    if sys.platform != "linux" or sync is None:
        return False
    while sync(fd) != 0:
        code = ctypes.get_errno()
        if code != errno.EINTR:
            raise OSError(code, os.strerror(code))
    return True


def start_writing(fd: int, offset: int, count: int) -> None:
    """Ask the system to begin writing this stretch of a file to the disk, without waiting for it. It is no sync."""
    begin = getattr(LIBC, "sync_file_range", None)
    if sys.platform == "linux" and begin is not None:
        begin(fd, ctypes.c_int64(offset), ctypes.c_int64(count), 2)


def read_ahead(fd: int, offset: int, count: int) -> None:
    """Ask the system to begin reading this stretch of a file from the disk, without waiting for it."""
    if hasattr(os, "posix_fadvise"):
        try:
            os.posix_fadvise(fd, offset, count, os.POSIX_FADV_WILLNEED)
        except OSError:
            # It was no more than advice.
            return


def drop_cache(fd: int) -> None:
    """Ask the system to forget the cached content of a synced file, so that the next read comes from the disk."""
    with contextlib.suppress(OSError):
        if sys.platform == "linux":
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        elif sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(fd, 48, 1)


def folder_folds(path: str) -> bool | None:
    """Say whether the system marks this very folder as blind to case, or None where it does not say."""
    if sys.platform == "win32":
        return True
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):
            return os.pathconf(path, 11) == 0
        return None
    import fcntl

    with contextlib.suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | O_NOFOLLOW)
        try:
            flags = struct.unpack("l", fcntl.ioctl(fd, 0x80006601 | struct.calcsize("l") << 16, bytes(struct.calcsize("l"))))[0]
        finally:
            os.close(fd)
        return bool(flags & 0x40000000)
    return None


def longest_path(path: str) -> int:
    """Return the bytes that a whole path may have, as the system says of this folder; what Linux takes where it does not say."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        # It counts the NUL at the end.
        return os.pathconf(path, "PC_PATH_MAX") - 1
    return 4095
