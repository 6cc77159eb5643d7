"""An archive class comes last: what must be copied or read once more after it has arrived is given its class only then.

AWS refuses a wrong Content-MD5, and every copy and reading of an archived object, and its ETags are no MD5s in a bucket of KMS.
"""

import errno
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reshelve.executors.archives import packed
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.executors.verbs.file_verbs import advice
from reshelve.schemas.inventory import Root
from reshelve.schemas.verbs import Member
from tests.support.buckets import PART, fresh, keys_of, moto, raw, store_of
from tests.support.object_bench import xxh3
from tests.support.servers.ruled import Change, Ruled, enforces_md5, kms_etags, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]
LARGE = random.Random(0).randbytes(2 * PART + 1000)


@contextmanager
def like_aws(moto: Endpoint, *, kms: bool, versioned: bool, **rest: object) -> Iterator[tuple[S3Store, Ruled, str]]:
    name = fresh(moto, versioned=versioned)
    rules, changes = [enforces_md5], list[Change]()
    if kms:
        rule, change = kms_etags()
        rules.append(rule)
        changes.append(change)
    with ruled(moto, *rules, changes=tuple(changes)) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", **rest)
        assert store.capabilities().content_md5
        yield store, service, name
        store.close()


def project(folder: Path) -> tuple[LocalStore, list[Member]]:
    (folder / "project").mkdir()
    import hashlib

    content = b"".join(hashlib.sha256(number.to_bytes(8)).digest() for number in range(2 * PART // 32))
    (folder / "project" / "a.mov").write_bytes(content)
    store = LocalStore(Root("projects", str(folder)))
    items = store.walk("project").items
    return store, [Member(i.rel[len("project/") :], i.kind, i.size, i.mtime_ns, i.ino, i.mode) for i in items if i.kind != "other"]


@pytest.mark.parametrize(
    ("storage_class", "versioned", "kms", "verify"),
    [
        ("GLACIER", False, False, "head"),
        ("DEEP_ARCHIVE", True, False, "head"),
        ("DEEP_ARCHIVE", False, True, "head"),
        ("GLACIER", True, True, "head"),
        ("GLACIER", True, True, "read"),
    ],
)
def test_a_large_archive_and_a_large_file(
    moto: Endpoint, tmp_path: Path, storage_class: str, versioned: bool, kms: bool, verify: str
) -> None:
    source, members = project(tmp_path)
    (tmp_path / "large").write_bytes(LARGE)
    expected = b"".join(packed(source, "project", "tar.gz", members))
    with like_aws(moto, kms=kms, versioned=versioned, verify=verify) as (store, _, name):
        made: dict[str, Callable[[], object]] = {
            "p.tar.gz": lambda: store.upload_packed(
                "project", source, "p.tar.gz", "tar.gz", members, token="r-1", storage_class=storage_class
            ),
            "large": lambda: store.upload("large", source, "large", token="r-2", storage_class=storage_class),
        }
        for key, make in made.items():
            make()
            head = raw(moto).head_object(Bucket=name, Key=key)
            assert head["StorageClass"] == storage_class
            said = store.details(key)
            assert said["hash"] == xxh3(expected if key == "p.tar.gz" else LARGE)
            assert store.uploads(key) == []
            versions = raw(moto).list_object_versions(Bucket=name, Prefix=key)
            assert len(versions["Versions"]) == 1 and not versions.get("DeleteMarkers")


def test_a_file_whose_parts_prove_it_goes_straight_there(moto: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(LARGE)
    source = LocalStore(Root("projects", str(tmp_path)))
    with like_aws(moto, kms=False, versioned=False) as (store, service, _):
        service.seen.clear()
        store.upload("large", source, "large", token="r-2", storage_class="DEEP_ARCHIVE")
        assert not any("x-amz-copy-source" in each.headers for each in service.seen)


@pytest.mark.parametrize("kms", [False, True], ids=["own keys", "kms"])
def test_a_small_file_goes_straight_there(moto: Endpoint, tmp_path: Path, kms: bool) -> None:
    (tmp_path / "small").write_bytes(b"small")
    source = LocalStore(Root("projects", str(tmp_path)))
    with like_aws(moto, kms=kms, versioned=False) as (store, service, name):
        store.upload("small", source, "small", token="r-2", storage_class="DEEP_ARCHIVE")
        assert raw(moto).head_object(Bucket=name, Key="small")["StorageClass"] == "DEEP_ARCHIVE"
        assert not any("x-amz-copy-source" in each.headers for each in service.seen if "/small" in each.path)


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        (
            "GlacierExpeditedRetrievalNotAvailable",
            "no-such-tier",
            "Set `thaw: {tier: Standard}` for its store, then make a new plan.",
        ),
        ("InvalidArgument", "no-such-tier", "Set `thaw: {tier: Standard}` for its store, then make a new plan."),
        ("InvalidObjectState", "drifted", "Make a new plan, which reads it as it is."),
    ],
)
def test_an_object_that_cannot_be_asked_for_so_is_told_with_what_to_do(moto: Endpoint, code: str, kind: str, hint: str) -> None:
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key="a", Body=b"x", StorageClass="GLACIER")
    status = {"InvalidArgument": 400, "InvalidObjectState": 403}.get(code, 503)
    with ruled(moto, refuses("POST .*restore", status, code)) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", patience=0.1)
        with pytest.raises(OSError) as caught:
            store.thaw("a", 1, "Expedited")
        assert caught.value.errno == errno.EINVAL
        assert advice(caught.value) == (kind, hint)
        store.close()


@pytest.mark.parametrize("kms", [False, True])
def test_an_archive_goes_on_after_a_kill_though_nothing_tells_what_had_arrived(moto: Endpoint, tmp_path: Path, kms: bool) -> None:
    source, members = project(tmp_path)
    expected = b"".join(packed(source, "project", "tar.gz", members))
    with like_aws(moto, kms=kms, versioned=False) as (store, _, name):
        client = raw(moto)
        left = client.create_multipart_upload(Bucket=name, Key="p.tar.gz", Metadata={"reshelve-token": "r-1"})["UploadId"]
        # With KMS what had arrived is right, and cannot be told; without, it is of another content.
        client.upload_part(
            Bucket=name, Key="p.tar.gz", UploadId=left, PartNumber=1, Body=expected[:PART] if kms else expected[1 : PART + 1]
        )
        store.upload_packed(
            "project", source, "p.tar.gz", "tar.gz", members, token="r-1", storage_class="DEEP_ARCHIVE", mine=[left]
        )
        head = client.head_object(Bucket=name, Key="p.tar.gz")
        assert head["StorageClass"] == "DEEP_ARCHIVE" and head["ContentLength"] == len(expected)
        assert head["Metadata"]["reshelve-hash"] == xxh3(expected)
        assert not client.list_multipart_uploads(Bucket=name).get("Uploads")
