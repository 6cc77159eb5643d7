"""The least-privilege policy: what is allowed, on which keys, and to whom."""

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
    assert not actions & {"s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutObjectAcl"}


def test_lifecycle_rights_only_where_rules_are_declared() -> None:
    found = statements()
    assert "s3:PutLifecycleConfiguration" in found["ArchiveBucket"]["Action"]
    assert "s3:PutLifecycleConfiguration" not in found["TeamRoomBucket"]["Action"]


def test_to_look_only() -> None:
    actions = {action for each in statements(read_only=True).values() for action in each["Action"]}
    assert not any(word in action for action in actions for word in ("Put", "Delete", "Abort", "Restore"))


def test_for_the_bucket_itself() -> None:
    one = statements(principals=["arn:aws:iam::1:user/jan"], partition="aws-cn")
    assert one["ArchiveList"]["Principal"] == {"AWS": "arn:aws:iam::1:user/jan"}
    assert one["ArchiveObjects"]["Resource"].startswith("arn:aws-cn:s3:::films")
    assert statements(principals=["a", "b"])["ArchiveList"]["Principal"] == {"AWS": ["a", "b"]}
