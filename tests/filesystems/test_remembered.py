"""What is remembered of content on each file system: nothing, or only what no change can get past."""

import os
import time
from pathlib import Path

from reshelve.executors.stores.digest_cache import CachedDigests, DigestCache
from reshelve.schemas.inventory import tells_changes
from tests.support.object_bench import xxh3
from tests.support.plans import local

SILENT = ("exfat", "ntfs", "fat32")


def test_a_file_rewritten_with_its_time_kept_is_read_again(disk: Path, kind: str, tmp_path: Path) -> None:
    store = local("s", disk / "s")
    cache = DigestCache(tmp_path / "catalog.db", now_ns=lambda: time.time_ns() + 10**10)
    reader = CachedDigests(store, cache)
    file = disk / "s/film.mkv"
    file.write_bytes(b"one")
    os.utime(file, (1_500_000_000, 1_500_000_000))
    item = store.stat("film.mkv")
    assert item is not None
    assert tells_changes(item.fs) == (not kind.startswith(SILENT))
    assert reader.digest("film.mkv") == xxh3(b"one")
    assert (cache.get(item) is not None) == tells_changes(item.fs)
    time.sleep(0.05)  # the clock of a file system may stand still for 10 ms
    file.write_bytes(b"two")
    os.utime(file, (1_500_000_000, 1_500_000_000))
    assert reader.digest("film.mkv") == xxh3(b"two")
    time.sleep(0.05)
    file.unlink()
    file.write_bytes(b"new")
    os.utime(file, (1_500_000_000, 1_500_000_000))
    assert reader.digest("film.mkv") == xxh3(b"new")
    cache.close()
    store.close()
