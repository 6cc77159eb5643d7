"""Which right a refused request needs, by its name in policies: that is often another one than the request's own."""

import re

_WITHIN = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
"""How AWS names the very right that is missing, which may be of another service, as of KMS."""
_READ = "s3:GetObject"
_PUT = "s3:PutObject"
_COPY = "s3:GetObject, s3:PutObject, s3:GetObjectTagging and s3:PutObjectTagging"
_RIGHTS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListParts": "s3:ListMultipartUploadParts",
    "HeadObject": _READ,
    "CopyObject": _COPY,
    "CreateMultipartUpload": _PUT,
    "UploadPart": _PUT,
    "UploadPartCopy": f"{_READ} and {_PUT}",
    "CompleteMultipartUpload": _PUT,
    "DeleteObject": "s3:DeleteObject (s3:DeleteObjectVersion, to remove for good what a bucket with versions keeps)",
    "DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
}
"""The rights by boto3's names of requests, where these differ."""


def right_for(operation: str, message: str = "") -> str:
    """Return the right, or rights, that a request needs; `message` is what the service said when it refused it."""
    named = _WITHIN.search(message)
    return named.group(1) if named else _RIGHTS.get(operation, f"s3:{operation}")
