"""ETags as proof: whether content that came is what the service says it holds, where its ETag is made of MD5s."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

from reshelve.executors.stores.content_sums import SHA256, Sums, md5_of
from reshelve.executors.stores.s3.bucket import Bucket
from reshelve.schemas.inventory import Item, object_ino

_PLAIN = re.compile(r"[0-9a-f]{32}\Z")
_OF_PARTS = re.compile(r"[0-9a-f]{32}-([1-9][0-9]{0,4})\Z")
_CHUNK = 1 << 20


def is_md5(etag: str) -> bool:
    """Say whether an ETag may be the MD5 of the content."""
    return _PLAIN.match(etag) is not None


def encrypted(bucket: Bucket, rel: str, etag: str) -> bool:
    """Say whether the service encrypts an object so that its ETag is no MD5, or another stands there now. Raises OSError."""
    head = bucket.head(rel)
    return head.etag != etag or head.encrypted


def proves(bucket: Bucket, rel: str, etag: str, size: int, content: BinaryIO) -> bool | None:
    """Say whether `content` is what has this ETag: True, False, or None where the ETag cannot tell. Raises OSError.

    An ETag of parts tells where the service says how large they were.
    """
    if not (is_md5(etag) or of_parts(etag)) or encrypted(bucket, rel, etag):
        return None
    if is_md5(etag):
        return _etag(content) == etag
    even = even_parts(bucket, rel, etag, size)
    if even and _etag(content, even) == etag:
        return True
    # Asked of each part only where they are not of one size, or something is wrong.
    sizes = all_parts(bucket, rel, etag, size)
    return _etag(content, sizes) == etag if sizes else None


def told_sums(bucket: Bucket, item: Item) -> list[str]:
    """Return the sums (`content_sums`) that the service tells of this very object, by its ETag and besides. Raises OSError."""
    head = bucket.head(item.rel)
    if head.item.ino != item.ino:
        return []
    found: list[str] = []
    if is_md5(head.etag) and not head.encrypted:
        found.append(f"{md5_of()}:{head.etag}")
    elif of_parts(head.etag) and not head.encrypted and (even := even_parts(bucket, item.rel, head.etag, item.size)):
        found.append(f"{md5_of(even[0])}:{head.etag}")
    if sha256 := _told_sha256(bucket, item):
        found.append(f"{SHA256}:{sha256}")
    return found


def _told_sha256(bucket: Bucket, item: Item) -> str:
    """Return the SHA-256 of the whole of this very object, where it was put with one; "" where the service tells none."""
    # Whom its key is denied is not told, and a service may not know the question: that is no trouble.
    with suppress(OSError, ValueError), bucket.telling(item.rel):
        said = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(item.rel), ChecksumMode="ENABLED")
        if object_ino(said["ETag"].strip('"')) == item.ino and said.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
            raw = b64decode(said.get("ChecksumSHA256", ""), validate=True)
            return raw.hex() if len(raw) == hashlib.sha256().digest_size else ""
    return ""


def of_parts(etag: str) -> int:
    """Return of how many parts an ETag is the sum, 0 where it is not one of parts."""
    found = _OF_PARTS.match(etag)
    return int(found.group(1)) if found else 0


def even_parts(bucket: Bucket, rel: str, etag: str, size: int) -> Sequence[int]:
    """Return the sizes of the parts if all but the last are as large as the first, empty where that cannot be. Raises OSError."""
    count = of_parts(etag)
    step = _part(bucket, rel, etag, count, 1)
    if step <= 0 or -(-size // step) != count:
        return ()
    return [min(step, size - at) for at in range(0, size, step)]


def all_parts(bucket: Bucket, rel: str, etag: str, size: int) -> Sequence[int]:
    """Return the size of each part as the service tells it, one request a part; empty where it does not. Raises OSError."""
    count, sizes = of_parts(etag), list[int]()
    while len(sizes) < count and sum(sizes) < size and (step := _part(bucket, rel, etag, count, len(sizes) + 1)) > 0:
        sizes.append(step)
    return sizes if len(sizes) == count and sum(sizes) == size else ()


def _part(bucket: Bucket, rel: str, etag: str, count: int, number: int) -> int:
    """Return the size of a part that an object was put together from, 0 where the service does not tell.

    A service that does not know of parts answers with the whole (Ceph 16.2.15). With a part's size most give the object's ETag,
    moto the part's own.
    """
    with bucket.telling(rel):
        found = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(rel), PartNumber=number)
    same = found["ETag"].strip('"') == etag or found.get("PartsCount") == count
    return int(found["ContentLength"]) if same else 0


def _etag(content: BinaryIO, parts: Sequence[int] = ()) -> str:
    content.seek(0)
    sums = Sums(parts)
    while chunk := content.read(_CHUNK):
        sums.update(chunk)
    return sums.etag
