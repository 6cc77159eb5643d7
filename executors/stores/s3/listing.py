"""Listing: pages of a thousand keys, turned into items."""

import errno
from collections.abc import Iterator
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket, iso
from reshelve.schemas.inventory import Item

_NO_NAMES = frozenset(("", ".", ".."))


def list_folder(bucket: Bucket, rel: str) -> tuple[list[Item], list[str]]:
    """Return the objects right below `rel`, and the names below it that have objects of their own below.

    What lies below an empty name or dots is listed too: it is in no folder that anybody could ask for.
    """
    prefix = bucket.prefix + (f"{rel}/" if rel else "")
    items: list[Item] = []
    folders: list[str] = []
    for page in _pages(bucket, rel, Prefix=prefix, Delimiter="/"):
        items += items_of(bucket, page)
        for found in page.get("CommonPrefixes", ()):
            name = found["Prefix"][len(prefix) : -1]
            if name in _NO_NAMES:
                items += _below(bucket, rel, found["Prefix"])
            else:
                folders.append(name)
    return items, folders


def list_all(bucket: Bucket, rel: str) -> Iterator[Item]:
    """Yield every object below `rel`, sorted by path."""
    yield from _below(bucket, rel, bucket.prefix + (f"{rel}/" if rel else ""))


def _below(bucket: Bucket, rel: str, prefix: str) -> Iterator[Item]:
    for page in _pages(bucket, rel, Prefix=prefix):
        yield from items_of(bucket, page)


def items_of(bucket: Bucket, page: Any) -> Iterator[Item]:
    """Yield the objects of one page of a listing."""
    start = len(bucket.prefix)
    for found in page.get("Contents", ()):
        rel = found["Key"][start:]
        if not found["Size"] and (not rel or rel[-1] == "/"):
            # What consoles put there to show a folder: it holds nothing.
            continue
        thaw = found.get("RestoreStatus") or {}
        restored = ""
        if thaw.get("IsRestoreInProgress"):
            restored = "ongoing"
        elif "RestoreExpiryDate" in thaw:
            restored = iso(thaw["RestoreExpiryDate"])
        kind = found.get("StorageClass", "")
        yield bucket.item(rel, found["Size"], found["ETag"].strip('"'), found["LastModified"], kind, restored)


def _pages(bucket: Bucket, rel: str, **asked: Any) -> Iterator[Any]:
    """Yield the pages of a listing. OSError where the service says that there is more, and not how to ask for it."""
    token = ""
    while True:
        with bucket.telling(rel):
            page: Any = bucket.client.list_objects_v2(Bucket=bucket.name, OptionalObjectAttributes=["RestoreStatus"], **asked)
        bucket.heard(page)
        yield bucket.listed(rel, page)
        if not page.get("IsTruncated"):
            return
        # A listing that cannot go on is no listing: what is missing from it would be taken for gone.
        following = page.get("NextContinuationToken", "")
        if not following or following == token:
            raise bucket.trouble(errno.EIO, "the service cut the listing short; run the command again", rel)
        asked["ContinuationToken"] = token = following
