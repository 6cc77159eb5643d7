"""A bucket and prefix of S3, or of a service that speaks it, as an object store. Satisfies contracts.object_store.ObjectStore."""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from reshelve.executors.archives.packed_members import Members
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import Cancel, Capabilities, Progress, Stored
from reshelve.executors.stores.no_folders import WithoutFolders
from reshelve.executors.stores.object_metadata import Recorded
from reshelve.executors.stores.s3 import (
    bucket_documents,
    class_changes,
    delete_markers,
    downloads,
    etag_proof,
    listing,
    multipart_uploads,
    proven_reads,
    server_copies,
    service_probe,
    shared_records,
    tags_and_grants,
)
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.known_services import Remembered
from reshelve.executors.stores.s3.matching_deletes import delete_seen
from reshelve.executors.stores.s3.uploads import Asked, Uploading
from reshelve.schemas.archive_record import content_of, record_of
from reshelve.schemas.archived_classes import ARCHIVED
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.verbs import ArchiveFormat, Member


class S3Store(WithoutFolders):
    """One bucket and prefix. Safe to share by threads. Every OSError names the full address, and says what to do next.

    `catalog`: where is remembered what the service keeps, and the hashes of objects.
    """

    def __init__(self, root: Root, settings: BucketSettings, *, catalog: Path | None = None) -> None:
        super().__init__(catalog)
        self.bucket = Bucket(settings, root.fs)
        self.root = replace(root, fs=self.bucket.fs, kind="bucket")
        self.accept_race = settings.accept_race
        self._remembered = Remembered(catalog)
        self._uploading = Uploading(self.bucket, self.capabilities)
        self._probing = Lock()
        self._known: Capabilities | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.root.key!r}, {self.root.path!r})"

    def reach(self) -> None:
        """Ask whether the bucket is there, and whether it keeps versions. Raises OSError that says what is wrong and what to do."""
        with self.bucket.telling():
            self.bucket.listed(
                "", self.bucket.client.list_objects_v2(Bucket=self.bucket.name, Prefix=self.bucket.prefix, MaxKeys=1)
            )
        self.root = replace(self.root, versioned=service_probe.is_versioned(self.bucket))
        self.bucket.patience.reached = True

    def look(self, rel: str) -> Item | None:
        """Return the object at `rel` as the service has it at this moment, whatever was listed; None where there is none."""
        return self._look_again(rel)

    # Reads.

    def list_folder(self, rel: str) -> tuple[list[Item], list[str]]:
        """Return the objects right below `rel`, and the names below it that have objects of their own below."""
        return listing.list_folder(self.bucket, rel)

    def list_all(self, rel: str) -> Iterable[Item]:
        """Yield every object below `rel`, sorted by path."""
        return listing.list_all(self.bucket, rel)

    def stat(self, rel: str) -> Item | None:
        """Return the object at `rel`, a folder where keys lie below it, or None where there is nothing."""
        item = super().stat(rel)
        if item is None or item.storage_class not in ARCHIVED or item.restored or not self._asks_heads():
            return item
        # This service lists no thaws, so the object's own head is asked.
        head = self.bucket.head_or_none(rel)
        return self.noted(head.item) if head is not None else None

    def key(self, rel: str) -> str:
        """Return the key of a path. Raises OSError of what can be none."""
        return self.bucket.key(rel)

    def says(self, rel: str) -> tuple[Item, Recorded, str]:
        """Return an object as the service has it now, what it says of itself, and its version id."""
        head = self.bucket.head(rel)
        return head.item, head.said, head.version

    def read_through(self, item: Item) -> str:
        """Return the content hash of this very object by reading it."""
        return downloads.digest(self.bucket, item.rel, ino=item.ino)

    def told_sums(self, item: Item) -> list[str]:
        """Return the sums that the service tells of this very object."""
        return etag_proof.told_sums(self.bucket, item)

    def open(self, rel: str) -> BinaryIO:
        """Open an object for reading, as a stream. Raises BlockingIOError of an archived one.

        What is concluded in a `with` on it is returned only once what was read is proved: OSError(EIO) where it was spoilt.
        """
        return proven_reads.open_object(self.bucket, rel)[0]

    def open_seekable(self, rel: str) -> BinaryIO:
        """Open an object for reading here and there: each wide leap is a request. It is proved as by `open`."""
        return proven_reads.open_seekable(self.bucket, self.bucket.head(rel))

    def capabilities(self, *, probe: bool = False) -> Capabilities:
        """Return what the service keeps, as remembered; it is tried out where nothing is, and with `probe`."""
        with self._probing:
            known = None if probe else self._known
            if known is not None and known.versioned == self.root.versioned:
                return known
            known = None if probe else self._remembered.get(self.bucket.fs, versioned=self.root.versioned)
            if known is None:
                known = service_probe.probe(self.bucket)
                self._remembered.put(self.bucket.fs, known)
                self.root = replace(self.root, versioned=known.versioned)
            self._known = known
            return known

    # Verbs.

    def upload(
        self,
        src: str,
        source: Store,
        dst: str,
        *,
        token: str,
        storage_class: str = "",
        project: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        mine: Sequence[str] = (),
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Put the file `src` of `source` at the free key `dst`."""
        asked = Asked(
            dst, token=token, storage_class=storage_class, began=began, mine=mine, progress=progress, cancel=cancel, project=project
        )
        with self.bucket.patience.until(cancel):
            return self._made(self._uploading.upload(src, source, asked))

    def upload_packed(
        self,
        src: str,
        source: Store,
        dst: str,
        form: ArchiveFormat,
        members: Sequence[Member],
        *,
        token: str,
        storage_class: str = "",
        project: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        mine: Sequence[str] = (),
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Pack a folder of `source` straight into the free key `dst`.

        Killed just before its end, it may stand there whole with its hash not recorded yet, or not in its class yet.
        """
        asked = Asked(
            dst, token=token, storage_class=storage_class, began=began, mine=mine, progress=progress, cancel=cancel, project=project
        )
        reading = Members(source, src, progress, cancel)
        with self.bucket.patience.until(cancel):
            stored = self._made(self._uploading.upload_packed(reading, form, members, asked))
        self.known.note("members", stored.item, record_of(members))
        self.known.note("content", stored.item, content_of(reading.hashes))
        return stored

    def write_object(self, content: bytes, rel: str, *, token: str, storage_class: str = "") -> Stored:
        """Put content that is in memory at the free key `rel`."""
        return self._made(self._uploading.write(content, Asked(rel, token=token, storage_class=storage_class)))

    def uploads(self, rel: str) -> list[str]:
        """Return the ids of uploads in parts under way at a key, and of a reservation of it."""
        return multipart_uploads.under_way(self.bucket, rel)

    def abort(self, rel: str, upload: str) -> None:
        """Give up an upload in parts, or a reservation; fine when it is gone."""
        multipart_uploads.abort(self.bucket, rel, upload)

    def copy_to(
        self, src: str, to: Store, tmp: str, how: str = "copy", *, progress: Progress | None = None, cancel: Cancel | None = None
    ) -> tuple[Item, str]:
        """Download an object to the new file `tmp` of `to`, with its recorded mtime and mode, hashed, synced and read back."""
        del how
        with self.bucket.patience.until(cancel):
            return downloads.download(self.bucket, src, to, tmp, self.known, progress, cancel)

    def copy_object(
        self,
        src: str,
        to: Any,
        dst: str,
        *,
        token: str,
        storage_class: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Copy an object within its service to the free key `dst` of `to`. The hash is "" where it is not known."""
        if not isinstance(to, S3Store) or to.bucket.settings.endpoint_url != self.bucket.settings.endpoint_url:
            raise self.trouble(errno.EXDEV, "cannot be copied to another service by the service itself", src)
        found = to.capabilities()
        with to.bucket.patience.until(cancel):
            head, copied = server_copies.copy_object(
                self.bucket, src, to.bucket, dst, found, token=token, storage_class=storage_class, believed=self.known.believes,
                began=began, cancel=cancel,
            )  # fmt: skip
        content = self.known.carry(head.item, head.said, to.known, copied.item)
        return to._made(Stored(copied.item, content, copied.version))  # noqa: SLF001

    def remove(self, rel: str, ino: int = 0) -> None:
        """Remove an object, with `ino` that of this ETag: for good in an unversioned bucket, under a marker in a versioned one."""
        delete_seen(self.bucket, rel, self.bucket.head_of(rel, ino).etag)
        self.dropped(rel)

    def remove_version(self, rel: str, version: str) -> None:
        """Remove one version of an object, or one delete marker, for good; fine when it is gone."""
        if version:
            self.bucket.delete(rel, version)
        else:
            self.remove(rel)
        self._look_again(rel)

    def hide(self, rel: str, ino: int = 0) -> str:
        """Put a delete marker over an object of a versioned bucket, with `ino` that of this ETag; return the marker's version."""
        self.bucket.key(rel)
        if not self.root.versioned:
            raise self.trouble(errno.EOPNOTSUPP, "the bucket keeps no versions, so nothing in it can be hidden", rel)
        marker = delete_markers.hide(self.bucket, rel, ino)
        self.dropped(rel)
        return marker

    def reveal(self, rel: str, ino: int = 0) -> Item:
        """Remove the delete marker over an object, or copy that of an ETag on top; return what then stands there."""
        delete_markers.reveal(self.bucket, rel, ino)
        return self.noted(self.bucket.head(rel).item)

    def hidden(self, rel: str, ino: int = 0) -> Item | None:
        """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""
        return delete_markers.hidden(self.bucket, rel, ino) if self.root.versioned else None

    def beneath(self, rel: str, ino: int) -> Item | None:
        """Return the newest version with that ETag beneath what stands there that can be read at once, or None."""
        return delete_markers.beneath(self.bucket, rel, ino) if self.root.versioned else None

    def remove_hidden(self, rel: str, ino: int = 0) -> None:
        """Remove an object that lies under a delete marker for good; the markers too, when they hide nothing more."""
        delete_markers.remove_hidden(self.bucket, rel, ino)
        self._look_again(rel)

    def set_class(self, rel: str, storage_class: str, *, token: str, beneath: int = 0) -> Stored:
        """Give an object another storage class by copying it onto itself, or the version `beneath` that can be read."""
        change = class_changes.set_class_from_beneath if beneath else class_changes.set_class
        head, changed = change(self.bucket, rel, storage_class, token, believed=self.known.believes, ino=beneath)
        found = self.known.carry(head.item, head.said, self.known, changed.item)
        return self._made(Stored(changed.item, found, changed.version))

    def thaw(self, rel: str, days: int, tier: str) -> None:
        """Ask for an archived object; fine when that was asked already."""
        class_changes.thaw(self.bucket, rel, days, tier)
        self._look_again(rel)

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:
        """Return what a copy of an object into another store of this service is not given, in words."""
        dst = to.bucket if isinstance(to, S3Store) else self.bucket
        return tags_and_grants.lost_by_copies(self.bucket, rel, dst)

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules or policy as canonical JSON, "" where it has none."""
        return bucket_documents.read(self.bucket, what)

    def write_document(self, what: str, text: str) -> None:
        """Replace the bucket's lifecycle rules or policy; "" removes them."""
        bucket_documents.write(self.bucket, what, text)

    # What people who share a bucket tell each other.

    def read_small(self, rel: str, most: int) -> tuple[bytes, int]:
        """Return the first `most` bytes of an object, and its number."""
        return shared_records.read_small(self.bucket, rel, most)

    def write_record(self, rel: str, content: bytes, over: int) -> Item:
        """Write a small object in place of the one numbered `over` (0: of none). FileExistsError where another stands there."""
        return self.noted(shared_records.write_record(self.bucket, rel, content, over))

    def md5(self, rel: str) -> str:
        """Return the MD5 of an object's content, where the service knows it."""
        return shared_records.md5(self.bucket, rel)

    def clock_ns(self) -> int:
        """Return the time by the service's clock, as its last listing told it."""
        return self.bucket.clock_ns

    def link(self, rel: str, seconds: int) -> str:
        """Return an address at which anybody can read an object for so many seconds."""
        return shared_records.link(self.bucket, rel, seconds)

    def close(self) -> None:
        """Let go of threads and files."""
        self.bucket.close()
        self._remembered.close()
        self.known.close()

    def _asks_heads(self) -> bool:
        """Say whether thaws have to be asked for one by one: this service may know of them, and is not AWS's, which lists them."""
        known = self._remembered.get(self.bucket.fs, versioned=self.root.versioned)
        return self.bucket.settings.own_service and (known is None or known.restore or "restore" in known.unknown)

    def _made(self, stored: Stored) -> Stored:
        self.noted(stored.item)
        self.known.learn(stored.item, stored.hash)
        return stored

    def _look_again(self, rel: str) -> Item | None:
        head = self.bucket.head_or_none(rel)
        if head is None:
            self.dropped(rel)
            return None
        return self.noted(head.item)
