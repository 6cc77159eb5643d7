"""Trash folders in the working tree of a git repository: git is to leave them alone, by a `.gitignore` of their own.

What stands in the file is `*`, so that git shows neither the folder nor the file. It is part of the trash folder: made with it,
and gone with it. A kill may leave the folder without it, or the file empty: the next use or removal of the folder puts that right.
"""

import contextlib
import os
import stat
from collections.abc import Collection

from reshelve.executors.platforms.open_folders import Folder

IGNORE = ".gitignore"
_ALL = b"*\n"


def in_working_tree(path: str) -> bool:
    """Say whether a folder lies in the working tree of a git repository: there is a `.git` in it, or in one above it."""
    at = os.path.realpath(path)
    while not os.path.lexists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return False
        at = above
    return True


def ignore(trash: Folder) -> None:
    """Let git ignore an open trash folder. May run twice. Where that cannot be (a full disk), nothing else is stopped by it."""
    with contextlib.suppress(OSError):
        there = _seen(trash)
        if there is not None and (not stat.S_ISREG(there.st_mode) or there.st_size):
            return
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        file = os.open(trash.base + IGNORE, flags, 0o600, dir_fd=trash.fd)
        try:
            os.write(file, _ALL)
        finally:
            os.close(file)


def clear(trash: Folder, names: Collection[str]) -> bool:
    """Remove the file of `ignore` where it alone is left of the `names` in a trash folder; say whether it did. Raises OSError."""
    there = _seen(trash)
    if {*names} != {IGNORE} or there is None or not stat.S_ISREG(there.st_mode) or there.st_size > len(_ALL):
        return False
    os.unlink(trash.base + IGNORE, dir_fd=trash.fd)
    return True


def _seen(trash: Folder) -> os.stat_result | None:
    try:
        return os.stat(trash.base + IGNORE, dir_fd=trash.fd, follow_symlinks=False)
    except FileNotFoundError:
        return None
