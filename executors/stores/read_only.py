"""A store with its verbs taken away: what scan, plan and check are given, so that they cannot change anything."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from reshelve.executors.contracts.object_store import AnyStore, ObjectStore, folder_store, object_store
from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.verbs import Member


class ReadOnly:
    """The reads of a store, and nothing else. Satisfies reshelve.planner.ports.store_reader.Reader."""

    def __init__(self, store: "AnyStore | ReadOnly") -> None:
        self.root: Root = store.root
        self._store = store

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, not following a symbolic link, or None where there is nothing."""
        return self._store.stat(rel)

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None as `stat` would."""
        return self._store.fingerprint(rel)

    def names(self, rel: str) -> set[str] | None:
        """Return the names in a folder (reshelve's own left out), or None where there is no folder."""
        return self._store.names(rel)

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        """Return everything below `rel`, sorted by path."""
        return self._store.walk(rel, enter)

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        """Return the symbolic links that lead to something, sorted by path."""
        return self._store.links(enter)

    def read_link(self, rel: str) -> str:
        """Return what a symbolic link holds."""
        return self._store.read_link(rel)

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits."""
        return self._store.digest(rel)

    def tail(self, rel: str) -> str:
        """Return the hash of the last `TAIL` bytes of a file. Of a folder only."""
        store = self._store
        return store.tail(rel) if isinstance(store, ReadOnly) else folder_store(store).tail(rel)

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        """Return the content hash of each of these files of a folder, seen just before (`ends`: as `tail`), or why not."""
        store = self._store
        if isinstance(store, ReadOnly):
            return store.contents(items, ends=ends)
        return folder_store(store).contents(items, ends=ends)

    def checksum(self, rel: str, kind: str) -> str:
        """Return the sum of that kind of a file (`content_sums`), as a service would tell it. Of a folder only."""
        store = self._store
        return store.checksum(rel, kind) if isinstance(store, ReadOnly) else folder_store(store).checksum(rel, kind)

    def record(self, rel: str) -> str:
        """Return the record of its members that an archive carries, "" where it has none."""
        return self._store.record(rel)

    def manifest(self, rel: str) -> str:
        """Return the manifest of a backup, "" where an archive has none."""
        return self._store.manifest(rel)

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive and the content hash of each file, by reading it through."""
        return self._store.archived(rel)

    def space(self, rel: str = "") -> Space:
        """Return the room on the file system that holds `rel` (or its nearest existing parent)."""
        return self._store.space(rel)

    def fs_of(self, rel: str) -> tuple[str, str]:
        """Return the id of the file system that `rel` lies or would lie on, and the topmost folder of it in this root ("")."""
        return self._store.fs_of(rel)

    def folds(self, rel: str = "") -> bool:
        """Say whether names that differ only by case or normal form are one name in folder `rel`'s file system."""
        return self._store.folds(rel)

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (uid, gid) of the item at `rel`."""
        return self._store.owner(rel)

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        """Return the paths of those files that a program has open for writing, as far as it can be told."""
        return self._store.being_written(items, unsure_ns)

    # Of a bucket only.

    def hidden(self, rel: str, ino: int = 0) -> Item | None:
        """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""
        return self._bucket().hidden(rel, ino)

    def beneath(self, rel: str, ino: int) -> Item | None:
        """Return the newest version with that ETag beneath what stands there that can be read at once, or None."""
        return self._bucket().beneath(rel, ino)

    def details(self, rel: str) -> Mapping[str, str]:
        """Return what is recorded with an object, as far as it is."""
        return self._bucket().details(rel)

    def known_digest(self, rel: str) -> str:
        """Return the content hash of an object as far as it is known without reading it, else ""."""
        return self._bucket().known_digest(rel)

    def checksums(self, rel: str) -> tuple[str, ...]:
        """Return the sums that the service tells of an object (`content_sums`)."""
        return self._bucket().checksums(rel)

    def made_by(self, rel: str) -> str:
        """Return the token of the operation that made what stands at `rel`; "" where none did, or its content is another by now."""
        return self._bucket().made_by(rel)

    def verified(self, rel: str) -> str:
        """Return what the files of an archive hold, as this machine put it there or read it; or ""."""
        return self._bucket().verified(rel)

    def odd(self) -> list[Item]:
        """Return the objects whose keys are no paths, as far as what was listed showed any."""
        return self._bucket().odd()

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:
        """Return what a copy of an object into the bucket of another reader is not given, in words."""
        return self._bucket().lost_by_copies(rel, to._bucket() if isinstance(to, ReadOnly) else to)  # noqa: SLF001

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules or policy, "" where it has none."""
        return self._bucket().read_document(what)

    def _bucket(self) -> ObjectStore:
        store = self._store
        while isinstance(store, ReadOnly):
            store = store._store  # noqa: SLF001
        return object_store(store)
