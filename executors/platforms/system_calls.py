"""What differs between Linux, macOS and Windows, and nothing else: no-replace rename, sharing blocks, syncing, mounts.

Folders are given as descriptors; on Windows, which has none, `AT_CWD` stands for them and names are full paths.
"""

import contextlib
import ctypes
import errno
import os
import re
import stat
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import xxhash

from reshelve.schemas.locations import TEMPORARY, is_own

DIR_FDS = sys.platform != "win32"
"""Whether verbs can work relative to an open folder, so that nothing swapped in on the way can lead them astray."""

AT_CWD = -2 if sys.platform == "darwin" else -100
O_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
FOLDER = getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | O_NOFOLLOW | getattr(os, "O_CLOEXEC", 0)
READ = os.O_RDONLY | O_NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | O_NOFOLLOW | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
_NO_FLAG = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_NO_LINK = frozenset({errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EINVAL})
MAY_NOT = _NO_FLAG | {errno.EPERM, errno.EACCES}
"""What a system call answers that this process may not use, or this file system does not know."""
_CANNOT_HOLD = _NO_FLAG | {errno.EPERM, errno.EACCES, errno.E2BIG, errno.ERANGE, errno.ENOSPC, errno.ENODATA}
_SYSCALL = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "i686": 353, "armv7l": 382, "ppc64le": 357, "s390x": 347}
"""The number of renameat2 by machine, for C libraries that lack the function."""
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None


def _native() -> tuple[Callable[..., int] | None, int]:
    """Return the system's rename that refuses to replace, and the flag that asks for it."""
    if sys.platform == "darwin":
        return getattr(_LIBC, "renameatx_np", None), 4
    if sys.platform != "linux":
        return None, 0
    direct = getattr(_LIBC, "renameat2", None)
    if direct is not None:
        return direct, 1
    number = _SYSCALL.get(os.uname().machine)
    syscall = getattr(_LIBC, "syscall", None)
    if number is None or syscall is None:
        return None, 0
    return lambda *args: int(syscall(number, *args)), 1


_RENAME, _EXCLUSIVE = _native()


