"""A store in memory: the exact reference of the store contract, on a disk that can lose power (stores.doubles.memory_disk)."""

import errno
import os
from collections.abc import Callable, Container, Iterable, Sequence
from threading import RLock

from reshelve.executors.contracts.folder_store import BLOCK, Receiver, Renamed, Renaming, Seen, Store
from reshelve.executors.platforms.open_folders import split
from reshelve.executors.platforms.refused_attributes import Refusal
from reshelve.executors.stores.doubles.memory_disk import Entry, Node
from reshelve.executors.stores.doubles.memory_store_reads import MemoryReads, content_hash
from reshelve.schemas.inventory import Item, ItemKind

_UMASK = 0o022


class MemoryStore(MemoryReads):
    """The folder `root.path` of a disk in memory; made, and safe from power loss, when it is not there.

    Two stores on one disk can rename between them. The disk has no case folding and no mounts within.
    """

    def put(self, rel: str, content: bytes = b"", *, mode: int = 0o644, mtime_ns: int | None = None) -> Item:
        """Put a file at `rel`, its folders too, all of it on the disk already, and return its item."""
        with self.disk.lock:
            above = ""
            for part in split(rel)[0].split("/") if "/" in rel else ():
                above = f"{above}/{part}" if above else part
                if self.find(above) is None:
                    self.make_dir(above)
                    self.sync([above.rpartition("/")[0]])
            node = self.disk.new("file", mode, content)
            node.safe_content = content
            node.mtime_ns = node.mtime_ns if mtime_ns is None else mtime_ns
            self.vacant(rel)
            item = self.attach(rel, node)
            self.sync([split(rel)[0]])
            return item

    def make_dir(self, rel: str, mode: int | None = None) -> None:
        """Make one folder. `mode` None: 0o777 less the umask; else exactly `mode`."""
        with self.disk.lock:
            self.vacant(rel)
            self.attach(rel, self.disk.new("dir", 0o777 & ~_UMASK if mode is None else mode & 0o7777))

    def rename_many(
        self, to: Store, renames: Sequence[Renaming], follow: Container[int] = (), renamed: Renamed | None = None
    ) -> int:
        """Rename one after the other and return how many were done: all, or those before the first doubt."""
        for count, (src, dst, *expected) in enumerate(renames):
            try:
                before = self.stat(src)
                if before is None or self.fingerprint(src) != tuple(expected):
                    return count
                self.rename(src, to, dst)
                if renamed is not None and before.ino in follow:
                    renamed(count, before, to.stat(dst))
            except OSError:
                return count
        return len(renames)

    def make_trash(self, rel: str) -> None:
        """Make `rel`, a folder inside a trash folder, and every missing folder above it (0700); fine when it is there."""
        with self.disk.lock:
            parts = rel.split("/")
            for count in range(1, len(parts) + 1):
                one = "/".join(parts[:count])
                if self.find(one) is None:
                    self.make_dir(one, 0o700)
            self.folder_at(rel)

    def remove_dir(self, rel: str) -> None:
        """Remove one empty folder."""
        with self.disk.lock:
            node = self.node_at(rel)
            if node.kind != "dir":
                raise self.trouble(errno.ENOTDIR, rel)
            if node.entries:
                raise self.trouble(errno.ENOTEMPTY, rel)
            above, name = split(rel)
            self.disk.change(Entry(self.folder_at(above), name, node, None))

    def rename(self, src: str, to: Store, dst: str, seen: Seen | None = None) -> None:
        """Rename `src` to `dst` of store `to`, never replacing. Raises OSError(EXDEV) to another disk."""
        with self.disk.lock:
            target = self._beside(to, src)
            node = self.node_at(src)
            new_folder, new = target.place(dst)
            if node is new_folder or _holds(node, new_folder):
                raise self.trouble(errno.EINVAL, src)
            target.vacant(dst)
            folder, old = self.place(src)
            before = self.item_of(src, node)
            self.disk.change(Entry(folder, old, node, None), Entry(new_folder, new, None, node))
            if seen is not None:
                seen(before, target.item_of(dst, node))

    def copy_to(
        self,
        src: str,
        to: Store,
        tmp: str,
        how: str = "copy",
        *,
        progress: Callable[[int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Copy `src` to the new file `tmp` of `to`, with mode, times and owner, synced; return its item and content hash."""
        source = self.file_at(src)
        if not isinstance(to, MemoryStore):
            raise OSError(errno.EXDEV, "cannot go straight to a store of another kind", self.path(src))
        with to.disk.lock:
            to.vacant(tmp)
            if how == "reflink" and to.disk is not self.disk:
                raise self.trouble(errno.EXDEV, src)
            if cancel and cancel():
                raise OSError(errno.ECANCELED, "was interrupted", self.path(src))
            node = to.disk.new("file", source.mode, source.content)
            node.mtime_ns, node.uid, node.gid, node.safe_content = source.mtime_ns, source.uid, source.gid, source.content
            if progress:
                progress(len(source.content))
            return to.attach(tmp, node), content_hash(source.content)

    def write_to(self, content: bytes, tmp: str) -> Item:
        """Write `content` to the new file `tmp`, synced."""
        with self.disk.lock:
            self.vacant(tmp)
            node = self.disk.new("file", 0o666 & ~_UMASK, content)
            node.safe_content = content
            return self.attach(tmp, node)

    def receive(
        self,
        tmp: str,
        fill: Callable[[Receiver], None],
        *,
        mtime_ns: int = -1,
        mode: int = -1,
        from_disk: bool = True,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Make the new file `tmp` of what `fill` writes into it; synced. Whatever is raised, no `tmp` is left."""
        del cancel, from_disk
        received = _Received()
        with self.disk.lock:
            self.vacant(tmp)
        fill(received)
        with self.disk.lock:
            self.vacant(tmp)
            node = self.disk.new("file", 0o666 & ~_UMASK if mode < 0 else mode & 0o777, bytes(received.content))
            node.safe_content = node.content
            node.mtime_ns = node.mtime_ns if mtime_ns < 0 else mtime_ns
            return self.attach(tmp, node), content_hash(node.content)

    def link(self, src: str, to: Store, dst: str) -> None:
        """Give the file `src` the further name `dst` in `to`. Raises OSError(EXDEV) to another disk."""
        with self.disk.lock:
            target = self._beside(to, src)
            node = self.node_at(src)
            if node.kind == "dir":
                raise self.trouble(errno.EPERM, src)
            target.vacant(dst)
            target.attach(dst, node)
            node.nlink += 1

    def symlink(self, text: str, dst: str, mtime_ns: int = -1) -> None:
        """Make a symbolic link holding `text`, with that modification time when one is given."""
        with self.disk.lock:
            self.vacant(dst)
            node = self.disk.new("link", 0o777, os.fsencode(text))
            node.safe_content = node.content
            self.attach(dst, node)
            if mtime_ns >= 0:
                node.mtime_ns = mtime_ns

    def remove(self, rel: str) -> None:
        """Remove one file or link."""
        with self.disk.lock:
            node = self.node_at(rel)
            if node.kind == "dir":
                raise self.trouble(errno.EISDIR, rel)
            folder, name = self.place(rel)
            self.disk.change(Entry(folder, name, node, None))
            node.nlink -= 1
            if not node.nlink:
                self.disk.room += len(node.content)

    def set_times(self, rel: str, mtime_ns: int) -> None:
        """Set the modification time of a folder or file."""
        node = self.node_at(rel)
        node.mtime_ns, node.ctime_ns = mtime_ns, self.disk.tick()

    def set_mode(self, rel: str, mode: int) -> None:
        """Set the permissions of a folder."""
        node = self.folder_at(rel)
        node.mode, node.ctime_ns = mode & 0o7777, self.disk.tick()

    def set_owner(self, rel: str, uid: int, gid: int) -> None:
        """Set the owner of a folder; -1 leaves one as it is."""
        node = self.node_at(rel)
        node.uid, node.gid = (node.uid if uid < 0 else uid), (node.gid if gid < 0 else gid)

    def refused(self) -> list[Refusal]:
        """Return nothing: everything can be set here."""
        return []

    def reserves(self, rel: str, kind: ItemKind = "file") -> bool:
        """Say whether a rename reserves its name: never, for a rename here is one change."""
        del rel, kind
        return False

    def sync(self, folders: Iterable[str]) -> None:
        """Make the entries of these folders durable. Missing folders are passed over."""
        with self.disk.lock:
            for rel in folders:
                node = self.find(rel)
                if node is not None and node.kind == "dir":
                    self.disk.sync(node)

    def forget(self) -> None:
        """Do nothing: nothing is remembered but what is there."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def place(self, rel: str) -> tuple[Node, str]:
        """Return the folder node and the name of `rel`; OSError where there is no such folder."""
        above, name = split(rel)
        return self.folder_at(above), name

    def vacant(self, rel: str) -> None:
        """Raise FileExistsError if `rel` is taken, and OSError where its folder is not there or its name is too long."""
        folder, name = self.place(rel)
        if len(os.fsencode(name)) > 255:
            raise self.trouble(errno.ENAMETOOLONG, rel)
        if name in folder.entries:
            raise self.trouble(errno.EEXIST, rel)

    def attach(self, rel: str, node: Node) -> Item:
        """Give a node a name that is vacant, and return what then stands there."""
        folder, name = self.place(rel)
        self.disk.change(Entry(folder, name, None, node))
        return self.item_of(rel, node)

    def _beside(self, to: Store, src: str) -> "MemoryStore":
        if isinstance(to, MemoryStore) and to.disk is self.disk:
            return to
        raise self.trouble(errno.EXDEV, src)


def _holds(folder: Node, wanted: Node) -> bool:
    return any(node is wanted or _holds(node, wanted) for node in folder.entries.values() if node.kind == "dir")


class _Received:
    """What was written of a new file, at any offset."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._writing = RLock()

    def block(self) -> memoryview:
        """Return memory to read into."""
        return memoryview(bytearray(BLOCK))

    def write_at(self, offset: int, chunk: bytes | memoryview) -> None:
        """Write all of `chunk`."""
        with self._writing:
            self.content.extend(bytes(max(0, offset + len(chunk) - len(self.content))))
            self.content[offset : offset + len(chunk)] = chunk
