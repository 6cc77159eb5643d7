"""Hiding: objects under delete markers, put there, brought back, seen, and removed for good."""

import errno

from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.matching_deletes import delete_seen
from reshelve.executors.stores.s3.object_versions import history
from reshelve.executors.stores.s3.server_copies import copy
from reshelve.executors.stores.s3.tags_and_grants import give_tags, tags_to_give
from reshelve.schemas.inventory import Item


def hide(bucket: Bucket, rel: str, ino: int = 0) -> str:
    """Put a delete marker over an object, with `ino` that of this ETag; return the marker's version id.

    FileNotFoundError where there is no object, OSError(ESTALE) where there is another.
    """
    marker = delete_seen(bucket, rel, bucket.head_of(rel, ino).etag)
    if not marker:
        newest = history(bucket, rel, 2)
        marker = str(newest.top) if newest.is_hidden else ""
    return marker


def reveal(bucket: Bucket, rel: str, ino: int = 0) -> None:
    """Remove the delete marker on top of a key; where other objects lie over that of `ino`, copy it on top instead.

    FileNotFoundError where no marker lies on top, or no such object under it.
    """
    found = history(bucket, rel) if ino else history(bucket, rel, 2)
    buried = found.buried(ino)
    if not found.is_hidden or buried is None:
        raise bucket.trouble(errno.ENOENT, "there is no delete marker on top", rel)
    if buried == found.buried(0):
        bucket.delete(rel, str(found.top))
        return
    head = bucket.head(rel, buried or "null")
    tags = tags_to_give(bucket, rel, head)
    copy(bucket, rel, head, bucket, rel, head.said, head.item.storage_class, create=False)
    give_tags(bucket, rel, bucket.head(rel), tags)


def hidden(bucket: Bucket, rel: str, ino: int = 0) -> Item | None:
    """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""
    found = history(bucket, rel)
    buried = found.buried(ino)
    return found.objects[buried] if buried is not None and (ino or found.is_hidden) else None


def beneath(bucket: Bucket, rel: str, ino: int) -> Item | None:
    """Return the newest version of that ETag beneath what stands at a key that can be read at once, or None."""
    found = history(bucket, rel)
    version = found.readable(ino)
    return found.objects[version] if version is not None else None


def remove_hidden(bucket: Bucket, rel: str, ino: int = 0) -> None:
    """Remove an object under a delete marker for good; the markers too, when they hide nothing more. FileNotFoundError."""
    found = history(bucket, rel)
    buried = found.buried(ino)
    if buried is None:
        raise bucket.trouble(errno.ENOENT, "is under no delete marker", rel)
    bucket.delete(rel, buried or "null")
    for marker in found.markers if len(found.objects) == 1 else ():
        bucket.delete(rel, marker)
