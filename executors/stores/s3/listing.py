"""Listing: pages of a thousand keys, turned into items. Keys that are no paths (empty parts, dots) are passed over."""

from collections.abc import Iterator
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket, iso
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import rel_fault


def list_folder(bucket: Bucket, rel: str) -> tuple[list[Item], list[str]]:
    """Return the objects right below `rel`, and the names below it that have objects of their own below."""
    prefix = bucket.prefix + (f"{rel}/" if rel else "")
    items: list[Item] = []
    folders: list[str] = []
    for page in _pages(bucket, rel, Prefix=prefix, Delimiter="/"):
        items += items_of(bucket, page)
        for found in page.get("CommonPrefixes", ()):
            name = found["Prefix"][len(prefix) : -1]
            if rel_fault(name) is None and name:
                folders.append(name)
    return items, folders


def list_all(bucket: Bucket, rel: str) -> Iterator[Item]:
    """Yield every object below `rel`, sorted by path."""
    for page in _pages(bucket, rel, Prefix=bucket.prefix + (f"{rel}/" if rel else "")):
        yield from items_of(bucket, page)


def items_of(bucket: Bucket, page: Any) -> Iterator[Item]:
    """Yield the objects of one page of a listing."""
    start = len(bucket.prefix)
    for found in page.get("Contents", ()):
        rel = found["Key"][start:]
        if not rel or rel[-1] == "/" or rel_fault(rel):
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
    pages = bucket.client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, OptionalObjectAttributes=["RestoreStatus"], **asked
    )
    with bucket.telling(rel):
        yield from pages
