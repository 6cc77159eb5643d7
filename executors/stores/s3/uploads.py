"""Uploading: a file, or a folder packed on the way, to a free key; hashed, verified, and left whole or not at all."""

import contextlib
import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from reshelve.executors.archives.packed_members import Members
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import Cancel, Capabilities, Progress, Stored
from reshelve.executors.stores.object_metadata import Hashes, Recorded, standing
from reshelve.executors.stores.s3 import multipart_uploads
from reshelve.executors.stores.s3.bucket import STANDARD, Bucket
from reshelve.executors.stores.s3.class_changes import set_class
from reshelve.executors.stores.s3.downloads import digest
from reshelve.executors.stores.s3.free_keys import create
from reshelve.executors.stores.s3.read_through import read_through
from reshelve.executors.stores.s3.small_uploads import put
from reshelve.executors.stores.s3.upload_pieces import BITE, MemoryPiece, Piece, changed, cut
from reshelve.executors.stores.transfer_memory import MEMORY, Holding
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.archived_classes import ARCHIVED
from reshelve.schemas.inventory import Item, same
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import ArchiveFormat, Member


@dataclass(slots=True, frozen=True)
class Asked:
    """What one upload is asked to be: where, by whom, in which class; who is told, and which unfinished uploads are its own."""

    rel: str
    token: str
    storage_class: str
    began: multipart_uploads.Began | None = None
    mine: Sequence[str] = ()
    progress: Progress | None = None
    cancel: Cancel | None = None
    project: str = ""

    def cancelled(self) -> None:
        """Raise OSError(ECANCELED) where it is to be given up."""
        if self.cancel is not None and self.cancel():
            raise OSError(errno.ECANCELED, "was interrupted")


