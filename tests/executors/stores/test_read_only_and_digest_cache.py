"""ReadOnly has no verbs; CachedDigests reads a file once, and again when it may have changed."""

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from reshelve.executors.metadata.metadata_cache import MetadataCache
from reshelve.executors.stores.digest_cache import CachedDigests, DigestCache
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.executors.stores.followed_files import Following
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.read_only import ReadOnly
from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item, Root
from tests.support.object_bench import xxh3

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


def later() -> int:
    """A clock by which whatever was written just now was written long enough ago."""
    return time.time_ns() + 10_000_000_000


def cached(store: LocalStore, catalog: Path) -> CachedDigests:
    return CachedDigests(store, DigestCache(catalog, now_ns=later))


def moved(store: LocalStore, catalog: Path, *names: str) -> Following:
    """Rename a file from name to name as a run does, and keep up with it."""
    item = store.stat(names[0])
    assert item is not None
    store._following.watch(catalog, [item.ino])
    for name, to in pairwise(names):
        store.rename(name, store, to)
    store._following.keep_up(catalog)
    return store._following


def test_a_file_is_read_once_even_after_a_run_moved_it_and_after_a_restart(tmp_path: Path) -> None:
    store, catalog = counting(tmp_path), tmp_path / "catalog.db"
    write(store, "f", b"content")
    cache = DigestCache(catalog, now_ns=later)
    first = CachedDigests(store, cache).digest("f")
    cache.close()
    moved(store, catalog, "f", "g", "h")
    assert cached(store, catalog).digest("h") == first
    assert store.reads == 1
    os.rename(f"{store.root.path}/h", f"{store.root.path}/i")  # somebody else's rename is not followed
    assert cached(store, catalog).digest("i") == first
    assert store.reads == 2


def test_what_others_do_to_a_file_while_a_run_renames_it_is_not_followed(tmp_path: Path) -> None:
    store, catalog = counting(tmp_path), tmp_path / "catalog.db"
    for before, between in ((True, False), (False, True)):
        write(store, "f", b"one")
        cache = DigestCache(catalog, now_ns=later)
        CachedDigests(store, cache).digest("f")
        cache.close()
        item = store.stat("f")
        assert item is not None
        store._following = Following()
        store._following.watch(catalog, [item.ino])
        if before:
            write(store, "f", b"two")
        store.rename("f", store, "g")
        if between:
            write(store, "g", b"two")
        store.rename("g", store, "f")
        store._following.keep_up(catalog)
        assert cached(store, catalog).digest("f") == xxh3(b"two"), (before, between)


def test_a_file_rewritten_with_its_time_kept_is_read_again(tmp_path: Path) -> None:
    """In place, or as another file on the inode it had: as a tag editor does it, or `cp -p` after `rm`."""
    store, catalog = counting(tmp_path), tmp_path / "catalog.db"
    write(store, "f", b"one")
    item = store.stat("f")
    cached(store, catalog).digest("f")
    write(store, "f", b"two")
    after = store.stat("f")
    assert item is not None and after is not None
    assert (item.size, item.mtime_ns, item.ino) == (after.size, after.mtime_ns, after.ino)
    assert cached(store, catalog).digest("f") == xxh3(b"two")
    for _ in range(20):
        (tmp_path / "s/f").unlink()
        write(store, "f", b"new")
        reused = store.stat("f")
        assert cached(store, catalog).digest("f") == xxh3(b"new")
        if reused is not None and reused.ino == item.ino:
            break


