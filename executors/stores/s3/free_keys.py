"""Taking a free key, whatever the service keeps: three ways, one promise. Nobody's object is ever lost by it.

- *enforced*: the request itself says that the key must be free (`If-None-Match: *`).
- Only small objects are, and no versions kept: an empty object takes the key first, enforced, and what comes replaces that.
  Killed between, it stays as the sign of a reservation, told by `uploads` and removed by `abort`.
- *versioned*: what the key has held is looked at before and after; whose version came first since then has won, all others take
  theirs back. Large objects are looked at so even where the service says it is enforced: two may be put together at once.
- *none*: refused, unless the workspace accepts that somebody may come between.
"""

import errno
from collections.abc import Callable
from typing import Literal

from reshelve.executors.contracts.object_store import Capabilities
from reshelve.executors.stores.object_metadata import RESERVATION
from reshelve.executors.stores.s3 import object_versions
from reshelve.executors.stores.s3.bucket import Bucket, Head
from reshelve.executors.stores.s3.matching_deletes import delete_seen

How = Literal["put", "multipart", "copy"]
Act = Callable[[bool], str]
"""Puts the object, told whether the request shall say that the key must be free; returns its version id, "" if unknown or none."""


def create(bucket: Bucket, rel: str, found: Capabilities, how: How, token: str, act: Act) -> str:
    """Put an object at a free key by `act`, and return its version id. FileExistsError where the key is taken.

    When the answer to `act` was lost, what stands there is looked at: an object with this `token` is the one.
    """
    native = how in found.natively
    if native and not (found.versioned and how == "multipart"):
        return _once(bucket, rel, token, lambda: act(True))
    if reserves(found, how):
        reserve(bucket, rel, token)
        try:
            return _once(bucket, rel, token, lambda: act(False))
        except Exception:
            release(bucket, rel, token)
            raise
    if found.versioned:
        return _looking(bucket, rel, token, lambda: act(native))
    if not bucket.settings.accept_race:
        why = "the service can neither refuse to replace nor keep what was there; turn on versioning, or set `accept_race: true`"
        raise bucket.trouble(errno.EOPNOTSUPP, why, rel)
    if bucket.head_or_none(rel) is not None:
        raise bucket.taken(rel)
    return _once(bucket, rel, token, lambda: act(False))


def reserves(found: Capabilities, how: How) -> bool:
    """Say whether a key is first taken by an empty object of ours."""
    return "put" in found.natively and not found.versioned and how not in found.natively


def reserve(bucket: Bucket, rel: str, token: str) -> None:
    """Take a free key by an empty object of ours. FileExistsError where it is taken, by another reservation too."""
    try:
        with bucket.telling(rel):
            said = {RESERVATION: token}
            bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(rel), Body=b"", Metadata=said, IfNoneMatch="*")
    except FileExistsError:
        holder = reserved(bucket, rel)
        if holder is None:
            raise
        if holder != token:
            why = f"is reserved by an upload that has not ended ({holder}); if its run is gone, recover it"
            raise bucket.trouble(errno.EEXIST, why, rel) from None


def reserved(bucket: Bucket, rel: str) -> str | None:
    """Return whose reservation stands at a key, or None where none does."""
    return _holder(bucket.head_or_none(rel))


def _holder(head: Head | None) -> str | None:
    return None if head is None or head.item.size else head.metadata.get(RESERVATION)


def release(bucket: Bucket, rel: str, token: str) -> None:
    """Remove a reservation; fine when it is gone, or something else stands there by now."""
    head = bucket.head_or_none(rel)
    if head is None or _holder(head) != token:
        return
    try:
        delete_seen(bucket, rel, head.etag)
    except OSError as trouble:
        if trouble.errno != errno.ESTALE:
            raise


def _once(bucket: Bucket, rel: str, token: str, act: Callable[[], str]) -> str:
    """Do it; where the answer says taken, or none came, see whether it is ours that stands there."""
    try:
        return act()
    except OSError as trouble:
        try:
            head = bucket.head_or_none(rel)
        except OSError:
            raise trouble from None
        if head is None or head.said.token != token:
            raise
        return head.version


def _looking(bucket: Bucket, rel: str, token: str, act: Callable[[], str]) -> str:
    before = object_versions.history(bucket, rel)
    if before.top is not None and not before.is_hidden:
        raise bucket.taken(rel)
    version = _once(bucket, rel, token, act)
    while True:
        now = object_versions.history(bucket, rel)
        since = [each for each in now.objects if each not in before.ids]
        # Where the answer tells no version, ours is looked for: another's may lie over it by now.
        version = version or next((each for each in since if bucket.head(rel, each).said.token == token), "")
        if not since or since[-1] == version:
            return version
        try:
            first = bucket.head(rel, since[-1])
        except FileNotFoundError:
            continue  # whoever was first has taken it back
        break
    # Somebody was first, or it was ourselves, whose first answer was lost.
    if version:
        bucket.delete(rel, version)
    if first.said.token != token:
        raise bucket.taken(rel)
    return first.version
