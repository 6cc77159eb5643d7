"""List every file below a folder with its SHA-256, size and mode, so that two moments can be compared with `diff`.

python examples/inventory.py DIR > before.txt
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator


def lines(folder: str) -> Iterator[str]:
    """Yield a line an item, sorted by path: digest or kind, permissions, modification time (ns), path; reshelve's own left out."""
    for rel in sorted(_items(folder, "")):
        path = os.path.join(folder, rel)
        seen = os.lstat(path)
        if stat.S_ISLNK(seen.st_mode):
            what = f"link {os.readlink(path)!r}"
        elif stat.S_ISDIR(seen.st_mode):
            what = "folder"
        else:
            with open(path, "rb") as file:
                what = hashlib.file_digest(file, "sha256").hexdigest()
        yield f"{what} {seen.st_mode & 0o7777:o} {seen.st_mtime_ns} {rel!r}"


def _items(folder: str, below: str) -> Iterator[str]:
    with os.scandir(os.path.join(folder, below)) as entries:
        for entry in entries:
            if entry.name.startswith(".reshelve"):
                continue
            rel = os.path.join(below, entry.name)
            yield rel
            if entry.is_dir(follow_symlinks=False):
                yield from _items(folder, rel)


if __name__ == "__main__":
    for line in lines(sys.argv[1]):
        print(line)