def test_a_table_of_an_earlier_version_is_made_anew_and_no_other(tmp_path: Path) -> None:
    store, catalog = counting(tmp_path), tmp_path / "catalog.db"
    write(store, "f", b"content")
    DigestCache(catalog).close()
    with closing(sqlite3.connect(catalog)) as old, old:
        old.execute("DROP TABLE digests")
        columns = "fs TEXT NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL"
        old.execute(f"CREATE TABLE digests ({columns}, PRIMARY KEY (fs, ino)) WITHOUT ROWID")
        item = store.stat("f")
        assert item is not None
        old.execute("INSERT INTO digests VALUES (?, ?, ?, ?, 'xxh3:wrong')", (item.fs, item.ino, item.size, item.mtime_ns))
        old.execute("CREATE TABLE suggestions (paid TEXT)")
        old.execute("INSERT INTO suggestions VALUES ('for')")
    for _ in range(2):
        cache = DigestCache(catalog, now_ns=later)
        assert CachedDigests(store, cache).digest("f") == xxh3(b"content")
        cache.close()
    assert store.reads == 1
    with closing(sqlite3.connect(catalog)) as now:
        assert now.execute("SELECT paid FROM suggestions").fetchall() == [("for",)]


SILENT = ["vfat", "exfat", "fuseblk", "fuse.sshfs", "cifs", "smb3", "9p", "ntfs3", "virtiofs", "volume", ""]


@pytest.mark.parametrize("kind", SILENT)
def test_nothing_is_remembered_where_changes_may_not_show(kind: str) -> None:
    item = Item("f", "file", 1, LONG_AGO, LONG_AGO, 7, 1, 0, f"{kind}:id")
    cache, told = DigestCache(":memory:"), MetadataCache(":memory:")
    cache.put(item, "xxh3:0")
    told.put(item, "1", {"width": 1})
    assert (cache.get(item), told.get(item, "1")) == (None, None)
    for fs in ("ext4:1", "tmpfs:1", "overlay:1", "xfs:1"):
        item.fs = fs
        cache.put(item, "xxh3:0")
        told.put(item, "1", {"width": 1})
        assert (cache.get(item), told.get(item, "1")) == ("xxh3:0", {"width": 1})


def test_another_size_or_time_is_read_again(tmp_path: Path) -> None:
    store = counting(tmp_path)
    reader = cached(store, tmp_path / "catalog.db")
    write(store, "f", b"one")
    first = reader.digest("f")
    write(store, "f", b"two", LONG_AGO + 1)
    assert reader.digest("f") == store.digest("f") != first


def test_a_file_changed_just_now_is_not_trusted(tmp_path: Path) -> None:
    """Neither one whose time says so, nor one whose ctime does; nor one that was so new when its reading began."""
    store = counting(tmp_path)
    cache = DigestCache(tmp_path / "catalog.db")
    write(store, "f", b"one")
    CachedDigests(store, cache).digest("f")
    item = store.stat("f")
    assert item is not None
    assert cache.get(item) is None
    cache.put(replace(item, mtime_ns=time.time_ns(), ctime_ns=LONG_AGO), "xxh3:0")
    assert cache.get(replace(item, mtime_ns=time.time_ns(), ctime_ns=LONG_AGO)) is None
    cache.put(replace(item, ctime_ns=LONG_AGO), "xxh3:0", since_ns=LONG_AGO + 1_000_000_000)
    assert cache.get(replace(item, ctime_ns=LONG_AGO)) is None
    cache.put(replace(item, ctime_ns=LONG_AGO), "xxh3:0", since_ns=LONG_AGO + 4_000_000_000)
    assert cache.get(replace(item, ctime_ns=LONG_AGO)) == "xxh3:0"


@pytest.mark.parametrize("rubbish", [b"this is no database at all, however long it is" * 100, b"", None])
def test_a_damaged_catalog_costs_only_time(tmp_path: Path, rubbish: bytes | None) -> None:
    catalog = tmp_path / "catalog.db"
    if rubbish is None:
        DigestCache(catalog).close()
        catalog.write_bytes(catalog.read_bytes()[:200] + b"damaged" * 1000)
    else:
        catalog.write_bytes(rubbish)
    store = counting(tmp_path)
    write(store, "f", b"one")
    reader = cached(store, catalog)
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
    item.ino, item.fs = (1 << 64) - 3, "ext4:id"
    cache = DigestCache(tmp_path / "catalog.db")
    cache.put(item, "xxh3:0")
    assert cache.get(item) == "xxh3:0"
    item.ino = 3
    assert cache.get(item) is None
