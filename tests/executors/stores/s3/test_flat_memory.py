"""Memory stays flat, however large the object."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.buckets import ceph, fresh, keys_of
from tests.support.servers.service import Endpoint

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["ceph"]
MIB = 1 << 20
_CLIENT = """
import re, sys
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.schemas.inventory import Root
from tests.support.buckets import store_of
from tests.support.servers.service import Endpoint
url, key, secret, bucket, folder, one_answer = sys.argv[1:]
usual = BucketSettings(bucket)
sizes = {"part_size": usual.part_size, "range_size": usual.range_size, "one_answer": int(one_answer)}
store = store_of(Endpoint(url, key, secret), bucket, **sizes)
local = LocalStore(Root("folder", folder))
assert store.upload("film", local, "film", token="t").hash == store.copy_to("film", local, "down")[1] == local.digest("down")
# Not ru_maxrss: that keeps what the process it was forked from had.
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.parametrize("one_answer", [0, 1 << 60], ids=["one answer", "ranges"])
def test_a_large_object_both_ways(ceph: Endpoint, tmp_path: Path, one_answer: int) -> None:
    with (tmp_path / "film").open("wb") as file:
        for number in range(768):
            file.write(number.to_bytes(8) * (MIB // 8))
    bucket = fresh(ceph)
    with keys_of(ceph):
        command = [sys.executable, "-c", _CLIENT, ceph.url, ceph.key, ceph.secret, bucket, str(tmp_path), str(one_answer)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[4], check=True)
    assert int(done.stdout) < 300, done.stdout
