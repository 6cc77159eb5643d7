"""A tree as it stands: everything an undo must bring back."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import xxhash


@dataclass(frozen=True)
class Standing:
    """One thing in a tree. `twins` are the other names of the same file inside the tree; folders' times are kept apart."""

    kind: str
    mode: int
    mtime_ns: int
    content: str
    twins: tuple[str, ...] = ()


def snapshot(root: Path, *, folder_times: bool = True) -> dict[str, Standing]:
    """Return everything below `root` by path: kind, mode, mtime, content, hard links; reshelve's lock files left out."""
    names: dict[int, list[str]] = {}
    found: dict[str, tuple[os.stat_result, str]] = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            rel = os.path.relpath(path, root)
            info = os.lstat(path)
            found[rel] = (info, path)
            if stat.S_ISREG(info.st_mode) and info.st_nlink > 1:
                names.setdefault(info.st_ino, []).append(rel)
    return {rel: _standing(info, path, names.get(info.st_ino, []), folder_times) for rel, (info, path) in sorted(found.items())}


def contents(*roots: Path) -> list[str]:
    """Return the content hash of every regular file below the roots, sorted: what must never shrink."""
    return sorted(one.content for root in roots for one in snapshot(root).values() if one.kind == "file")


def difference(before: dict[str, Standing], after: dict[str, Standing]) -> list[str]:
    """Return what differs between two trees, a line each."""
    lines = [f"gone: {rel}" for rel in before.keys() - after.keys()] + [f"new: {rel}" for rel in after.keys() - before.keys()]
    lines += [f"{rel}: {before[rel]} -> {after[rel]}" for rel in before.keys() & after.keys() if before[rel] != after[rel]]
    return sorted(lines)


def _standing(info: os.stat_result, path: str, twins: list[str], folder_times: bool) -> Standing:
    mode = stat.S_IMODE(info.st_mode)
    if stat.S_ISLNK(info.st_mode):
        return Standing("link", mode, info.st_mtime_ns, os.readlink(path))
    if stat.S_ISDIR(info.st_mode):
        return Standing("dir", mode, info.st_mtime_ns if folder_times else 0, "")
    with open(path, "rb") as file:
        digest = xxhash.xxh3_128_hexdigest(file.read())
    return Standing("file", mode, info.st_mtime_ns, digest, tuple(sorted(twins)))
