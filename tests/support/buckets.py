"""Fresh buckets on a running service, and the object store contract's bench over one."""

import itertools
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Item, Root
from tests.support.object_bench import Bench
from tests.support.servers.service import Endpoint
from tests.support.servers.sharing import shared

PART = 5 << 20
_COUNT = itertools.count()


@pytest.fixture(scope="session")
def ceph() -> Endpoint:
    """Where the run's Ceph listens."""
    return shared("ceph")


@pytest.fixture(scope="session")
def moto() -> Endpoint:
    """Where the run's moto listens."""
    return shared("moto")


@pytest.fixture(scope="session")
def rclone() -> Endpoint:
    """Where the run's rclone listens."""
    return shared("rclone")


@contextmanager
def keys_of(endpoint: Endpoint, **more: str) -> Iterator[None]:
    """Give the service's keys by the environment, and nothing else of this machine's."""
    given = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    given |= {"AWS_ACCESS_KEY_ID": endpoint.key, "AWS_SECRET_ACCESS_KEY": endpoint.secret, "AWS_EC2_METADATA_DISABLED": "true"}
    given |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **more}
    with patch.dict(os.environ, given, clear=True):
        yield


@cache
def raw(endpoint: Endpoint) -> Any:
    """Return a plain client, such as any other program has."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=endpoint.url,
        region_name="us-east-1",
        aws_access_key_id=endpoint.key,
        aws_secret_access_key=endpoint.secret,
        config=Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=50,
        ),
    )


def fresh(endpoint: Endpoint, *, versioned: bool = False) -> str:
    """Make a bucket that nobody else uses, and return its name."""
    client = raw(endpoint)
    name = f"bucket-{os.getpid()}-{next(_COUNT)}"
    client.create_bucket(Bucket=name)
    if versioned:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@cache
def _lasting(endpoint: Endpoint, versioned: bool) -> str:
    return fresh(endpoint, versioned=versioned)


def store_of(endpoint: Endpoint, name: str, prefix: str = "pre/fix", *, catalog: Path | None = None, **rest: Any) -> S3Store:
    """Return a store of the keys below a prefix of a bucket, reached."""
    given: dict[str, Any] = {"part_size": PART, "range_size": PART, "patience": 3.0, **rest}
    settings = BucketSettings(name, prefix, endpoint_url=endpoint.url, region="us-east-1", **given)
    store = S3Store(Root("archive", settings.address, kind="bucket"), settings, catalog=catalog)
    store.reach()
    return store


def gets_nowhere_beside(client: Any, bucket: str, made: dict[str, Any]) -> None:
    """Hold that whom a policy allows a prefix of a bucket neither sees nor changes what is beside it, nor the bucket itself."""
    from botocore.exceptions import ClientError

    for forbidden in (
        lambda: client.get_object(Bucket=bucket, Key="private/letter.txt"),
        lambda: client.put_object(Bucket=bucket, Key="private/own.txt", Body=b""),
        lambda: client.delete_object(Bucket=bucket, Key="private/letter.txt"),
        lambda: client.list_objects_v2(Bucket=bucket, Prefix="private/"),
        lambda: client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(made)),
        lambda: client.delete_bucket(Bucket=bucket),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            forbidden()


@contextmanager
def bench_on(endpoint: Endpoint, folder: Path, *, versioned: bool = False, **rest: Any) -> Iterator[Bench]:
    """Give a bench over a fresh prefix of a bucket of a service. What the service keeps is tried out once."""
    client = raw(endpoint)
    name, prefix = _lasting(endpoint, versioned), f"pre/fix{next(_COUNT)}"
    catalog = Path(tempfile.gettempdir()) / f"reshelve-test-{os.getpid()}-{name}.db"
    with keys_of(endpoint):
        again: Callable[[], S3Store] = lambda: store_of(endpoint, name, prefix, catalog=catalog, **rest)  # noqa: E731
        bucket = again()
        local = folder / "local"
        local.mkdir()
        beside = LocalStore(Root("folder", str(local)))

        def put(rel: str, content: bytes) -> None:
            client.put_object(Bucket=name, Key=f"{prefix}/{rel}", Body=content)
            bucket.forget()

        def rewrite(rel: str, content: bytes) -> None:
            kept = client.head_object(Bucket=name, Key=f"{prefix}/{rel}")["Metadata"]
            client.put_object(Bucket=name, Key=f"{prefix}/{rel}", Body=content, Metadata=kept)
            bucket.forget()

        def content(rel: str) -> bytes:
            found: bytes = client.get_object(Bucket=name, Key=f"{prefix}/{rel}")["Body"].read()
            return found

        def write(rel: str, content: bytes) -> Item:
            (local / rel).write_bytes(content)
            item = beside.stat(rel)
            assert item is not None
            return item

        try:
            yield Bench(bucket, beside, put, content, rewrite, write, again, PART)
        finally:
            bucket.close()


__all__ = ["bench_on", "ceph", "fresh", "keys_of", "moto", "raw", "rclone", "store_of"]
