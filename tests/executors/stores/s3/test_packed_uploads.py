"""Folders packed straight into a bucket: small ones whole, larger ones in parts, hash and members recorded either way."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.archives import packed
from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.inventory import Root
from reshelve.schemas.verbs import Member
from tests.support.buckets import bench_on, ceph, moto
from tests.support.object_bench import Bench, same, xxh3

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]


@pytest.fixture(params=["ceph", "ceph versioned", "moto", "moto versioned"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    service, _, versioned = request.param.partition(" ")
    with bench_on(request.getfixturevalue(service), tmp_path, versioned=bool(versioned)) as bench:
        yield bench


def project(folder: Path, size: int) -> tuple[LocalStore, list[Member]]:
    """Lay a project whose content does not compress."""
    content = b"".join(hashlib.sha256(number.to_bytes(8)).digest() for number in range(size // 64))
    (folder / "project" / "clips").mkdir(parents=True)
    for name in ("clips/a.mov", "notes.txt"):
        (folder / "project" / name).write_bytes(content)
    store = LocalStore(Root("projects", str(folder)))
    items = store.walk("project").items
    return store, [Member(i.rel[len("project/") :], i.kind, i.size, i.mtime_ns, i.ino, i.mode) for i in items if i.kind != "other"]


def versions_of(store: ObjectStore, rel: str) -> int:
    from reshelve.executors.stores.s3.object_versions import history
    from reshelve.executors.stores.s3.s3_store import S3Store

    assert isinstance(store, S3Store)
    return len(history(store.bucket, rel).objects)


@pytest.mark.parametrize("size", [100_000, 12_000_000], ids=["whole", "parts"])
@pytest.mark.parametrize("storage_class", ["", "DEEP_ARCHIVE"], ids=["standard", "archive"])
def test_a_packed_folder(bench: Bench, tmp_path: Path, size: int, storage_class: str) -> None:
    source, members = project(tmp_path, size)
    expected = b"".join(packed(source, "project", "tar.gz", members))
    told: list[int] = []
    stored = bench.bucket.upload_packed(
        "project", source, "b40.tar.gz", "tar.gz", members, token="run-3", storage_class=storage_class, progress=told.append
    )
    assert stored.hash == xxh3(expected)
    assert stored.item.size == len(expected)
    assert stored.item.storage_class == (storage_class or "STANDARD")
    assert sum(told) == sum(each.size for each in members if each.kind == "file")
    bench.bucket.forget()
    assert same(bench.bucket.stat("b40.tar.gz"), stored.item)
    said = bench.bucket.details("b40.tar.gz")
    assert said["hash"] == stored.hash
    assert said["sha256"] == hashlib.sha256(expected).hexdigest()
    assert said["members"] == record_of(members)
    assert said["token"] == "run-3"
    assert said.get("version", "") == stored.version
    assert versions_of(bench.bucket, "b40.tar.gz") == 1
    assert bench.bucket.uploads("b40.tar.gz") == []
