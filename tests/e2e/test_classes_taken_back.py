"""A change into an archive class is taken back without a thaw where the version before it lies beneath, on a real service."""

import re
from pathlib import Path

import pytest

from tests.support.bucket_desk import Desk
from tests.support.buckets import ceph, keys_of, moto
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]


def desk_with(folder: Path, endpoint: Endpoint, keys: dict[str, str], *, before_versions: bool = False) -> Desk:
    """Return a desk over a bucket with versions that holds objects, put there before it kept versions or since."""
    desk = Desk(folder, endpoint, versioned=not before_versions)
    for key, content in keys.items():
        desk.client.put_object(Bucket=desk.bucket, Key=f"video/{key}", Body=content.encode(), Tagging="kind=holiday")
    if before_versions:
        desk.client.put_bucket_versioning(Bucket=desk.bucket, VersioningConfiguration={"Status": "Enabled"})
    return desk


def class_of(desk: Desk, key: str) -> str:
    found: str = desk.client.head_object(Bucket=desk.bucket, Key=f"video/{key}").get("StorageClass", "STANDARD")
    return found


def asks(said: str) -> bool:
    """Say whether a plan or a run told of a thaw; what reading costs is told under a name that has the word in it, too."""
    return re.search(r"\d thaw|ask for an archived object|objects? asked for", said) is not None


@pytest.mark.parametrize("before_versions", [False, True])
@pytest.mark.parametrize("kind", ["GLACIER", "DEEP_ARCHIVE"])
def test_undo_takes_the_version_beneath(tmp_path: Path, moto: Endpoint, kind: str, before_versions: bool) -> None:
    with keys_of(moto):
        desk = desk_with(tmp_path, moto, {"a.mkv": "a", "b.mkv": "b"}, before_versions=before_versions)
        desk.layout(f'files:\n  "archive:a.mkv": {{class: {kind}}}\n  "archive:b.mkv": {{class: {kind}}}\n')
        desk.run("apply", "--yes")
        assert class_of(desk, "a.mkv") == kind
        said = desk.run("undo", "--yes")
        assert not asks(said), said
        assert (class_of(desk, "a.mkv"), desk.body("video/a.mkv")) == ("STANDARD", b"a")
        assert desk.client.get_object_tagging(Bucket=desk.bucket, Key="video/a.mkv")["TagSet"]
        desk.run("redo", "--yes")
        assert class_of(desk, "b.mkv") == kind
        assert not asks(desk.run("undo", "--yes"))
        assert (class_of(desk, "b.mkv"), desk.body("video/b.mkv")) == ("STANDARD", b"b")
        desk.run("check")


def test_a_layout_that_wants_the_class_back_takes_it_too(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = desk_with(tmp_path, moto, {"a.mkv": "a"})
        for kind in ("GLACIER", "DEEP_ARCHIVE", "STANDARD_IA"):
            desk.layout(f'files:\n  "archive:a.mkv": {{class: {kind}}}\n')
            assert not asks(desk.run("apply", "--yes"))
            assert class_of(desk, "a.mkv") == kind
        assert desk.body("video/a.mkv") == b"a"
        assert not desk.plan()["changes"]


def test_what_was_put_there_archived_is_thawed_as_before(tmp_path: Path, moto: Endpoint) -> None:
    """No version beneath holds the same: one holds something else, one is archived itself."""
    with keys_of(moto):
        desk = desk_with(tmp_path, moto, {"a.mkv": "something else"})
        for _ in range(2):
            desk.client.put_object(Bucket=desk.bucket, Key="video/a.mkv", Body=b"a", StorageClass="GLACIER")
        desk.layout('files:\n  "archive:a.mkv": {class: STANDARD}\n')
        assert "ask for an archived object" in desk.run("plan")


def test_a_version_that_went_meanwhile_fails_the_step_and_nothing_else(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = desk_with(tmp_path, moto, {"a.mkv": "a"})
        desk.layout('files:\n  "archive:a.mkv": {class: GLACIER}\n')
        desk.run("apply", "--yes")
        desk.layout('files:\n  "archive:a.mkv": {class: STANDARD}\n')
        desk.run("plan", "-o", "plan.json")
        under = desk.client.list_object_versions(Bucket=desk.bucket, Prefix="video/a.mkv")["Versions"]
        for each in under:
            if not each["IsLatest"]:
                desk.client.delete_object(Bucket=desk.bucket, Key="video/a.mkv", VersionId=each["VersionId"])
        said = desk.run("apply", "plan.json", "--yes", code=3)
        assert "no longer a version beneath" in said
        assert class_of(desk, "a.mkv") == "GLACIER"
