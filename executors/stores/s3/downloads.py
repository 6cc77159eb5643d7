"""Downloading: an object into a new file, hashed, and compared with what is recorded; a large one by `large_downloads`."""

import contextlib
import errno
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from reshelve.executors.contracts.folder_store import Receiver, Store
from reshelve.executors.contracts.object_store import Cancel, Progress
from reshelve.executors.stores.known_digests import Known
from reshelve.executors.stores.object_metadata import Hashes, Recorded, recorded
from reshelve.executors.stores.s3.bucket import Bucket, Head
from reshelve.executors.stores.s3.clients import panics_told
from reshelve.executors.stores.s3.etag_proof import Sums, all_parts, encrypted, even_parts, is_md5, of_parts, proves
from reshelve.executors.stores.s3.large_downloads import Fetch
from reshelve.executors.stores.s3.object_bodies import Coming, Stream
from reshelve.schemas.inventory import Item, object_ino

_CHUNK = 1 << 20


def download(
    bucket: Bucket, rel: str, to: Store, tmp: str, known: Known, progress: Progress | None, cancel: Cancel | None
) -> tuple[Item, str]:
    """Bring an object to the new file `tmp` of `to`. OSError(EIO), and no `tmp`, where it is not what is known of it."""
    first = _First(bucket, rel)
    try:
        return _received(bucket, rel, first, to, tmp, known, progress, cancel)
    finally:
        first.close()


def digest(bucket: Bucket, rel: str, cancel: Cancel | None = None, *, ino: int = 0) -> str:
    """Return the content hash of an object by reading all of it. OSError(ESTALE) where it is not that of the ETag `ino`.

    OSError(EIO) where what came is not what the service holds, as far as its ETag tells.
    """
    hashes = Hashes()
    first = _First(bucket, rel)
    try:
        if ino and object_ino(first.etag) != ino:
            raise bucket.trouble(errno.ESTALE, "changed while it was being read", rel)
        parts = even_parts(bucket, rel, first.etag, first.size) if of_parts(first.etag) else ()
        sums = Sums(parts) if parts or is_md5(first.etag) else None
        for chunk in first.chunks():
            if cancel is not None and cancel():
                raise bucket.trouble(errno.ECANCELED, "was interrupted", rel)
            hashes.update(chunk)
            if sums is not None:
                sums.update(chunk)
        if hashes.size != first.size:
            raise bucket.trouble(errno.EIO, "ended before its end", rel)
    finally:
        first.close()
    differs = sums is not None and sums.etag != first.etag and not encrypted(bucket, rel, first.etag)
    # Parts that are not of one size are told only where they are asked for one by one.
    if differs and (not parts or all_parts(bucket, rel, first.etag, first.size) == parts):
        raise bucket.trouble(errno.EIO, "was spoilt on its way here", rel)
    return hashes.hash


def open_object(bucket: Bucket, rel: str) -> BinaryIO:
    """Open an object for reading, as a stream."""
    with bucket.telling(rel):
        found = bucket.client.get_object(Bucket=bucket.name, Key=bucket.key(rel))
    coming = Coming(bucket, rel, found["ETag"].strip('"'), 0, found["ContentLength"], found["Body"])
    return io.BufferedReader(Stream(coming), _CHUNK)


def open_seekable(bucket: Bucket, head: Head) -> BinaryIO:
    """Open the object of a head for reading here and there; OSError(ESTALE) once another stands in its place."""
    return io.BufferedReader(_Seekable(bucket, head), _CHUNK)


