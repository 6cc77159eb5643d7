"""Removing an object only while it is the one that was seen: the service itself compares ETags, where it knows that condition.

AWS knows `If-Match` of DeleteObject in general purpose buckets since September 2025. What ignores it removes whatever stands
there, as of old; what refuses requests for it is asked without.
"""

import errno
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.service_errors import CONFLICT, TAKEN, code_of

_TRIES = 3
_UNKNOWN = (400, 501)
"""HTTP statuses by which services refuse a request whose condition they do not know."""


def delete_seen(bucket: Bucket, rel: str, etag: str) -> str:
    """Remove the object of this ETag; return the version id of the delete marker that made, "" without one or if it is gone.

    OSError(ESTALE) where another stands there by now, which then stays if the service knows the condition.
    """
    for left in reversed(range(_TRIES)):
        try:
            return bucket.delete(rel, etag=etag)
        except FileNotFoundError:
            return ""  # removed by a request whose answer was lost, or by somebody else
        except OSError as trouble:
            code, status = _refusal(trouble)
            if code in TAKEN or code in CONFLICT:
                now = bucket.head_or_none(rel)
                if now is None:
                    return ""
                if now.etag != etag:
                    raise bucket.trouble(errno.ESTALE, "was changed as it was to be removed", rel) from trouble
                if code in CONFLICT and left:
                    continue
            if code in CONFLICT or (code not in TAKEN and status not in _UNKNOWN):
                raise
            # It does not know the condition, or not of this object, which stands there as it was.
            return bucket.delete(rel)
    raise AssertionError("the last try returns or raises")


def _refusal(trouble: OSError) -> tuple[str, int]:
    """Return the service's own name of a refusal, and its HTTP status; ("", 0) for what is none."""
    from botocore.exceptions import ClientError

    error = trouble.__cause__
    if not isinstance(error, ClientError):
        return "", 0
    answer: Any = error.response
    return code_of(error), int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
