"""A root held in a dict of paths: it satisfies the planner's Reader, with inodes and times that never change by themselves."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Any

import xxhash

from reshelve.schemas.inventory import Item, ItemKind, Listing, Root, Space, SymbolicLink
from reshelve.schemas.locations import in_trash, is_own
from reshelve.schemas.name_rules import fold

NOW_NS = 1_800_000_000 * 10**9
OLD_NS = NOW_NS - 400 * 86400 * 10**9
"""When everything was last written and changed, unless a test says otherwise."""


@dataclass(frozen=True)
class Link:
    """A symbolic link, and what it holds."""

    target: str


@dataclass(frozen=True)
class File:
    """A file told apart by more than its content: a size it only claims, its times, or an inode of `nlink` names."""

    content: bytes = b""
    size: int | None = None
    mtime_ns: int = OLD_NS
    ctime_ns: int = OLD_NS
    ino: int | None = None
    nlink: int = 1


@dataclass(frozen=True)
class Special:
    """A socket, a pipe or a device."""


Thing = bytes | str | None | Link | File | Special
"""What may stand at a path: content, None for a folder (its path ends in `/`), or one of the above."""


class TreeReader:
    """One root: `tree` maps paths to things, and may be changed between two looks. Folders above a path are there by themselves."""

    def __init__(
        self,
        key: str,
        tree: Mapping[str, Thing] | None = None,
        *,
        fs: str = "fs-1",
        path: str = "",
        order: int = 0,
        available: bool = True,
        optional: bool = False,
        folds: bool = False,
        unreadable: Mapping[str, str] | None = None,
        free: int = 10**15,
        reserve: int = 0,
    ) -> None:
        why = "" if available else "is not mounted"
        self.root = Root(key, path or f"/stores/{key}", fs, available, why, optional=optional, order=order, reserve=reserve)
        self.tree: dict[str, Thing] = dict(tree or {})
        self.digests = 0
        self.written: set[str] = set()
        self.looks = 0
        self._folds = folds
        self._free = free
        self._unreadable = dict(unreadable or {})

    def _things(self) -> dict[str, Thing]:
        found: dict[str, Thing] = {}
        for rel, thing in self.tree.items():
            at = rel.rstrip("/")
            above = at.rpartition("/")[0]
            while above and above not in found:
                found[above] = None
                above = above.rpartition("/")[0]
            found[at] = thing
        return found

    def _find(self, rel: str) -> str | None:
        things = self._things()
        if rel in things or rel == "":
            return rel
        return next((each for each in things if fold(each) == fold(rel)), None) if self._folds else None

    def _item(self, rel: str, thing: Thing) -> Item:
        ino = zlib.crc32(f"{self.root.fs}\0{self.root.key}\0{rel}".encode("utf-8", "surrogateescape")) + 1000
        size, mtime_ns, ctime_ns = 4096, OLD_NS, OLD_NS
        kind: ItemKind = "dir"
        if isinstance(thing, Link):
            kind, size = "link", len(thing.target)
        elif isinstance(thing, Special):
            kind, size = "other", 0
        elif isinstance(thing, File):
            kind, mtime_ns, ctime_ns = "file", thing.mtime_ns, thing.ctime_ns
            size = len(thing.content) if thing.size is None else thing.size
            ino = thing.ino or ino
        elif thing is not None:
            kind, size = "file", len(_content(thing))
        nlink = thing.nlink if isinstance(thing, File) else 1
        return Item(rel, kind, size, mtime_ns, ctime_ns, ino, nlink, 0o755 if kind == "dir" else 0o644, self.root.fs)

    def stat(self, rel: str) -> Item | None:
        self.looks += 1
        found = self._find(rel)
        return None if found is None else self._item(found, self._things().get(found))

    def names(self, rel: str) -> set[str] | None:
        self.looks += 1
        if rel in self._unreadable:
            raise PermissionError(13, self._unreadable[rel], rel)
        things = self._things()
        if rel and things.get(rel, "") is not None:
            return None
        above = f"{rel}/" if rel else ""
        found = {each[len(above) :] for each in things if each.startswith(above) and "/" not in each[len(above) :]}
        return found if in_trash(rel) else {name for name in found if not is_own(name)}

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        above = f"{rel}/" if rel else ""
        blind = tuple(f"{folder}/" for folder in self._unreadable)
        seen = [(at, thing) for at, thing in self._things().items() if at.startswith(above) and not at.startswith(blind)]
        items = [self._item(at, thing) for at, thing in sorted(seen, key=lambda pair: pair[0])]
        listing = Listing(self.root, items, dict(self._unreadable))
        return listing if enter is None else listing.entered(rel, enter)

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        found = [(item.rel, self.read_link(item.rel)) for item in self.walk("", enter).items if item.kind == "link"]
        above = [f"{self.root.path}/{rel}".rpartition("/")[0] for rel, _ in found]
        return [SymbolicLink(*link, normpath(join(at, link[1]))) for link, at in zip(found, above, strict=True)]

    def read_link(self, rel: str) -> str:
        thing = self._things()[rel]
        assert isinstance(thing, Link)
        return thing.target

    def digest(self, rel: str) -> str:
        self.digests += 1
        thing = self._things()[rel]
        if isinstance(thing, File) and thing.size is not None:
            return "xxh3:" + hashlib.md5(repr((thing.content, thing.size)).encode()).hexdigest()
        return "xxh3:" + xxhash.xxh3_128_hexdigest(_content(thing))

    def tail(self, rel: str) -> str:
        return self.digest(rel)

    def checksum(self, rel: str, kind: str) -> str:
        return f"{kind}:{self.digest(rel)}"

    def record(self, rel: str) -> str:
        return self.digest(rel).removeprefix("xxh3:")

    def manifest(self, rel: str) -> str:
        return ""

    def archived(self, rel: str) -> list[Any]:
        return []

    def space(self, rel: str = "") -> Space:
        return Space(self._free, 10**15)

    def fs_of(self, rel: str) -> tuple[str, str]:
        return self.root.fs, ""

    def folds(self, rel: str = "") -> bool:
        return self._folds

    def odd(self) -> list[Item]:
        return []

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        return {item.rel for item in items} & self.written

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        item = self.stat(rel)
        return (item.ino, item.size, item.mtime_ns) if item is not None else None

    def owner(self, rel: str) -> tuple[int, int]:
        return 1000, 1000


def readers(*roots: TreeReader) -> dict[str, Any]:
    """Return readers by root key."""
    return {each.root.key: each for each in roots}


def _content(thing: Thing) -> bytes:
    if isinstance(thing, File):
        return thing.content
    return thing.encode() if isinstance(thing, str) else thing if isinstance(thing, bytes) else b""
