"""Uploading: a file, or a folder packed on the way, to a free key; hashed, verified, and left whole or not at all."""

import contextlib
import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from executors.stores.base import Store
from executors.stores.objects import Cancel, Capabilities, Progress, Stored
from executors.stores.recorded import Hashes, Recorded
from executors.stores.s3 import parts
from executors.stores.s3.bucket import ARCHIVED, STANDARD, Bucket
from executors.stores.s3.classes import set_class
from executors.stores.s3.confirming import Confirming
from executors.stores.s3.creating import create
from executors.stores.s3.downloading import digest
from executors.stores.s3.putting import put
from schemas.archives import record_of
from schemas.inventory import Item
from schemas.verbs import ArchiveFormat, Member

_CHUNK = 1 << 20


@dataclass(slots=True, frozen=True)
class Asked:
    """What one upload is asked to be: where, by whom, in which class; who is told, and which unfinished uploads are its own."""

    rel: str
    token: str
    storage_class: str
    began: parts.Began | None
    mine: Sequence[str]
    progress: Progress | None
    cancel: Cancel | None

    def cancelled(self) -> None:
        """Raise OSError(ECANCELED) where it is to be given up."""
        if self.cancel is not None and self.cancel():
            raise OSError(errno.ECANCELED, "was interrupted")


