"""What a run put into a versioned bucket is taken back by its version: what somebody uploads meanwhile stays."""

from contextlib import suppress

import pytest

from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.schemas.inventory import Root
from reshelve.schemas.verbs import CopyObject, SetClass
from tests.support.moments import Moments

CALLS = 8


@pytest.mark.parametrize("at", range(CALLS))
@pytest.mark.parametrize("kind", ["copy", "class"])
def test_what_is_uploaded_as_it_is_taken_back_stays(kind: str, at: int) -> None:
    service = MemoryService()
    bucket = MemoryBucket(Root("shelf", "s3://shelf", "s3:memory/shelf", kind="bucket", versioned=True), service)
    item = bucket.put("a.mkv", b"first")
    seen = item.size, item.mtime_ns, item.ino
    verb: CopyObject | SetClass
    if kind == "copy":
        verb = CopyObject("shelf:a.mkv", "shelf:b.mkv", *seen, "STANDARD", "token")
    else:
        verb = SetClass("shelf:a.mkv", *seen, "STANDARD", "GLACIER_IR", "token")
    made = Hands({"shelf": bucket}).perform(verb)
    rel = "b.mkv" if kind == "copy" else "a.mkv"
    another = MemoryBucket(bucket.root, service)
    moments = Moments(at, lambda: another.put(rel, b"theirs") and None)
    with suppress(OSError):
        Hands(moments.over({"shelf": bucket})).take_back(verb, made)
    moments.wait()
    assert 2 < len(moments.calls) < CALLS
    assert at >= len(moments.calls) or another.open(rel).read() == b"theirs"
