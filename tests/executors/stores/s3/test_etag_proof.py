"""What an ETag proves: sums of content in parts, and what services tell of the parts they put together."""

import hashlib
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reshelve.executors.stores.content_sums import Sums
from reshelve.executors.stores.s3.etag_proof import proves
from tests.support.buckets import PART, fresh, keys_of, moto, raw, store_of
from tests.support.servers.service import Endpoint

__all__ = ["moto"]


def of_parts(content: bytes, sizes: Sequence[int]) -> str:
    """Return the ETag of parts as S3 makes it: the MD5 of the parts' MD5s, and how many they are."""
    sums, at = b"", 0
    for size in sizes:
        sums += hashlib.md5(content[at : at + size]).digest()
        at += size
    return f"{hashlib.md5(sums).hexdigest()}-{len(sizes)}"


@given(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=6), st.data())
def test_sums_are_the_same_however_content_comes(parts: list[bytes], data: st.DataObject) -> None:
    content = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=8)))
    sizes = [len(each) for each in parts]
    sums, plain = Sums(sizes), Sums()
    for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
        sums.update(content[start:end])
        plain.update(memoryview(content)[start:end])
    assert sums.etag == of_parts(content, sizes)
    assert plain.etag == hashlib.md5(content).hexdigest()


@pytest.mark.s3
@pytest.mark.parametrize("sizes", [[PART, PART, 1000], [PART, PART + 7, PART + 1], [PART]], ids=["even", "uneven", "one"])
def test_an_etag_of_parts_proves_content_either_way(moto: Endpoint, sizes: list[int]) -> None:
    content = bytes(range(256)) * (sum(sizes) // 256 + 1)
    content = content[: sum(sizes)]
    with keys_of(moto):
        name, key = fresh(moto), "pre/fix/object"
        client = raw(moto)
        upload = client.create_multipart_upload(Bucket=name, Key=key)["UploadId"]
        parts, at = [], 0
        for number, size in enumerate(sizes, 1):
            sent = client.upload_part(Bucket=name, Key=key, UploadId=upload, PartNumber=number, Body=content[at : at + size])
            parts.append({"PartNumber": number, "ETag": sent["ETag"]})
            at += size
        client.complete_multipart_upload(Bucket=name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
        store = store_of(moto, name, accept_race=True)
        etag = of_parts(content, sizes)
        assert client.head_object(Bucket=name, Key=key)["ETag"] == f'"{etag}"'
        assert proves(store.bucket, "object", etag, len(content), io.BytesIO(content)) is True
        assert proves(store.bucket, "object", etag, len(content), io.BytesIO(b"x" + content[1:])) is False
        even = len(sizes) < 2 or sizes[1] == PART
        assert [each.partition(":")[0] for each in store.checksums("object")] == ([f"md5/{PART}"] if even else [])
        assert store.digest("object")
        store.close()


@pytest.mark.s3
def test_the_sha256_that_an_object_was_put_with_is_told(moto: Endpoint) -> None:
    content, other = b"content", b"another, as sums are asked for once an ETag"
    with keys_of(moto):
        name, client = fresh(moto), raw(moto)
        client.put_object(Bucket=name, Key="pre/fix/with", Body=content, ChecksumAlgorithm="SHA256")
        client.put_object(Bucket=name, Key="pre/fix/without", Body=other)
        store = store_of(moto, name, accept_race=True)
        md5, sha256 = f"md5:{hashlib.md5(content).hexdigest()}", f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert store.checksums("with") == (md5, sha256)
        assert store.checksums("without") == (f"md5:{hashlib.md5(other).hexdigest()}",)
        store.close()
