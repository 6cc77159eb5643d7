"""The system calls a command makes, as strace tells them, and which of them are points to kill or fail it at."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHANGING = frozenset({
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat",
    "mkdir", "mkdirat", "rmdir", "open", "openat", "write", "pwrite64", "writev", "pwritev", "copy_file_range", "sendfile",
    "truncate", "ftruncate", "fallocate", "fsync", "fdatasync", "syncfs", "sync_file_range", "utimensat",
    "setxattr", "lsetxattr", "fsetxattr", "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "ioctl", "flock",
})  # fmt: skip
"""Calls that change or sync something. Of opens only those to write, of ioctl only what shares blocks."""

READING = frozenset({
    "open", "openat", "newfstatat", "fstat", "lstat", "statx", "statfs", "fstatfs", "getdents64", "read", "pread64", "readv",
    "lseek", "getxattr", "fgetxattr", "flistxattr", "readlink", "readlinkat",
})  # fmt: skip
"""Calls that a broken disk fails too."""

_LINE = re.compile(r"^\d+\s+(\w+)\((.*)$")
_FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_SHARE_BLOCKS = "FICLONE"
_UNUSED_FOLDER = re.compile(r'<[^>]*>(?=, "/)')


@dataclass(frozen=True)
class Call:
    """The `nth` call of this name (from 1), and what strace says of it."""

    name: str
    nth: int
    told: str

    @property
    def changes(self) -> bool:
        if self.name not in CHANGING:
            return False
        if self.name in ("openat", "open"):
            return _FOR_WRITING.search(self.told) is not None
        return self.name != "ioctl" or _SHARE_BLOCKS in self.told


def touches(told: str, places: list[str]) -> bool:
    """Say whether a call touches any of `places`. The folder that strace tells beside an absolute path plays no part in it."""
    told = _UNUSED_FOLDER.sub("", told)
    return any(place in told for place in places)


def calls_in(log: Path, places: list[str]) -> list[Call]:
    """Return the calls of a trace that touch any of `places` (paths as text), in order; the numbers count all of a name."""
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match:
            name, told = match.groups()
            seen[name] += 1
            if touches(told, places):
                found.append(Call(name, seen[name], told))
    return found
