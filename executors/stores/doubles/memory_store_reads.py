"""The reads of a store in memory."""

import errno
import io
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

import xxhash

from reshelve.executors.platforms.open_folders import split
from reshelve.executors.stores.content_sums import checksum
from reshelve.executors.stores.doubles.memory_disk import Entry, MemoryDisk, Node
from reshelve.schemas.inventory import TAIL, Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.locations import in_trash, is_hidden, is_own
from reshelve.schemas.verbs import Member


class MemoryReads:
    """One folder of a disk in memory, seen. Satisfies reshelve.planner.ports.store_reader.Reader."""

    def __init__(self, root: Root, disk: MemoryDisk) -> None:
        self.disk = disk
        self.root = replace(root, fs=root.fs or disk.fs)
        with disk.lock:
            folder = disk.top
            for name in filter(None, root.path.split("/")):
                if name not in folder.entries:
                    disk.change(Entry(folder, name, None, disk.new("dir", 0o755)))
                    disk.sync(folder)
                folder = folder.entries[name]
        self._top = folder

    def content(self, rel: str) -> bytes:
        """Return what a file holds."""
        return self.file_at(rel).content

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, or None where there is nothing."""
        node = self.find(rel)
        return self.item_of(rel, node) if node else None

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None."""
        item = self.stat(rel)
        return None if item is None else (item.ino, item.size, item.mtime_ns)

    def names(self, rel: str) -> set[str] | None:
        """Return the names in a folder (reshelve's own left out), or None where there is no folder."""
        node = self.find(rel)
        if node is None or node.kind != "dir":
            return None
        return {name for name in node.entries if in_trash(rel) or not is_own(name)}

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        """Return everything below `rel`, sorted by path. reshelve's own names are left out, unless `rel` lies in the trash."""
        listing = Listing(self.root)
        whole = in_trash(rel)
        start = self.find(rel)
        waiting = [(rel, start)] if start is not None and start.kind == "dir" else []
        while waiting:
            at, folder = waiting.pop()
            for name, node in folder.entries.items():
                if not whole and is_hidden(name, folder=node.kind == "dir"):
                    continue
                below = f"{at}/{name}" if at else name
                listing.items.append(self.item_of(below, node))
                if node.kind == "dir" and (enter is None or enter(below)):
                    waiting.append((below, node))
        listing.items.sort(key=lambda item: item.rel)
        return listing

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        """Return the symbolic links that lead to something, sorted by path; folders on the way that are links are not followed."""
        top = f"{self.root.path.rstrip('/')}/"
        found: list[SymbolicLink] = []
        for item in self.walk("", enter).items:
            if item.kind == "link":
                text = self.read_link(item.rel)
                leads = posixpath.normpath(posixpath.join(top, posixpath.dirname(item.rel), text))
                if not leads.startswith(top) or self.stat(leads.removeprefix(top)) is not None:
                    found.append(SymbolicLink(item.rel, text, leads))
        return found

    def read_link(self, rel: str) -> str:
        """Return what a symbolic link holds."""
        node = self.node_at(rel)
        if node.kind != "link":
            raise OSError(errno.EINVAL, "is not a symbolic link", self.path(rel))
        return os.fsdecode(node.content)

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits."""
        return content_hash(self.file_at(rel).content)

    def tail(self, rel: str) -> str:
        """Return the hash of the last `TAIL` bytes of a file, "xxh3:" and 32 hex digits."""
        return content_hash(self.file_at(rel).content[-TAIL:])

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        """Return the content hash of each of these files, seen just before (`ends`: as `tail`), or why not."""
        return [self._seen_as(item, ends=ends) for item in items]

    def _seen_as(self, item: Item, *, ends: bool) -> str | OSError:
        try:
            if self.stat(item.rel) not in (item, None):
                return OSError(errno.ESTALE, "It changed since it was looked at", self.path(item.rel))
            return self.tail(item.rel) if ends else self.digest(item.rel)
        except OSError as trouble:
            return trouble

    def checksum(self, rel: str, kind: str) -> str:
        """Return the sum of that kind of a file (`content_sums`)."""
        content = self.file_at(rel).content
        return checksum(kind, len(content), [content])

    def open(self, rel: str) -> BinaryIO:
        """Open a regular file for reading."""
        return io.BytesIO(self.file_at(rel).content)

    @contextmanager
    def held(self, rel: str) -> Iterator["_Held"]:
        """Hold a regular file open: nobody else has it."""
        node = self.file_at(rel)
        yield _Held(lambda: self.item_of(rel, node))

    def record(self, rel: str) -> str:
        """Return the record of its members that an archive carries, "" where it has none."""
        from reshelve.executors.archives.archive_contents import record_at

        return record_at(self, rel)

    def manifest(self, rel: str) -> str:
        """Return the manifest of a backup, "" where an archive has none."""
        from reshelve.executors.archives.archive_contents import manifest_at

        return manifest_at(self, rel)

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive and the content hash of each file, by reading it through."""
        from reshelve.executors.archives.archive_contents import archived_at

        return archived_at(self, rel)

    def space(self, rel: str = "") -> Space:  # noqa: ARG002
        """Return the room on the disk."""
        return Space(self.disk.room, 1 << 41)

    def fs_of(self, rel: str) -> tuple[str, str]:  # noqa: ARG002
        """Return the disk's id; its topmost folder in this root is the root."""
        return self.disk.fs, ""

    def folds(self, rel: str = "") -> bool:  # noqa: ARG002
        """Return False: names are what they are."""
        return False

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:  # noqa: ARG002
        """Return none: it cannot be told here."""
        return set()

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (uid, gid) of the item at `rel`."""
        node = self.node_at(rel)
        return node.uid, node.gid

    def writable(self, rel: str) -> str | None:
        """Say why nothing can be made in folder `rel` (or its nearest existing parent), or None when it can."""
        at = rel
        while (node := self.find(at)) is None:
            at = split(at)[0]
        return None if node.kind == "dir" else f"{self.path(at)} is a link or a file, not a folder"

    def find(self, rel: str) -> Node | None:
        """Return the node at `rel`, or None; a link is never followed."""
        node = self._top
        if rel == "":
            return node
        for part in rel.split("/"):
            split(part)
            if node.kind != "dir" or part not in node.entries:
                return None
            node = node.entries[part]
        return node

    def node_at(self, rel: str) -> Node:
        """Return the node at `rel`. FileNotFoundError where there is none."""
        if rel == "":
            return self._top
        above, name = split(rel)
        node = self.folder_at(above).entries.get(name)
        if node is None:
            raise self.trouble(errno.ENOENT, rel)
        return node

    def folder_at(self, rel: str) -> Node:
        """Return the folder at `rel`. NotADirectoryError where a part of it is a link or a file."""
        node = self.node_at(rel)
        if node.kind != "dir":
            raise OSError(errno.ENOTDIR, "is a symbolic link or no folder; links are never followed", self.path(rel))
        return node

    def file_at(self, rel: str) -> Node:
        """Return the regular file at `rel`, or raise OSError."""
        node = self.node_at(rel)
        if node.kind != "file":
            raise OSError(errno.EINVAL, "is not a regular file", self.path(rel))
        return node

    def item_of(self, rel: str, node: Node) -> Item:
        """Return what an lstat of the node would show."""
        size = 0 if node.kind == "dir" else len(node.content)
        return Item(rel, node.kind, size, node.mtime_ns, node.ctime_ns, node.ino, node.nlink, node.mode, self.disk.fs)

    def path(self, rel: str) -> str:
        """Return the full path of `rel`."""
        return f"{self.root.path}/{rel}" if rel else self.root.path

    def trouble(self, code: int, rel: str) -> OSError:
        """Return the system's error with this number, naming the full path."""
        return OSError(code, os.strerror(code), self.path(rel))


class _Held:
    def __init__(self, item: Callable[[], Item]) -> None:
        self.item = item

    def alone(self) -> bool | None:
        """Say yes."""
        return True


def content_hash(content: bytes) -> str:
    """Return "xxh3:" and 32 hex digits."""
    return f"xxh3:{xxhash.xxh3_128(content).hexdigest()}"
