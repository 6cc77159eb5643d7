"""The object store contract on every service there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.buckets import PART, bench_on, ceph, moto, rclone
from tests.support.object_bench import Bench
from tests.support.object_contract import ObjectContract
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]


class TestCeph(ObjectContract):
    """Conditions are kept for small objects only."""

    @pytest.fixture
    def bench(self, ceph: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(ceph, tmp_path) as bench:
            yield bench


class TestCephVersioned(ObjectContract):
    """No conditions are kept, but versions are. What is larger than a part is copied in parts."""

    @pytest.fixture
    def bench(self, ceph: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(ceph, tmp_path, versioned=True, copy_limit=PART) as bench:
            yield bench


class TestCephWithoutTheFastClient(ObjectContract):
    @pytest.fixture
    def bench(self, ceph: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(ceph, tmp_path, fast=False, verify="read", copy_limit=PART) as bench:
            yield bench


class TestMoto(ObjectContract):
    """Conditions are kept but for copies; archived objects have to be thawed."""

    odd_names = False
    one_winner_in_parts = False

    @pytest.fixture
    def bench(self, moto: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(moto, tmp_path) as bench:
            yield bench


class TestMotoVersioned(ObjectContract):
    odd_names = False

    @pytest.fixture
    def bench(self, moto: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(moto, tmp_path, versioned=True, copy_limit=PART) as bench:
            yield bench


class TestRclone(ObjectContract):
    """Neither conditions nor versions are kept: what can still be promised, once the race is accepted."""

    odd_keys = ()
    one_winner = False

    @pytest.fixture
    def bench(self, rclone: Endpoint, tmp_path: Path) -> Iterator[Bench]:
        with bench_on(rclone, tmp_path, accept_race=True) as bench:
            yield bench
