"""Trouble on the way costs the one transfer its time, and nothing else: it is tried again for as long as the store is patient."""

import errno
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.verbs.file_verbs import advice
from reshelve.schemas.inventory import Root
from tests.support.buckets import PART, fresh, keys_of, moto, raw, store_of
from tests.support.flipping import Flipping
from tests.support.object_bench import xxh3
from tests.support.servers.ruled import Answer, Request, refusal, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]
CONTENT = {"small": b"content " * 20_000, "large": b"0123456789abcdef" * ((2 * PART + 1000) // 16)}


@pytest.fixture
def folder(tmp_path: Path) -> LocalStore:
    (tmp_path / "files").mkdir()
    for name, content in CONTENT.items():
        (tmp_path / "files" / name).write_bytes(content)
    return LocalStore(Root("folder", str(tmp_path / "files")))


@pytest.mark.parametrize("code", ["SlowDown", "ServiceUnavailable", "InternalError"])
def test_a_service_that_is_busy_for_a_while_costs_no_upload(moto: Endpoint, folder: LocalStore, code: str) -> None:
    name = fresh(moto)
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, patience=30.0)
        store.capabilities()
        end = time.monotonic() + 1.5
        service.rules.append(lambda asked: refusal(503, code) if time.monotonic() < end and "/small" in asked.path else None)
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda number: store.upload("small", folder, f"small{number}", token=f"t{number}"), range(16)))
        assert {each.hash for each in made} == {xxh3(CONTENT["small"])}
        store.close()


@pytest.mark.parametrize("pattern", ["list-type=2", r"\?versioning"])
def test_a_service_that_is_busy_when_it_is_first_asked_is_no_mistyped_address(moto: Endpoint, pattern: str) -> None:
    name = fresh(moto)
    with ruled(moto) as service, keys_of(moto):
        service.rules.append(refuses(pattern, 503, "SlowDown", times=4))
        store_of(service.endpoint, name, patience=60.0).close()
        service.rules[:] = [lambda asked: Answer(503, {"Content-Type": "text/html"}, b"<html>no such site</html>")]
        service.seen.clear()
        with pytest.raises(OSError, match="slow down"):
            store_of(service.endpoint, name, patience=60.0)
        assert len(service.seen) == 4


def test_patience_has_an_end_and_says_whose_fault_it_was(moto: Endpoint, folder: LocalStore) -> None:
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, fresh(moto), patience=0.5)
        store.capabilities()
        service.rules.append(refuses("/small", 503, "SlowDown"))
        began = time.monotonic()
        with pytest.raises(OSError, match="slow down") as caught:
            store.upload("small", folder, "small", token="t")
        assert time.monotonic() - began < 5
        assert advice(caught.value)[0] == "busy"
        store.close()


def test_what_cannot_change_is_not_asked_again(moto: Endpoint, folder: LocalStore) -> None:
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, fresh(moto), fast=False)
        store.capabilities()
        service.seen.clear()
        service.rules.append(refuses("PUT .*/small", 403, "AccessDenied"))
        with pytest.raises(OSError, match="denied"):
            store.upload("small", folder, "small", token="t")
        assert len(service.lines("PUT")) == 1
        store.close()


def test_a_wait_that_the_service_asks_for_is_kept(moto: Endpoint) -> None:
    name = fresh(moto)
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, patience=10.0)
        told: list[float] = []

        def once(asked: Request) -> Answer | None:
            told.append(time.monotonic())
            answer = refusal(503, "SlowDown")
            answer.headers["Retry-After"] = "1"
            return answer if len(told) == 1 else None

        service.rules.append(once)
        assert store.look("nothing") is None
        assert told[1] - told[0] >= 1
        store.close()


def test_nobody_waits_who_wants_an_end(moto: Endpoint, folder: LocalStore) -> None:
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, fresh(moto), patience=60.0)
        store.capabilities()
        service.rules.append(refuses("/small", 503, "SlowDown"))
        began = time.monotonic()
        with pytest.raises(OSError, match=r"slow down|interrupted"):
            store.upload("small", folder, "small", token="t", cancel=lambda: time.monotonic() - began > 0.7)
        assert time.monotonic() - began < 5
        store.close()


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("size", ["small", "large"])
def test_a_body_that_breaks_off_is_asked_for_again(moto: Endpoint, folder: LocalStore, size: str, fast: bool) -> None:
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key=size, Body=CONTENT[size])
    proxy = Flipping(moto.url)
    with keys_of(moto):
        store = store_of(replace(moto, url=proxy.start()), name, "", fast=fast)
        broken: list[str] = []

        def cuts(line: str) -> int:
            if not (line.startswith("GET") and f"/{size}" in line) or len(broken) > 2:
                return -1
            broken.append(line)
            return 1000

        item = store.look(size)
        assert item is not None
        there = item
        for read in (
            lambda: store.copy_to(size, folder, f"down-{size}")[1],
            lambda: xxh3(store.open(size).read()),
            lambda: xxh3(store.open_seekable(size).read()),
            lambda: store.read_through(there),
        ):
            broken.clear()
            proxy.cuts = cuts
            assert read() == xxh3(CONTENT[size])
            assert broken
        proxy.stop()
        store.close()


def test_a_body_that_never_comes_whole_is_the_networks_fault(moto: Endpoint, folder: LocalStore) -> None:
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key="small", Body=CONTENT["small"])
    proxy = Flipping(moto.url)
    with keys_of(moto):
        store = store_of(replace(moto, url=proxy.start()), name, "", patience=0.5)
        proxy.cuts = lambda line: 0 if line.startswith("GET") and "/small" in line else -1
        with pytest.raises(OSError) as caught:
            store.copy_to("small", folder, "down")
        assert caught.value.errno == errno.EIO
        kind, hint = advice(caught.value)
        assert kind == "transfer" and "network" in hint and "SMART" not in hint
        assert folder.stat("down") is None
        proxy.stop()
        store.close()
