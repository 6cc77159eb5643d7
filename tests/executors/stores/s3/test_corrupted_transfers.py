"""What is changed or lost on the wire: flipped bits are caught, lost answers are looked into, and nothing half-done is left."""

import contextlib
import dataclasses
import errno
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Root
from tests.support.buckets import PART, ceph, fresh, keys_of, moto, raw, rclone, store_of
from tests.support.flipping import Flipping
from tests.support.object_bench import rels, xxh3
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]
CONTENT = {"small": b"content " * 1000, "large": b"0123456789abcdef" * ((2 * PART + 1000) // 16)}


class Wire:
    """A bucket behind a proxy, and a folder with the content to be sent."""

    def __init__(self, endpoint: Endpoint, folder: Path, **rest: Any) -> None:
        self.direct = endpoint
        self.name = fresh(endpoint)
        self.proxy = Flipping(endpoint.url)
        self.endpoint = dataclasses.replace(endpoint, url=self.proxy.start())
        self.folder = LocalStore(Root("folder", str(folder)))
        for size, content in CONTENT.items():
            (folder / size).write_bytes(content)
        self.store: S3Store = store_of(self.endpoint, self.name, accept_race=True, **rest)
        self.store.capabilities()

    def stored(self) -> list[str]:
        """Return the keys that there really are."""
        return [each["Key"] for each in raw(self.direct).list_objects_v2(Bucket=self.name).get("Contents", ())]

    def put_in_parts(self, key: str, content: bytes) -> None:
        """Put an object there in parts, past the proxy."""
        client = raw(self.direct)
        upload = client.create_multipart_upload(Bucket=self.name, Key=key)["UploadId"]
        parts = []
        for number in range(-(-len(content) // PART)):
            body = content[number * PART : (number + 1) * PART]
            sent = client.upload_part(Bucket=self.name, Key=key, UploadId=upload, PartNumber=number + 1, Body=body)
            parts.append({"PartNumber": number + 1, "ETag": sent["ETag"]})
        client.complete_multipart_upload(Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})


@pytest.fixture(params=["ceph", "moto", "rclone"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    endpoint = request.getfixturevalue(request.param)
    with keys_of(endpoint):
        wire = Wire(endpoint, tmp_path)
        yield wire
        wire.store.close()
        wire.proxy.stop()


@pytest.mark.parametrize("size", ["small", "large"])
def test_content_flipped_on_its_way_up_is_caught(wire: Wire, size: str) -> None:
    wire.proxy.flips = lambda line: line.startswith("PUT") and f"/{size}" in line
    with pytest.raises(OSError) as caught:
        wire.store.upload(size, wire.folder, size, token="t")
    assert caught.value.errno == errno.EIO
    assert wire.proxy.flipped
    assert wire.stored() == []
    assert wire.store.uploads(size) == []
    wire.proxy.flips = lambda line: False
    assert wire.store.upload(size, wire.folder, size, token="t").hash == xxh3(CONTENT[size])


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("server", ["ceph", "moto"])
def test_content_flipped_once_on_its_way_up_is_sent_again(
    request: pytest.FixtureRequest, tmp_path: Path, server: str, size: str
) -> None:
    """It costs that one request its time. (rclone gives up all of an upload for one spoilt part: see below.)"""
    endpoint = request.getfixturevalue(server)
    with keys_of(endpoint):
        wire = Wire(endpoint, tmp_path)
        told: list[int] = []
        once = threading.Lock()
        wire.proxy.flips = lambda line: line.startswith("PUT") and f"/{size}" in line and once.acquire(blocking=False)
        stored = wire.store.upload(size, wire.folder, size, token="t", progress=told.append)
        assert len(wire.proxy.flipped) == 1
        assert stored.hash == xxh3(CONTENT[size]) and sum(told) == len(CONTENT[size])
        assert wire.stored() == [f"pre/fix/{size}"] and wire.store.uploads(size) == []
        assert store_of(endpoint, wire.name).read_through(stored.item) == xxh3(CONTENT[size])
        wire.store.close()
        wire.proxy.stop()


def test_one_part_spoilt_is_told_though_the_service_then_gives_all_of_it_up(rclone: Endpoint, tmp_path: Path) -> None:
    """rclone knows no such upload for the parts that come after, and which answer comes first is chance."""
    with keys_of(rclone):
        wire = Wire(rclone, tmp_path, part_size=PART, jobs=1)
        wire.proxy.flips = lambda line: line.startswith("PUT") and "partNumber=1" in line
        for _ in range(10):
            with pytest.raises(OSError, match="what arrived is not what was sent") as caught:
                wire.store.upload("large", wire.folder, "large", token="t")
            assert caught.value.errno == errno.EIO
        wire.store.close()
        wire.proxy.stop()


def test_one_part_spoilt_is_told_though_others_get_no_answer_before(moto: Endpoint, tmp_path: Path) -> None:
    """A service that gives all of an upload up may close the connections of its other parts."""
    with keys_of(moto):
        wire = Wire(moto, tmp_path, patience=0)

        def flips(line: str) -> bool:
            first = line.startswith("PUT") and "partNumber=1" in line
            while first and not wire.proxy.lost:
                time.sleep(0.1)
            time.sleep(0.5 if first else 0)  # until the answer that did not come is told
            return first

        wire.proxy.flips, wire.proxy.loses = flips, lambda line: line.startswith("PUT") and "partNumber=2" in line
        with pytest.raises(OSError, match="part 1 did not arrive as it was sent"):
            wire.store.upload("large", wire.folder, "large", token="t")
        wire.store.close()
        wire.proxy.stop()


def test_an_upload_that_others_give_up_is_no_missing_file(ceph: Endpoint, tmp_path: Path) -> None:
    """As a rule of the bucket does with uploads that take days."""
    with keys_of(ceph):
        wire = Wire(ceph, tmp_path)
        client = raw(ceph)

        def gives_up(line: str) -> bool:
            if line.startswith("PUT") and "partNumber" in line:
                for each in client.list_multipart_uploads(Bucket=wire.name).get("Uploads", ()):
                    with contextlib.suppress(client.exceptions.NoSuchUpload):
                        client.abort_multipart_upload(Bucket=wire.name, Key=each["Key"], UploadId=each["UploadId"])
            return False

        wire.proxy.flips = gives_up
        with pytest.raises(OSError, match="the service has given up what was sent of it") as caught:
            wire.store.upload("large", wire.folder, "large", token="t")
        assert caught.value.errno == errno.EIO
        assert wire.stored() == []
        wire.proxy.flips = lambda line: False
        assert wire.store.upload("large", wire.folder, "large", token="t").hash == xxh3(CONTENT["large"])
        wire.store.close()
        wire.proxy.stop()


@pytest.mark.parametrize("size", ["small", "large"])
def test_an_answer_lost_is_looked_into(wire: Wire, size: str) -> None:
    """The object arrived and its answer did not: it is known by its token, and not taken for another's."""
    finished = ("POST" if size == "large" else "PUT", "uploadId" if size == "large" else f"/{size}")

    def loses(line: str) -> bool:
        return line.startswith(finished[0]) and finished[1] in line and len(wire.proxy.lost) < 1

    wire.proxy.loses = loses
    stored = wire.store.upload(size, wire.folder, size, token="t")
    assert wire.proxy.lost
    assert stored.hash == xxh3(CONTENT[size])
    assert rels(wire.store) == [size]
    assert wire.store.uploads(size) == []


def test_content_flipped_on_its_way_down_is_caught_though_nothing_is_remembered(moto: Endpoint, tmp_path: Path) -> None:
    """By what the object says of itself, which is bound to its ETag."""
    with keys_of(moto):
        wire = Wire(moto, tmp_path)
        wire.store.upload("small", wire.folder, "small", token="t")
        elsewhere = store_of(wire.endpoint, wire.name)
        wire.proxy.spoils = lambda line: line.startswith("GET") and "/small" in line
        with pytest.raises(OSError, match="differs from what is recorded of it"):
            elsewhere.copy_to("small", wire.folder, "down")
        assert wire.folder.stat("down") is None
        wire.proxy.spoils = lambda line: False
        assert elsewhere.copy_to("small", wire.folder, "down")[1] == xxh3(CONTENT["small"])
        wire.proxy.stop()


@pytest.mark.parametrize("size", ["small", "large", "in parts"])
@pytest.mark.parametrize("always", [True, False])
def test_content_flipped_on_its_way_down_is_caught_though_nothing_is_recorded(wire: Wire, size: str, always: bool) -> None:
    """What others put there says nothing of itself: its ETag tells, or a second reading."""
    content = CONTENT["small" if size == "small" else "large"]
    key = f"pre/fix/{size.replace(' ', '-')}"
    client = raw(wire.direct)
    if size == "in parts":
        wire.put_in_parts(key, content)
    else:
        client.put_object(Bucket=wire.name, Key=key, Body=content)
    name = key.rpartition("/")[2]
    asked: list[str] = []

    def spoils(line: str) -> bool:
        """Once only: what is written, and not what was only begun, as of a large object."""
        if not line.startswith("GET") or f"/{name}" not in line:
            return False
        asked.append(line)
        return always or len(asked) == (1 if size == "small" else 2)

    wire.proxy.spoils = spoils
    if not always:
        # What was spoilt is brought here once more: it costs this one transfer its time, and nothing else.
        assert wire.store.copy_to(name, wire.folder, "down")[1] == xxh3(content) and wire.proxy.flipped
        return
    with pytest.raises(OSError, match="spoilt on its way"):
        wire.store.copy_to(name, wire.folder, "down")
    assert wire.proxy.flipped
    assert wire.folder.stat("down") is None
    wire.proxy.spoils = lambda line: False
    assert wire.store.copy_to(name, wire.folder, "down")[1] == xxh3(content)


@pytest.mark.parametrize("size", ["small", "large"])
def test_content_flipped_while_it_is_only_read_is_no_hash(wire: Wire, size: str) -> None:
    """A hash is concluded from what comes: its ETag has to be that of it."""
    raw(wire.direct).put_object(Bucket=wire.name, Key=f"pre/fix/{size}", Body=CONTENT[size])
    wire.proxy.spoils = lambda line: line.startswith("GET") and f"/{size}" in line
    with pytest.raises(OSError, match="spoilt on its way"):
        wire.store.digest(size)
    wire.proxy.spoils = lambda line: False
    assert wire.store.digest(size) == xxh3(CONTENT[size])


def test_content_put_in_parts_and_flipped_while_it_is_only_read_is_no_hash(moto: Endpoint, tmp_path: Path) -> None:
    """Where the service tells how large the parts were."""
    with keys_of(moto):
        wire = Wire(moto, tmp_path)
        wire.put_in_parts("pre/fix/object", CONTENT["large"])
        wire.proxy.spoils = lambda line: line.startswith("GET") and "/object" in line
        with pytest.raises(OSError, match="spoilt on its way"):
            wire.store.digest("object")
        wire.proxy.spoils = lambda line: False
        assert wire.store.digest("object") == xxh3(CONTENT["large"])
        wire.store.close()
        wire.proxy.stop()
