"""What stands in the roots, in all that a run must keep: path, kind, mode, owner, mtime, content, attributes, inode."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xxhash

from reshelve.schemas.locations import LOCK

Inode = tuple[int, int]


@dataclass(frozen=True)
class Thing:
    """One thing. `inode` of a folder is (0, 0): a folder made again is as good as the first."""

    kind: str
    mode: int
    owner: tuple[int, int]
    mtime_ns: int
    content: str
    attributes: tuple[tuple[str, bytes], ...]
    inode: Inode


Standing = dict[str, Thing]


def look(roots: Mapping[str, Path]) -> Standing:
    """Return everything below the roots by "root:path"; lock files, which a dead process leaves, are left out."""
    found: Standing = {}
    for key, root in roots.items():
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                if name != LOCK:
                    path = os.path.join(folder, name)
                    found[f"{key}:{os.path.relpath(path, root)}"] = _thing(path)
    return found


def tops(roots: Mapping[str, Path]) -> Standing:
    """Return the folders of the roots themselves by "root:": lock files come and go in them."""
    return {f"{key}:": _thing(str(root)) for key, root in roots.items() if root.is_dir()}


def _thing(path: str) -> Thing:
    seen = os.lstat(path)
    mode, owner = stat.S_IMODE(seen.st_mode), (seen.st_uid, seen.st_gid)
    attributes = _attributes(path)
    if stat.S_ISDIR(seen.st_mode):
        return Thing("dir", mode, owner, seen.st_mtime_ns, "", attributes, (0, 0))
    inode = (seen.st_dev, seen.st_ino)
    if stat.S_ISLNK(seen.st_mode):
        return Thing("link", mode, owner, seen.st_mtime_ns, os.readlink(path), attributes, inode)
    with open(path, "rb") as file:
        return Thing("file", mode, owner, seen.st_mtime_ns, xxhash.xxh3_128_hexdigest(file.read()), attributes, inode)


def _attributes(path: str) -> tuple[tuple[str, bytes], ...]:
    try:
        names = sorted(os.listxattr(path, follow_symlinks=False))
    except OSError:  # this file system has none
        return ()
    return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names if name.startswith("user."))


def unlike(expected: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """Return what differs between two standings, a line each; empty when nothing does."""
    lines = [f"gone: {place}" for place in expected.keys() - found.keys()]
    lines += [f"new: {place}" for place in found.keys() - expected.keys()]
    lines += [
        f"{place}: {expected[place]} -> {found[place]}"
        for place in expected.keys() & found.keys()
        if expected[place] != found[place]
    ]
    return sorted(lines)


def told_by_origin(found: Standing, origins: Standing, laid_ns: int) -> dict[str, tuple[object, ...]]:
    """Return a standing in words that hold for any laying of the same tree.

    A file that kept its inode is named by where it lay in `origins`, others are "new"; names of one new file are named together;
    times after `laid_ns` are "now". Runs are numbered by the caller's renaming of paths.
    """
    known: dict[Inode, str] = {}
    for place, thing in sorted(origins.items()):
        if thing.kind != "dir":
            known.setdefault(thing.inode, place)
    twins: dict[Inode, list[str]] = {}
    for place, thing in sorted(found.items()):
        if thing.kind != "dir" and thing.inode not in known:
            twins.setdefault(thing.inode, []).append(place)
    told: dict[str, tuple[object, ...]] = {}
    for place, thing in found.items():
        origin = "" if thing.kind == "dir" else known.get(thing.inode) or "new: " + " ".join(twins[thing.inode])
        when = thing.mtime_ns if thing.mtime_ns < laid_ns else "now"
        told[place] = (thing.kind, oct(thing.mode), thing.owner, when, thing.content, thing.attributes, origin)
    return told


def lost(before: Standing, after: Standing) -> list[str]:
    """Return the contents of `before` that stand nowhere any more, by a place that held them."""
    held = {thing.content for thing in after.values() if thing.kind == "file"}
    return sorted(place for place, thing in before.items() if thing.kind == "file" and thing.content not in held)
