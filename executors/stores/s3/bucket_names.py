"""Names that AWS allows for no bucket, told without asking anybody. Other services have rules of their own, and are asked."""

import errno
import re

from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.service_errors import BucketError

_FAULTS = (
    (re.compile(r"[A-Z]"), "this one has capital letters"),
    (re.compile(r"[^A-Za-z0-9.-]"), "this one has other characters"),
    (re.compile(r"^.{0,2}$"), "this one is too short"),
    (re.compile(r"^.{64}"), "this one is too long"),
    (re.compile(r"^[.-]|[.-]$"), "this one begins or ends with a dot or hyphen"),
    (re.compile(r"\.\."), "this one has two dots in a row"),
    (re.compile(r"^\d+\.\d+\.\d+\.\d+$"), "this one looks like an IP address"),
)
_HINT = (
    "correct `s3:` of the store; a bucket of another service needs its `endpoint_url:`, "
    "and one that AWS made before 2018 under such a name needs `path_style: true`"
)


def check_name(settings: BucketSettings) -> None:
    """Raise OSError of a name that AWS allows for no bucket."""
    if settings.own_service or settings.path_style or settings.bucket.startswith("arn:"):
        return
    why = next((told for pattern, told in _FAULTS if pattern.search(settings.bucket)), "")
    if why:
        what = (
            f"AWS allows no bucket called {settings.bucket}: names have 3 to 63 lowercase letters, digits, dots and hyphens; {why}"
        )
        raise BucketError(errno.EINVAL, "bad-bucket-name", what, _HINT, settings.address)
