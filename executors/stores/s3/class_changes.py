"""Storage classes: another one for an object, and archived ones asked for."""

import errno

from reshelve.executors.contracts.archived_objects import no_such_tier, nothing_to_thaw
from reshelve.executors.stores.object_metadata import Recorded
from reshelve.executors.stores.s3.bucket import STANDARD, Bucket, Head
from reshelve.executors.stores.s3.object_versions import history
from reshelve.executors.stores.s3.server_copies import Believed, bound_again, checked, copy
from reshelve.executors.stores.s3.service_errors import code_of
from reshelve.executors.stores.s3.tags_and_grants import give_tags, tags_to_give


def set_class(
    bucket: Bucket, rel: str, storage_class: str, token: str, *, believed: Believed, said: Recorded | None = None, ino: int = 0
) -> tuple[Head, Head]:
    """Copy an object onto itself in another class, with `said` recorded (None: what was); return its heads before and after.

    In a versioned bucket the old one stays as a version. OSError: EIO where the service does not do as it says, ESTALE where the
    object is another than that of ETag `ino`.
    """
    head = bucket.head(rel)
    if ino and head.item.ino != ino:
        raise bucket.trouble(errno.ESTALE, "was replaced just after it was put there", rel)
    return _copied(bucket, rel, head, storage_class, token, believed, said)


def set_class_from_beneath(
    bucket: Bucket, rel: str, storage_class: str, token: str, *, believed: Believed, ino: int
) -> tuple[Head, Head]:
    """Copy the newest readable version of ETag `ino` onto the object above it, which is archived; return the heads of both.

    OSError: ENOENT where there is none, EIO where the service does not do as it says.
    """
    version = history(bucket, rel).readable(ino)
    if version is None:
        raise bucket.trouble(errno.ENOENT, "there is no longer a version beneath it that can be read", rel)
    return _copied(bucket, rel, bucket.head(rel, version or "null"), storage_class, token, believed, None)


def _copied(
    bucket: Bucket, rel: str, head: Head, storage_class: str, token: str, believed: Believed, said: Recorded | None
) -> tuple[Head, Head]:
    saying = bound_again(head, bucket, head.said, believed) if said is None else bound_again(head, bucket, said, lambda *_: True)
    tags = tags_to_give(bucket, rel, head)
    copy(bucket, rel, head, bucket, rel, saying.by(token), storage_class, create=False, fresh=said is not None)
    changed = checked(head, bucket, rel, token)
    give_tags(bucket, rel, changed, tags)
    if changed.item.storage_class != (storage_class or STANDARD):
        why = f"the service keeps it as {changed.item.storage_class} instead of {storage_class}"
        raise bucket.trouble(errno.EOPNOTSUPP, why, rel)
    return head, changed


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
            raise nothing_to_thaw(bucket.path(rel)) from None
        if code in ("InvalidArgument", "MalformedXML", "GlacierExpeditedRetrievalNotAvailable"):
            raise no_such_tier(bucket.path(rel), tier, f"cannot be thawed in tier {tier} for {days} days") from None
        raise
