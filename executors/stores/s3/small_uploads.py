"""Putting one object whole: by the fast client where it lies in memory and is small, else by boto3."""

import base64
import contextlib
import errno
from collections.abc import Callable
from typing import Any, TypeVar

from reshelve.executors.stores.object_metadata import Recorded
from reshelve.executors.stores.s3.bucket import Bucket, version_id
from reshelve.executors.stores.s3.clients import panics_told
from reshelve.executors.stores.s3.content_types import kind_of
from reshelve.executors.stores.s3.error_meanings import SPOILT
from reshelve.executors.stores.s3.service_errors import BucketError
from reshelve.executors.stores.s3.upload_pieces import BITE, MemoryPiece, Piece, sending

T = TypeVar("T")
_TRIES = 3
"""How often content is sent before it is said to arrive spoilt: the way there spoils a request now and then."""


def until_arrived(send: Callable[[], T]) -> T:
    """Return what sending content comes to. What arrived spoilt is sent again, three times in all; then that is raised.

    So it is where it cannot be sent again: some services give a whole upload up for one spoilt part.
    """
    spoilt: BucketError | None = None
    for _ in range(_TRIES):
        try:
            return send()
        except FileExistsError:
            raise
        except OSError as trouble:
            if not isinstance(trouble, BucketError) or trouble.kind != SPOILT:
                if spoilt is None:
                    raise
                raise spoilt from trouble
            spoilt = trouble
    assert spoilt is not None
    raise spoilt


def put(
    bucket: Bucket, rel: str, piece: Piece, digest: bytes, said: Recorded, storage_class: str, *, create: bool
) -> tuple[str, str]:
    """Put content with its MD5 at a key; return its ETag, and version id ("" without one). With `create`: only if it is free.

    The service's own MD5 of what arrived, its ETag, is compared. Where it differs, what arrived is removed again, and sent again;
    OSError(EIO) where it differs each time; ESTALE where the file it comes from has changed.
    """
    return until_arrived(lambda: _put(bucket, rel, piece, digest, said, storage_class, create=create))


def _put(
    bucket: Bucket, rel: str, piece: Piece, digest: bytes, said: Recorded, storage_class: str, *, create: bool
) -> tuple[str, str]:
    done = _fast(bucket, rel, piece, said, storage_class, create=create)
    etag, version = done if done is not None else _sure(bucket, rel, piece, said, storage_class, digest, create=create)
    etag = etag.strip('"')
    if etag != digest.hex():
        head = bucket.head(rel)
        if not head.encrypted:
            if head.said.token == said.token:
                bucket.delete(rel, version)
            raise bucket.arrived_spoilt(rel)
    return etag, version


def request(rel: str, said: Recorded, storage_class: str, *, create: bool = False) -> dict[str, Any]:
    """Return what a request says of an object that it makes."""
    asked: dict[str, Any] = {"Metadata": said.metadata(), "ContentType": kind_of(rel)}
    if storage_class:
        asked["StorageClass"] = storage_class
    if create:
        asked["IfNoneMatch"] = "*"
    return asked


def content_md5(digest: bytes) -> str:
    """Return an MD5 as Content-MD5 has it."""
    return base64.b64encode(digest).decode()


def _fast(bucket: Bucket, rel: str, piece: Piece, said: Recorded, storage_class: str, *, create: bool) -> tuple[str, str] | None:
    """Try the fast client; None where it cannot, or when anything goes wrong but that the key is taken.

    It holds what it sends in memory, and is no faster with what is large.
    """
    client = bucket.connection.fast
    if client is None or not rel.isprintable() or not isinstance(piece, MemoryPiece) or piece.size > BITE:
        return None
    from obstore import put as put_object
    from obstore.exceptions import AlreadyExistsError, BaseError

    attributes = {"Content-Type": kind_of(rel), **said.metadata()}
    if storage_class:
        attributes["Storage-Class"] = storage_class
    mode: Any = "create" if create else "overwrite"
    try:
        with panics_told():
            done = put_object(client, bucket.key(rel), piece.content, attributes=attributes, mode=mode, use_multipart=False)
    except AlreadyExistsError:
        raise bucket.taken(rel) from None
    except (BaseError, OSError, ValueError):
        return None
    return str(done["e_tag"] or ""), done["version"] or ""


def _sure(
    bucket: Bucket, rel: str, piece: Piece, said: Recorded, storage_class: str, digest: bytes, *, create: bool
) -> tuple[str, str]:
    asked = request(rel, said, storage_class, create=create)
    version = ""
    try:
        with sending(piece) as body, bucket.telling(rel):
            asked |= {"Body": body, "ContentMD5": content_md5(digest)}
            done = bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(rel), **asked)
            version = version_id(done.get("VersionId"))
    except OSError as trouble:
        if trouble.errno == errno.ESTALE:
            # Of a file that changed on the way, nothing stays that may have been put all the same.
            with contextlib.suppress(OSError):
                head = bucket.head(rel, version)
                if head.said.token == said.token:
                    bucket.delete(rel, head.version)
        raise
    return done["ETag"], version
