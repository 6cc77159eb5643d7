"""Small objects that people who share a bucket tell each other by: read, and written only over what was read."""

from collections.abc import Callable
from typing import Any, TypeVar

from reshelve.executors.stores.s3.bucket import Bucket, Head, version_id
from reshelve.executors.stores.s3.object_versions import history
from reshelve.executors.stores.s3.proven_reads import open_object
from reshelve.schemas.inventory import Item, object_ino

T = TypeVar("T")

_LOOKS = 20
"""How often what is listed, and not found, is asked for."""


def read_small(bucket: Bucket, rel: str, most: int) -> tuple[bytes, int]:
    """Return the first `most` bytes of an object, and the number of its ETag. FileNotFoundError where there is none."""
    file, etag = _found(bucket, rel, lambda: open_object(bucket, rel))
    with file:
        return file.read(most), object_ino(etag)


def write_record(bucket: Bucket, rel: str, content: bytes, over: int) -> Item:
    """Write a small object in place of the one numbered `over` (0: of none). FileExistsError where another stands there.

    The condition goes with the request too, where the service keeps it. Versions of it are kept as the bucket keeps them.
    """
    head = _head_or_none(bucket, rel)
    if (head.item.ino if head is not None else 0) != over:
        raise bucket.taken(rel)
    if head is None:
        _put(bucket, rel, content, IfNoneMatch="*")
        return _head(bucket, rel).item
    try:
        # Without quotes: some services compare nothing else, and the others take both.
        _put(bucket, rel, content, IfMatch=head.etag)
    except FileExistsError:
        now = _head_or_none(bucket, rel)
        if now is None or (now.etag, now.version) != (head.etag, head.version):
            raise
        # It is what was asked for, and refused all the same: Ceph 16 does that to every condition in a bucket with versions.
        _put_and_look(bucket, rel, content, now.version)
    return _head(bucket, rel).item


def _found(bucket: Bucket, rel: str, ask: Callable[[], T]) -> T:
    """Return what the service answers of an object. FileNotFoundError where it neither finds nor lists it.

    Ceph 16 finds nothing for a moment while somebody takes the newest version of a key back: its listing tells.
    """
    for _ in range(_LOOKS):
        try:
            return ask()
        except FileNotFoundError:
            with bucket.telling(rel):
                page = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.key(rel), MaxKeys=1)
            if all(each["Key"] != bucket.key(rel) for each in page.get("Contents", ())):
                raise
    return ask()


def _head(bucket: Bucket, rel: str) -> Head:
    return _found(bucket, rel, lambda: bucket.head(rel))


def _head_or_none(bucket: Bucket, rel: str) -> Head | None:
    try:
        return _head(bucket, rel)
    except FileNotFoundError:
        return None


def _put(bucket: Bucket, rel: str, content: bytes, **when: str) -> str:
    """Put a small object, and return its version id, "" for none. FileExistsError where the condition does not hold."""
    asked: dict[str, Any] = {"Bucket": bucket.name, "Key": bucket.key(rel), "Body": content, **when}
    with bucket.telling(rel):
        return version_id(bucket.client.put_object(**asked, ContentType="application/json").get("VersionId", ""))


def _put_and_look(bucket: Bucket, rel: str, content: bytes, over: str) -> None:
    """Put a small object without a condition; where another came between it and version `over`, take it back: FileExistsError."""
    made = _put(bucket, rel, content)
    if not made or not over:
        return  # without versions nothing tells; whoever writes reads it back
    before = list(history(bucket, rel).objects)
    if made in before and before[before.index(made) + 1 :][:1] != [over]:
        bucket.delete(rel, made)
        raise bucket.taken(rel)


def md5(bucket: Bucket, rel: str) -> str:
    """Return the MD5 of an object's content, where its ETag is that: put whole, and not encrypted with keys told apart."""
    head = bucket.head(rel)
    return "" if head.encrypted or "-" in head.etag or len(head.etag) != 32 else head.etag


def link(bucket: Bucket, rel: str, seconds: int) -> str:
    """Return an address at which anybody can read an object for so many seconds: nothing is asked of the service."""
    with bucket.telling(rel):
        asked = {"Bucket": bucket.name, "Key": bucket.key(rel)}
        return str(bucket.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))
