"""Buckets of S3 and of services that speak it. Everything of boto3 and obstore is loaded when a bucket is first used.

`open_bucket` is the way in. One idea a file: `bucket_settings` and `clients` (which bucket, and the clients), `service_errors` and
`error_meanings` (what a service's refusals mean and what to do about them), `bucket` (keys, heads, one call), then one file
for each verb or two, and `s3_store`, which is all of them together.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.executors.stores.s3.bucket_settings import BucketSettings, settings_of
from reshelve.schemas.extras import install
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import stop
from reshelve.schemas.store_settings import Store

if TYPE_CHECKING:
    from reshelve.executors.stores.s3.s3_store import S3Store


def open_bucket(declared: Store, root: Root, *, catalog: Path | None = None, user: str = "", ask: bool = True) -> "S3Store":
    """Open the bucket that a workspace declares, asking once whether it is there and keeps versions.

    `catalog`: where is remembered what the service was found to keep, and the hashes of objects. `user` is noted with
    what is uploaded, unless the store names another. Without `ask` nothing is asked: what is listed or read first tells whether it
    is there, and nothing that depends on versions may be done. Raises ReshelveError, with advice, where the bucket cannot be
    reached or used.
    """
    try:
        from reshelve.executors.stores.s3.bucket_names import check_name
        from reshelve.executors.stores.s3.effective_endpoint import spoken_to
        from reshelve.executors.stores.s3.s3_store import S3Store
        from reshelve.executors.stores.s3.service_errors import BucketError

        settings = spoken_to(settings_of(declared, user))
        check_name(settings)
        if settings.own_service and declared.endpoint_url is None:
            # What the workspace alone tells would take it for AWS's, and what AWS keeps for what this service keeps.
            root = replace(root, fs="")
        store = S3Store(root, settings, catalog=catalog)
        if ask:
            store.reach()
    except ImportError as missing:
        detail = f"Buckets need {missing.name}, which is not installed."
        raise stop("no-s3", "What speaks to buckets is not installed.", detail, path=root.path, hint=install("s3")) from None
    except BucketError as trouble:
        detail, hint = f"{root.path}: {trouble.what}.", trouble.hint
        raise stop(trouble.kind, "A bucket cannot be used.", detail, path=root.path, hint=hint) from trouble
    except OSError as trouble:
        detail = f"{root.path}: {trouble.strerror or trouble}."
        raise stop("no-bucket", "A bucket cannot be used.", detail, path=root.path) from trouble
    return store


__all__ = ["BucketSettings", "open_bucket", "settings_of"]
