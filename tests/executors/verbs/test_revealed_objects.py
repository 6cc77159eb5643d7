"""What a run brought to light from under a delete marker goes back under one as it is: what comes meanwhile stays in sight."""

from contextlib import suppress

import pytest

from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.schemas.inventory import Root
from reshelve.schemas.verbs import Reveal
from tests.support.moments import Moments

CALLS = 3


@pytest.mark.parametrize("at", range(CALLS))
def test_what_is_uploaded_as_it_goes_back_stays(at: int) -> None:
    service = MemoryService()
    bucket = MemoryBucket(Root("shelf", "s3://shelf", "s3:memory/shelf", kind="bucket", versioned=True), service)
    item = bucket.put("a.mkv", b"first")
    bucket.hide("a.mkv")
    reveal = Reveal("shelf:a.mkv", item.size, item.mtime_ns, item.ino)
    made = Hands({"shelf": bucket}).perform(reveal)
    another = MemoryBucket(bucket.root, service)
    moments = Moments(at, lambda: another.put("a.mkv", b"theirs") and None)
    with suppress(OSError):
        Hands(moments.over({"shelf": bucket})).take_back(reveal, made)
    moments.wait()
    assert len(moments.calls) <= CALLS
    assert at >= len(moments.calls) or another.open("a.mkv").read() == b"theirs"
