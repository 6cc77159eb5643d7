"""Storage classes: another one for an object, and archived ones asked for."""

import errno

from executors.stores.recorded import Recorded
from executors.stores.s3.bucket import STANDARD, Bucket, Head
from executors.stores.s3.copying import checked, copy
from executors.stores.s3.troubles import code_of


def set_class(bucket: Bucket, rel: str, storage_class: str, token: str, said: Recorded | None = None) -> tuple[Head, str]:
    """Copy an object onto itself in another class, with `said` recorded (None: what was); return its head, and the version before.

    In a versioned bucket the old one stays as a version. OSError(EIO) where the service does not do as it says.
    """
    head = bucket.head(rel)
    copy(bucket, rel, head, bucket, rel, (said or head.said).by(token), storage_class, create=False)
    changed = checked(head, bucket, rel, token)
    if changed.item.storage_class != (storage_class or STANDARD):
        why = f"the service keeps it as {changed.item.storage_class} instead of {storage_class}"
        raise bucket.trouble(errno.EOPNOTSUPP, why, rel)
    return changed, head.version


def thaw(bucket: Bucket, rel: str, days: int, tier: str) -> None:
    """Ask for an archived object; fine when that was asked already. OSError(EINVAL): nothing to thaw, or no such tier."""
    from botocore.exceptions import ClientError

    asked = {"Days": days, "GlacierJobParameters": {"Tier": tier}}
    try:
        with bucket.telling(rel):
            bucket.client.restore_object(Bucket=bucket.name, Key=bucket.key(rel), RestoreRequest=asked)  # type: ignore[arg-type]
    except OSError as trouble:
        code = code_of(trouble.__cause__) if isinstance(trouble.__cause__, ClientError) else ""
        if code == "RestoreAlreadyInProgress":
            return
        if code in ("InvalidObjectState", "ObjectAlreadyInActiveTierError"):
            raise bucket.trouble(errno.EINVAL, "is not archived, so there is nothing to thaw", rel) from None
        if code in ("InvalidArgument", "MalformedXML", "GlacierExpeditedRetrievalNotAvailable"):
            raise bucket.trouble(errno.EINVAL, f"cannot be thawed in tier {tier} for {days} days", rel) from None
        raise