class Uploading:
    """The uploads of one bucket. `found` tells what the service keeps. Safe to share by threads."""

    def __init__(self, bucket: Bucket, found: Callable[[], Capabilities]) -> None:
        self._bucket = bucket
        self._found = found

    def upload(self, src: str, source: Store, asked: Asked) -> Stored:
        """Put the file `src` of `source` at a free key. OSError(ESTALE) where it changes meanwhile; then nothing was put."""
        before = source.stat(src)
        if before is None or before.kind != "file":
            raise OSError(errno.ENOENT if before is None else errno.EINVAL, "is not a regular file", f"{source.root.path}/{src}")
        self._fit(asked)
        said = replace(self._says(asked), mtime_ns=before.mtime_ns, mode=before.mode & 0o7777)
        least = self._bucket.settings.part_size
        if before.size <= min(BITE, least):
            with MEMORY.hold(before.size):
                asked.cancelled()
                with source.open(src) as file:
                    content = file.read(before.size + 1)
                _unchanged(source, src, before, len(content))
                return self._in_memory(MemoryPiece(content), said, asked)
        step = multipart_uploads.part_size(before.size, least)
        hashes, pieces = read_through(source, src, before.size, step, asked.cancelled)
        _unchanged(source, src, before, hashes.size)
        said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
        if before.size <= least:
            return self._whole(pieces[0], said, asked)
        known = [piece.known for piece in pieces if piece.known is not None]
        if len(known) == len(pieces):
            said = replace(said, of=standing(multipart_uploads.etag_of(known), hashes.size))

        def still() -> None:
            _unchanged(source, src, before, before.size)

        try:
            return self._in_parts(pieces, said, asked, still, mine=asked.mine)
        except OSError as trouble:
            if trouble.errno != errno.ESTALE or not asked.mine:
                raise
            # What an earlier try had sent is of other content: all of it is sent anew.
            still()
            return self._in_parts(pieces, said, asked, still, mine=())

    def upload_packed(self, reading: Members, form: ArchiveFormat, members: Sequence[Member], asked: Asked) -> Stored:
        """Pack a folder straight into a free key. Its hash is known at its end, and is then recorded by a copy onto itself."""
        from reshelve.executors.archives import stream as packed

        self._fit(asked)
        said = replace(self._says(asked), members=record_of(members))
        step = multipart_uploads.part_size(sum(each.size for each in members), self._bucket.settings.part_size)

        quiet = replace(asked, progress=None)

        def sent(mine: Sequence[str]) -> Stored:
            with Holding() as held:
                pieces = cut(packed(reading, form, members), step, held)
                first = next(pieces)
                if first.last:
                    return self._in_memory(first, said, quiet)
                hashes = Hashes()

                def hashed() -> Iterator[Piece]:
                    for piece in chain((first,), pieces):
                        hashes.update(piece.content)
                        yield piece

                return self._in_parts(hashed(), said, quiet, lambda: None, mine=mine, hashes=hashes)

        try:
            return sent(asked.mine)
        except OSError as trouble:
            if trouble.errno != errno.ESTALE or not asked.mine:
                raise
        # What an earlier try had sent cannot be told by its ETags, as with SSE-KMS, or is of other content: all of it is sent anew.
        return sent(())

    def write(self, content: bytes, asked: Asked) -> Stored:
        """Put content that is in memory already at a free key."""
        self._fit(asked)
        return self._in_memory(MemoryPiece(content), self._says(asked), asked)

    def _says(self, asked: Asked) -> Recorded:
        """Return what is recorded with every object that is uploaded: by which operation and user, for which project."""
        return Recorded(token=asked.token, uploaded_by=self._bucket.settings.uploaded_by, project_id=asked.project)

    def _fit(self, asked: Asked) -> None:
        """Raise OSError where the class that is asked for cannot be had."""
        self._bucket.key(asked.rel)
        wanted = self._kind(asked)
        if wanted not in ("", STANDARD) and not self._found().storage_classes:
            raise self._bucket.trouble(errno.EOPNOTSUPP, f"the service has no storage class {wanted}", asked.rel)

    def _kind(self, asked: Asked) -> str:
        return asked.storage_class or self._bucket.settings.storage_class

    def _first_kind(self, asked: Asked, *, complete: bool = True) -> str:
        """Return the class to upload in: that asked for, unless what arrived must be read or copied once more (not `complete`).

        What lies in an archive class can be neither.
        """
        wanted, found = self._kind(asked), self._found()
        checked = self._bucket.settings.verify == "head" and (found.content_md5 or found.checksums)
        return "" if wanted == STANDARD or (wanted in ARCHIVED and not (checked and complete)) else wanted

    def _in_memory(self, piece: MemoryPiece, said: Recorded, asked: Asked) -> Stored:
        """Put content that is in memory."""
        hashes = Hashes()
        hashes.update(piece.content)
        return self._whole(piece, replace(said, hash=hashes.hash, sha256=hashes.sha256), asked)

    def _whole(self, piece: Piece, said: Recorded, asked: Asked) -> Stored:
        """Put content in one request; `said` tells its hashes."""
        digest = piece.md5()
        said = replace(said, of=standing(digest.hex(), piece.size))
        kind = self._first_kind(asked)
        asked.cancelled()

        etag = ""

        def act(free: bool) -> str:
            nonlocal etag
            etag, version = put(self._bucket, asked.rel, piece, digest, said, kind, create=free)
            return version

        version = create(self._bucket, asked.rel, self._found(), "put", asked.token, act)
        with self._taking_back(asked, version):
            if asked.progress is not None:
                asked.progress(piece.size)
            if etag:
                # The answer told the MD5 of what arrived, so nothing more is asked: when it was written is as good as now.
                item = self._bucket.item(asked.rel, piece.size, etag, datetime.now(UTC), kind)
            else:
                item = self._bucket.head(asked.rel, version).item
            if item.size != piece.size:
                raise self._bucket.trouble(errno.EIO, "is not what was put there", asked.rel)
            return self._settled(item, said, version, kind, asked)

    def _in_parts(
        self,
        pieces: Iterable[Piece],
        said: Recorded,
        asked: Asked,
        unchanged: Callable[[], None],
        *,
        mine: Sequence[str],
        hashes: Hashes | None = None,
    ) -> Stored:
        """Put content piece by piece; when it raises, no piece is left. `hashes` are those of what is hashed only as it goes."""
        bucket = self._bucket
        # What is hashed only as it goes is recorded by a copy; and only an ETag made of the parts' MD5s proves the whole unread.
        kind = self._first_kind(asked, complete=hashes is None and self._found().part_etags)
        if asked.began is not None:
            asked.began(multipart_uploads.under_way(bucket, asked.rel))
        if bucket.head_or_none(asked.rel) is not None and not any(each.startswith("reserved:") for each in mine):
            raise bucket.taken(asked.rel)
        going = multipart_uploads.resume(bucket, asked.rel, mine) or multipart_uploads.begin(bucket, asked.rel, said, kind)
        if going.encrypted and kind in ARCHIVED:
            # Keys that the service tells apart: the ETag will prove nothing, so that the whole has to be read.
            going.abort()
            kind = ""
            going = multipart_uploads.begin(bucket, asked.rel, said, kind)
        try:
            try:
                going.send(pieces, asked.progress, asked.cancel)
            finally:
                unchanged()
            act = lambda free: going.complete(create=free)  # noqa: E731
            version = create(bucket, asked.rel, self._found(), "multipart", asked.token, act)
        except BaseException:
            with contextlib.suppress(OSError):
                going.abort()
            raise
        with self._taking_back(asked, version):
            head = bucket.head(asked.rel, version)
            if head.said.token != asked.token:
                raise bucket.taken(asked.rel)
            if hashes is not None:
                said = replace(said, hash=hashes.hash, sha256=hashes.sha256)
            # An ETag of parts proves them all. Whoever makes another kind of ETag is read back.
            proof = "-" in head.etag and not head.encrypted
            differs = head.etag != going.etag if proof else digest(bucket, asked.rel, asked.cancel, expected=said.hash) != said.hash
            if head.item.size != going.size or differs or (hashes is None and head.said.hash != said.hash):
                why = "what arrived is not what was sent; run the command again, and check the network"
                raise bucket.trouble(errno.EIO, why, asked.rel)
            # One that was gone on with may have been begun in another class.
            kind = head.item.storage_class if self._kind(asked) and head.item.storage_class != STANDARD else ""
            return self._settled(head.item, said, version or head.version, kind, asked, recorded=head.said == said)

    def _settled(self, item: Item, said: Recorded, version: str, kind: str, asked: Asked, *, recorded: bool = True) -> Stored:
        """Verify what was put, as the store asks, and give it its class and what is recorded where that could not be before."""
        bucket, wanted = self._bucket, self._kind(asked)
        if bucket.settings.verify == "read" and digest(bucket, asked.rel, asked.cancel, expected=said.hash) != said.hash:
            raise bucket.trouble(errno.EIO, "what was read back is not what was sent", asked.rel)
        if recorded and kind == ("" if wanted == STANDARD else wanted):
            return Stored(item, said.hash, version)
        before, changed = set_class(bucket, asked.rel, wanted, asked.token, believed=lambda *_: True, said=said, ino=item.ino)
        if before.version and before.version != changed.version:
            bucket.delete(asked.rel, before.version)
        return Stored(changed.item, said.hash, changed.version)

    @contextlib.contextmanager
    def _taking_back(self, asked: Asked, version: str) -> Iterator[None]:
        """Remove what was put where something then goes wrong."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                head = self._bucket.head(asked.rel, version)
                if head.said.token == asked.token:
                    self._bucket.delete(asked.rel, head.version)
            raise


def _unchanged(source: Store, src: str, before: Item, size: int) -> None:
    now = source.stat(src)
    known = before.ctime_ns if before.nlink == 1 else -1  # a further name of it may be renamed meanwhile
    if size != before.size or not same(now, before.size, before.mtime_ns, before.ino, known):
        raise changed(source, src)