def rename_new(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
    """Rename `src` to `dst`, never replacing, in one step. FileExistsError where `dst` is taken; names hold no NUL.

    Where the file system does not know how, `rename_by_link` is used and its weaker promises hold.
    """
    if _RENAME is None:
        if sys.platform == "win32":
            os.rename(src, dst)
        else:
            rename_by_link(src_dir, src, dst_dir, dst)
        return
    code = errno.EINTR
    while code == errno.EINTR:
        if _RENAME(src_dir, src.encode(_ENCODING, _ERRORS), dst_dir, dst.encode(_ENCODING, _ERRORS), _EXCLUSIVE) == 0:
            return
        code = ctypes.get_errno()
    if code not in _NO_FLAG:
        raise OSError(code, os.strerror(code), src, None, dst)
    rename_by_link(src_dir, src, dst_dir, dst)


def rename_by_link(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
    """Rename without replacing where the system has no such rename. Still never replaces anything that held content.

    A file gets its new name by a hard link and then loses the old one: killed between, it has both, or the second of them as
    `way_of` the first. Where there are no hard links, and for folders, `dst` is first reserved by an empty placeholder of our own,
    which the rename then replaces: killed between, the placeholder stays until `recover` clears it; and a writer who opens the
    placeholder by name in that instant writes to a file that is gone, as is what somebody renames over it just then. A free name
    of reshelve's own needs none of that: nobody else takes it.
    """
    seen = os.stat(src, dir_fd=src_dir, follow_symlinks=False)
    if is_own(os.path.basename(dst)) and not _stands(dst_dir, dst):
        os.rename(src, dst, src_dir_fd=src_dir, dst_dir_fd=dst_dir)
        return
    if stat.S_ISDIR(seen.st_mode):
        os.mkdir(dst, 0o700, dir_fd=dst_dir)
        _over_placeholder(src_dir, src, dst_dir, dst, lambda: os.rmdir(dst, dir_fd=dst_dir))
        return
    try:
        link(src_dir, src, dst_dir, dst)
    except OSError as trouble:
        if trouble.errno not in _NO_LINK:
            raise
        rename_by_reserving(src_dir, src, dst_dir, dst)
        return
    try:
        if not os.path.samestat(seen, os.stat(src, dir_fd=src_dir, follow_symlinks=False)):
            raise OSError(errno.ESTALE, "was replaced while it was being renamed", src)
        _remove_one_name(src_dir, src, [seen])
    except OSError:
        # What was linked is what was seen, or what came to stand there just after that, and stands there still.
        linked = [seen]
        with contextlib.suppress(FileNotFoundError):
            linked.append(os.stat(src, dir_fd=src_dir, follow_symlinks=False))
        _remove_one_name(dst_dir, dst, linked)
        raise


def way_of(name: str) -> str:
    """Return the name of reshelve's own, in the same folder, that a further name of a file goes by way of before it is removed."""
    folder, base = os.path.split(name)
    return os.path.join(folder, f"{TEMPORARY}way.{xxhash.xxh32_hexdigest(os.fsencode(base))}.back")


def _remove_one_name(folder: int, name: str, of: Sequence[os.stat_result]) -> None:
    """Remove a name of one of these files, which has another. Raises OSError(ESTALE), and leaves it, where it is another's by now.

    Between a look at a name and its removal somebody may put something else there. So it is brought away first, and looked at once
    nobody finds it any more; what is somebody's gets its name back, or where that is taken again stays where it was brought.
    """
    if is_own(os.path.basename(name)):
        os.unlink(name, dir_fd=folder)
        return
    way = way_of(name)
    if _stands(folder, way):
        raise FileExistsError(errno.EEXIST, "is left of a run that was cut short", way)
    os.rename(name, way, src_dir_fd=folder, dst_dir_fd=folder)
    try:
        there = os.stat(way, dir_fd=folder, follow_symlinks=False)
        if any(os.path.samestat(there, one) for one in of):
            os.unlink(way, dir_fd=folder)
            return
    except OSError:
        # What is not removed gets its name back, where nobody has that by now.
        with contextlib.suppress(OSError):
            rename_by_link(folder, way, folder, name)
        raise
    why = "was replaced while it was being renamed"
    try:
        rename_by_link(folder, way, folder, name)
    except FileExistsError:
        why += f", and its name is taken again: what was there is called {os.path.basename(way)} now"
    raise OSError(errno.ESTALE, why, name)


def _stands(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def rename_by_reserving(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
    """Rename a file over an empty placeholder made for it: for file systems with neither no-replace rename nor hard links."""
    holder = os.open(dst, CREATE, 0o600, dir_fd=dst_dir)
    try:
        mine = os.fstat(holder)

        def give_up() -> None:
            found = os.stat(dst, dir_fd=dst_dir, follow_symlinks=False)
            if os.path.samestat(mine, found) and found.st_size == 0:
                os.unlink(dst, dir_fd=dst_dir)

        found = os.stat(dst, dir_fd=dst_dir, follow_symlinks=False)
        if not os.path.samestat(mine, found) or found.st_size:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), dst)
        _over_placeholder(src_dir, src, dst_dir, dst, give_up)
    finally:
        os.close(holder)


def reserves(folder: int, name: str, *, folders: bool = False) -> bool:
    """Say whether `rename_new` within this folder has to reserve the names of files, or of `folders`, by placeholders.

    Tried with a file of our own at `name`.
    """
    if _RENAME is None and sys.platform == "win32":
        return False
    with contextlib.suppress(FileExistsError):
        os.close(os.open(name, CREATE, 0o600, dir_fd=folder))
    other = name + "2"
    try:
        if _RENAME is not None:
            if _RENAME(folder, name.encode(_ENCODING, _ERRORS), folder, other.encode(_ENCODING, _ERRORS), _EXCLUSIVE) == 0:
                return False
            if ctypes.get_errno() not in _NO_FLAG:
                return False
        if folders:
            return True
        try:
            link(folder, name, folder, other)
        except OSError as trouble:
            return trouble.errno in _NO_LINK
        return False
    finally:
        for one in (name, other):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(one, dir_fd=folder)


def _over_placeholder(src_dir: int, src: str, dst_dir: int, dst: str, give_up: Callable[[], None]) -> None:
    try:
        os.rename(src, dst, src_dir_fd=src_dir, dst_dir_fd=dst_dir)
    except OSError:
        with contextlib.suppress(OSError):
            give_up()
        raise


def link(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
    """Give `src` itself (a symbolic link is not followed) the further name `dst`."""
    if os.link in os.supports_follow_symlinks:
        os.link(src, dst, src_dir_fd=src_dir, dst_dir_fd=dst_dir, follow_symlinks=False)
    else:
        os.link(src, dst)


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

    Return why the first of those was that a person may have given (`user.…`); attributes of the system's own go without saying.

    ext4 answers ENOSPC for more of them than it has a block for: OSError is raised for it where the disk itself is full.
    """
    refused: OSError | None = None
    if sys.platform == "linux":
        try:
            names = os.listxattr(source)
        except OSError as trouble:
            if trouble.errno not in _CANNOT_HOLD:
                raise
            return None
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
        copy = getattr(_LIBC, "fcopyfile", None)
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
    sync = getattr(_LIBC, "syncfs", None)
    if sys.platform != "linux" or sync is None:
        return False
    while sync(fd) != 0:
        code = ctypes.get_errno()
        if code != errno.EINTR:
            raise OSError(code, os.strerror(code))
    return True


def start_writing(fd: int, offset: int, count: int) -> None:
    """Ask the system to begin writing this stretch of a file to the disk, without waiting for it. It is no sync."""
    begin = getattr(_LIBC, "sync_file_range", None)
    if sys.platform == "linux" and begin is not None:
        begin(fd, ctypes.c_int64(offset), ctypes.c_int64(count), 2)


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


@dataclass(slots=True, frozen=True)
class Mount:
    """One mounted file system: where, its type, its source (a device, a server's export), and its device as "major:minor"."""

    point: str
    kind: str
    source: str
    device: str


_ESCAPED = re.compile(r"\\([0-7]{3})")


def mounts() -> list[Mount]:
    """Return what is mounted, oldest first where the system says so; empty where it does not say (only Linux does)."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
            return parse_mounts(table.read())
    except OSError:
        return []


def parse_mounts(table: str) -> list[Mount]:
    """Read the text of /proc/self/mountinfo (its form: proc(5))."""
    found = []
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        parts, rest = before.split(" "), after.split(" ")
        if len(parts) > 4 and len(rest) > 1:
            found.append(Mount(_unescape(parts[4]), rest[0], _unescape(rest[1]), parts[2]))
    return found


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 8)), text)


def longest_path(path: str) -> int:
    """Return the bytes that a whole path may have, as the system says of this folder; what Linux takes where it does not say."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        # It counts the NUL at the end.
        return os.pathconf(path, "PC_PATH_MAX") - 1
    return 4095


def volume_uuid(path: str) -> str:
    """Return the volume's own UUID as macOS knows it (getattrlist, ATTR_VOL_UUID), or "" elsewhere."""
    if sys.platform == "darwin":
        ask = getattr(_LIBC, "getattrlist", None)
        answer = ctypes.create_string_buffer(20)
        wanted = struct.pack("=HHIIIII", 5, 0, 0, 0x80000000 | 0x00040000, 0, 0, 0)
        if ask is not None and ask(os.fsencode(path), wanted, answer, ctypes.c_size_t(20), 0) == 0:
            return answer.raw[4:20].hex()
    return ""


def volume_kind(path: str) -> str:
    """Return the type of the file system a path lies on as macOS names it (statfs, f_fstypename: "apfs"), or "" elsewhere."""
    if sys.platform == "darwin":
        # Intel kept the old form of the answer under the plain name. In the new one the type stands at 72, 16 bytes long.
        ask = getattr(_LIBC, "statfs$INODE64", None) or getattr(_LIBC, "statfs", None)
        answer = ctypes.create_string_buffer(4096)
        if ask is not None and ask(os.fsencode(path), answer) == 0:
            name = answer.raw[72:88].partition(b"\0")[0]
            return name.decode() if name.isalnum() and name.isascii() else ""
    return ""
