"""Buckets whose object lock holds everything for a while: what is put there, and what cannot be removed."""

import itertools
import os
from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.service_errors import BucketError
from reshelve.schemas.inventory import Root
from tests.support.buckets import PART, ceph, keys_of, moto, raw, store_of
from tests.support.servers.ruled import Answer, Request, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]
_COUNT = itertools.count()


def locked(endpoint: Endpoint) -> str:
    """Make a bucket that holds for a day whatever is put there."""
    name, client = f"locked-{os.getpid()}-{next(_COUNT)}", raw(endpoint)
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    client.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    return name


@pytest.mark.parametrize("size", [0, 10, 2 * PART + 5])
def test_what_takes_nothing_without_a_sum_is_sent_one(moto: Endpoint, tmp_path: Path, size: int) -> None:
    name = locked(moto)
    (tmp_path / "f").write_bytes(b"x" * size)
    with keys_of(moto):
        store = store_of(moto, name, "")
        assert store.capabilities().versioned
        store.upload("f", LocalStore(Root("folder", str(tmp_path))), "f", token="t")
        assert raw(moto).head_object(Bucket=name, Key="f")["ContentLength"] == size
        store.close()


def test_what_a_lock_holds_is_told_as_that_and_not_as_a_lack_of_rights(ceph: Endpoint) -> None:
    name = locked(ceph)
    raw(ceph).put_object(Bucket=name, Key="a", Body=b"x")
    with keys_of(ceph):
        store = store_of(ceph, name, "")
        store.hide("a")
        with pytest.raises(BucketError, match="held by the object lock of its bucket until 20") as caught:
            store.remove_hidden("a")
        assert caught.value.kind == "object-locked" and "policy" not in caught.value.hint
        store.close()


@pytest.mark.parametrize("copy_limit", [5 << 30, PART], ids=["whole", "parts"])
def test_a_copy_that_is_refused_for_its_source_names_the_source(moto: Endpoint, copy_limit: int) -> None:
    name = f"tiered-{os.getpid()}-{next(_COUNT)}"
    raw(moto).create_bucket(Bucket=name)
    raw(moto).put_object(Bucket=name, Key="a", Body=b"x" * (PART + 1), StorageClass="INTELLIGENT_TIERING")
    body = b"<Error><Code>InvalidObjectState</Code><StorageClass>INTELLIGENT_TIERING</StorageClass></Error>"

    def tier(asked: Request) -> Answer | None:
        return (
            Answer(403, {"Content-Type": "application/xml"}, body)
            if asked.headers.get("x-amz-copy-source", "").endswith("/a")
            else None
        )

    with ruled(moto, tier) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", copy_limit=copy_limit, accept_race=True)
        with pytest.raises(OSError, match="INTELLIGENT_TIERING") as caught:
            store.copy_object("a", store, "b", token="t")
        assert str(caught.value.strerror).endswith("--key a")
        store.close()
