"""Nothing is concluded from content that was spoilt on its way here, and nothing of it kept: not of a part of an object either."""

import dataclasses
import errno
import hashlib
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from reshelve.executors.archives import packed
from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.executors.verbs.archive_verbs import clear_tree, unpack
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.inventory import Root
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.verbs import ArchiveFormat, UnpackTo
from tests.support.archiving import members_of
from tests.support.buckets import PART, fresh, keys_of, moto, raw, store_of
from tests.support.flipping import Flipping
from tests.support.object_bench import xxh3
from tests.support.servers.ruled import Answer, Request, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]
CONTENT = {
    "small": random.Random(1).randbytes(100_000),
    "large": random.Random(2).randbytes(3_000_000),
    "parts": random.Random(3).randbytes(2 * PART + 1000),
    "uneven": random.Random(4).randbytes(2 * PART + 3000),
}
FORMS: tuple[ArchiveFormat, ...] = ("tar.gz", "zip")


class Wire:
    """A bucket behind a proxy that flips a bit of what is read from it, once or always, while `bad` is set."""

    def __init__(self, endpoint: Endpoint, folder: Path) -> None:
        self.direct, self.bad = endpoint, ""
        self.name = fresh(endpoint)
        self.proxy = Flipping(endpoint.url, spoils=self._spoils)
        self.endpoint = dataclasses.replace(endpoint, url=self.proxy.start())
        self.folder = LocalStore(Root("folder", str(folder)))
        self.store: S3Store = store_of(self.endpoint, self.name, "")

    def _spoils(self, line: str) -> bool:
        reads = line.startswith("GET") and "list-type" not in line
        return reads and (self.bad == "always" or (self.bad == "once" and not self.proxy.flipped))

    def put(self, key: str, content: bytes, **rest: Any) -> None:
        """Put an object there as strangers do, past the proxy."""
        raw(self.direct).put_object(Bucket=self.name, Key=key, Body=content, **rest)

    def put_in_parts(self, key: str, parts: list[bytes]) -> None:
        """Put an object there in parts, past the proxy."""
        client = raw(self.direct)
        upload = client.create_multipart_upload(Bucket=self.name, Key=key)["UploadId"]
        done = []
        for number, body in enumerate(parts, 1):
            sent = client.upload_part(Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=body)
            done.append({"PartNumber": number, "ETag": sent["ETag"]})
        client.complete_multipart_upload(Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": done})

    def holds(self, read: Callable[[], object], told: object, *, spots: tuple[int, ...] = (0,)) -> None:
        """Hold that what is read is told as spoilt while it is, and as `told` once it is not, with nothing kept of the former."""
        self.store.forget()
        for bad in ("once", "always"):
            for spot in spots:
                self.proxy.spot, self.bad = spot, bad
                self.proxy.flipped.clear()
                with pytest.raises(OSError, match="spoilt on its way") as caught:
                    read()
                assert caught.value.errno == errno.EIO
                assert self.proxy.flipped
        self.bad = ""
        assert read() == told


@pytest.fixture(scope="module")
def wire(moto: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with keys_of(moto):
        wire = Wire(moto, tmp_path_factory.mktemp("folder"))
        yield wire
        wire.store.close()
        wire.proxy.stop()


@pytest.fixture(params=list(CONTENT), scope="module")
def sort(request: pytest.FixtureRequest, wire: Wire) -> str:
    """An object of each sort: small, large, in parts, in parts of several sizes."""
    sort: str = request.param
    content = CONTENT[sort]
    if sort in ("small", "large"):
        wire.put(sort, content)
    else:
        ends = [0, PART, 2 * PART, len(content)] if sort == "parts" else [0, PART + 500, 2 * PART + 900, len(content)]
        wire.put_in_parts(sort, [content[start:end] for start, end in pairwise(ends)])
    return sort


def test_an_object_read_to_its_end(wire: Wire, sort: str) -> None:
    def read() -> str:
        with wire.store.open(sort) as file:
            return xxh3(file.read())

    wire.holds(read, xxh3(CONTENT[sort]), spots=(5000,))


def test_whoever_asks_for_no_more_than_there_is_is_told_too(wire: Wire, sort: str) -> None:
    wire.holds(lambda: xxh3(wire.store.open(sort).read(len(CONTENT[sort]))), xxh3(CONTENT[sort]))


@pytest.mark.parametrize("seekable", [False, True])
def test_the_beginning_of_an_object(wire: Wire, sort: str, seekable: bool) -> None:
    def read() -> bytes:
        with wire.store.open_seekable(sort) if seekable else wire.store.open(sort) as file:
            return file.read(10)

    wire.holds(read, CONTENT[sort][:10], spots=(0, 5))


def test_here_and_there(wire: Wire, sort: str) -> None:
    size = len(CONTENT[sort])

    def read() -> list[bytes]:
        found = []
        with wire.store.open_seekable(sort) as file:
            for at, count in ((size - 20, 20), (size // 2, 1000), (7, 3), (size // 2 + 2000, 10), (0, size - 50)):
                file.seek(at)
                found.append(xxh3(file.read(count)).encode())
        return found

    content = CONTENT[sort]
    there = ((size - 20, 20), (size // 2, 1000), (7, 3), (size // 2 + 2000, 10), (0, size - 50))
    wire.holds(read, [xxh3(content[at : at + count]).encode() for at, count in there])


def test_a_hash_where_no_etag_can_tell(wire: Wire) -> None:
    """Encrypted with keys told apart, or put there in parts of several sizes: what is read once alone tells nothing."""
    wire.put("small", CONTENT["small"], ServerSideEncryption="aws:kms")
    wire.holds(lambda: wire.store.digest("small"), xxh3(CONTENT["small"]))


def test_a_hash_of_parts_of_several_sizes(wire: Wire) -> None:
    content = CONTENT["uneven"]
    wire.put_in_parts("uneven", [content[: PART + 500], content[PART + 500 :]])
    wire.holds(lambda: wire.store.digest("uneven"), xxh3(content))


def test_etags_that_look_like_sums_and_are_none_accuse_nobody(moto: Endpoint) -> None:
    """Not every service makes them of MD5s, nor says so."""
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key="large.bin", Body=CONTENT["large"])

    def turned(asked: Request, answer: Answer) -> None:
        for header in answer.headers:
            if header.lower() == "etag":
                answer.headers[header] = f'"{answer.headers[header].strip(chr(34))[::-1]}"'

    with ruled(moto, changes=(turned,)) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "", fast=False)
        assert store.bucket.head("large.bin").etag == hashlib.md5(CONTENT["large"]).hexdigest()[::-1]
        assert store.read_through(store.says("large.bin")[0]) == xxh3(CONTENT["large"])
        with store.open("large.bin") as file:
            assert file.read() == CONTENT["large"]
        store.close()


def test_records_that_people_share(wire: Wire) -> None:
    wire.put("record.json", b'{"user": "ann"}')
    wire.holds(lambda: wire.store.read_small("record.json", 1000)[0], b'{"user": "ann"}', spots=(0, 11))
    wire.holds(lambda: wire.store.read_small("record.json", 9)[0], b'{"user": ', spots=(0, 7))


class Archives:
    """A project packed by both formats, and put there as strangers do: small, and too large to be brought whole at once."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        for size in ("small", "large"):
            wire.folder.make_dir(size)
            folder = Path(wire.folder.root.path) / size
            for number in range(4):
                (folder / f"{number}.mov").write_bytes(CONTENT[size][number::4])
            (folder / "notes.txt").write_text("text " * 1000)
            wire.folder.forget()
            for form in FORMS:
                wire.put(f"{size}.{form}", b"".join(packed(wire.folder, size, form, members_of(wire.folder, size))))

    def record(self, size: str) -> str:
        return record_of(members_of(self.wire.folder, size))


@pytest.fixture(scope="module")
def archives(wire: Wire) -> Archives:
    return Archives(wire)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", ["small", "large"])
def test_the_record_of_an_archive(wire: Wire, archives: Archives, size: str, form: str) -> None:
    """It stands in a comment that no checksum covers: byte 40 of a tar.gz lies in it, as the last but 30 of a zip does."""
    wire.holds(lambda: wire.store.record(f"{size}.{form}"), archives.record(size), spots=(0, 40))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", ["small", "large"])
def test_the_members_of_an_archive(wire: Wire, archives: Archives, size: str, form: str) -> None:
    """Names, times and modes in a zip's directory have no checksum; a damaged archive is told only where it is one."""

    def read() -> str:
        found = wire.store.archived(f"{size}.{form}")
        assert wire.store.verified(f"{size}.{form}")
        return record_of(member for member, _ in found)

    wire.holds(read, archives.record(size), spots=(0, 15, 60_000))


@pytest.mark.parametrize("form", FORMS)
def test_the_manifest_of_a_backup(wire: Wire, archives: Archives, form: str) -> None:
    wire.holds(lambda: wire.store.manifest(f"large.{form}"), "", spots=(0, 15))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", ["small", "large"])
def test_an_archive_that_is_unpacked(wire: Wire, archives: Archives, size: str, form: ArchiveFormat) -> None:
    rel = f"{size}.{form}"
    stores = cast("dict[str, AnyStore]", {"archive": wire.store, "folder": wire.folder})

    def read() -> str:
        item = wire.store.stat(rel)
        assert item is not None
        tmp = temporary("folder:out", "r", 0)
        verb = UnpackTo(f"archive:{rel}", tmp, form, item.size, item.mtime_ns, item.ino)
        made = unpack(stores, wire.folder, tmp.partition(":")[2], verb, None, None)
        clear_tree(wire.folder, tmp.partition(":")[2])
        return made.hash

    wire.holds(read, archives.record(size), spots=(0, 60_000))


def test_an_archive_that_is_damaged_there_is_told_as_that(wire: Wire, archives: Archives) -> None:
    for size in ("small", "large"):
        found = raw(wire.direct).get_object(Bucket=wire.name, Key=f"{size}.tar.gz")["Body"].read()
        middle = len(found) // 2
        wire.put("bad.tar.gz", found[:middle] + bytes([found[middle] ^ 1]) + found[middle + 1 :])
        wire.store.forget()
        with pytest.raises(OSError, match="the archive is damaged"):
            wire.store.archived("bad.tar.gz")
