"""Trying out what a service really keeps, on keys of our own below the prefix, which are removed again.

Documentation does not tell: one ignores `If-None-Match` altogether, one in versioned buckets, one only when parts are put together.
"""

import base64
import contextlib
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from reshelve.executors.contracts.object_store import Capabilities, CreateOnly
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.service_errors import code_of
from reshelve.schemas.locations import TEMPORARY

_REFUSED = frozenset(("PreconditionFailed", "412", "ConditionalRequestConflict"))


def is_versioned(bucket: Bucket) -> bool:
    """Ask whether the bucket keeps versions. A service that does not know of them does not."""
    from botocore.exceptions import ClientError

    try:
        with bucket.telling():
            return bucket.client.get_bucket_versioning(Bucket=bucket.name).get("Status") == "Enabled"
    except OSError as trouble:
        if isinstance(trouble.__cause__, ClientError):
            return False
        raise


def probe(bucket: Bucket) -> Capabilities:
    """Try everything out, in some twenty requests. Raises OSError where not even a small object can be put and removed."""
    versioned = is_versioned(bucket)
    key = bucket.key(f"{TEMPORARY}probe-{secrets.token_hex(8)}")
    asked: Any = {"Bucket": bucket.name, "Key": key}
    try:
        with bucket.telling():
            bucket.client.put_object(**asked, Body=b"1")
        calls: dict[str, Callable[[], Any]] = {
            "put": lambda: bucket.client.put_object(**asked, Body=b"2", IfNoneMatch="*"),
            "multipart": lambda: _in_parts(bucket, asked),
            "copy": lambda: _copied(bucket, asked),
        }
        natively = [name for name, call in calls.items() if _refuses(call)]
        return Capabilities(
            create_only=_kept("put" in natively, versioned),
            multipart=_kept("put" in natively or "multipart" in natively, versioned),
            versioned=versioned,
            content_md5=_refuses(lambda: bucket.client.put_object(**asked, Body=b"3", ContentMD5=_md5(b"4")), any_code=True),
            checksums=_keeps_checksums(bucket, asked),
            storage_classes=_keeps_classes(bucket, asked),
            restore=_knows_restore(bucket, asked),
            natively=natively,
        )
    finally:
        _clean(bucket, key)


def _kept(enforced: bool, versioned: bool) -> CreateOnly:
    return "enforced" if enforced else "versioned" if versioned else "none"


def _refuses(call: Callable[[], Any], *, any_code: bool = False) -> bool:
    """Say whether a call is refused for the condition it came with."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        return any_code or code_of(error) in _REFUSED
    return False


def _in_parts(bucket: Bucket, asked: Any) -> None:
    upload = bucket.client.create_multipart_upload(**asked)["UploadId"]
    try:
        part = bucket.client.upload_part(**asked, UploadId=upload, PartNumber=1, Body=b"5")
        parts: Any = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
        bucket.client.complete_multipart_upload(**asked, UploadId=upload, MultipartUpload=parts, IfNoneMatch="*")
    except Exception:
        with contextlib.suppress(Exception):
            bucket.client.abort_multipart_upload(**asked, UploadId=upload)
        raise


def _copied(bucket: Bucket, asked: Any) -> None:
    source: Any = {"Bucket": bucket.name, "Key": asked["Key"]}
    bucket.client.copy_object(**asked, CopySource=source, IfNoneMatch="*", MetadataDirective="REPLACE", Metadata={"probe": "1"})


def _keeps_checksums(bucket: Bucket, asked: Any) -> bool:
    """Say whether the service tells the SHA-256 that it was given, so that it has one."""
    wanted = base64.b64encode(hashlib.sha256(b"6").digest()).decode()
    try:
        bucket.client.put_object(**asked, Body=b"6", ChecksumSHA256=wanted)
        return bucket.client.head_object(**asked, ChecksumMode="ENABLED").get("ChecksumSHA256") == wanted
    except Exception:  # noqa: BLE001 - whatever is wrong, it does not
        return False


def _keeps_classes(bucket: Bucket, asked: Any) -> bool:
    """Say whether a class that an object is put in is listed, which is where it is looked for."""
    try:
        bucket.client.put_object(**asked, Body=b"7", StorageClass="STANDARD_IA")
        listed = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=asked["Key"])
        return any(each.get("StorageClass") == "STANDARD_IA" for each in listed.get("Contents", ()))
    except Exception:  # noqa: BLE001 - whatever is wrong, it does not
        return False


def _knows_restore(bucket: Bucket, asked: Any) -> bool:
    """Say whether the service knows of thawing: an object that is not archived is refused for that, and for nothing else."""
    from botocore.exceptions import ClientError

    try:
        bucket.client.restore_object(**asked, RestoreRequest={"Days": 1})
    except ClientError as error:
        return code_of(error) in ("InvalidObjectState", "ObjectAlreadyInActiveTierError", "RestoreAlreadyInProgress")
    except Exception:  # noqa: BLE001 - whatever is wrong, it does not
        return False
    return True


def _clean(bucket: Bucket, key: str) -> None:
    """Remove all versions of a key; what cannot be removed stays, under a name that is never scanned."""
    with contextlib.suppress(Exception):
        bucket.client.delete_object(Bucket=bucket.name, Key=key)
    with contextlib.suppress(Exception):
        page: Any = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=key)
        for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
            if each["Key"] == key and each["VersionId"] != "null":
                bucket.client.delete_object(Bucket=bucket.name, Key=key, VersionId=each["VersionId"])


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
