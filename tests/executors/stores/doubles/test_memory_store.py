"""MemoryStore: the contract, and what a power loss leaves of a disk in memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.schemas.inventory import Item, Root
from tests.support.store_contract import Stage, StoreContract


def put(store: Store, rel: str, content: bytes) -> Item:
    assert isinstance(store, MemoryStore)
    return store.put(rel, content)


def content(store: Store, rel: str) -> bytes:
    assert isinstance(store, MemoryStore)
    return store.content(rel)


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def stage(self) -> Stage:
        disk = MemoryDisk()
        far = MemoryStore(Root("far", "/far"), MemoryDisk("other"))
        return Stage(MemoryStore(Root("one", "/one"), disk), MemoryStore(Root("two", "/a/two"), disk), far, put, content)


def test_what_was_not_synced_may_be_gone() -> None:
    disk = MemoryDisk()
    store = MemoryStore(Root("s", "/s"), disk)
    store.put("in/f", b"f")
    store.make_dir("out")
    store.rename("in/f", store, "out/f")
    store.make_dir("later")
    assert disk.unsynced == 3
    disk.crash()
    assert [item.rel for item in store.walk().items] == ["in", "in/f"]
    assert store.content("in/f") == b"f"


def test_what_was_synced_stands_with_all_it_builds_on() -> None:
    disk = MemoryDisk()
    store = MemoryStore(Root("s", "/s"), disk)
    store.put("in/f", b"f")
    store.make_dir("out")
    store.rename("in/f", store, "out/f")
    store.remove_dir("in")
    store.sync([""])
    disk.crash()
    assert [item.rel for item in store.walk().items] == ["out", "out/f"]


def test_a_full_disk_says_so_and_changes_nothing() -> None:
    disk = MemoryDisk(room=10)
    store = MemoryStore(Root("s", "/s"), disk)
    store.put("f", b"1234567")
    with pytest.raises(OSError, match="No space"):
        store.copy_to("f", store, "g")
    assert store.names("") == {"f"}
    store.remove("f")
    assert store.write_to(b"0123456789", "h").size == 10


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.data())
def test_renames_never_lose_content_whatever_a_power_loss_keeps(data: st.DataObject) -> None:
    disk = MemoryDisk()
    store = MemoryStore(Root("s", "/s"), disk)
    for name in "abc":
        store.put(f"in/{name}", name.encode())
    folders = ["in"]
    where = {name: f"in/{name}" for name in "abc"}
    for step in range(data.draw(st.integers(1, 8))):
        if data.draw(st.booleans()):
            folder = f"{data.draw(st.sampled_from(folders))}/d{step}"
            store.make_dir(folder)
            folders.append(folder)
        name = data.draw(st.sampled_from("abc"))
        target = f"{data.draw(st.sampled_from(folders))}/{name}{step}"
        store.rename(where[name], store, target)
        where[name] = target
        if data.draw(st.booleans()):
            store.sync([data.draw(st.sampled_from(folders))])
    disk.crash(lambda count: data.draw(st.sets(st.integers(0, count - 1))) if count else set())
    left = sorted(store.content(item.rel) for item in store.walk().items if item.kind == "file")
    assert left == [b"a", b"b", b"c"]