class Uploading:
    """The uploads of one bucket. `found` tells what the service keeps. Safe to share by threads."""

    def __init__(self, bucket: Bucket, found: Callable[[], Capabilities]) -> None:
        self._bucket = bucket
        self._found = found
        self._confirming = Confirming(bucket)

    def upload(self, src: str, source: Store, asked: Asked) -> Stored:
        """Put the file `src` of `source` at a free key. OSError(ESTALE) where it changes meanwhile; then nothing was put."""
        before = source.stat(src)
        if before is None or before.kind != "file":
            raise OSError(errno.ENOENT if before is None else errno.EINVAL, "is not a regular file", f"{source.root.path}/{src}")
        self._fit(asked)
        said = Recorded(mtime_ns=before.mtime_ns, mode=before.mode & 0o7777, token=asked.token)
        step = self._bucket.settings.part_size
        if before.size <= step:
            with self._bucket.budget.hold(before.size):
                asked.cancelled()
                with source.open(src) as file:
                    content = file.read(before.size + 1)
                _unchanged(source, src, before, len(content))
                return self._whole(content, said, asked)
        hashes = Hashes()
        for chunk in _chunks(source, src):
            asked.cancelled()
            hashes.update(chunk)
        _unchanged(source, src, before, hashes.size)
        said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
        step = parts.part_size(before.size, step)

        def still() -> None:
            _unchanged(source, src, before, before.size)

        try:
            return self._in_parts(lambda: _chunks(source, src), step, said, asked, still, mine=asked.mine)
        except OSError as trouble:
            if trouble.errno != errno.ESTALE or not asked.mine:
                raise
            # What an earlier try had sent is of other content: all of it is sent anew.
            still()
            return self._in_parts(lambda: _chunks(source, src), step, said, asked, still, mine=())

    def upload_packed(self, src: str, source: Store, form: ArchiveFormat, members: Sequence[Member], asked: Asked) -> Stored:
        """Pack a folder straight into a free key. Its hash is known at its end, and is then recorded by a copy onto itself."""
        from executors.archives import packed

        self._fit(asked)
        said = Recorded(token=asked.token, members=record_of(members))
        step = parts.part_size(sum(each.size for each in members), self._bucket.settings.part_size)

        quiet = replace(asked, progress=None)

        with self._bucket.budget.hold(step):
            stream = parts.cut(packed(source, src, form, members, progress=asked.progress, cancel=asked.cancel), step)
            first, second = next(stream), next(stream, None)
            if second is None:
                return self._whole(first, said, quiet)

        def all_of_it() -> Iterator[bytes]:
            yield first
            yield second
            yield from stream

        return self._in_parts(all_of_it, step, said, quiet, lambda: None, mine=asked.mine)

    def _fit(self, asked: Asked) -> None:
        """Raise OSError where the class that is asked for cannot be had."""
        self._bucket.key(asked.rel)
        wanted = self._kind(asked)
        if wanted not in ("", STANDARD) and not self._found().storage_classes:
            raise self._bucket.trouble(errno.EOPNOTSUPP, f"the service has no storage class {wanted}", asked.rel)

    def _kind(self, asked: Asked) -> str:
        return asked.storage_class or self._bucket.settings.storage_class

    def _first_kind(self, asked: Asked) -> str:
        """Return the class to upload in: that asked for, unless it has to be verified before it cannot be read back."""
        wanted, found = self._kind(asked), self._found()
        checked = self._bucket.settings.verify == "head" and (found.content_md5 or found.checksums)
        return "" if wanted == STANDARD or (wanted in ARCHIVED and not checked) else wanted

    def _whole(self, content: bytes, said: Recorded, asked: Asked) -> Stored:
        """Put content that is in memory."""
        hashes = Hashes()
        hashes.update(content)
        said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
        kind = self._first_kind(asked)
        asked.cancelled()

        def act(free: bool) -> str:
            return put(self._bucket, asked.rel, content, said, kind, create=free)

        version = create(self._bucket, asked.rel, self._found(), "put", asked.token, act)
        with self._taking_back(asked, version):
            if asked.progress is not None:
                asked.progress(len(content))
            item = self._confirming.item(asked.rel)
            if item.size != len(content):
                raise self._bucket.trouble(errno.EIO, "is not what was put there", asked.rel)
            return self._settled(item, said, version, kind, asked)

    def _in_parts(
        self,
        chunks: Callable[[], Iterable[bytes]],
        step: int,
        said: Recorded,
        asked: Asked,
        unchanged: Callable[[], None],
        *,
        mine: Sequence[str],
    ) -> Stored:
        """Put content piece by piece; when it raises, no piece is left."""
        bucket, kind = self._bucket, self._first_kind(asked)
        if asked.began is not None:
            asked.began(parts.under_way(bucket, asked.rel))
        if bucket.head_or_none(asked.rel) is not None and not any(each.startswith("reserved:") for each in mine):
            raise bucket.taken(asked.rel)
        going = parts.resume(bucket, asked.rel, mine) or parts.begin(bucket, asked.rel, said, kind)
        hashes = Hashes()

        def hashed() -> Iterator[bytes]:
            for chunk in parts.cut(chunks(), step):
                hashes.update(chunk)
                yield chunk

        try:
            going.send(hashed(), asked.progress, asked.cancel)
            unchanged()
            if said.hash and hashes.hash != said.hash:
                raise bucket.trouble(errno.ESTALE, "its source changed while it was being uploaded", asked.rel)
            act = lambda free: going.complete(create=free)  # noqa: E731
            version = create(bucket, asked.rel, self._found(), "multipart", asked.token, act)
        except BaseException:
            with contextlib.suppress(OSError):
                going.abort()
            raise
        with self._taking_back(asked, version):
            head = bucket.head(asked.rel)
            if head.said.token != asked.token:
                raise bucket.taken(asked.rel)
            # An ETag of parts proves them all. Whoever makes another kind of ETag is read back.
            proof = "-" in head.etag and not head.encrypted
            differs = head.etag != going.etag if proof else digest(bucket, asked.rel, asked.cancel) != hashes.hash
            if head.item.size != hashes.size or differs or (said.hash and head.said.hash != said.hash):
                why = "what arrived is not what was sent; run the command again, and check the network"
                raise bucket.trouble(errno.EIO, why, asked.rel)
            said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
            return self._settled(head.item, said, version or head.version, kind, asked, recorded=head.said == said)

    def _settled(self, item: Item, said: Recorded, version: str, kind: str, asked: Asked, *, recorded: bool = True) -> Stored:
        """Verify what was put, as the store asks, and give it its class and what is recorded where that could not be before."""
        bucket, wanted = self._bucket, self._kind(asked)
        if bucket.settings.verify == "read" and digest(bucket, asked.rel, asked.cancel) != said.hash:
            raise bucket.trouble(errno.EIO, "what was read back is not what was sent", asked.rel)
        if recorded and kind == ("" if wanted == STANDARD else wanted):
            return Stored(item, said.hash, version)
        head, before = set_class(bucket, asked.rel, wanted, asked.token, said)
        if before and before != head.version:
            bucket.delete(asked.rel, before)
        return Stored(head.item, said.hash, head.version)

    @contextlib.contextmanager
    def _taking_back(self, asked: Asked, version: str) -> Iterator[None]:
        """Remove what was put where something then goes wrong."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                head = self._bucket.head_or_none(asked.rel)
                if head is not None and head.said.token == asked.token:
                    self._bucket.delete(asked.rel, head.version or version)
            raise


def _chunks(source: Store, src: str) -> Iterator[bytes]:
    with source.open(src) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _unchanged(source: Store, src: str, before: Item, size: int) -> None:
    if size != before.size or source.fingerprint(src) != (before.ino, before.size, before.mtime_ns):
        raise OSError(errno.ESTALE, "changed while it was being uploaded", f"{source.root.path}/{src}")
