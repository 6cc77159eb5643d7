"""Renames and links that never replace, and the ways round where the system or a file system has none.

Folders are given as descriptors; on Windows, which has none, `AT_CWD` stands for them and names are full paths.
"""

import contextlib
import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable, Sequence

import xxhash

from reshelve.executors.platforms.system_calls import CREATE, LIBC, NO_FLAG
from reshelve.schemas.locations import TEMPORARY, is_own

_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
_NO_LINK = frozenset({errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EINVAL})
_SYSCALL = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "i686": 353, "armv7l": 382, "ppc64le": 357, "s390x": 347}
"""The number of renameat2 by machine, for C libraries that lack the function."""


def _native() -> tuple[Callable[..., int] | None, int]:
    """Return the system's rename that refuses to replace, and the flag that asks for it."""
    if sys.platform == "darwin":
        return getattr(LIBC, "renameatx_np", None), 4
    if sys.platform != "linux":
        return None, 0
    direct = getattr(LIBC, "renameat2", None)
    if direct is not None:
        return direct, 1
    number = _SYSCALL.get(os.uname().machine)
    syscall = getattr(LIBC, "syscall", None)
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
    if code not in NO_FLAG:
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
            if ctypes.get_errno() not in NO_FLAG:
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
