"""Memory stays flat, however large the object, and however many go at once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve.executors.stores.transfer_memory import WAITING, WORKING
from tests.support.buckets import ceph, fresh, keys_of
from tests.support.servers.service import Endpoint

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["ceph"]
MIB = 1 << 20
MOST = (WORKING + WAITING) // MIB
SIDE_BY_SIDE = 24
EACH = 2
"""MiB that each transfer may take besides, of its own."""
_CLIENT = """
import os, re, sys
from concurrent.futures import ThreadPoolExecutor
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.schemas.inventory import Root
from tests.support.archiving import members_of
from tests.support.buckets import store_of
from tests.support.servers.service import Endpoint
url, key, secret, bucket, folder, one_answer, packed, most = sys.argv[1:]
usual = BucketSettings(bucket)
sizes = {"part_size": usual.part_size, "range_size": usual.range_size, "one_answer": int(one_answer)}
store = store_of(Endpoint(url, key, secret), bucket, **sizes)
store.capabilities()
local, down = LocalStore(Root("folder", folder)), LocalStore(Root("down", folder + "-down"))
names = sorted(local.names(""))
# Not ru_maxrss: that keeps what the process it was forked from had.
resident = lambda which: int(re.search(which + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024

def there(name):
    if packed:
        return store.upload_packed(name, local, name, "tar.gz", members_of(local, name), token="t").hash
    return store.upload(name, local, name, token="t").hash

before = resident("VmRSS")
with ThreadPoolExecutor(int(most)) as pool:
    sent = list(pool.map(there, names))
    came = list(pool.map(lambda name: store.copy_to(name, down, name)[1], names))
assert sent == came == [down.digest(name) for name in names]
print(f"grew by {resident('VmHWM') - before}")
"""


def grown(ceph: Endpoint, folder: Path, *, one_answer: int = 0, packed: bool = False, side_by_side: int = 1) -> int:
    """Return by how many MiB a process grows that sends all of a folder and brings it back."""
    folder.with_name(f"{folder.name}-down").mkdir()
    bucket = fresh(ceph)
    with keys_of(ceph):
        given = [
            ceph.url,
            ceph.key,
            ceph.secret,
            bucket,
            str(folder),
            str(one_answer),
            "packed" if packed else "",
            str(side_by_side),
        ]
        command = [sys.executable, "-c", _CLIENT, *given]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[4])
    found = re.search(r"grew by (\d+)", done.stdout)
    assert found is not None, done.stderr
    return int(found[1])


def lay(path: Path, size: int) -> None:
    """Write a file that does not compress, of `size` MiB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, open("/dev/urandom", "rb") as chance:
        block = chance.read(MIB)
        for number in range(size):
            file.write(number.to_bytes(8) + block[8:])


@pytest.mark.parametrize("one_answer", [0, 1 << 60], ids=["one answer", "ranges"])
def test_a_large_object_both_ways(ceph: Endpoint, tmp_path: Path, one_answer: int) -> None:
    lay(tmp_path / "up/film", 768)
    assert grown(ceph, tmp_path / "up", one_answer=one_answer) <= MOST + 16


@pytest.mark.parametrize("one_answer", [0, 1 << 60], ids=["one answer", "ranges"])
def test_many_files_in_parts_at_once(ceph: Endpoint, tmp_path: Path, one_answer: int) -> None:
    for number in range(SIDE_BY_SIDE):
        lay(tmp_path / f"up/{number}", 40)
    assert grown(ceph, tmp_path / "up", one_answer=one_answer, side_by_side=SIDE_BY_SIDE) <= MOST + EACH * SIDE_BY_SIDE


def test_many_files_of_one_request_at_once(ceph: Endpoint, tmp_path: Path) -> None:
    for number in range(3 * SIDE_BY_SIDE):
        lay(tmp_path / f"up/{number}", 15)
    assert grown(ceph, tmp_path / "up", side_by_side=SIDE_BY_SIDE) <= MOST + EACH * SIDE_BY_SIDE


def test_many_folders_packed_at_once(ceph: Endpoint, tmp_path: Path) -> None:
    for number in range(12):
        lay(tmp_path / f"up/{number}/film", 40)
    assert grown(ceph, tmp_path / "up", packed=True, side_by_side=12) <= MOST + 5 * 12  # the packing itself takes more
