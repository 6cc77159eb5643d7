"""ReadOnly has no verbs; CachedDigests reads a file once, and again when it may have changed."""

import os
from pathlib import Path

import pytest

from executors.stores.cached import CachedDigests, DigestCache
from executors.stores.local import LocalStore
from executors.stores.memory import MemoryStore
from executors.stores.memory_disk import MemoryDisk
from executors.stores.readonly import ReadOnly
from planner.ports import Reader
from schemas.inventory import Root

VERBS = ["make_dir", "make_trash", "remove_dir", "rename", "copy_to", "write_to", "link", "symlink", "remove", "set_times", "sync"]
LONG_AGO = 1_700_000_000_000_000_000


class Counting(LocalStore):
    """A local store that counts what it reads."""

    reads = 0

    def digest(self, rel: str) -> str:
        self.reads += 1
        return super().digest(rel)


def counting(tmp_path: Path) -> Counting:
    (tmp_path / "s").mkdir()
    return Counting(Root("s", str(tmp_path / "s")))


def write(store: LocalStore, rel: str, content: bytes, mtime_ns: int = LONG_AGO) -> None:
    Path(store.root.path, rel).write_bytes(content)
    os.utime(f"{store.root.path}/{rel}", ns=(mtime_ns, mtime_ns))


@pytest.mark.parametrize("wrap", [ReadOnly, lambda store: CachedDigests(store, DigestCache(":memory:"))])
def test_the_reads_are_the_stores_own_and_the_verbs_are_gone(wrap: type[ReadOnly]) -> None:
    store = MemoryStore(Root("s", "/s"), MemoryDisk())
    store.put("d/f", b"f", mtime_ns=LONG_AGO)
    store.symlink("d/f", "l")
    reader: Reader = wrap(store)
    assert not [verb for verb in VERBS if hasattr(reader, verb)]
    assert reader.root is store.root
    assert reader.stat("d/f") == store.stat("d/f")
    assert reader.names("d") == {"f"}
    assert reader.walk().items == store.walk().items
    assert reader.read_link("l") == "d/f"
    assert reader.digest("d/f") == store.digest("d/f")
    assert (reader.space(), reader.fs_of("d"), reader.folds()) == (store.space(), ("mem", ""), False)
    assert reader.owner("d") == (1000, 1000)


def test_a_file_is_read_once_even_after_it_moved_and_after_a_restart(tmp_path: Path) -> None:
    store = counting(tmp_path)
    write(store, "f", b"content")
    reader = CachedDigests(store, DigestCache(tmp_path / "catalog.db"))
    first = reader.digest("f")
    store.rename("f", store, "g")
    assert reader.digest("g") == first
    again = CachedDigests(store, DigestCache(tmp_path / "catalog.db"))
    assert again.digest("g") == first
    assert store.reads == 1


def test_another_size_or_time_is_read_again(tmp_path: Path) -> None:
    store = counting(tmp_path)
    reader = CachedDigests(store, DigestCache(tmp_path / "catalog.db"))
    write(store, "f", b"one")
    first = reader.digest("f")
    write(store, "f", b"two", LONG_AGO + 1)
    assert reader.digest("f") == store.digest("f") != first


def test_a_file_modified_just_now_is_not_trusted(tmp_path: Path) -> None:
    store = counting(tmp_path)
    reader = CachedDigests(store, DigestCache(tmp_path / "catalog.db", now_ns=lambda: LONG_AGO + 1_000_000_000))
    write(store, "f", b"one")
    reader.digest("f")
    write(store, "f", b"two")
    assert reader.digest("f") == store.digest("f")


@pytest.mark.parametrize("rubbish", [b"this is no database at all, however long it is" * 100, b""])
def test_a_damaged_catalog_costs_only_time(tmp_path: Path, rubbish: bytes) -> None:
    catalog = tmp_path / "catalog.db"
    catalog.write_bytes(rubbish)
    store = counting(tmp_path)
    write(store, "f", b"one")
    reader = CachedDigests(store, DigestCache(catalog))
    assert reader.digest("f") == reader.digest("f")
    assert store.reads == 1


def test_a_catalog_that_cannot_be_is_done_without(tmp_path: Path) -> None:
    store = counting(tmp_path)
    write(store, "f", b"one")
    cache = DigestCache(tmp_path / "no/such/folder/catalog.db")
    assert CachedDigests(store, cache).digest("f") == store.digest("f")


def test_inode_numbers_use_all_64_bits(tmp_path: Path) -> None:
    store = MemoryStore(Root("s", "/s"), MemoryDisk())
    item = store.put("f", b"f", mtime_ns=LONG_AGO)
    item.ino = (1 << 64) - 3
    cache = DigestCache(tmp_path / "catalog.db")
    cache.put(item, "xxh3:0")
    assert cache.get(item) == "xxh3:0"
    item.ino = 3
    assert cache.get(item) is None
