"""MemoryBucket: the contract, and what services of each kind do about a key that is taken."""

from dataclasses import replace

import pytest

from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_service import HOUR, Killed, MemoryService, etag_of
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.executors.verbs.file_verbs import advice
from reshelve.schemas.inventory import Root
from tests.support.object_bench import Bench, rels, xxh3
from tests.support.object_contract import ObjectContract

ROOT = Root("archive", "s3://bucket/pre/fix", kind="bucket")


def bench_of(service: MemoryService, **rest: bool) -> Bench:
    bucket = MemoryBucket(ROOT, service, part_size=1000, **rest)
    folder = MemoryStore(Root("folder", "/folder"), MemoryDisk())
    again = lambda: MemoryBucket(ROOT, service, part_size=1000)  # noqa: E731

    def rewrite(rel: str, content: bytes) -> None:
        kept = bucket.there(rel)
        service.put(bucket.key(rel), replace(kept, content=content, etag=etag_of([content])), create=None)
        bucket.forget()

    return Bench(bucket, folder, bucket.put, bucket.content, rewrite, folder.put, again, part=1000)


class TestVersioned(ObjectContract):
    @pytest.fixture
    def bench(self) -> Bench:
        return bench_of(MemoryService())


class TestUnversioned(ObjectContract):
    @pytest.fixture
    def bench(self) -> Bench:
        return bench_of(MemoryService(versioned=False))


class TestOnlyVersions(ObjectContract):
    """A service that ignores conditions, but keeps what it replaced."""

    @pytest.fixture
    def bench(self) -> Bench:
        return bench_of(MemoryService(create_only="versioned", multipart="versioned"))


def test_a_service_that_refuses_nothing_is_not_uploaded_to() -> None:
    service = MemoryService(versioned=False, create_only="none", multipart="none")
    bench = bench_of(service)
    bench.write("source", b"x")
    with pytest.raises(OSError, match="accept_race"):
        bench.bucket.upload("source", bench.folder, "a", token="t")
    assert service.keys == {}
    accepting = bench_of(service, accept_race=True)
    accepting.write("source", b"x")
    accepting.bucket.upload("source", accepting.folder, "a", token="t")
    assert accepting.content("a") == b"x"


@pytest.mark.parametrize("create_only", ["enforced", "versioned"])
def test_who_comes_between_is_not_replaced(create_only: str) -> None:
    service = MemoryService(create_only=create_only)  # type: ignore[arg-type]
    bench = bench_of(service)
    bench.write("source", b"ours")
    service.before_put = lambda key: bench.put("a", b"theirs")
    with pytest.raises(FileExistsError):
        bench.bucket.upload("source", bench.folder, "a", token="t")
    assert bench.content("a") == b"theirs"
    assert len(service.keys["pre/fix/a"]) == 1


def test_what_a_killed_upload_left_is_gone_on_with() -> None:
    service = MemoryService()
    bench = bench_of(service)
    content = bytes(range(250)) * 20
    bench.write("source", content)
    service.kill_after = 2
    with pytest.raises(Killed):
        bench.bucket.upload("source", bench.folder, "a", token="t")
    assert rels(bench.bucket) == []
    left = bench.bucket.uploads("a")
    assert len(left) == 1
    stored = bench.bucket.upload("source", bench.folder, "a", token="t", mine=left)
    assert stored.hash == xxh3(content)
    assert bench.content("a") == content
    assert bench.bucket.uploads("a") == []


def test_thawing_takes_its_time_and_expires() -> None:
    service = MemoryService()
    bench = bench_of(service)
    bench.write("source", b"x")
    bench.bucket.upload("source", bench.folder, "a", token="t", storage_class="DEEP_ARCHIVE")
    with pytest.raises(OSError, match="tier Expedited") as caught:
        bench.bucket.thaw("a", 1, "Expedited")
    assert advice(caught.value) == ("no-such-tier", "Set `thaw: {tier: Standard}` for its store, then make a new plan.")
    bench.bucket.upload("source", bench.folder, "warm", token="t")
    with pytest.raises(OSError, match="is not archived, so there is nothing to thaw") as caught:
        bench.bucket.thaw("warm", 1, "Standard")
    assert advice(caught.value) == ("drifted", "Make a new plan, which reads it as it is.")
    bench.bucket.thaw("a", 1, "Standard")

    def restored() -> str:
        bench.bucket.forget()
        seen = bench.bucket.stat("a")
        assert seen is not None
        return seen.restored

    assert restored() == "ongoing"
    service.advance(12 * HOUR)
    assert restored() == "2023-11-16T10:13:20Z"
    bench.bucket.copy_to("a", bench.folder, "down")
    service.advance(24 * HOUR)
    assert restored() == ""
    with pytest.raises(BlockingIOError):
        bench.bucket.open("a")


def test_a_plan_over_many_objects_costs_few_listings() -> None:
    service = MemoryService()
    bench = bench_of(service)
    for number in range(500):
        bench.put(f"folder{number}/file", b"x")
    bench.bucket.forget()
    service.calls = 0
    for number in range(500):
        assert bench.bucket.stat(f"folder{number}/file") is not None
        assert bench.bucket.stat(f"folder{number}/other") is None
        assert bench.bucket.names(f"folder{number}") == {"file"}
    assert service.calls < 20
