"""Copying within a service, by the service itself: whole up to 5 GiB, in parts above; verified by its head."""

import contextlib
import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from reshelve.executors.contracts.object_store import Cancel, Capabilities
from reshelve.executors.stores.object_metadata import Recorded, standing
from reshelve.executors.stores.s3.bucket import Bucket, Head
from reshelve.executors.stores.s3.free_keys import How, create, reserves
from reshelve.executors.stores.s3.multipart_uploads import Began, under_way
from reshelve.executors.stores.s3.tags_and_grants import give_tags, grants_of, tags_of, tags_to_give
from reshelve.schemas.inventory import Item

_PART = 512 << 20

Believed = Callable[[Item, Recorded], bool]


def copy_object(
    src: Bucket,
    rel: str,
    dst: Bucket,
    to: str,
    found: Capabilities,
    *,
    token: str,
    believed: Believed,
    storage_class: str = "",
    began: Began | None = None,
    cancel: Cancel | None = None,
) -> tuple[Head, Head]:
    """Copy an object to a free key of the same service, with what is recorded with it; return its head and that of the copy.

    `believed` says whether what an object says of itself holds of what stands there. FileExistsError where the key is taken.

    Where a kill can leave something there, `began` is told first what is under way at that key.
    """
    head = src.head(rel)
    said = bound_again(head, dst, head.said, believed).by(token)
    kind = storage_class or dst.settings.storage_class
    large = head.item.size > dst.settings.copy_limit
    how: How = "multipart" if large else "copy"
    if began is not None and (large or reserves(found, how)):
        began(under_way(dst, to))
    tags = tags_to_give(src, rel, head)
    version = create(dst, to, found, how, token, lambda free: copy(src, rel, head, dst, to, said, kind, create=free, cancel=cancel))
    try:
        copied = checked(head, dst, to, token, version)
        give_tags(dst, to, copied, tags)
        return head, copied
    except OSError:
        with contextlib.suppress(OSError):
            dst.delete(to, version)
        raise


def bound_again(head: Head, dst: Bucket, said: Recorded, believed: Believed) -> Recorded:
    """Return what is to be recorded with a copy: bound to the ETag it will have, where `said` is believed and that is known before.

    A plain ETag is the MD5 of the content, and so the copy's, unless that is made in parts.
    """
    plain = "-" not in head.etag and not head.encrypted and head.item.size <= dst.settings.copy_limit
    return replace(said, of=standing(head.etag, head.item.size) if plain and believed(head.item, said) else "")


def copy(
    src: Bucket,
    rel: str,
    head: Head,
    dst: Bucket,
    to: str,
    said: Recorded,
    storage_class: str,
    *,
    create: bool,
    cancel: Cancel | None = None,
    fresh: bool = False,
) -> str:
    """Copy what `head` showed, with other things recorded; return the version id, "" where none is told.

    `fresh`: it was put there just now, so that nobody can have been granted anything of it.
    """
    if cancel is not None and cancel():
        raise dst.trouble(errno.ECANCELED, "was interrupted", to)
    source: dict[str, Any] = {"Bucket": src.name, "Key": src.key(rel)}
    if head.version:
        source["VersionId"] = head.version
    asked: dict[str, Any] = {"Metadata": {**head.metadata, **said.metadata()}, **head.headers}
    if not fresh and dst.has_grants():
        asked |= grants_of(src, rel, head.version)
    if storage_class:
        asked["StorageClass"] = storage_class
    free: dict[str, Any] = {"IfNoneMatch": "*"} if create else {}
    if head.item.size > dst.settings.copy_limit:
        asked |= tags_of(src, rel, head.version)
        with src.archived_told(rel):
            return _in_parts(head, dst, to, source, asked, free, cancel)
    with src.archived_told(rel), dst.telling(to):
        done = dst.client.copy_object(
            Bucket=dst.name,
            Key=dst.key(to),
            CopySource=source,  # type: ignore[arg-type]
            CopySourceIfMatch=head.etag,
            MetadataDirective="REPLACE",
            **asked,
            **free,
        )
    version = done.get("VersionId", "")
    return "" if version == "null" else version


def checked(head: Head, dst: Bucket, to: str, token: str, version: str = "") -> Head:
    """Return the head of a copy, of what `head` showed. OSError: ESTALE where the source changed, EIO where it differs."""
    copied = dst.head(to, version)
    if copied.said.token != token or copied.item.size != head.item.size:
        raise dst.trouble(errno.EIO, "the copy is not what was copied", to)
    plain = "-" not in head.etag and "-" not in copied.etag and not head.encrypted and not copied.encrypted
    if plain and copied.etag != head.etag:
        raise dst.trouble(errno.ESTALE, "changed while it was being copied", to)
    return copied


def _in_parts(
    head: Head, dst: Bucket, to: str, source: Any, asked: dict[str, Any], free: dict[str, Any], cancel: Cancel | None
) -> str:
    key = dst.key(to)
    size, step = head.item.size, min(_PART, dst.settings.copy_limit)
    with dst.telling(to):
        upload = dst.client.create_multipart_upload(Bucket=dst.name, Key=key, **asked)["UploadId"]

    def one(number: int) -> Any:
        if cancel is not None and cancel():
            raise dst.trouble(errno.ECANCELED, "was interrupted", to)
        first, last = (number - 1) * step, min(number * step, size) - 1
        with dst.telling(to):
            done = dst.client.upload_part_copy(
                Bucket=dst.name,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                CopySource=source,
                CopySourceRange=f"bytes={first}-{last}",
                CopySourceIfMatch=head.etag,
            )
        return {"ETag": done["CopyPartResult"]["ETag"], "PartNumber": number}

    try:
        with ThreadPoolExecutor(dst.settings.jobs) as pool:
            parts = list(pool.map(one, range(1, -(-size // step) + 1)))
        with dst.telling(to):
            done = dst.client.complete_multipart_upload(
                Bucket=dst.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **free
            )
    except BaseException:
        with contextlib.suppress(OSError), dst.telling(to):
            dst.client.abort_multipart_upload(Bucket=dst.name, Key=key, UploadId=upload)
        raise
    version = done.get("VersionId", "")
    return "" if version == "null" else version
