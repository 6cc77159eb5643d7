"""Large objects on their way down, in one answer and in ranges: broken off, replaced meanwhile, interrupted."""

import dataclasses
import errno
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.transfer_memory import MEMORY
from reshelve.schemas.inventory import Root
from tests.support.buckets import PART, fresh, keys_of, moto, raw, store_of
from tests.support.flipping import Flipping
from tests.support.object_bench import xxh3
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]
CONTENT = random.Random(0).randbytes(7 * PART + 1000)
ALWAYS, NEVER = 0, 1 << 60


class Way:
    """An object in a bucket, a proxy before it, and a folder for it to come to."""

    def __init__(self, endpoint: Endpoint, folder: Path, one_answer: int) -> None:
        self.name = fresh(endpoint)
        self.client = raw(endpoint)
        self.put(CONTENT)
        self.proxy = Flipping(endpoint.url)
        self.store = store_of(
            dataclasses.replace(endpoint, url=self.proxy.start()), self.name, "", one_answer=one_answer, accept_race=True
        )
        self.folder = LocalStore(Root("folder", str(folder)))
        self.asked = 0

    def put(self, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key="large", Body=content)

    def nth(self, line: str) -> int:
        """Count the requests for content; what asks for anything else is the 0th."""
        self.asked += line.startswith("GET") and "/large" in line
        return self.asked if line.startswith("GET") and "/large" in line else 0

    def uncut(self, line: str) -> int:
        """Count a request, and let its answer through."""
        self.nth(line)
        return -1


@pytest.fixture(params=[ALWAYS, NEVER], ids=["one answer", "ranges"])
def way(request: pytest.FixtureRequest, moto: Endpoint, tmp_path: Path) -> Iterator[Way]:
    with keys_of(moto):
        found = Way(moto, tmp_path, request.param)
        yield found
        found.store.close()
        found.proxy.stop()


def test_it_comes_whole(way: Way) -> None:
    told: list[int] = []
    way.proxy.cuts = way.uncut
    item, got = way.store.copy_to("large", way.folder, "down", progress=told.append)
    assert (item.size, got, sum(told)) == (len(CONTENT), xxh3(CONTENT), len(CONTENT))
    # The first asks what there is.
    assert way.asked == (2 if way.store.bucket.settings.one_answer == ALWAYS else 1 + 1 + 6)


def test_an_answer_that_breaks_off_is_gone_on_with(way: Way) -> None:
    way.proxy.cuts = lambda line: 100_000 if way.nth(line) in (2, 3, 4) else -1
    item, got = way.store.copy_to("large", way.folder, "down")
    assert len(way.proxy.cut) == 3
    assert (item.size, got) == (len(CONTENT), xxh3(CONTENT))


def test_answers_that_always_break_off_leave_nothing(way: Way) -> None:
    way.proxy.cuts = lambda line: 0 if way.nth(line) > 1 else -1
    with pytest.raises(OSError) as caught:
        way.store.copy_to("large", way.folder, "down")
    assert caught.value.errno == errno.EIO
    assert way.folder.names("") == set()


def test_an_object_replaced_meanwhile_is_noticed_and_leaves_nothing(way: Way) -> None:
    def replaced(line: str) -> int:
        nth = way.nth(line)
        if nth == 3:
            way.put(CONTENT[::-1])
        return 100_000 if nth == 2 else -1

    way.proxy.cuts = replaced
    with pytest.raises(OSError) as caught:
        way.store.copy_to("large", way.folder, "down")
    assert caught.value.errno == errno.ESTALE
    assert way.folder.names("") == set()


def test_a_fetch_that_is_interrupted_leaves_nothing_and_holds_no_memory(way: Way) -> None:
    told: list[int] = []
    with pytest.raises(OSError) as caught:
        way.store.copy_to("large", way.folder, "down", progress=told.append, cancel=lambda: bool(told))
    assert caught.value.errno == errno.ECANCELED
    assert way.folder.names("") == set()
    assert MEMORY.held == 0
