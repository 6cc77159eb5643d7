"""Listing: paging, what a plan over many objects costs, and what kinds of services were found out."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reshelve.executors.contracts.object_store import Capabilities
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.clients import moment
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Root
from tests.support.buckets import ceph, fresh, keys_of, moto, raw, rclone, store_of
from tests.support.servers.ruled import Answer, Request, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]


class Counting:
    """Counts a store's requests by name."""

    def __init__(self, store: S3Store) -> None:
        self.calls: list[str] = []
        store.bucket.client.meta.events.register("before-call.s3", self._count)

    def _count(self, model: object, **_: object) -> None:
        self.calls.append(getattr(model, "name", ""))


def test_more_than_a_page(ceph: Endpoint, tmp_path: Path) -> None:
    bucket = fresh(ceph)
    client = raw(ceph)
    keys = [f"pre/fix/folder{number % 7}/file {number}" for number in range(2100)] + ["elsewhere", "pre/fixed"]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=b""), keys))
    with keys_of(ceph):
        store = store_of(ceph, bucket)
        store.bucket.connection.fast  # noqa: B018 - both clients are ready before it counts
        counting = Counting(store)
        found = [item.rel for item in store.walk().items]
        assert found == sorted(key.removeprefix("pre/fix/") for key in keys if key.startswith("pre/fix/"))
        assert counting.calls == ["ListObjectsV2"] * 3
        for rel in found:
            assert store.stat(rel) is not None
            assert store.stat(f"{rel}x") is None
        assert store.names("folder3") == {rel.partition("/")[2] for rel in found if rel.startswith("folder3/")}
        assert counting.calls == ["ListObjectsV2"] * 3


def test_hashes_of_what_was_uploaded_here_cost_nothing(moto: Endpoint, tmp_path: Path) -> None:
    bucket = fresh(moto)
    (tmp_path / "film").write_bytes(b"content")
    folder = LocalStore(Root("folder", str(tmp_path)))
    with keys_of(moto):
        store = store_of(moto, bucket, catalog=tmp_path / "catalog.db")
        stored = store.upload("film", folder, "film", token="t")
        store.close()
        store = store_of(moto, bucket, catalog=tmp_path / "catalog.db")
        counting = Counting(store)
        assert store.digest("film") == stored.hash
        assert counting.calls == ["ListObjectsV2"]
        elsewhere = store_of(moto, bucket)
        assert elsewhere.digest("film") == stored.hash


FOUND = {
    ("ceph", False): Capabilities("enforced", "enforced", False, True, False, True, False, ["put"]),
    ("ceph", True): Capabilities("versioned", "versioned", True, True, False, True, False, []),
    ("moto", False): Capabilities(
        "enforced", "enforced", False, False, False, True, True, ["put", "multipart"], conditional_delete=True
    ),
    ("moto", True): Capabilities(
        "enforced", "enforced", True, False, False, True, True, ["put", "multipart"], conditional_delete=True
    ),
    ("rclone", False): Capabilities("none", "none", False, True, True, False, False, [], part_etags=False),
}


@pytest.mark.parametrize(("service", "versioned"), list(FOUND), ids=str)
def test_what_a_service_keeps_is_found_out_and_remembered(
    service: str, versioned: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    endpoint = request.getfixturevalue(service)
    bucket = fresh(endpoint, versioned=versioned)
    with keys_of(endpoint):
        store = store_of(endpoint, bucket, catalog=tmp_path / "catalog.db")
        assert store.capabilities() == FOUND[service, versioned]
        assert store.root.versioned == versioned
        store.forget()
        assert store.walk().items == []
        store.close()
        again = store_of(endpoint, bucket, catalog=tmp_path / "catalog.db")
        counting = Counting(again)
        assert again.capabilities() == FOUND[service, versioned]
        assert counting.calls == []
        left = raw(endpoint).list_objects_v2(Bucket=bucket)
        assert left.get("Contents", []) == []


def test_a_service_that_keeps_nothing_is_not_uploaded_to(rclone: Endpoint, tmp_path: Path) -> None:
    bucket = fresh(rclone)
    (tmp_path / "film").write_bytes(b"content")
    with keys_of(rclone):
        store = store_of(rclone, bucket)
        with pytest.raises(OSError, match="accept_race"):
            store.upload("film", LocalStore(Root("folder", str(tmp_path))), "film", token="t")
        assert store.look("film") is None


@pytest.mark.parametrize("told", [b"", b"<NextContinuationToken>again</NextContinuationToken>"])
def test_a_listing_that_is_cut_short_is_none(moto: Endpoint, told: bytes) -> None:
    """What is missing from a listing would be taken for gone: a page that says "more" has to say how to ask for it."""
    pages: list[bytes] = []

    def cut(asked: Request, answer: Answer) -> None:
        if "list-type=2" in asked.line and not pages:
            answer.body = re.sub(rb"<IsTruncated>\s*\w+", told + b"<IsTruncated>true", answer.body)
            pages.append(answer.body)

    def repeat(asked: Request) -> Answer | None:
        return Answer(200, {"Content-Type": "application/xml"}, pages[0]) if "continuation-token" in asked.line else None

    with keys_of(moto), ruled(moto, repeat) as between:
        bucket = fresh(moto)
        raw(moto).put_object(Bucket=bucket, Key="pre/fix/film", Body=b"content")
        store = store_of(between.endpoint, bucket)
        between.changes.append(cut)
        with pytest.raises(OSError, match="cut the listing short"):
            list(store.list_all(""))


@pytest.mark.parametrize("said", ["2026-11-28T02:33:14.123Z", "2026-11-28T02:33:14Z", "Sat, 28 Nov 2026 02:33:14 GMT", 1795833194])
def test_moments_are_told_in_every_form(said: str | int) -> None:
    assert int(moment(said).timestamp()) == 1795833194
