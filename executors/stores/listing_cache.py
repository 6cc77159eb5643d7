"""What was listed of a bucket, kept until `forget`: planning over ten thousand objects costs the listing calls and nothing else.

A folder is listed when something in it is asked for; who asks for many folders gets the whole bucket listed once instead.
"""

import errno
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from threading import RLock
from typing import BinaryIO

from reshelve.executors.stores.known_digests import Known
from reshelve.executors.stores.object_metadata import Recorded
from reshelve.schemas.archive_record import content_of, format_of
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.locations import holds_hidden, in_trash, is_own, rel_fault
from reshelve.schemas.verbs import Member

_FEW = 16
"""After so many folders listed one by one, everything is listed in one go: a page of a thousand keys costs one call either way."""
NO_SUMS = "none"
"""What is noted of an object of which the service tells no sum."""


class ListedReads(ABC):
    """The reads of a bucket, answered from listings. Satisfies planner.ports.store_reader.BucketReader; safe to share by threads.

    `catalog`: where is remembered what is known of the content of objects.

    There are no folders: a path with keys below it is shown as one, and `names` of a path where nothing lies is empty, not None.
    """

    root: Root

    def __init__(self, catalog: Path | None = None) -> None:
        self.known = Known(catalog)
        self._lock = RLock()
        self._whole = False
        self._items: dict[str, Item] = {}
        self._below: dict[str, set[str]] = {}
        self._odd: dict[str, Item] = {}

    @abstractmethod
    def list_folder(self, rel: str) -> tuple[list[Item], list[str]]:
        """Return the objects right below `rel`, and the names below it that have objects of their own below. Raises OSError.

        Objects whose keys are no paths are among them, here and in `list_all`.
        """

    @abstractmethod
    def list_all(self, rel: str) -> Iterable[Item]:
        """Yield every object below `rel`, reshelve's own too, sorted by path. Raises OSError."""

    @abstractmethod
    def key(self, rel: str) -> str:
        """Return the key of a path. Raises OSError of what can be none."""

    @abstractmethod
    def says(self, rel: str) -> tuple[Item, Recorded, str]:
        """Return an object as the service has it now, what it says of itself, and its version id. Raises OSError."""

    @abstractmethod
    def read_through(self, item: Item) -> str:
        """Return the content hash of this very object by reading it. Raises OSError, of an archived one too."""

    @abstractmethod
    def told_sums(self, item: Item) -> list[str]:
        """Return the sums (`content_sums`) that the service tells of this very object, by its ETag too. Raises OSError."""

    @abstractmethod
    def open(self, rel: str) -> BinaryIO:
        """Open an object for reading, as a stream."""

    @abstractmethod
    def open_seekable(self, rel: str) -> BinaryIO:
        """Open an object for reading here and there."""

    def digest(self, rel: str) -> str:
        """Return the content hash of an object: as it is known, else by reading it, once. OSError of an archived one."""
        self.key(rel)
        item = self.stat(rel)
        if item is None or item.kind != "file":
            raise OSError(errno.ENOENT, "there is no such object", self.path(rel))
        found = self.known.hash(item)
        if not found:
            item, said, _ = self.says(rel)
            found = self.known.hash(item, said) or self.read_through(item)
            self.known.learn(item, found)
        return found

    def details(self, rel: str) -> Mapping[str, str]:
        """Return what is recorded with an object, of its content what is believed, and its version id."""
        item, said, version = self.says(rel)
        found = self.known.details(item, said)
        return found | {"version": version} if version else found

    def known_digest(self, rel: str) -> str:
        """Return the content hash of an object as far as it is known without reading it, else "": learnt, or recorded with it."""
        item = self.stat(rel)
        found = self.known.hash(item) if item is not None else ""
        if not found:
            item, said, _ = self.says(rel)
            found = self.known.hash(item, said)
            self.known.learn(item, found)
        return found

    def checksums(self, rel: str) -> tuple[str, ...]:
        """Return the sums that the service tells of an object, asked once for each ETag."""
        item = self.stat(rel)
        if item is None or item.kind != "file":
            return ()
        noted = self.known.noted("sums", item)
        if not noted:
            noted = " ".join(self.told_sums(item)) or NO_SUMS
            self.known.note("sums", item, noted)
        return tuple(noted.split()) if noted != NO_SUMS else ()

    def was_asked(self, rel: str) -> bool:
        """Say whether `checksums` was asked of this very object before."""
        item = self.stat(rel)
        return item is not None and self.known.noted("sums", item) != ""

    def made_by(self, rel: str) -> str:
        """Return the token of the operation that made what stands at `rel`; "" where none did, or its content is another by now.

        An archived object is taken at its word: nobody can have read it to write it anew.
        """
        item, said, _ = self.says(rel)
        if said.token and said.hash and not self.known.believes(item, said) and not is_frozen(item):
            self.known.learn(item, self.read_through(item))
            return said.token if self.known.believes(item, said) else ""
        return said.token

    def record(self, rel: str) -> str:
        """Return the record of its members that an archive carries, "" where it has none: as it is known, else as it holds it."""
        from reshelve.executors.archives.archive_contents import record_at

        item = self.stat(rel)
        if item is None or item.kind != "file" or format_of(rel) is None:
            return ""
        found = self.known.noted("members", item)
        if not found:
            item, said, _ = self.says(rel)
            found = (said.members if self.known.believes(item, said) else "") or record_at(_Seekable(self), rel)
            self.known.note("members", item, found)
        return found

    def manifest(self, rel: str) -> str:
        """Return the manifest of a backup, "" where an archive has none."""
        from reshelve.executors.archives.archive_contents import manifest_at

        return manifest_at(_Seekable(self), rel)

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive and the content hash of each file, by reading it through."""
        from reshelve.executors.archives.archive_contents import archived_at

        before = self.says(rel)[0]
        found = archived_at(_Seekable(self), rel)
        if self.says(rel)[0].ino == before.ino:
            self.known.note("content", before, content_of({member.rel: held for member, held in found if member.kind == "file"}))
        return found

    def verified(self, rel: str) -> str:
        """Return what the files of an archive hold (schemas.archive_record.content_of), as this machine put or read it; else ""."""
        item = self.stat(rel)
        return self.known.noted("content", item) if item is not None else ""

    def stat(self, rel: str) -> Item | None:
        """Return the object at `rel`, a folder where keys lie below it, or None where there is nothing."""
        if rel == "":
            return self._folder("")
        self.checked(rel)
        above, _, name = rel.rpartition("/")
        with self._lock:
            self._look(above)
            item = self._items.get(rel)
            if item is None and name in self._below.get(above, ()):
                return self._folder(rel)
            return item

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None as `stat` would."""
        item = self.stat(rel)
        return None if item is None else (item.ino, item.size, item.mtime_ns)

    def names(self, rel: str) -> set[str] | None:
        """Return the names right below `rel` (reshelve's own left out), or None where an object stands and nothing below it."""
        with self._lock:
            self._look(rel)
            found = self._below.get(rel)
            if not found:
                item = self.stat(rel) if rel else None
                return None if item is not None and item.kind == "file" else set()
            return set(found) if in_trash(rel) else {name for name in found if not is_own(name)}

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        """Return every object below `rel`, sorted by path. reshelve's own are left out, unless `rel` lies in the trash."""
        listing = Listing(self.root)
        whole = in_trash(rel)
        try:
            items = self._all(rel)
        except OSError as trouble:
            listing.unreadable[rel] = trouble.strerror or str(trouble)
            return listing
        start = len(rel) + 1 if rel else 0
        listing.items = [item for item in items if whole or not holds_hidden(item.rel[start:])]
        listing.odd = [item for item in self.odd() if item.rel.startswith(f"{rel}/" if rel else "")]
        return listing if enter is None else listing.entered(rel, enter)

    def odd(self) -> list[Item]:
        """Return the objects whose keys are no paths, as far as what was listed showed any, sorted by key."""
        with self._lock:
            return [self._odd[rel] for rel in sorted(self._odd)]

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:  # noqa: ARG002
        """Return none: there are no links in a bucket."""
        return []

    def read_link(self, rel: str) -> str:
        """Raise OSError(EINVAL): there are no links in a bucket."""
        raise OSError(errno.EINVAL, "is not a symbolic link", self.path(rel))

    def space(self, rel: str = "") -> Space:  # noqa: ARG002
        """Return more room than anything needs."""
        return Space(1 << 62, 1 << 62)

    def fs_of(self, rel: str) -> tuple[str, str]:  # noqa: ARG002
        """Return the bucket's id; its topmost folder in this root is the root."""
        return self.root.fs, ""

    def folds(self, rel: str = "") -> bool:  # noqa: ARG002
        """Return False: keys are what they are."""
        return False

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:  # noqa: ARG002
        """Return none: it cannot be told here."""
        return set()

    def owner(self, rel: str) -> tuple[int, int]:  # noqa: ARG002
        """Return (-1, -1): objects have no owner of this machine."""
        return -1, -1

    def learn(self, item: Item, digest: str) -> None:
        """Take what somebody recorded of the content of this very object (its ETag and size) for known."""
        self.known.learn(item, digest)

    def forget(self) -> None:
        """Trust nothing listed so far."""
        with self._lock:
            self._whole = False
            self._items, self._below, self._odd = {}, {}, {}

    def checked(self, rel: str) -> str:
        """Return a path that can be that of an object. Raises OSError(EINVAL) for any other."""
        if is_odd(rel):
            raise OSError(errno.EINVAL, "not a path below a store", rel)
        return rel

    def path(self, rel: str) -> str:
        """Return the full address of `rel`, for people."""
        return f"{self.root.path.rstrip('/')}/{rel}" if rel else self.root.path

    def trouble(self, code: int, why: str, rel: str) -> OSError:
        """Return an OSError that names the object in full."""
        return OSError(code, why, self.path(rel))

    def noted(self, item: Item) -> Item:
        """Remember an object that a verb has just made, in what was listed; return it."""
        with self._lock:
            if self._whole:
                self._keep(item)
                return item
            rel = item.rel
            self._items[rel] = item
            while rel:
                above, _, name = rel.rpartition("/")
                if above in self._below:
                    self._below[above].add(name)
                rel = above
        return item

    def dropped(self, rel: str) -> None:
        """Forget an object that a verb has just removed."""
        with self._lock:
            self._items.pop(rel, None)
            while rel and rel not in self._items and not self._below.get(rel):
                self._below.pop(rel, None)
                above, _, name = rel.rpartition("/")
                if self._whole:
                    self._below.get(above, set()).discard(name)
                else:
                    self._below.pop(above, None)
                rel = above

    def _folder(self, rel: str) -> Item:
        return Item(rel, "dir", 0, 0, 0, 0, 1, 0o755, self.root.fs)

    def _look(self, rel: str) -> None:
        """Make sure that what lies right below `rel` is known."""
        if self._whole or rel in self._below:
            return
        if len(self._below) >= _FEW:
            self._all("")
            return
        listed, folders = self.list_folder(rel)
        items = list(self._paths(listed))
        prefix = f"{rel}/" if rel else ""
        self._items.update((item.rel, item) for item in items)
        self._below[rel] = {item.rel[len(prefix) :] for item in items} | set(folders)

    def _all(self, rel: str) -> Iterator[Item]:
        """Return every object below `rel`; all of them are listed, and kept, where the whole bucket is meant."""
        with self._lock:
            if not self._whole and rel == "":
                self._items, self._below, self._odd = {}, {}, {}
                for item in self._paths(self.list_all("")):
                    self._keep(item)
                self._whole = True
            if self._whole:
                below = f"{rel}/" if rel else ""
                found = [item for item in self._items.values() if item.rel.startswith(below)]
                found.sort(key=lambda item: item.rel)
                return iter(found)
            return iter(list(self._paths(self.list_all(rel))))

    def _paths(self, listed: Iterable[Item]) -> Iterator[Item]:
        """Yield what stands at paths, and set the rest aside."""
        for item in listed:
            if is_odd(item.rel):
                self._odd[item.rel] = item
            else:
                yield item

    def _keep(self, item: Item) -> None:
        rel = item.rel
        self._items[rel] = item
        while rel:
            above, _, name = rel.rpartition("/")
            names = self._below.get(above)
            if names is None:
                names = self._below[above] = set()
            elif name in names:
                return
            names.add(name)
            rel = above


def is_odd(rel: str) -> bool:
    """Say whether what follows the prefix of a key is not the path of an object."""
    return rel == "" or rel[-1] == "/" or rel_fault(rel) is not None


class _Seekable:
    """A bucket whose objects are opened for reading here and there."""

    def __init__(self, store: ListedReads) -> None:
        self.open = store.open_seekable
