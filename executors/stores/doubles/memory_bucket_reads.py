"""The reads of a bucket in memory, and what its verbs build on."""

import errno
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from reshelve.executors.contracts.archived_objects import ArchivedError
from reshelve.executors.contracts.object_store import Capabilities
from reshelve.executors.stores.content_sums import SHA256, md5_of
from reshelve.executors.stores.doubles.memory_service import MemoryService, Version, etag_of
from reshelve.executors.stores.listing_cache import ListedReads, is_odd
from reshelve.executors.stores.object_metadata import Hashes, Recorded, recorded
from reshelve.schemas.archived_classes import ARCHIVED
from reshelve.schemas.inventory import Item, Root, object_ino


class MemoryBucketReads(ListedReads):
    """The keys below the prefix of `root.path` of a bucket in memory, seen."""

    def __init__(
        self,
        root: Root,
        service: MemoryService | None = None,
        *,
        part_size: int = 8 << 20,
        accept_race: bool = False,
        catalog: Path | None = None,
    ) -> None:
        super().__init__(catalog)
        self.service = service if service is not None else MemoryService()
        bucket, _, prefix = root.path.removeprefix("s3://").partition("/")
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.part_size = part_size
        self.accept_race = accept_race
        self.root = replace(root, fs=root.fs or f"s3:memory/{bucket}", kind="bucket", versioned=self.service.versioned)

    def put(self, rel: str, content: bytes = b"", *, storage_class: str = "STANDARD", by: Recorded | None = None) -> Item:
        """Put an object at `rel`, a path or not, as another program would, in place of what is there, and return its item."""
        metadata = by.metadata() if by else {}
        version = Version("", content=content, etag=etag_of([content]), storage_class=storage_class, metadata=metadata)
        put = self.service.put(self.prefix + rel, version, create=None)
        if is_odd(rel):
            self.forget()
        return self.seen(rel, put, note=not is_odd(rel))

    def content(self, rel: str) -> bytes:
        """Return what an object holds, archived or not."""
        return self.there(rel).content

    def list_folder(self, rel: str) -> tuple[list[Item], list[str]]:
        """Return the objects right below `rel`, and the names below it that have objects of their own below."""
        start = len(rel) + 1 if rel else 0
        items, folders = [], set()
        for item in self.items_below(rel):
            name, slash, _ = item.rel[start:].partition("/")
            if slash and name not in ("", ".", ".."):
                folders.add(name)
            else:
                items.append(item)
        return items, sorted(folders)

    def list_all(self, rel: str) -> Iterable[Item]:
        """Yield every object below `rel`, sorted by path."""
        return self.items_below(rel)

    def look(self, rel: str) -> Item | None:
        """Return the object at `rel` as the service has it at this moment, whatever was listed; None where there is none."""
        version = self.service.current(self.key(rel))
        return None if version is None else self.seen(rel, version)

    def says(self, rel: str) -> tuple[Item, Recorded, str]:
        """Return an object as the service has it now, what it says of itself, and its version id."""
        version = self.there(rel)
        return self.seen(rel, version, note=False), recorded(version.metadata), version.id

    def read_through(self, item: Item) -> str:
        """Return the content hash of this very object by reading it. OSError of an archived one."""
        self.service.reads += 1
        version = self.readable(item.rel, self.there(item.rel))
        if object_ino(version.etag) != item.ino:
            raise self.trouble(errno.ESTALE, "changed while it was being read", item.rel)
        return hashes_of(version.content).hash

    def told_sums(self, item: Item) -> list[str]:
        """Return the sums that the service tells of this very object."""
        version = self.there(item.rel)
        if object_ino(version.etag) != item.ino:
            return []
        md5 = [] if version.encrypted or ("-" in version.etag and not version.part) else [f"{md5_of(version.part)}:{version.etag}"]
        return [*md5, *([f"{SHA256}:{version.sha256}"] if version.sha256 else [])]

    def open(self, rel: str) -> BinaryIO:
        """Open an object for reading. Raises OSError(EAGAIN) of an archived one."""
        self.service.reads += 1
        return io.BytesIO(self.readable(rel, self.there(rel)).content)

    def open_seekable(self, rel: str) -> BinaryIO:
        """Open an object for reading here and there."""
        return self.open(rel)

    def capabilities(self, *, probe: bool = False) -> Capabilities:  # noqa: ARG002
        """Return what the service keeps."""
        return self.service.capabilities

    def key(self, rel: str) -> str:
        """Return the key of a path. OSError of what can be none."""
        self.checked(rel)
        try:
            key = (self.prefix + rel).encode()
        except UnicodeEncodeError:
            raise self.trouble(errno.EILSEQ, "is not UTF-8, and cannot be a key", rel) from None
        if len(key) > 1024:
            raise self.trouble(errno.ENAMETOOLONG, "is longer than the 1024 bytes of a key", rel)
        return self.prefix + rel

    def there(self, rel: str) -> Version:
        """Return the object at a path. FileNotFoundError where there is none."""
        version = self.service.current(self.key(rel))
        if version is None:
            raise self.trouble(errno.ENOENT, "there is no such object", rel)
        return version

    def readable(self, rel: str, version: Version) -> Version:
        """Return a version whose content can be read now. BlockingIOError where it has to be thawed first."""
        if not self.service.readable(version):
            what = f"is archived ({version.storage_class}) and has to be thawed first"
            raise ArchivedError(self.path(rel), what)
        return version

    def look_again(self, rel: str) -> None:
        """Note what stands at a path now, after a verb."""
        version = self.service.current(self.key(rel))
        if version is None:
            self.dropped(rel)
        else:
            self.seen(rel, version)

    def items_below(self, rel: str) -> list[Item]:
        """Return the objects below a path, sorted, as one listing."""
        prefix = self.prefix + (f"{rel}/" if rel else "")
        with self.service.lock:
            self.service.calls += 1
            found = [
                self.seen(key[len(self.prefix) :], versions[-1], note=False)
                for key, versions in self.service.keys.items()
                if key.startswith(prefix) and not versions[-1].marker and (versions[-1].content or key[-1:] != "/")
            ]
        return sorted(found, key=lambda item: item.rel)

    def seen(self, rel: str, version: Version, *, note: bool = True) -> Item:
        """Return the item of a version; with `note` it is what was listed of that path from now on."""
        at = version.at * 1_000_000_000
        restored = self.service.restored(version) if version.storage_class in ARCHIVED else ""
        size, ino = len(version.content), object_ino(version.etag)
        item = Item(rel, "file", size, at, at, ino, 1, 0o644, self.root.fs, version.storage_class, restored)
        return self.noted(item) if note else item


def hashes_of(content: bytes) -> Hashes:
    """Return the hashes of content."""
    hashes = Hashes()
    hashes.update(content)
    return hashes
