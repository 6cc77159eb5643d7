"""Reading with proof: what comes of an object counts only once it is known to be what the service holds.

A wire can spoil what comes, and names and times in an archive have no checksum of their own. Content that came whole is held
against what is recorded of it, and against its ETag; where neither can tell, and for parts of an object, it is read a second time,
with another cut: what spoils each answer alike would spoil two like readings alike.
"""

import errno
import io
from dataclasses import field
from types import TracebackType
from typing import Any, BinaryIO

import xxhash

from reshelve.executors.contracts.object_store import Cancel
from reshelve.executors.stores.content_sums import Sums
from reshelve.executors.stores.object_metadata import recorded
from reshelve.executors.stores.s3.bucket import Bucket, Head
from reshelve.executors.stores.s3.etag_proof import even_parts, is_md5, of_parts
from reshelve.executors.stores.s3.object_bodies import Coming
from reshelve.schemas.quick_dataclasses import dataclass

_CHUNK = 1 << 20
"""Bytes read at a time. An object that is no larger is brought whole, and a leap that is no wider is read through."""


@dataclass(slots=True, frozen=True)
class Object:
    """One very object that is read: `said` is the content hash that is recorded with it, "" for none."""

    bucket: Bucket
    rel: str
    etag: str
    size: int
    said: str

    def coming(self, start: int, end: int, body: Any = None) -> Coming:
        """Return its content from `start` to `end`; `body` is an answer that has begun already."""
        return Coming(self.bucket, self.rel, self.etag, start, end, body)

    def spoilt(self) -> OSError:
        """Return what is raised where what came is not what the service holds."""
        return self.bucket.trouble(errno.EIO, "was spoilt on its way here", self.rel)


class WholeProof:
    """The content of an object as it comes from its beginning to its end, to be proved then."""

    def __init__(self, of: Object) -> None:
        self._of = of
        parts = even_parts(of.bucket, of.rel, of.etag, of.size) if of_parts(of.etag) else ()
        self._sums = Sums(parts) if parts or is_md5(of.etag) else None
        self._hasher = xxhash.xxh3_128()
        self.size = 0

    def update(self, chunk: bytes | memoryview) -> None:
        """Take in what comes next."""
        self._hasher.update(chunk)
        self.size += len(chunk)
        if self._sums is not None:
            self._sums.update(chunk)

    @property
    def hash(self) -> str:
        """The content hash of what came so far."""
        return f"xxh3:{self._hasher.hexdigest()}"

    def prove(self, expected: str = "", cancel: Cancel | None = None) -> str:
        """Return the hash of what came, which is all of it. OSError(EIO) where that is not what the service holds.

        What agrees with the hash that is `expected`, or recorded, is proved by that.
        """
        content, of = self.hash, self._of
        told = content in (expected, of.said) or (self._sums is not None and self._sums.etag == of.etag)
        # An ETag that differs proves nothing: it need be no MD5, and parts need not be of one size.
        if not told and hash_again(of, 0, of.size, cancel) != content:
            raise of.spoilt()
        return content


