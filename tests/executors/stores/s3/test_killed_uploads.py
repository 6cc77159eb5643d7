"""Uploads killed by SIGKILL, of the client or of the gateway: afterwards the object is whole or absent, and nothing is left."""

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root
from tests.support.buckets import ceph, fresh, keys_of, raw, store_of
from tests.support.object_bench import rels
from tests.support.servers.ceph import own_gateway
from tests.support.servers.service import Endpoint

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["ceph"]
MIB = 1 << 20
_CLIENT = """
import sys
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root
from tests.support.buckets import store_of
from tests.support.servers.service import Endpoint
url, key, secret, bucket, folder = sys.argv[1:]
store = store_of(Endpoint(url, key, secret), bucket, accept_race=True)
sent = 0
def progress(count):
    global sent
    sent += count
    print(sent, flush=True)
store.upload("film", LocalStore(Root("folder", folder)), "film", token="run-0", progress=progress)
print("done", flush=True)
"""


def film(folder: Path, size: int) -> LocalStore:
    """Lay a film of so many bytes that are not all alike."""
    block = os.urandom(MIB)
    with (folder / "film").open("wb") as file:
        for number in range(size // MIB):
            file.write(number.to_bytes(8) + block[8:])
    return LocalStore(Root("folder", str(folder)))


def killed_after(endpoint: Endpoint, bucket: str, folder: Path, count: int) -> None:
    """Upload in a process of its own, and kill that once so many bytes have gone up."""
    command = [sys.executable, "-c", _CLIENT, endpoint.url, endpoint.key, endpoint.secret, bucket, str(folder)]
    client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4])
    assert client.stdout is not None
    for line in client.stdout:
        assert line.strip() != "done", "it was too quick to be killed"
        if int(line) >= count:
            break
    client.kill()
    client.wait()


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
def test_a_killed_client_goes_on_where_it_was(ceph: Endpoint, tmp_path: Path, versioned: bool) -> None:
    bucket = fresh(ceph, versioned=versioned)
    folder = film(tmp_path, 100 * MIB)
    with keys_of(ceph):
        killed_after(ceph, bucket, tmp_path, 40 * MIB)
        store = store_of(ceph, bucket, accept_race=True)
        assert rels(store) == []
        left = store.uploads("film")
        assert len(left) == 1
        client = raw(ceph)
        arrived = client.list_parts(Bucket=bucket, Key="pre/fix/film", UploadId=left[0])["Parts"]
        assert len(arrived) >= 8
        before = {each["PartNumber"]: each["LastModified"] for each in arrived}
        stored = store.upload("film", folder, "film", token="run-0", mine=left)
        assert stored.hash == folder.digest("film")
        assert store.uploads("film") == []
        assert before
        store.remove("film")

        killed_after(ceph, bucket, tmp_path, 40 * MIB)
        (left,) = store.uploads("film")
        store.abort("film", left)
        store.abort("film", left)
        assert store.uploads("film") == []
        assert rels(store) == []


def test_what_was_sent_of_another_content_is_not_gone_on_with(ceph: Endpoint, tmp_path: Path) -> None:
    bucket = fresh(ceph)
    with keys_of(ceph):
        film(tmp_path, 60 * MIB)
        killed_after(ceph, bucket, tmp_path, 20 * MIB)
        folder = film(tmp_path, 60 * MIB)
        store = store_of(ceph, bucket)
        stored = store.upload("film", folder, "film", token="run-0", mine=store.uploads("film"))
        assert stored.hash == folder.digest("film")
        folder.remove("film")
        assert store.copy_to("film", folder, "film")[1] == stored.hash
        assert store.uploads("film") == []


def test_a_killed_gateway_leaves_it_whole_or_absent(ceph: Endpoint, tmp_path: Path) -> None:
    """1 GiB; the gateway dies in the middle and is back in two seconds. The client's own patience is longer than that."""
    bucket = fresh(ceph)
    folder = film(tmp_path, 1024 * MIB)
    sent = 0
    with own_gateway(ceph) as gateway, keys_of(ceph):
        store = store_of(dataclasses.replace(ceph, url=gateway.url), bucket, part_size=16 * MIB)
        store.capabilities()

        def progress(count: int) -> None:
            nonlocal sent
            before, sent = sent, sent + count
            if before < 400 * MIB <= sent:
                gateway.kill()
                time.sleep(2)
                gateway.restart()

        try:
            stored = store.upload("film", folder, "film", token="run-0", progress=progress)
        except OSError:
            for left in store.uploads("film"):
                store.abort("film", left)
            assert rels(store) == []
            stored = store.upload("film", folder, "film", token="run-0")
        assert stored.item.size == 1024 * MIB
        assert stored.hash == folder.digest("film")
        assert rels(store) == ["film"]
        assert store.uploads("film") == []
