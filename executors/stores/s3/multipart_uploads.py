"""Uploads in parts: begun or gone on with, each part checked by its MD5 on the wire and in the answer, put together at last."""

import contextlib
import errno
import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from reshelve.executors.contracts.object_store import Cancel, Progress
from reshelve.executors.stores.object_metadata import RESERVED, Recorded
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.executors.stores.s3.error_meanings import SPOILT
from reshelve.executors.stores.s3.free_keys import release, reserved
from reshelve.executors.stores.s3.service_errors import BucketError
from reshelve.executors.stores.s3.small_uploads import content_md5, request, until_arrived
from reshelve.executors.stores.s3.upload_pieces import Piece, sending

MOST_PARTS = 10_000


class Parts:
    """One upload in parts. `there` are the parts that have arrived before, by number: their MD5 and size.

    `encrypted`: the service told that its ETags will be no MD5s.
    """

    def __init__(self, bucket: Bucket, rel: str, upload: str, there: dict[int, tuple[str, int]], *, encrypted: bool) -> None:
        self.id = upload
        self._bucket = bucket
        self._rel = rel
        self._asked: dict[str, Any] = {"Bucket": bucket.name, "Key": bucket.key(rel), "UploadId": upload}
        self._there = there
        self.encrypted = encrypted
        self._sums: dict[int, bytes] = {}
        self._sizes: dict[int, int] = {}
        self._etags: dict[int, str] = {}
        self._gone: list[OSError] = []
        self._failed: list[OSError] = []

    @property
    def etag(self) -> str:
        """What the ETag of the whole must be: the MD5 of the parts' MD5s, and how many they are."""
        return etag_of([self._sums[number] for number in sorted(self._sums)])

    @property
    def size(self) -> int:
        """The bytes of all parts sent, or found there."""
        return sum(self._sizes.values())

    def send(self, pieces: Iterable[Piece], progress: Progress | None, cancel: Cancel | None) -> None:
        """Send the parts, several at once.

        OSError: ESTALE where one that arrived before is not what it should be, or its file has changed; EIO where one did not
        arrive as it was sent, or where the service has given the upload up.
        """
        going: set[Future[int]] = set()
        try:
            for number, piece in enumerate(pieces, 1):
                if cancel is not None and cancel():
                    raise self._bucket.trouble(errno.ECANCELED, "was interrupted", self._rel)
                if number > MOST_PARTS:
                    raise self._bucket.trouble(errno.EFBIG, "would need more than 10,000 parts", self._rel)
                going.add(self._bucket.pool.submit(self._send, number, piece))
                going -= self._told({each for each in going if each.done()}, progress)
                while len(going) >= self._bucket.settings.jobs:
                    going -= self._told(wait(going, return_when=FIRST_COMPLETED).done, progress)
            while going:
                going -= self._told(wait(going, return_when=FIRST_COMPLETED).done, progress)
        except BaseException as failed:
            for each in going:
                each.cancel()
            wait(going)
            telling = self._telling()
            if telling is not None and (failed in self._gone or failed in self._failed):
                raise telling from None
            raise

    def complete(self, *, create: bool) -> str:
        """Put the parts together and return the version id, "" without one. FileExistsError where the key is taken."""
        parts: Any = {"Parts": [{"ETag": self._etags[number], "PartNumber": number} for number in sorted(self._etags)]}
        asked: dict[str, Any] = {"IfNoneMatch": "*"} if create else {}
        with self._bucket.telling(self._rel):
            done = self._bucket.client.complete_multipart_upload(**self._asked, MultipartUpload=parts, **asked)
        version = done.get("VersionId", "")
        return "" if version == "null" else version

    def abort(self) -> None:
        """Give it up; fine when it is gone."""
        abort(self._bucket, self._rel, self.id)

    def _telling(self) -> OSError | None:
        """Return which of the failed parts says why, None where none did.

        Some services give the whole upload up where one part arrives spoilt. The others then find no upload, or no answer. What an
        earlier try had sent of other content, or in a way that cannot be told, comes first: all is then sent anew.
        """
        stale = next((each for each in self._failed if each.errno == errno.ESTALE), None)
        if stale is not None:
            return stale
        spoilt = (each for each in self._failed if isinstance(each, BucketError) and each.kind == SPOILT)
        return next(spoilt, next(iter(self._failed), None))

    def _told(self, done: set[Future[int]], progress: Progress | None) -> set[Future[int]]:
        for each in done:
            size = each.result()
            if progress is not None:
                progress(size)
        return done

    def _send(self, number: int, piece: Piece) -> int:
        size = piece.size
        try:
            own = piece.md5()
            self._etags[number] = self._arrived(number, size, own) or until_arrived(lambda: self._put(number, piece, own))
            self._sums[number], self._sizes[number] = own, size
            return size
        except FileNotFoundError:
            why = "the service has given up what was sent of it; run the command again"
            gone = self._bucket.trouble(errno.EIO, why, self._rel)
            self._gone.append(gone)
            raise gone from None
        except OSError as failed:
            self._failed.append(failed)
            raise
        finally:
            piece.let_go()

    def _arrived(self, number: int, size: int, sent: bytes) -> str:
        """Return the ETag of a part that an earlier try had sent, "" for one that has to be sent."""
        there = self._there.get(number)
        if there is None or self.encrypted:
            return ""
        if there != (sent.hex(), size):
            raise self._bucket.trouble(errno.ESTALE, "what an earlier try had sent of it is not what it holds now", self._rel)
        return f'"{there[0]}"'

    def _put(self, number: int, piece: Piece, sent: bytes) -> str:
        """Send one part, and return its ETag."""
        with sending(piece) as body, self._bucket.telling(self._rel):
            made = self._bucket.client.upload_part(**self._asked, PartNumber=number, Body=body, ContentMD5=content_md5(sent))
        if made["ETag"].strip('"') != sent.hex() and not self.encrypted:
            raise self._bucket.arrived_spoilt(self._rel, f"part {number} did not arrive as it was sent")
        return str(made["ETag"])


