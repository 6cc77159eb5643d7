"""Versions and delete markers of one key: what lies under what, and whether somebody else's came first."""

from dataclasses import field
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket, version_id
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class History:
    """What a key has held: `objects` by version id, and the ids of `markers`, each newest first; `top` is what stands there now."""

    objects: dict[str, Item] = field(default_factory=dict)
    markers: list[str] = field(default_factory=list)
    top: str | None = None

    @property
    def ids(self) -> set[str]:
        """Every version and marker."""
        return {*self.objects, *self.markers}

    @property
    def is_hidden(self) -> bool:
        """Whether a delete marker lies on top."""
        return self.top in self.markers

    def buried(self, ino: int) -> str | None:
        """Return the version id of the newest object that is hidden, with `ino` of that ETag; None where there is none."""
        under = ((version, item) for version, item in self.objects.items() if version != self.top)
        return next((version for version, item in under if not ino or item.ino == ino), None)

    def readable(self, ino: int) -> str | None:
        """Return the version id of the newest object of that ETag beneath what stands there that can be read, or None."""
        under = ((version, item) for version, item in self.objects.items() if version != self.top)
        return next((version for version, item in under if item.ino == ino and not is_frozen(item)), None)


def history(bucket: Bucket, rel: str, count: int = 1000) -> History:
    """Return what a key has held: all of it, or about the `count` newest."""
    key = bucket.key(rel)
    found = History()
    asked: dict[str, Any] = {"Bucket": bucket.name, "Prefix": key, "MaxKeys": count}
    while True:
        with bucket.telling(rel):
            page: Any = bucket.listed(rel, bucket.client.list_object_versions(**asked))
        others = False
        for each in page.get("Versions", ()):
            if each["Key"] != key:
                others = True
                continue
            kind = str(each.get("StorageClass", ""))
            item = bucket.item(rel, each["Size"], each["ETag"].strip('"'), each["LastModified"], kind)
            found.objects[version_id(each["VersionId"])] = item
            found.top = version_id(each["VersionId"]) if each["IsLatest"] else found.top
        for each in page.get("DeleteMarkers", ()):
            if each["Key"] != key:
                others = True
                continue
            found.markers.append(version_id(each["VersionId"]))
            found.top = version_id(each["VersionId"]) if each["IsLatest"] else found.top
        if others or not page.get("IsTruncated") or len(found.ids) >= count < 1000:
            return found
        asked["KeyMarker"] = page["NextKeyMarker"]
        asked["VersionIdMarker"] = page.get("NextVersionIdMarker", "")