def hash_again(of: Object, start: int, end: int, cancel: Cancel | None = None) -> str:
    """Return the content hash of a part of an object read anew, in two answers, the second of which begins in its midst."""
    hasher, middle = xxhash.xxh3_128(), min(start + ((end - start) // 2 | 1), end)
    for first, last in ((start, middle), (middle, end)):
        with of.coming(first, last) as coming:
            for at in range(first, last, _CHUNK):
                if cancel is not None and cancel():
                    raise of.bucket.trouble(errno.ECANCELED, "was interrupted", of.rel)
                room = memoryview(bytearray(min(_CHUNK, last - at)))
                coming.fill(room)
                hasher.update(room)
    return f"xxh3:{hasher.hexdigest()}"


def open_object(bucket: Bucket, rel: str) -> tuple[BinaryIO, str]:
    """Open an object for reading, as a stream, and return its ETag beside it. Read it in a `with`, which ends with its proof."""
    with bucket.asking(rel):
        found = bucket.found(rel, bucket.client.get_object(Bucket=bucket.name, Key=bucket.key(rel)))
    etag, said = found["ETag"].strip('"'), recorded(found["Metadata"]).hash
    return _reading(Object(bucket, rel, etag, found["ContentLength"], said), found["Body"], seekable=False), etag


def open_seekable(bucket: Bucket, head: Head) -> BinaryIO:
    """Open the object of a head for reading here and there; OSError(ESTALE) once another stands in its place.

    Read it in a `with`, which ends with its proof.
    """
    item = head.item
    return _reading(Object(bucket, item.rel, head.etag, item.size, head.said.hash), None, seekable=True)


def _reading(of: Object, body: Any, *, seekable: bool) -> BinaryIO:
    if of.size > _CHUNK:
        return _Reading(_Reads(of, body, seekable=seekable))
    room = memoryview(bytearray(of.size))
    with of.coming(0, of.size, body) as coming:
        coming.fill(room)
    if of.size:
        whole = WholeProof(of)
        whole.update(room)
        whole.prove()
    return io.BytesIO(room)


@dataclass(slots=True)
class _Run:
    """What was read in one go besides what was read from the beginning on."""

    start: int
    end: int
    hasher: Any = field(default_factory=xxhash.xxh3_128)


class _Reads(io.RawIOBase):
    """An object as a raw file: it is asked for anew wherever reading does not go on, and what is read is noted for its proof.

    The last bytes of what is read from the beginning to the end come only with the proof of all of them.
    """

    def __init__(self, of: Object, body: Any, *, seekable: bool) -> None:
        self._of = of
        self._seekable = seekable
        self._whole = WholeProof(of)
        self._runs: list[_Run] = []
        self._at = self._came = 0
        self._coming = of.coming(0, of.size, body) if body is not None else None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self._seekable:
            raise io.UnsupportedOperation("a stream")
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._of.size}[whence])
        return self._at

    def readinto(self, room: Any) -> int:
        view = memoryview(room)
        if self._at >= self._of.size or not len(view):
            return 0
        if self._coming is None or not 0 <= self._at - self._came <= _CHUNK:
            self._let_go()
            self._coming, self._came = self._of.coming(self._at, self._of.size), self._at
        while self._came < self._at:
            self._next(self._coming, memoryview(bytearray(self._at - self._came)))
        count = self._next(self._coming, view)
        self._at = self._came
        return count

    def prove(self) -> None:
        """Raise OSError(EIO) unless all that was read is what the service holds."""
        whole, size = self._whole, self._of.size
        if whole.size < size < 2 * whole.size:
            # What is left is less than what would be read twice.
            self._let_go()
            with self._of.coming(whole.size, size) as coming:
                room = memoryview(bytearray(_CHUNK))
                while whole.size < size:
                    whole.update(room[: coming.read_into(room)])
            whole.prove()
        elif 0 < whole.size < size and hash_again(self._of, 0, whole.size) != whole.hash:
            raise self._of.spoilt()
        for run in self._runs:
            if hash_again(self._of, run.start, run.end) != f"xxh3:{run.hasher.hexdigest()}":
                raise self._of.spoilt()

    def close(self) -> None:
        self._let_go()
        super().close()

    def _next(self, coming: Coming, room: memoryview) -> int:
        count = coming.read_into(room)
        at, content = self._came, room[:count]
        self._came += count
        if at == self._whole.size:
            self._whole.update(content)
            if self._whole.size == self._of.size:
                self._whole.prove()
            return count
        if not self._runs or self._runs[-1].end != at:
            self._runs.append(_Run(at, at))
        run = self._runs[-1]
        run.end += count
        run.hasher.update(content)
        return count

    def _let_go(self) -> None:
        if self._coming is not None:
            self._coming.close()
        self._coming = None


class _Reading(io.BufferedReader):
    """An object that is read, in a `with` that ends with the proof of what was read: without it, what is concluded is not returned.

    What makes no sense, such as a damaged archive, is told as that only where it is not the way here that spoilt it.
    """

    def __init__(self, reads: _Reads) -> None:
        super().__init__(reads, _CHUNK)
        self._reads = reads

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None or (isinstance(error, OSError) and error.errno == errno.EBADMSG):
                self._reads.prove()
        finally:
            super().__exit__(kind, error, trace)
