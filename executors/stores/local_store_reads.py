"""The reads of a folder of this machine: by path, checked for links on the way; content by open folders.

Reads are quick rather than proof against a race: a folder is looked at once (`forget()` looks anew), and whoever swaps a link
in between is seen through. `digest`, like every verb, goes by open folders (platforms.open_folders) and cannot be led outside.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from reshelve.executors.platforms.held_files import HeldFile, alone
from reshelve.executors.platforms.open_folders import Folder, Folders, split
from reshelve.executors.platforms.open_writers import open_for_writing
from reshelve.executors.platforms.path_lookup import Looking
from reshelve.executors.stores import local_copies
from reshelve.executors.stores.many_contents import contents
from reshelve.executors.stores.root_walk import links, walk
from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink, lasting_inodes
from reshelve.schemas.locations import STATE, in_trash, is_own
from reshelve.schemas.verbs import Member

RECENT_NS = 3600 * 10**9
"""What changed in the last hour is asked of the system file by file: who has it open for writing."""


class LocalReads:
    """One folder, seen. Satisfies ports.store_reader.Reader; `at`, `named`, `base` and `looking` are what the verbs build on."""

    def __init__(self, root: Root, *, max_open: int = 512, seen: Callable[[int], object] | None = None) -> None:
        self._seen = seen
        self.base = root.path if root.path.endswith(os.sep) else root.path + os.sep
        self.looking = Looking(root.path)
        self.folders = Folders(root.path, max_open, self._root_seen)
        if root.available and not root.fs:
            root = replace(root, fs=self.looking.identity())
        if root.available and not root.ino:
            root = replace(root, ino=self.looking.number())
        self.root = root

    def _root_seen(self) -> tuple[int, int] | None:
        """Return what was first seen at the root's path, where a folder keeps its number while nobody holds it."""
        return self.looking.root_seen() if lasting_inodes(self.root.fs) else None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.root.key!r}, {self.root.path!r})"

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, not following a symbolic link, or None where there is nothing."""
        return self.looking.stat(rel)

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None: `stat` for those in a hurry."""
        return self.looking.fingerprint(rel)

    def names(self, rel: str) -> set[str] | None:
        """Return the names in a folder (reshelve's own left out), or None where there is no folder."""
        if self.looking.folder(rel) is None:
            return None
        try:
            found = set(os.listdir(self.base + rel))
        except (FileNotFoundError, NotADirectoryError):
            return None
        # Few folders hold a name of our own, and all of their names together tell that at once.
        told = STATE in "/".join(found) and not in_trash(rel)
        return {name for name in found if not is_own(name)} if told else found

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        """Return everything below `rel`, sorted by path. reshelve's own names are left out, unless `rel` lies in the trash."""
        return walk(self.root, rel, self.looking, whole=in_trash(rel), enter=enter, seen=self._seen)

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        """Return the symbolic links that lead to something, sorted by path; what cannot be read has none."""
        return links(self.root.path, enter)

    def read_link(self, rel: str) -> str:
        """Return what a symbolic link holds."""
        folder, name = self.at(rel)
        try:
            return os.readlink(folder.base + name, dir_fd=folder.fd)
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits."""
        return self._read(rel, local_copies.digest)

    def tail(self, rel: str) -> str:
        """Return the hash of the last `TAIL` bytes of a file, "xxh3:" and 32 hex digits."""
        return self._read(rel, local_copies.tail_digest)

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        """Return the content hash of each of these files, seen just before (`ends`: as `tail`), or why not."""
        told = contents(self.folders, items, ends=ends)
        return [self.named(one, item.rel) if isinstance(one, OSError) else one for item, one in zip(items, told, strict=True)]

    def checksum(self, rel: str, kind: str) -> str:
        """Return the sum of that kind of a file (`content_sums`), as a service would tell it."""
        return self._read(rel, lambda fd: local_copies.checksum(fd, kind))

    def open(self, rel: str) -> BinaryIO:
        """Open a regular file for reading, by open folders. Raises OSError for anything else, a symbolic link included."""
        folder, name = self.at(rel)
        try:
            return os.fdopen(local_copies.open_file(folder, name), "rb")
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    @contextmanager
    def held(self, rel: str) -> Iterator[HeldFile]:
        """Hold a regular file open, to tell whether anybody may write to it. Raises OSError for anything else."""
        folder, name = self.at(rel)
        try:
            fd = local_copies.open_file(folder, name)
        except OSError as trouble:
            raise self.named(trouble, rel) from None
        held = HeldFile(fd, rel, self.looking.identity_of(os.fstat(fd).st_dev, rel))
        try:
            yield held
        finally:
            held.close()

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

    def space(self, rel: str = "") -> Space:
        """Return the room on the file system that holds `rel` (or its nearest existing parent), in bytes and inodes."""
        return self.looking.space(rel)

    def fs_of(self, rel: str) -> tuple[str, str]:
        """Return the id of the file system that `rel` lies or would lie on, and the topmost folder of it in this root ("").

        Equal ids mean that a rename between them works: bind mounts of one file system differ (executors.platforms.filesystem_ids).
        """
        seen = self.looking.nearest(rel)
        return seen.place, seen.top

    def folds(self, rel: str = "") -> bool:
        """Say whether names that differ only by case or normal form are one name in folder `rel` or its nearest existing parent."""
        return self.looking.folds(rel)

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (uid, gid) of the item at `rel`."""
        return self.looking.owner(rel)

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        """Return the paths of those files that a program has open for writing, as far as it can be told.

        With `unsure_ns` (since the epoch) also those of which it cannot be told, and that changed later than that.
        """
        found: set[str] = set()
        untold: list[Item] = []
        now_ns = time.time_ns()
        since_ns = now_ns - RECENT_NS if unsure_ns is None else 0
        for item in items:
            # Who writes, changes it: of what is old it is enough to look at processes, where nobody asks for more.
            recent = item.kind == "file" and max(item.mtime_ns, item.ctime_ns) > since_ns
            nobody = alone(self.base + item.rel, item.fs) if recent else None
            if nobody is None:
                untold.append(item)
            elif not nobody:
                found.add(item.rel)
        written = open_for_writing() if untold else frozenset()
        inodes = {ino for _, ino in written}
        for item in untold:
            # A time of writing that lies ahead is a wrong clock's, and would never pass.
            if unsure_ns is not None and (unsure_ns < item.ctime_ns or unsure_ns < item.mtime_ns <= now_ns):
                found.add(item.rel)
            elif item.ino in inodes:
                try:
                    seen = os.lstat(self.base + item.rel)
                except OSError:
                    continue
                if (seen.st_dev, seen.st_ino) in written:
                    found.add(item.rel)
        return found

    def writable(self, rel: str) -> str | None:
        """Say why nothing can be made in folder `rel` (or its nearest existing parent), or None when it can."""
        return self.looking.unwritable(rel)

    def forget(self) -> None:
        """Trust nothing seen so far: the next use of each folder looks anew. Called by the runner at the start of every batch."""
        self.folders.forget()
        self.looking.forget()

    def close(self) -> None:
        """Let go of descriptors held."""
        self.forget()
        self.folders.close()

    def _read(self, rel: str, digest: Callable[[int], str]) -> str:
        folder, name = self.at(rel)
        try:
            fd = local_copies.open_file(folder, name)
        except OSError as trouble:
            raise self.named(trouble, rel) from None
        try:
            return digest(fd)
        finally:
            os.close(fd)

    def at(self, rel: str, *, itself: bool = False) -> tuple[Folder, str]:
        """Return the open folder and the name of `rel`; the root has a name only where `itself` allows."""
        if itself and rel == "":
            return self.folders.get(""), "."
        folder, name = split(rel)
        return self.folders.get(folder), name

    def named(self, trouble: OSError, rel: str, to: "LocalReads | None" = None, dst: str = "") -> OSError:
        """Return the same error, naming full paths and not only last parts."""
        reason = trouble.strerror or str(trouble)
        if to is None:
            return OSError(trouble.errno, reason, self.base + rel)
        return OSError(trouble.errno, reason, self.base + rel, None, to.base + dst)
