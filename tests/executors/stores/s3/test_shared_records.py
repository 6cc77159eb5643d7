"""A record that stands is found, whatever a service answers while somebody takes the newest version of it back."""

from collections.abc import Iterator

import pytest

from reshelve.executors.stores.s3 import shared_records
from reshelve.executors.stores.s3.bucket import Bucket
from tests.support.buckets import fresh, keys_of, moto, store_of
from tests.support.servers.ruled import Ruled, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]

REL = "b63/metadata.json"


@pytest.fixture
def service(moto: Endpoint) -> Iterator[Ruled]:
    with ruled(moto) as service, keys_of(moto):
        yield service


@pytest.fixture
def bucket(moto: Endpoint, service: Ruled) -> Iterator[Bucket]:
    store = store_of(service.endpoint, fresh(moto, versioned=True))
    yield store.bucket
    store.bucket.close()


def misses(service: Ruled, method: str) -> None:
    """Let the service find nothing at the record twice, as Ceph 16 did of 1 in 1,500 questions while two people wrote it."""
    service.rules.append(refuses(rf"^{method} [^?]*{REL}$", 404, "NoSuchKey", times=2))


def test_it_is_read(bucket: Bucket, service: Ruled) -> None:
    shared_records.write_record(bucket, REL, b"one", 0)
    misses(service, "GET")
    assert shared_records.read_small(bucket, REL, 100)[0] == b"one"


def test_it_is_written_over(bucket: Bucket, service: Ruled) -> None:
    first = shared_records.write_record(bucket, REL, b"one", 0)
    misses(service, "HEAD")
    second = shared_records.write_record(bucket, REL, b"two", first.ino)
    assert shared_records.read_small(bucket, REL, 100) == (b"two", second.ino)


def test_it_is_not_taken_for_none(bucket: Bucket, service: Ruled) -> None:
    shared_records.write_record(bucket, REL, b"theirs", 0)
    misses(service, "HEAD")
    with pytest.raises(FileExistsError):
        shared_records.write_record(bucket, REL, b"mine", 0)


def test_what_is_not_there_is_missing(bucket: Bucket, service: Ruled) -> None:
    with pytest.raises(FileNotFoundError):
        shared_records.read_small(bucket, REL, 100)
    shared_records.write_record(bucket, f"{REL}.old", b"another", 0)
    with pytest.raises(FileNotFoundError):
        shared_records.read_small(bucket, REL, 100)
    service.rules.append(refuses(rf"^GET [^?]*{REL}$", 404, "NoSuchKey"))
    shared_records.write_record(bucket, REL, b"one", 0)
    with pytest.raises(FileNotFoundError):
        shared_records.read_small(bucket, REL, 100)
