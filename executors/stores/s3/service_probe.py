"""Trying out what a service really keeps, on keys of our own below the prefix, which are removed again.

Documentation does not tell: one ignores `If-None-Match` altogether, one in versioned buckets, one only when parts are put together.
"""

import base64
import contextlib
import hashlib
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from reshelve.executors.contracts.object_store import Capabilities, CreateOnly
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.service_errors import code_of, standing_of, versions_unknown
from reshelve.schemas.locations import TEMPORARY

_REFUSED = frozenset(("PreconditionFailed", "412", "ConditionalRequestConflict"))
_PART = b"5"
_THAWS = frozenset(("InvalidObjectState", "ObjectAlreadyInActiveTierError", "RestoreAlreadyInProgress"))


def is_versioned(bucket: Bucket) -> bool:
    """Ask whether the bucket keeps versions. A service that does not know of them does not; one that fails to say is refused.

    Raises OSError of every other answer: a guess would thaw for money what could be hidden, or remove what is thought hidden.
    """
    from botocore.exceptions import ClientError

    if not bucket.settings.versions:
        return False
    with bucket.telling():
        try:
            return bucket.client.get_bucket_versioning(Bucket=bucket.name).get("Status") == "Enabled"
        except ClientError as error:
            standing = standing_of(error)
            if standing == "denied":
                raise versions_unknown(bucket.settings, bucket.path(""), error) from error
            if standing == "failed" or code_of(error) == "NoSuchBucket":
                raise
            return False


def probe(bucket: Bucket) -> Capabilities:
    """Try everything out, in some twenty-five requests. Raises OSError where not even a small object can be put and removed,

    and where the service fails to answer: what was not answered is no "no". What this user may not try is `unknown`.
    """
    versioned = is_versioned(bucket)
    key = bucket.key(f"{TEMPORARY}probe-{secrets.token_hex(8)}")
    asked: Any = {"Bucket": bucket.name, "Key": key}
    unknown: list[str] = []

    def ask(name: str, question: Callable[[], bool]) -> bool:
        """Put one question. A refusal that is none of the answers the question expects says that it is not kept."""
        from botocore.exceptions import ClientError
        from botocore.parsers import ResponseParserError

        try:
            return question()
        except ClientError as error:
            standing = standing_of(error)
            if standing == "failed":
                raise
            unknown.extend([name] if standing == "denied" else [])
            return False
        except ResponseParserError:
            return False

    client = bucket.client
    try:
        with bucket.telling():
            client.put_object(**asked, Body=b"1")
            conditions: dict[str, Callable[[], Any]] = {
                "put": lambda: client.put_object(**asked, Body=b"2", IfNoneMatch="*"),
                "multipart": lambda: _in_parts(bucket, asked, IfNoneMatch="*"),
                "copy": lambda: _copied(bucket, asked),
            }
            natively = [name for name, call in conditions.items() if ask(name, partial(_refuses, call))]
            return Capabilities(
                create_only=_kept("put" in natively, versioned),
                multipart=_kept("put" in natively or "multipart" in natively, versioned),
                versioned=versioned,
                content_md5=ask("content_md5", lambda: _refuses_md5(bucket, asked)),
                checksums=ask("checksums", lambda: _keeps_checksums(bucket, asked)),
                storage_classes=ask("storage_classes", lambda: _keeps_classes(bucket, asked)),
                restore=ask("restore", lambda: _knows_restore(bucket, asked)),
                natively=natively,
                part_etags=ask("part_etags", lambda: _tells_parts(bucket, asked)),
                conditional_delete=ask("conditional_delete", lambda: _deletes_matching(bucket, asked)),
                unknown=tuple(unknown),
            )
    finally:
        _clean(bucket, key)


def _kept(enforced: bool, versioned: bool) -> CreateOnly:
    return "enforced" if enforced else "versioned" if versioned else "none"


def _refuses(call: Callable[[], Any]) -> bool:
    """Say whether a call is refused for the condition it came with."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        if code_of(error) in _REFUSED:
            return True
        raise
    return False


def _refuses_md5(bucket: Bucket, asked: Any) -> bool:
    """Say whether content of another MD5 than it is sent with is refused."""
    from botocore.exceptions import ClientError

    try:
        bucket.client.put_object(**asked, Body=b"3", ContentMD5=_md5(b"4"))
    except ClientError as error:
        if standing_of(error) == "answered":
            return True
        raise
    return False


def _tells_parts(bucket: Bucket, asked: Any) -> bool:
    """Say whether the ETag of what is put together is made of the MD5s of its parts."""
    _in_parts(bucket, asked)
    told = str(bucket.client.head_object(**asked)["ETag"]).strip('"')
    return told == f"{hashlib.md5(hashlib.md5(_PART, usedforsecurity=False).digest(), usedforsecurity=False).hexdigest()}-1"


def _in_parts(bucket: Bucket, asked: Any, **condition: Any) -> None:
    upload = bucket.client.create_multipart_upload(**asked)["UploadId"]
    try:
        part = bucket.client.upload_part(**asked, UploadId=upload, PartNumber=1, Body=_PART)
        parts: Any = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
        bucket.client.complete_multipart_upload(**asked, UploadId=upload, MultipartUpload=parts, **condition)
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
    bucket.client.put_object(**asked, Body=b"6", ChecksumSHA256=wanted)
    return bucket.client.head_object(**asked, ChecksumMode="ENABLED").get("ChecksumSHA256") == wanted


def _keeps_classes(bucket: Bucket, asked: Any) -> bool:
    """Say whether a class that an object is put in is listed, which is where it is looked for."""
    bucket.client.put_object(**asked, Body=b"7", StorageClass="STANDARD_IA")
    listed = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=asked["Key"])
    return any(each.get("StorageClass") == "STANDARD_IA" for each in listed.get("Contents", ()))


def _knows_restore(bucket: Bucket, asked: Any) -> bool:
    """Say whether the service knows of thawing: an object that is not archived is refused for that, and for nothing else."""
    from botocore.exceptions import ClientError

    try:
        bucket.client.restore_object(**asked, RestoreRequest={"Days": 1})
    except ClientError as error:
        # Some say it with a 403, which is no denial.
        if code_of(error) in _THAWS:
            return True
        raise
    return True


def _deletes_matching(bucket: Bucket, asked: Any) -> bool:
    """Say whether an object is removed only while it has the ETag that the request tells. The object is gone afterwards."""
    etag = bucket.client.put_object(**asked, Body=b"8")["ETag"]
    if not _refuses(lambda: bucket.client.delete_object(**asked, IfMatch=f'"{"0" * 32}"')):
        return False
    bucket.client.delete_object(**asked, IfMatch=etag)
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
