"""A copy keeps what it is a copy of: headers, expiry, tags, grants, the key of its encryption; and what a store asks of uploads."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Root
from tests.support.buckets import PART, ceph, fresh, keys_of, moto, raw, store_of
from tests.support.servers.ruled import refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]
KEY = "arn:aws:kms:us-east-1:111122223333:key/our-own"
EXPIRES = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


def laid(endpoint: Endpoint, name: str, key: str) -> None:
    raw(endpoint).put_object(
        Bucket=name, Key=key, Body=b"x" * (PART + 1000),
        ContentType="video/mp4", ContentLanguage="de",
        CacheControl="no-cache",
        Expires=EXPIRES, Metadata={"by": "hand"}, Tagging="project=b40&kind=raw", ACL="public-read",
        ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY,
        WebsiteRedirectLocation="/elsewhere",
    )  # fmt: skip


def renamed(store: S3Store, versioned: bool) -> str:
    store.copy_object("a", store, "b", token="t-1")
    return "b"


def reclassed(store: S3Store, versioned: bool) -> str:
    store.set_class("a", "STANDARD_IA", token="t-1")
    return "a"


@pytest.mark.parametrize("act", [renamed, reclassed])
@pytest.mark.parametrize("copy_limit", [5 << 30, PART], ids=["whole", "parts"])
def test_copies_and_class_changes_keep_everything(moto: Endpoint, act: Any, copy_limit: int) -> None:
    name = fresh(moto)
    laid(moto, name, "a")
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", copy_limit=copy_limit, accept_race=True)
        key = act(store, False)
        client = raw(moto)
        head = client.head_object(Bucket=name, Key=key)
        assert (head["ContentType"], head["ContentLanguage"], head["CacheControl"]) == ("video/mp4", "de", "no-cache")
        assert head["Expires"] == EXPIRES and head["WebsiteRedirectLocation"] == "/elsewhere"
        assert head["Metadata"]["by"] == "hand"
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)
        tags = client.get_object_tagging(Bucket=name, Key=key)["TagSet"]
        assert {each["Key"]: each["Value"] for each in tags} == {"project": "b40", "kind": "raw"}
        grants = client.get_object_acl(Bucket=name, Key=key)["Grants"]
        assert EVERYBODY in {each["Grantee"].get("URI") for each in grants if each["Permission"] == "READ"}
        store.close()


def brought_to_the_top(store: S3Store, versioned: bool) -> str:
    client, name = raw(Endpoint(store.bucket.settings.endpoint_url or "")), store.bucket.name
    ino = store.look("a").ino  # type: ignore[union-attr]
    client.put_object(Bucket=name, Key="a", Body=b"another")
    store.hide("a")
    store.reveal("a", ino=ino)
    return "a"


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("act", [renamed, reclassed, brought_to_the_top])
@pytest.mark.parametrize("copy_limit", [5 << 30, PART], ids=["whole", "parts"])
def test_tags_last_where_the_service_drops_them_from_copies(ceph: Endpoint, act: Any, copy_limit: int, versioned: bool) -> None:
    if act is brought_to_the_top and not versioned:
        pytest.skip("nothing lies under anything there")
    name = fresh(ceph, versioned=versioned)
    raw(ceph).put_object(Bucket=name, Key="a", Body=b"x" * (PART + 1000), Tagging="project=b40&who=M%C3%BCller%20%26%20S")
    with ruled(ceph) as service, keys_of(ceph):
        store = store_of(service.endpoint, name, "", copy_limit=copy_limit)
        key = act(store, versioned)
        tags = raw(ceph).get_object_tagging(Bucket=name, Key=key)["TagSet"]
        assert {each["Key"]: each["Value"] for each in tags} == {"project": "b40", "who": "Müller & S"}
        service.rules.append(refuses(r"^PUT .*tagging", 403, "AccessDenied"))
        raw(ceph).put_object(Bucket=name, Key="c", Body=b"x", Tagging="project=b40")
        with pytest.raises(OSError, match="PutObjectTagging"):
            store.copy_object("c", store, "d", token="t-3")
        assert store.look("d") is None
        raw(ceph).put_object(Bucket=name, Key="e", Body=b"x")
        store.copy_object("e", store, "f", token="t-4")
        assert not [line for line in service.lines() if "tagging" in line and ("/e" in line or "/f" in line)]
        store.close()


def test_where_there_are_no_grants_none_are_set(moto: Endpoint) -> None:
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key="a", Body=b"x")
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", accept_race=True)
        store.copy_object("a", store, "b", token="t-1")
        assert not [name for each in service.seen for name in each.headers if name.startswith("x-amz-grant")]
        store.close()


def test_a_service_that_fails_at_the_question_of_grants_has_none_and_one_that_is_busy_is_not_believed(moto: Endpoint) -> None:
    name = fresh(moto)
    laid(moto, name, "a")
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", accept_race=True, patience=60.0)
        service.rules.append(refuses(r"GET .*\?acl", 500, "InternalError"))
        for to in ("b", "c"):
            store.copy_object("a", store, to, token="t-1")
        assert 1 < len([line for line in service.lines() if "?acl" in line]) <= 4
        store.close()
        service.rules[:] = [refuses(r"GET .*\?acl", 503, "SlowDown")]
        busy = store_of(service.endpoint, name, "", accept_race=True, patience=0.5)
        with pytest.raises(OSError, match="slow down"):
            busy.copy_object("a", busy, "d", token="t-1")
        busy.close()


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("film.mkv", "video/matroska", 10), ("film.mp4", "video/mp4", 10), ("song.flac", "audio/flac", 10),
        ("raw.dng", "image/x-adobe-dng", 10), ("text.srt", "application/x-subrip", 10), ("p.json", "application/json", 10),
        ("a.tar.gz", "application/gzip", 10), ("noone", "application/octet-stream", 10), ("film.MOV", "video/quicktime", 10),
        ("film.mkv", "video/matroska", 2 * PART + 5),
    ],
)  # fmt: skip
def test_uploads_say_of_what_kind_they_are(moto: Endpoint, tmp_path: Path, name: str, kind: str, size: int) -> None:
    bucket = fresh(moto)
    (tmp_path / "f").write_bytes(b"x" * size)
    with keys_of(moto):
        store = store_of(moto, bucket, "", accept_race=True)
        store.upload("f", LocalStore(Root("folder", str(tmp_path))), name, token="t")
        assert raw(moto).head_object(Bucket=bucket, Key=name)["ContentType"] == kind
        store.close()


@pytest.mark.parametrize("size", [10, 2 * PART + 5])
def test_a_store_says_how_uploads_are_encrypted_and_who_pays(moto: Endpoint, tmp_path: Path, size: int) -> None:
    bucket = fresh(moto)
    (tmp_path / "f").write_bytes(b"x" * size)
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, bucket, "", encryption="aws:kms", kms_key=KEY, requester_pays=True)
        store.upload("f", LocalStore(Root("folder", str(tmp_path))), "f", token="t")
        head = raw(moto).head_object(Bucket=bucket, Key="f")
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)
        assert all(each.headers.get("x-amz-request-payer") == "requester" for each in service.seen if "/f" in each.path)
        store.close()


def test_what_a_copy_is_not_given_is_told(moto: Endpoint) -> None:
    name, other = fresh(moto), fresh(moto)
    locked = f"{name}-locked"
    client = raw(moto)
    client.create_bucket(Bucket=locked, ObjectLockEnabledForBucket=True)
    laid(moto, name, "open")
    client.put_object(Bucket=name, Key="own", Body=b"x")
    client.put_object(Bucket=locked, Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON", ChecksumAlgorithm="SHA256")
    client.put_object(Bucket=locked, Key="free", Body=b"x")
    rules: Any = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    client.put_bucket_ownership_controls(Bucket=other, OwnershipControls=rules)
    with keys_of(moto):
        here, there, kept = (store_of(moto, each, "", accept_race=True) for each in (name, other, locked))
        assert here.lost_by_copies("open", there) == ("what others were granted of it (ACL)",)
        assert here.lost_by_copies("open", here) == here.lost_by_copies("own", there) == ()
        assert (kept.lost_by_copies("held", here), kept.lost_by_copies("free", here)) == (("its legal hold",), ())
        for store in (here, there, kept):
            store.close()
