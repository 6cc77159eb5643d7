"""Buckets of S3 and of services that speak it. Everything of boto3 and obstore is loaded when a bucket is first used.

`open_bucket` is the way in. One idea a file: `settings` and `connecting` (which bucket, and the clients), `troubles` (what a
service's refusals mean and what to do about them), `bucket` (keys, heads, one call), `reads`, then one file for each verb or two.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from executors.stores.s3.settings import BucketSettings, settings_of
from schemas.inventory import Root
from schemas.stores import Store

if TYPE_CHECKING:
    from executors.stores.s3.store import S3Store


def open_bucket(name: str, declared: Store, *, catalog: Path | None = None, optional: bool | None = None) -> "S3Store":
    """Return the bucket that a workspace declares, asked once whether it is there.

    Its `root` says whether it is available, and why not; one that is not raises the same from every read and verb. `catalog`: where
    is remembered what the service was found to keep, and the hashes of objects.
    """
    from executors.stores.s3.store import S3Store

    settings = settings_of(declared)
    root = Root(name, settings.address, optional=declared.optional if optional is None else optional, kind="bucket")
    return S3Store(root, settings, catalog=catalog).reached()


__all__ = ["BucketSettings", "open_bucket", "settings_of"]
