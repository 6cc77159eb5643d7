"""The least-privilege policy: what is allowed, on which keys, and to whom."""

import re
from pathlib import Path
from typing import Any

from reshelve.planner.buckets.least_privilege_policy import policy_for
from reshelve.schemas.store_settings import Store

STORES = {
    "archive": Store.model_validate({"s3": "films", "prefix": "video/", "lifecycle": {"rules": [{"name": "x", "expire": "9d"}]}}),
    "team-room": Store.model_validate({"s3": "collab"}),
    "ssd": Store(path="/ssd"),
}


def statements(**given: Any) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in policy_for(STORES, **given)["Statement"]}


def test_objects_below_the_prefix_and_nothing_else() -> None:
    found = statements()
    assert sorted(found) == ["ArchiveBucket", "ArchiveList", "ArchiveObjects", "TeamRoomBucket", "TeamRoomList", "TeamRoomObjects"]
    assert found["ArchiveObjects"]["Resource"] == "arn:aws:s3:::films/video/*"
    assert found["TeamRoomObjects"]["Resource"] == "arn:aws:s3:::collab/*"
    assert found["ArchiveList"]["Condition"] == {"StringLikeIfExists": {"s3:prefix": ["video/*", "video"]}}
    assert "Condition" not in found["TeamRoomList"]
    actions = {action for each in found.values() for action in each["Action"]}
    assert all(action.startswith("s3:") and "*" not in action for action in actions)
    assert not actions & {"s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutBucketAcl"}


def test_rules_are_read_everywhere_and_written_only_where_they_are_declared() -> None:
    found = statements()
    assert "s3:PutLifecycleConfiguration" in found["ArchiveBucket"]["Action"]
    assert "s3:PutLifecycleConfiguration" not in found["TeamRoomBucket"]["Action"]
    assert all("s3:GetLifecycleConfiguration" in found[each]["Action"] for each in ("ArchiveBucket", "TeamRoomBucket"))


def test_to_look_only() -> None:
    actions = {action for each in statements(read_only=True).values() for action in each["Action"]}
    assert not any(word in action for action in actions for word in ("Put", "Delete", "Abort", "Restore"))
    # A plan tells until when the rules of a bucket leave what goes, and what copies would lose.
    assert {"s3:GetLifecycleConfiguration", "s3:GetBucketObjectLockConfiguration", "s3:GetObjectAcl"} <= actions


def test_for_the_bucket_itself() -> None:
    one = statements(principals=["arn:aws:iam::1:user/jan"], partition="aws-cn")
    assert one["ArchiveList"]["Principal"] == {"AWS": "arn:aws:iam::1:user/jan"}
    assert one["ArchiveObjects"]["Resource"].startswith("arn:aws-cn:s3:::films")
    assert statements(principals=["a", "b"])["ArchiveList"]["Principal"] == {"AWS": ["a", "b"]}


def test_services_other_than_aws_are_not_asked_for_what_some_do_not_know() -> None:
    """They refuse the whole policy for it: seen of Ceph 16."""
    told = {"s3": "films", "endpoint_url": "https://s3.example.org"}
    made = policy_for({"archive": Store.model_validate(told)})
    actions = {action for each in made["Statement"] for action in each["Action"]}
    assert "s3:GetBucketOwnershipControls" not in actions
    assert "s3:GetBucketObjectLockConfiguration" in actions


def test_the_key_that_a_store_names() -> None:
    key = "arn:aws:kms:eu-central-1:111122223333:key/1234"
    told = {"archive": Store.model_validate({"s3": "films", "encryption": "aws:kms", "kms_key": key})}
    found = {each["Sid"]: each for each in policy_for(told)["Statement"]}["ArchiveKey"]
    assert found == {"Sid": "ArchiveKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key}
    assert policy_for(told, read_only=True)["Statement"][-1]["Action"] == ["kms:Decrypt"]
    assert len(policy_for(told, principals=["arn:aws:iam::1:user/jan"])["Statement"]) == 3


NEEDS = {
    "abort_multipart_upload": ["s3:AbortMultipartUpload"],
    "complete_multipart_upload": ["s3:PutObject"],
    "copy_object": ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectAcl"],
    "create_multipart_upload": ["s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectAcl"],
    "delete_bucket_lifecycle": ["s3:PutLifecycleConfiguration"],
    "delete_bucket_policy": [],
    "delete_object": ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"],  # by a condition on its ETag
    "generate_presigned_url": ["s3:GetObject"],
    "get_bucket_lifecycle_configuration": ["s3:GetLifecycleConfiguration"],
    "get_bucket_ownership_controls": ["s3:GetBucketOwnershipControls"],
    "get_bucket_policy": [],
    "get_bucket_versioning": ["s3:GetBucketVersioning"],
    "get_object": ["s3:GetObject", "s3:GetObjectVersion"],
    "get_object_acl": ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
    "get_object_lock_configuration": ["s3:GetBucketObjectLockConfiguration"],
    "get_object_tagging": ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
    "head_object": ["s3:GetObject", "s3:GetObjectVersion"],
    "list_multipart_uploads": ["s3:ListBucketMultipartUploads"],
    "list_object_versions": ["s3:ListBucketVersions"],
    "list_objects_v2": ["s3:ListBucket"],
    "list_parts": ["s3:ListMultipartUploadParts"],
    "put_bucket_lifecycle_configuration": ["s3:PutLifecycleConfiguration"],
    "put_bucket_policy": [],
    "put_object": ["s3:PutObject", "s3:PutObjectTagging"],
    "put_object_tagging": ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
    "restore_object": ["s3:RestoreObject"],
    "upload_part": ["s3:PutObject"],
    "upload_part_copy": ["s3:GetObject", "s3:PutObject"],
}
"""What each call needs (docs.aws.amazon.com, "Actions, resources, and condition keys for Amazon S3"); policies need nothing."""


def test_every_call_of_the_store_is_allowed_and_nothing_beyond() -> None:
    store = Path(__file__).parents[3] / "executors" / "stores" / "s3"
    code = "".join(file.read_text() for file in store.rglob("*.py"))
    calls = set(re.findall(r"\bclient\.([a-z_0-9]+)\(", code)) - {"get_paginator"}
    calls |= set(re.findall(r"""get_paginator\("([a-z_0-9]+)"\)""", code))
    assert calls == NEEDS.keys()
    allowed = {action for each in statements().values() for action in each["Action"]}
    assert allowed == {action for call in calls for action in NEEDS[call]}
