"""Names that AWS gives to no bucket, told without asking anybody. Other services have rules of their own, and are asked."""

import errno
import re

from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.service_errors import BucketError

_FAULTS = (
    (re.compile(r"[A-Z]"), "it has capital letters"),
    (re.compile(r"[^A-Za-z0-9.-]"), "it has other characters"),
    (re.compile(r"^.{0,2}$"), "it is too short"),
    (re.compile(r"^.{64}"), "it is too long"),
    (re.compile(r"^[.-]|[.-]$"), "it begins or ends with a dot or hyphen"),
    (re.compile(r"\.\."), "it has two dots in a row"),
    (re.compile(r"^\d+\.\d+\.\d+\.\d+$"), "it looks like an IP address"),
)
_HINT = (
    "correct `s3:` of the store; a bucket of another service needs its `endpoint_url:`, "
    "and one that AWS made before 2018 under such a name needs `path_style: true`"
)


def check_name(settings: BucketSettings) -> None:
    """Raise OSError of a name that AWS gives to no bucket."""
    if settings.own_service or settings.path_style or settings.bucket.startswith("arn:"):
        return
    why = next((told for pattern, told in _FAULTS if pattern.search(settings.bucket)), "")
    if why:
        what = f"{settings.bucket} is not a name that AWS gives to buckets: 3 to 63 small letters, digits, dots and hyphens; {why}"
        raise BucketError(errno.EINVAL, "bad-bucket-name", what, _HINT, settings.address)
