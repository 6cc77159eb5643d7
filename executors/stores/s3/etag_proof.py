"""ETags as proof: whether content that came is what the service says it holds, where its ETag is made of MD5s."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from reshelve.executors.stores.s3.bucket import Bucket

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
    parts = _OF_PARTS.match(etag)
    if not parts and not _PLAIN.match(etag):
        return None
    if encrypted(bucket, rel, etag):
        return None
    if not parts:
        return _md5(content, size).hex() == etag
    count = int(parts.group(1))
    step = _part(bucket, rel, etag, 1)
    if step > 0 and -(-size // step) == count:
        even = [min(step, size - at) for at in range(0, size, step)]
        if _of_parts(content, even) == etag:
            return True
        content.seek(0)
    # Asked of each part only where they are not of one size, or something is wrong.
    sizes = [step] if step > 0 else []
    while sizes and len(sizes) < count and sum(sizes) < size and (step := _part(bucket, rel, etag, len(sizes) + 1)) > 0:
        sizes.append(step)
    return _of_parts(content, sizes) == etag if len(sizes) == count and sum(sizes) == size else None


def _part(bucket: Bucket, rel: str, etag: str, number: int) -> int:
    """Return the size of a part that an object was put together from, 0 where the service does not tell."""
    with bucket.telling(rel):
        found = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(rel), PartNumber=number)
    return int(found["ContentLength"]) if found["ETag"].strip('"') == etag else 0


def _of_parts(content: BinaryIO, sizes: Sequence[int]) -> str:
    sums = b"".join(_md5(content, each) for each in sizes)
    return f"{hashlib.md5(sums, usedforsecurity=False).hexdigest()}-{len(sizes)}"


def _md5(content: BinaryIO, length: int) -> bytes:
    found = hashlib.md5(usedforsecurity=False)
    for chunk in _chunks(content, length):
        found.update(chunk)
    return found.digest()


def _chunks(content: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (chunk := content.read(min(_CHUNK, length))):
        yield chunk
        length -= len(chunk)
