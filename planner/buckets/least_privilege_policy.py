"""The least-privilege policy: what reshelve must be allowed in the buckets of a workspace, and nothing beyond."""

from collections.abc import Mapping, Sequence
from typing import Any

from reshelve.schemas.store_settings import Store

READ = ("s3:GetObject", "s3:GetObjectVersion")
WRITE = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObject")
TAGS = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:PutObjectTagging", "s3:PutObjectVersionTagging")
"""A copy keeps the tags of what it is a copy of: without these the service refuses copies of what has some."""
GRANTS = ("s3:GetObjectAcl", "s3:GetObjectVersionAcl")
"""Whom an object is granted to is asked before a copy is planned or made."""
GRANTING = ("s3:PutObjectAcl",)
"""A copy is granted to them too: AWS refuses (says its reference) a request that grants without the right to, and so the copy.
Where a bucket has no ACLs, this lets nobody do anything."""
RETENTION = ("s3:GetBucketObjectLockConfiguration",)
"""Retention that a bucket puts on what is written to it; a plan tells what a copy would lose of it."""
OWNERSHIP = ("s3:GetBucketOwnershipControls",)
"""Whether a bucket has grants at all; one that may not be asked counts as one that has. Services other than AWS refuse a
whole policy for one action that they do not know, as Ceph 16 does this one."""
PURGE = ("s3:DeleteObjectVersion",)
BUCKET = ("s3:GetBucketVersioning", "s3:GetLifecycleConfiguration")
"""What a plan asks of every bucket: whether it keeps versions, and until when its rules leave what goes out of sight."""
UPLOADS = ("s3:ListBucketMultipartUploads",)
LISTING = ("s3:ListBucket", "s3:ListBucketVersions")
LIFECYCLE = ("s3:PutLifecycleConfiguration",)
KEYS = ("kms:Decrypt", "kms:GenerateDataKey")
"""What reading and writing objects takes that are encrypted with a key of KMS; both for uploads in parts."""


def policy_for(
    stores: Mapping[str, Store], *, read_only: bool = False, principals: Sequence[str] = (), partition: str = "aws"
) -> dict[str, Any]:
    """Return the policy document for the bucket stores among `stores`.

    Without `principals` it is one to attach to a user or role; with them, one of the bucket itself, which names who may. Objects
    are those below each store's prefix. `DeleteObject` only puts a delete marker where versions are kept; `DeleteObjectVersion` is
    what undoing an upload, and emptying the trash, need there.
    """
    who = {"Principal": {"AWS": list(principals) if len(principals) > 1 else principals[0]}} if principals else {}
    statements = []
    for name, store in sorted(stores.items()):
        if store.s3 is None:
            continue
        bucket, keys = f"arn:{partition}:s3:::{store.s3}", keys_below(store)
        objects: tuple[str, ...] = (*READ, *GRANTS)
        about_bucket: tuple[str, ...] = (*BUCKET, *RETENTION, *(OWNERSHIP if not store.endpoint_url else ()))
        if not read_only:
            objects += (*WRITE, *TAGS, *GRANTING, *PURGE, "s3:RestoreObject")
            about_bucket += (*UPLOADS, *(LIFECYCLE if store.lifecycle is not None else ()))
        listing: dict[str, Any] = {"Sid": _sid(name, "List"), "Effect": "Allow", **who, "Action": list(LISTING), "Resource": bucket}
        if keys:
            # IfExists: asking for one key names no prefix, and without the right to list a free key looks like a forbidden one.
            listing["Condition"] = {"StringLikeIfExists": {"s3:prefix": [f"{keys}*", keys.rstrip("/")]}}
        statements += [
            listing,
            {"Sid": _sid(name, "Bucket"), "Effect": "Allow", **who, "Action": sorted(about_bucket), "Resource": bucket},
            {"Sid": _sid(name, "Objects"), "Effect": "Allow", **who, "Action": sorted(objects), "Resource": f"{bucket}/{keys}*"},
        ]
        if store.kms_key.startswith("arn:") and not principals:
            # A bucket's own policy cannot allow anything about a key: that is the key's policy.
            keys_of = KEYS[:1] if read_only else KEYS
            statements.append({"Sid": _sid(name, "Key"), "Effect": "Allow", "Action": list(keys_of), "Resource": store.kms_key})
    return {"Version": "2012-10-17", "Statement": statements}


def keys_below(store: Store) -> str:
    """Return what all keys of a bucket store begin with, "" where it is a whole bucket."""
    prefix = store.prefix.strip("/")
    return f"{prefix}/" if prefix else ""


def _sid(name: str, what: str) -> str:
    """Return a statement's id: letters and digits only, as the service wants it."""
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-")) + what