class _First:
    """The answer to asking for a whole object: what it is, and its content as far as anyone reads it."""

    def __init__(self, bucket: Bucket, rel: str) -> None:
        self._bucket = bucket
        self._rel = rel
        self._body: Any = None
        self._fast: Any = None
        key = bucket.key(rel)
        if not self._ask_fast(key):
            with bucket.telling(rel):
                found = bucket.client.get_object(Bucket=bucket.name, Key=key)
            self._body = found["Body"]
            self.size, self.etag = found["ContentLength"], found["ETag"].strip('"')
            self.said: Recorded = recorded(found["Metadata"])

    def _ask_fast(self, key: str) -> bool:
        client = self._bucket.connection.fast
        if client is None or not self._rel.isprintable():
            return False
        from obstore import get
        from obstore.exceptions import BaseError

        try:
            with panics_told():
                found = get(client, key)
            meta: Any = found.meta
            self.size, self.etag = meta["size"], (meta["e_tag"] or "").strip('"')
            self.said = recorded({name: str(text) for name, text in found.attributes.items()})
            self._fast = found
        except (BaseError, OSError, ValueError):
            return False
        return True

    def whole(self) -> memoryview:
        """Return the content of a small object."""
        if self._fast is not None:
            from obstore.exceptions import BaseError

            with contextlib.suppress(BaseError, OSError), panics_told():
                content = memoryview(self._fast.bytes())
                if len(content) == self.size:
                    return content
        room = memoryview(bytearray(self.size))
        with self._coming(0) as coming:
            coming.fill(room)
        return room

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the content in order."""
        at = 0
        if self._fast is not None:
            from obstore.exceptions import BaseError

            with contextlib.suppress(BaseError, OSError), panics_told():
                for chunk in self._fast.stream(_CHUNK):
                    yield bytes(chunk)
                    at += len(chunk)
        with self._coming(at) as coming:
            while at < self.size:
                room = memoryview(bytearray(min(_CHUNK, self.size - at)))
                coming.fill(room)
                yield room
                at += len(room)

    def _coming(self, at: int) -> Coming:
        """Return what is left from `at` on: of the answer that is there already, or of another that is asked for."""
        body, self._body = self._body, None
        return Coming(self._bucket, self._rel, self.etag, at, self.size, body)

    def close(self) -> None:
        """Let go of the answer; what was not read of it is not sent."""
        if self._body is not None:
            self._body.close()
        self._fast = None


def _received(
    bucket: Bucket, rel: str, first: _First, to: Store, tmp: str, known: Known, progress: Progress | None, cancel: Cancel | None
) -> tuple[Item, str]:
    def cancelled() -> None:
        if cancel is not None and cancel():
            raise bucket.trouble(errno.ECANCELED, "was interrupted", rel)

    def small(into: Receiver) -> None:
        with bucket.budget.hold(first.size):
            cancelled()
            content = first.whole()
            into.write_at(0, content)
            if progress is not None:
                progress(len(content))

    def large(into: Receiver) -> None:
        first.close()
        Fetch(bucket, rel, first.etag, first.size, into, progress, cancelled).fetch()

    fill: Callable[[Receiver], None] = small if first.size <= bucket.settings.part_size else large
    from_disk = bucket.settings.verify == "read"
    said = first.said
    item, content = to.receive(tmp, fill, mtime_ns=said.mtime_ns, mode=said.mode, from_disk=from_disk, cancel=cancel)
    try:
        there = bucket.item(rel, first.size, first.etag, datetime.now(UTC), "")
        expected = known.hash(there, said)
        sure = content == (expected or said.hash)
        if item.size != first.size or not (sure or (not expected and _confirmed(bucket, rel, first, to, tmp, content, cancel))):
            raise _differs(bucket, rel)
        known.learn(there, content)
    except BaseException:
        to.remove(tmp)
        raise
    return item, content


def _confirmed(bucket: Bucket, rel: str, first: _First, to: Store, tmp: str, content: str, cancel: Cancel | None) -> bool:
    """Say whether content of which nothing certain is recorded is what the service holds: by its ETag, else by reading it again."""
    with to.open(tmp) as file:
        proof = proves(bucket, rel, first.etag, first.size, file)
    return _second_reading(bucket, rel, first, cancel) == content if proof is None else proof


def _second_reading(bucket: Bucket, rel: str, first: _First, cancel: Cancel | None) -> str:
    """Return the content hash of an object read anew, in two answers that begin where none of the first reading began.

    What spoils each answer alike would spoil two like readings alike.
    """
    hashes, middle = Hashes(), first.size // 2 | 1
    for start, end in ((0, min(middle, first.size)), (middle, first.size)):
        with Coming(bucket, rel, first.etag, start, end) as coming:
            for at in range(start, end, _CHUNK):
                if cancel is not None and cancel():
                    raise bucket.trouble(errno.ECANCELED, "was interrupted", rel)
                room = memoryview(bytearray(min(_CHUNK, end - at)))
                coming.fill(room)
                hashes.update(room)
    return hashes.hash


def _differs(bucket: Bucket, rel: str) -> OSError:
    return bucket.trouble(
        errno.EIO, "differs from what is recorded of it, or was spoilt on its way; check the network, and the object", rel
    )


class _Seekable(io.RawIOBase):
    """An object as a raw file that can be read from anywhere: it is asked for anew wherever reading does not go on."""

    def __init__(self, bucket: Bucket, head: Head) -> None:
        self._bucket = bucket
        self._head = head
        self._at = 0
        self._coming: Coming | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._head.item.size}[whence])
        if at != self._at:
            self._let_go()
        self._at = at
        return at

    def readinto(self, room: Any) -> int:
        if self._coming is None:
            size = self._head.item.size
            self._coming = Coming(self._bucket, self._head.item.rel, self._head.etag, min(self._at, size), size)
        count = self._coming.read_into(memoryview(room))
        self._at += count
        return count

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._coming is not None:
            self._coming.close()
        self._coming = None
