"""A bucket in memory: the exact reference of the object store contract, on a service that can be made to behave like each kind."""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reshelve.executors.contracts.folder_store import Receiver, Store
from reshelve.executors.contracts.object_store import Cancel, CreateOnly, Progress, Stored
from reshelve.executors.stores.doubles.memory_bucket_reads import MemoryBucketReads, hashes_of
from reshelve.executors.stores.doubles.memory_service import Killed, Parts, Version, etag_of
from reshelve.executors.stores.no_folders import WithoutFolders
from reshelve.executors.stores.object_metadata import PREFIX, RESERVATION, RESERVED, Hashes, Recorded, recorded, standing
from reshelve.schemas.archive_record import content_of, record_of
from reshelve.schemas.archived_classes import ARCHIVED
from reshelve.schemas.inventory import Item, object_ino
from reshelve.schemas.verbs import ArchiveFormat, Member

_CHUNK = 1 << 20


class MemoryBucket(MemoryBucketReads, WithoutFolders):
    """The keys below the prefix of `root.path` (`s3://bucket/prefix`) of a bucket in memory.

    Two on one service can copy between them. Content of more than `part_size` bytes goes up in parts. With `accept_race`, uploads
    go on where the service can neither refuse to replace nor keep what was replaced.
    """

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
        before = source.stat(src)
        if before is None:
            raise FileNotFoundError(errno.ENOENT, "there is no such file", f"{source.root.path}/{src}")
        with source.open(src) as file:
            chunks = iter(lambda: file.read(_CHUNK), b"")
            said = Recorded(mtime_ns=before.mtime_ns, mode=before.mode & 0o7777, token=token, project_id=project)

            def unchanged() -> None:
                after = source.fingerprint(src)
                if after != (before.ino, before.size, before.mtime_ns):
                    raise OSError(errno.ESTALE, "changed while it was being uploaded", f"{source.root.path}/{src}")

            return self._create(
                dst, chunks, before.size, said, storage_class, unchanged, began=began, mine=mine, progress=progress, cancel=cancel
            )

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
        """Pack a folder of `source` straight into the free key `dst`."""
        from reshelve.executors.archives import stream
        from reshelve.executors.archives.packed_members import Members

        reading = Members(source, src, None, cancel)
        chunks = stream(reading, form, members)
        size = sum(each.size for each in members if each.kind == "file")
        said = Recorded(token=token, members=record_of(members), project_id=project)
        stored = self._create(dst, chunks, size, said, storage_class, began=began, mine=mine, progress=progress, cancel=cancel)
        self.known.note("members", stored.item, said.members)
        self.known.note("content", stored.item, content_of(reading.hashes))
        return stored

    def write_object(self, content: bytes, rel: str, *, token: str, storage_class: str = "") -> Stored:
        """Put content that is in memory at the free key `rel`."""
        said = Recorded(token=token)
        return self._create(rel, [content], len(content), said, storage_class)

    def uploads(self, rel: str) -> list[str]:
        """Return the ids of uploads in parts under way at a key, and of a reservation of it."""
        key = self.key(rel)
        with self.service.lock:
            found = [upload for upload, parts in self.service.uploads.items() if parts.key == key]
            there = self.service.current(key)
            holder = there.metadata.get(RESERVATION) if there is not None else None
            return found + ([f"{RESERVED}{holder}"] if holder else [])

    def abort(self, rel: str, upload: str) -> None:
        """Give up an upload in parts, or a reservation; fine when it is gone."""
        key = self.key(rel)
        with self.service.lock:
            if upload.startswith(RESERVED):
                if upload in self.uploads(rel):
                    self.service.drop(key, "")
                    self.dropped(rel)
                return
            self.service.uploads.pop(upload, None)

    def copy_to(
        self, src: str, to: Store, tmp: str, how: str = "copy", *, progress: Progress | None = None, cancel: Cancel | None = None
    ) -> tuple[Item, str]:
        """Download an object to the new file `tmp` of `to`, with its recorded mtime and mode, hashed and synced."""
        del how
        version = self.readable(src, self.there(src))
        if cancel and cancel():
            raise self.trouble(errno.ECANCELED, "was interrupted", src)
        said, item = recorded(version.metadata), self.seen(src, version, note=False)

        def fill(into: Receiver) -> None:
            into.write_at(0, version.content)
            if progress:
                progress(len(version.content))
            if self.known.hash(item, said) not in ("", hashes_of(version.content).hash):
                raise self.trouble(errno.EIO, "differs from what its uploader recorded", src)

        return to.receive(tmp, fill, mtime_ns=said.mtime_ns, mode=said.mode, cancel=cancel)

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
        """Copy an object within its service to the free key `dst` of `to`."""
        if not isinstance(to, MemoryBucket) or to.service is not self.service:
            raise self.trouble(errno.EXDEV, "cannot be copied to another service by the service itself", src)
        version = self.readable(src, self.there(src))
        if cancel and cancel():
            raise self.trouble(errno.ECANCELED, "was interrupted", src)
        said, etag = self._said_of(src, version), etag_of([version.content])
        said = replace(said, of=standing(etag, len(version.content))).by(token)
        copied = Version(
            "",
            content=version.content,
            etag=etag,
            storage_class=storage_class or "STANDARD",
            metadata=_without_ours(version.metadata) | said.metadata(),
        )
        if to.service.reserves:
            to._reserve(dst, token, began)  # noqa: SLF001
            to.abort(dst, f"{RESERVED}{token}")
        item = to._publish(dst, copied, to.service.create_only)  # noqa: SLF001
        self.known.carry(self.seen(src, version, note=False), said, to.known, item)
        return Stored(item, said.hash, copied.id)

    def remove(self, rel: str, ino: int = 0) -> None:
        """Remove an object, with `ino` that of this ETag: for good in an unversioned bucket, under a marker in a versioned one."""
        with self.service.lock:
            self._expect(rel, ino)
            if self.service.versioned:
                self.hide(rel)
            else:
                self.service.drop(self.key(rel), "")
                self.dropped(rel)

    def _expect(self, rel: str, ino: int) -> None:
        there = self.there(rel)
        if ino and object_ino(there.etag) != ino:
            raise self.trouble(errno.ESTALE, "was changed as it was to be removed", rel)

    def remove_version(self, rel: str, version: str) -> None:
        """Remove one version of an object, or one delete marker, for good; fine when it is gone."""
        key = self.key(rel)
        self.service.drop(key, version)
        self.look_again(rel)

    def hide(self, rel: str, ino: int = 0) -> str:
        """Put a delete marker over an object of a versioned bucket, with `ino` that of this ETag; return the marker's version."""
        key = self.key(rel)
        if not self.service.versioned:
            raise self.trouble(errno.EOPNOTSUPP, "the bucket keeps no versions, so nothing in it can be hidden", rel)
        with self.service.lock:
            self._expect(rel, ino)
            marker = self.service.put(key, Version("", marker=True), create=None)
        self.dropped(rel)
        return marker.id

    def reveal(self, rel: str, ino: int = 0) -> Item:
        """Remove the delete marker over an object, or copy that of an ETag on top; return what then stands there."""
        key = self.key(rel)
        with self.service.lock:
            buried, top = self._under(rel, ino), self.service.top(key)
            if buried is None or top is None or not top.marker:
                raise self.trouble(errno.ENOENT, "there is no delete marker on top", rel)
            if buried is self.service.keys[key][-2]:
                self.service.drop(key, self.service.keys[key][-1].id)
            else:
                self.service.put(key, replace(self.readable(rel, buried)), create=None)
            self.look_again(rel)
            return self.seen(rel, self.there(rel))

    def hidden(self, rel: str, ino: int = 0) -> Item | None:
        """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""
        with self.service.lock:
            buried = self._under(rel, ino)
            return None if buried is None else self.seen(rel, buried, note=False)

    def beneath(self, rel: str, ino: int) -> Item | None:
        """Return the newest version with that ETag beneath what stands there that can be read at once, or None."""
        with self.service.lock:
            found = self._beneath(rel, ino)
            return None if found is None else self.seen(rel, found, note=False)

    def _beneath(self, rel: str, ino: int) -> Version | None:
        under = (each for each in reversed(self.service.keys.get(self.key(rel), [])[:-1]) if not each.marker)
        readable = (each for each in under if each.storage_class not in ARCHIVED)
        return next((each for each in readable if object_ino(each.etag) == ino), None)

    def remove_hidden(self, rel: str, ino: int = 0) -> None:
        """Remove an object that lies under a delete marker for good; the markers too, when they hide nothing more."""
        key = self.key(rel)
        with self.service.lock:
            buried = self._under(rel, ino)
            if buried is None:
                raise self.trouble(errno.ENOENT, "is under no delete marker", rel)
            self.service.drop(key, buried.id)
            left = self.service.keys.get(key, [])
            for each in left if all(each.marker for each in left) else []:
                self.service.drop(key, each.id)
            self.look_again(rel)

    def _under(self, rel: str, ino: int) -> Version | None:
        versions = self.service.keys.get(self.key(rel), [])
        if not versions or not (versions[-1].marker or ino):
            return None
        objects = (each for each in reversed(versions[:-1]) if not each.marker)
        return next((each for each in objects if not ino or object_ino(each.etag) == ino), None)

    def set_class(self, rel: str, storage_class: str, *, token: str, beneath: int = 0) -> Stored:
        """Give an object another storage class by copying it onto itself, or the version `beneath` that can be read."""
        with self.service.lock:
            under = self._beneath(rel, beneath) if beneath else None
            if beneath and under is None:
                raise self.trouble(errno.ENOENT, "there is no such version", rel)
            version = under or self.readable(rel, self.there(rel))
            said = replace(self._said_of(rel, version), of=standing(version.etag, len(version.content))).by(token)
            metadata = _without_ours(version.metadata) | said.metadata()
            changed = replace(version, storage_class=storage_class, metadata=metadata)
            changed.thawed_at = changed.frozen_at = -1
            self.service.put(self.key(rel), changed, create=None)
        return Stored(self.seen(rel, changed), said.hash, changed.id)

    def thaw(self, rel: str, days: int, tier: str) -> None:
        """Ask for an archived object; fine when that was asked already."""
        with self.service.lock:
            version = self.there(rel)
            self.service.thaw(version, days, tier, self.path(rel))
            self.seen(rel, version)

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:  # noqa: ARG002 - as the port has it
        """Return nothing: objects here have no locks and no grants."""
        return ()

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules or policy, "" where it has none."""
        return self.service.documents.get(what, "")

    def write_document(self, what: str, text: str) -> None:
        """Replace the bucket's lifecycle rules or policy; "" removes them."""
        if text:
            self.service.documents[what] = text
        else:
            self.service.documents.pop(what, None)

    # What people who share a bucket tell each other.

    def read_small(self, rel: str, most: int) -> tuple[bytes, int]:
        """Return the first `most` bytes of an object, and its number."""
        version = self.there(rel)
        return version.content[:most], object_ino(version.etag)

    def write_record(self, rel: str, content: bytes, over: int) -> Item:
        """Write a small object in place of the one numbered `over` (0: of none). FileExistsError where another stands there."""
        key, made = self.key(rel), Version("", content=content, etag=etag_of([content]))
        with self.service.lock:
            current = self.service.current(key)
            if (object_ino(current.etag) if current is not None else 0) != over:
                raise FileExistsError(errno.EEXIST, "holds something else by now", self.path(rel))
            return self.seen(rel, self.service.put(key, made, create=None))

    def md5(self, rel: str) -> str:
        """Return the MD5 of an object's content where its ETag is that."""
        etag = self.there(rel).etag
        return "" if "-" in etag else etag

    def clock_ns(self) -> int:
        """Return the time by the service's clock."""
        return self.service.now * 1_000_000_000

    def link(self, rel: str, seconds: int) -> str:
        """Return an address at which anybody could read an object."""
        self.there(rel)
        return f"https://memory.invalid/{self.key(rel)}?for={seconds}"

    def close(self) -> None:
        """Let go of what is remembered."""
        self.known.close()

    # How it is done.

    def _create(
        self,
        dst: str,
        chunks: Iterable[bytes],
        size: int,
        said: Recorded,
        storage_class: str,
        unchanged: Callable[[], None] = lambda: None,
        *,
        began: Callable[[Sequence[str]], None] | None = None,
        mine: Sequence[str] = (),
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Put content at a free key, whole or in parts, as long as `unchanged` raises nothing at the end."""
        key = self.key(dst)
        many = size > self.part_size
        create = self.service.multipart if many else self.service.create_only
        if create == "none" and not self.accept_race:
            why = "the service cannot refuse to replace an object; set `accept_race: true` to upload all the same"
            raise self.trouble(errno.EOPNOTSUPP, why, dst)
        if self.service.current(key) is not None:
            raise self._taken(dst)
        hashes = Hashes()
        upload = ""
        kind = storage_class or "STANDARD"
        if many:
            if began is not None:
                began(self.uploads(dst))
            going = [each for each in mine if each in self.service.uploads]
            upload = going[0] if going else f"u{self.service.new_id()}"
            with self.service.lock:
                self.service.uploads.setdefault(upload, Parts(key, kind, {}))
        try:
            parts = list(self._parts(chunks, hashes, upload, progress, cancel))
            unchanged()
            said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
            etag, content = etag_of(parts), b"".join(parts)
            # What is recorded with an upload in parts is said before its parts are known.
            said = replace(said, of="" if many else standing(etag, len(content)))
            version = Version("", content=content, etag=etag, storage_class=kind, metadata=said.metadata())
            item = self._publish(dst, version, create)
        except Killed:
            raise
        except BaseException:
            self.abort(dst, upload)
            raise
        self.abort(dst, upload)
        self.known.learn(item, said.hash)
        return Stored(item, said.hash, version.id)

    def _said_of(self, rel: str, version: Version) -> Recorded:
        """Return what is recorded with an object, held to what it holds."""
        said, item = recorded(version.metadata), self.seen(rel, version, note=False)
        if self.known.believes(item, said):
            return said
        return replace(said, hash=hashes_of(version.content).hash, sha256="", members="")

    def _parts(
        self, chunks: Iterable[bytes], hashes: Hashes, upload: str, progress: Progress | None, cancel: Cancel | None
    ) -> Iterator[bytes]:
        """Yield the content part by part; each has then arrived at the upload, if there is one."""
        waiting = b""
        number = 0
        for chunk in chunks:
            if cancel and cancel():
                raise OSError(errno.ECANCELED, "was interrupted")
            hashes.update(chunk)
            waiting += chunk
            if progress:
                progress(len(chunk))
            while upload and len(waiting) > self.part_size:
                number += 1
                part, waiting = waiting[: self.part_size], waiting[self.part_size :]
                self._arrived(upload, number, part)
                yield part
        if upload:
            self._arrived(upload, number + 1, waiting)
        yield waiting

    def _arrived(self, upload: str, number: int, part: bytes) -> None:
        with self.service.lock:
            self.service.uploads[upload].parts[number] = part
            if self.service.kill_after is not None and number >= self.service.kill_after:
                self.service.kill_after = None
                raise Killed

    def _publish(self, dst: str, version: Version, create: CreateOnly) -> Item:
        """Put a version at a free key; what was put between is found out afterwards where the service refuses nothing."""
        key = self.key(dst)
        self._free(key, dst)
        before = len(self.service.keys.get(key, ()))
        try:
            self.service.put(key, version, create=create)
        except FileExistsError:
            raise self._taken(dst) from None
        with self.service.lock:
            if create == "versioned" and self.service.keys[key][before] is not version:
                # Somebody was first: theirs stands again, and ours was never there.
                self.service.drop(key, version.id)
                raise self._taken(dst)
            return self.seen(dst, version)

    def _reserve(self, dst: str, token: str, began: Callable[[Sequence[str]], None] | None) -> None:
        """Take a free key by an empty object of ours, as where the service refuses to replace by nothing but small objects."""
        if began is not None:
            began(self.uploads(dst))
        if f"{RESERVED}{token}" not in self.uploads(dst):
            self._publish(dst, Version("", etag=etag_of([b""]), metadata={RESERVATION: token}), "enforced")
        self.service.reserved()

    def _free(self, key: str, dst: str) -> None:
        if self.service.current(key) is not None:
            raise self._taken(dst)

    def _taken(self, rel: str) -> OSError:
        return self.trouble(errno.EEXIST, "there is an object already", rel)


def _without_ours(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in metadata.items() if not name.startswith(PREFIX)}
