"""The system calls a command makes, as strace tells them, and which of them are points to kill or fail it at."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHANGING = (
    "rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat rmdir symlink symlinkat write pwrite64 writev pwritev "
    "fsync fdatasync syncfs sync sync_file_range copy_file_range sendfile utimensat setxattr fsetxattr lsetxattr chmod fchmod "
    "fchmodat chown fchown fchownat lchown truncate ftruncate fallocate ioctl flock openat open"
).split()
"""Calls that change or sync something, or open something to be written."""

READING = "openat newfstatat fstat statx lstat read pread64 readv getdents64 lseek statfs fstatfs getxattr fgetxattr flistxattr readlink".split()
"""Calls that a broken disk fails too."""

_LINE = re.compile(r"^\d+\s+(\w+)\((.*)$")
_FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_SHARE_BLOCKS = "FICLONE"


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


def calls_in(log: Path, places: list[str]) -> list[Call]:
    """Return the calls of a trace that touch any of `places` (paths as text), in order; the numbers count all of a name."""
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match:
            name, told = match.groups()
            seen[name] += 1
            if any(place in told for place in places):
                found.append(Call(name, seen[name], told))
    return found
