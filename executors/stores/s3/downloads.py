"""Downloading: an object into a new file, hashed, and compared with what is recorded; a large one by `large_downloads`."""

import contextlib
import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from reshelve.executors.contracts.folder_store import Receiver, Store
from reshelve.executors.contracts.object_store import Cancel, Progress
from reshelve.executors.stores.known_digests import Known
from reshelve.executors.stores.object_metadata import Recorded, recorded
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.clients import panics_told
from reshelve.executors.stores.s3.etag_proof import proves
from reshelve.executors.stores.s3.large_downloads import Fetch
from reshelve.executors.stores.s3.object_bodies import Coming
from reshelve.executors.stores.s3.proven_reads import Object, WholeProof, hash_again
from reshelve.schemas.inventory import Item, object_ino

_CHUNK = 1 << 20
_TRIES = 3
"""How often an object is brought here before it is said to differ: the way here spoils a transfer now and then."""


def download(
    bucket: Bucket, rel: str, to: Store, tmp: str, known: Known, progress: Progress | None, cancel: Cancel | None
) -> tuple[Item, str]:
    """Bring an object to the new file `tmp` of `to`. OSError(EIO), and no `tmp`, where it is not what is known of it."""
    for _ in range(_TRIES):
        first = _First(bucket, rel)
        try:
            found = _received(bucket, rel, first, to, tmp, known, progress, cancel)
        finally:
            first.close()
        if found is not None:
            return found
        progress = None  # it was counted
    raise _differs(bucket, rel)


def digest(bucket: Bucket, rel: str, cancel: Cancel | None = None, *, ino: int = 0, expected: str = "") -> str:
    """Return the content hash of an object by reading all of it. OSError(ESTALE) where it is not that of the ETag `ino`.

    OSError(EIO) where what came is not what the service holds; what is the hash that is `expected` is proved by that.
    """
    first = _First(bucket, rel)
    try:
        if ino and object_ino(first.etag) != ino:
            raise bucket.trouble(errno.ESTALE, "changed while it was being read", rel)
        whole = WholeProof(first.object)
        for chunk in first.chunks():
            if cancel is not None and cancel():
                raise bucket.trouble(errno.ECANCELED, "was interrupted", rel)
            whole.update(chunk)
        if whole.size != first.size:
            raise bucket.trouble(errno.EIO, "ended before its end", rel)
    finally:
        first.close()
    return whole.prove(expected, cancel)


class _First:
    """The answer to asking for a whole object: what it is, and its content as far as anyone reads it."""

    def __init__(self, bucket: Bucket, rel: str) -> None:
        self._bucket = bucket
        self._rel = rel
        self._body: Any = None
        self._fast: Any = None
        key = bucket.key(rel)
        if not self._ask_fast(key):
            with bucket.asking(rel):
                found = bucket.found(rel, bucket.client.get_object(Bucket=bucket.name, Key=key))
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

    @property
    def object(self) -> Object:
        """The very object that answered."""
        return Object(self._bucket, self._rel, self.etag, self.size, self.said.hash)

    def whole(self) -> memoryview:
        """Return the content of an object that is no larger than a chunk."""
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
        return self.object.coming(at, self.size, body)

    def close(self) -> None:
        """Let go of the answer; what was not read of it is not sent."""
        if self._body is not None:
            self._body.close()
        self._fast = None


def _received(
    bucket: Bucket, rel: str, first: _First, to: Store, tmp: str, known: Known, progress: Progress | None, cancel: Cancel | None
) -> tuple[Item, str] | None:
    """Return what was received and its hash; None, and no `tmp`, where that is not what is known of the object."""

    def cancelled() -> None:
        if cancel is not None and cancel():
            raise bucket.trouble(errno.ECANCELED, "was interrupted", rel)

    def small(into: Receiver) -> None:
        at = 0
        for chunk in first.chunks() if first.size > _CHUNK else (first.whole(),):
            cancelled()
            into.write_at(at, chunk)
            at += len(chunk)
            if progress is not None:
                progress(len(chunk))

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
            to.remove(tmp)
            return None
        known.learn(there, content)
    except BaseException:
        to.remove(tmp)
        raise
    return item, content


def _confirmed(bucket: Bucket, rel: str, first: _First, to: Store, tmp: str, content: str, cancel: Cancel | None) -> bool:
    """Say whether content of which nothing certain is recorded is what the service holds: by its ETag, else by reading it again."""
    with to.open(tmp) as file:
        proof = proves(bucket, rel, first.etag, first.size, file)
    return hash_again(first.object, 0, first.size, cancel) == content if proof is None else proof


def _differs(bucket: Bucket, rel: str) -> OSError:
    return bucket.trouble(
        errno.EIO, "differs from what is recorded of it, or was spoilt on its way; check the network, and the object", rel
    )
