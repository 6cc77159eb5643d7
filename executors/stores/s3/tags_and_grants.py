"""What an object has beside what its head says, so that a copy can be given it again: tags and grants."""

from typing import Any
from urllib.parse import urlencode

from reshelve.executors.stores.s3.bucket import Bucket, Head
from reshelve.executors.stores.s3.service_errors import standing_of

_GRANTS = {"FULL_CONTROL": "GrantFullControl", "READ": "GrantRead", "READ_ACP": "GrantReadACP", "WRITE_ACP": "GrantWriteACP"}
_BY = (("ID", "id"), ("URI", "uri"), ("EmailAddress", "emailAddress"))


def lost_by_copies(src: Bucket, rel: str, dst: Bucket) -> tuple[str, ...]:
    """Return what a copy of an object to another key, of this bucket or another one, is not given. Raises OSError.

    Nothing is asked of objects where their bucket has neither locks nor grants.
    """
    lost: list[str] = []
    if src.has_locks():
        with src.telling(rel):
            head: Any = src.client.head_object(Bucket=src.name, Key=src.key(rel))
        lost += ["its object lock"] if head.get("ObjectLockMode") else []
        lost += ["its legal hold"] if head.get("ObjectLockLegalHoldStatus") == "ON" else []
    if src.has_grants() and not dst.has_grants() and grants_of(src, rel, ""):
        lost.append("what others were granted of it (ACL)")
    return tuple(lost)


def tags_of(bucket: Bucket, rel: str, version: str) -> dict[str, Any]:
    """Return an object's tags as a request for a copy in parts has them; a copy as a whole keeps them by itself.

    OSError where this user may not ask. A service that knows no tags has none.
    """
    tags = _tag_set(bucket, rel, version)
    return {"Tagging": urlencode([(each["Key"], each["Value"]) for each in tags])} if tags else {}


def tags_to_give(bucket: Bucket, rel: str, head: Head) -> list[Any]:
    """Return the tags of the object that `head` showed, where its service may drop them from a copy; AWS's keeps them."""
    return _tag_set(bucket, rel, head.version) if head.tags and bucket.settings.own_service else []


def give_tags(bucket: Bucket, rel: str, copied: Head, tags: list[Any]) -> None:
    """Give a copy the tags of its source where the service dropped them, as Ceph does when other things are recorded with it."""
    if copied.tags >= len(tags):
        return
    version: dict[str, Any] = {"VersionId": copied.version} if copied.version else {}
    with bucket.telling(rel):
        bucket.client.put_object_tagging(Bucket=bucket.name, Key=bucket.key(rel), Tagging={"TagSet": tags}, **version)


def _tag_set(bucket: Bucket, rel: str, version: str) -> list[Any]:
    from botocore.exceptions import ClientError

    asked: dict[str, Any] = {"Bucket": bucket.name, "Key": bucket.key(rel), **({"VersionId": version} if version else {})}
    with bucket.telling(rel):
        try:
            return list(bucket.client.get_object_tagging(**asked).get("TagSet", ()))
        except ClientError as error:
            if standing_of(error) != "answered":
                raise
            return []


def grants_of(bucket: Bucket, rel: str, version: str) -> dict[str, Any]:
    """Return who else was given something of an object, as requests have it; {} where nobody was, or nobody can be.

    Where this user may not ask, or a service other than AWS's fails (500) at the question whenever it is put, as rclone does, the
    copy is private: nothing is ever given to more people than before.
    """
    from botocore.exceptions import ClientError

    if not bucket.has_grants():
        return {}
    asked: dict[str, Any] = {"Bucket": bucket.name, "Key": bucket.key(rel), **({"VersionId": version} if version else {})}
    with bucket.telling(rel):
        try:
            found: Any = bucket.client.get_object_acl(**asked)
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if standing_of(error) == "failed" and not (bucket.settings.own_service and status == 500):
                raise
            if status == 500:
                bucket.knows_no_grants()
            return {}
    owner = found.get("Owner", {}).get("ID")
    given: dict[str, list[str]] = {}
    others = False
    for each in found.get("Grants", ()):
        who, right = each.get("Grantee", {}), _GRANTS.get(each.get("Permission", ""))
        name = next((f'{said}="{who[key]}"' for key, said in _BY if who.get(key)), None)
        if name is None or right is None:
            continue
        others = others or who.get("ID") != owner or right != "GrantFullControl"
        given.setdefault(right, []).append(name)
    return {right: ", ".join(names) for right, names in given.items()} if others else {}