def etag_of(sums: Sequence[bytes]) -> str:
    """Return the ETag of an object in parts by their MD5s: the MD5 of those, and how many they are."""
    return f"{hashlib.md5(b''.join(sums), usedforsecurity=False).hexdigest()}-{len(sums)}"


def begin(bucket: Bucket, rel: str, said: Recorded, storage_class: str) -> Parts:
    """Begin an upload in parts."""
    with bucket.telling(rel):
        made = bucket.client.create_multipart_upload(Bucket=bucket.name, Key=bucket.key(rel), **request(rel, said, storage_class))
    return Parts(bucket, rel, made["UploadId"], {}, encrypted=made.get("ServerSideEncryption", "AES256") != "AES256")


def resume(bucket: Bucket, rel: str, mine: Sequence[str]) -> Parts | None:
    """Return the first of these uploads that is still under way and has parts, or None. The others are given up."""
    found = None
    for upload in mine:
        if upload.startswith(RESERVED):
            continue
        there = {} if found is not None else _arrived(bucket, rel, upload)
        if there:
            found = Parts(bucket, rel, upload, there, encrypted=False)
        else:
            abort(bucket, rel, upload)
    return found


def under_way(bucket: Bucket, rel: str) -> list[str]:
    """Return the ids of uploads under way at a key, a reservation of it among them."""
    key = bucket.key(rel)
    found: list[str] = []
    asked: dict[str, Any] = {"Bucket": bucket.name, "Prefix": key}
    while True:
        try:
            with bucket.telling(rel):
                page: Any = bucket.client.list_multipart_uploads(**asked)
        except FileNotFoundError:
            break  # said instead of an empty list by one service
        found += [each["UploadId"] for each in page.get("Uploads", ()) if each["Key"] == key]
        if not page.get("IsTruncated"):
            break
        asked["KeyMarker"], asked["UploadIdMarker"] = page["NextKeyMarker"], page["NextUploadIdMarker"]
    holder = reserved(bucket, rel)
    return [*found, *([f"{RESERVED}{holder}"] if holder else [])]


def abort(bucket: Bucket, rel: str, upload: str) -> None:
    """Give up an upload in parts, or a reservation; fine when it is gone."""
    if upload.startswith(RESERVED):
        release(bucket, rel, upload.removeprefix(RESERVED))
        return
    with contextlib.suppress(FileNotFoundError), bucket.telling(rel):
        bucket.client.abort_multipart_upload(Bucket=bucket.name, Key=bucket.key(rel), UploadId=upload)


def part_size(size: int, least: int) -> int:
    """Return the size of parts for content of `size` bytes: at least `least`, whole mebibytes past that, few enough parts."""
    needed = -(-size // (MOST_PARTS - 1))
    return least if needed <= least else -(-needed // (1 << 20)) << 20


def _arrived(bucket: Bucket, rel: str, upload: str) -> dict[int, tuple[str, int]]:
    there: dict[int, tuple[str, int]] = {}
    try:
        with bucket.telling(rel):
            pages = bucket.client.get_paginator("list_parts").paginate(Bucket=bucket.name, Key=bucket.key(rel), UploadId=upload)
            for page in pages:
                there.update((each["PartNumber"], (each["ETag"].strip('"'), each["Size"])) for each in page.get("Parts", ()))
    except FileNotFoundError:
        return {}
    return there


Began = Callable[[Sequence[str]], None]
