"""Reading from a saved inventory: what was seen, and nothing more."""

from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.observing.observe import observe
from reshelve.planner.observing.saved_inventory import InventoryReader, NotObserved, readers_from
from reshelve.schemas.inventory import Inventory, Item, Listing, Root
from tests.support.plans import local
from tests.support.readers import Link, TreeReader, readers

TREE = {"a/b.mkv": b"content", "a/c/": None, "d": b"", "l": Link("a")}


def reader() -> InventoryReader:
    return InventoryReader(observe(readers(TreeReader("inbox", TREE)), 1).listings["inbox"])


def test_it_answers_as_the_store_did(tmp_path: Path) -> None:
    (tmp_path / "a/c").mkdir(parents=True)
    (tmp_path / "a/b.mkv").write_text("content")
    (tmp_path / "l").symlink_to("a")
    store: LocalStore = local("inbox", tmp_path)
    saved = readers_from(observe({"inbox": store}, 1))["inbox"]
    for rel in ("a", "a/b.mkv", "a/c", "l", "nothing", "a/b.mkv/below", "l/b.mkv"):
        assert saved.stat(rel) == store.stat(rel)
        assert saved.names(rel) == store.names(rel)
    for rel in ("", "a", "a/c", "a/new/folder"):
        assert saved.names(rel) == store.names(rel)
        assert saved.fs_of(rel) == store.fs_of(rel)
        assert [item.rel for item in saved.walk(rel).items] == [item.rel for item in store.walk(rel).items]
    assert saved.folds() == store.folds()
    assert saved.space().total == store.space().total


def test_content_and_what_links_hold_were_not_observed() -> None:
    for ask in (reader().digest, reader().read_link):
        with pytest.raises(NotObserved) as caught:
            ask("a/b.mkv")
        assert isinstance(caught.value, OSError)


def test_below_an_unreadable_folder_nothing_is_told() -> None:
    listing = Listing(Root("inbox", "/x", fs="f"), [Item("a", "dir", 0, 0, 0, 2, 1, 0o755, "f")], {"a": "Permission denied"})
    saved = InventoryReader(listing)
    assert saved.stat("a") is not None
    assert saved.stat("b") is None
    for look in (saved.names, lambda rel: saved.stat(f"{rel}/x"), lambda rel: saved.stat(f"{rel}/x/y")):
        with pytest.raises(NotObserved):
            look("a")


def test_a_root_that_is_away_tells_nothing() -> None:
    saved = InventoryReader(Listing(Root("inbox", "/x", available=False, why="unplugged")))
    for look in (saved.stat, saved.names, saved.walk, saved.fs_of, saved.space):
        with pytest.raises(NotObserved, match="unplugged"):
            look("")


def test_the_topmost_folder_of_a_file_system_inside_is_known() -> None:
    def folder(rel: str, fs: str) -> Item:
        return Item(rel, "dir", 0, 0, 0, 2, 1, 0o755, fs)

    items = [folder("m", "f"), folder("m/disk", "g"), folder("m/disk/a", "g"), folder("z", "f")]
    saved = InventoryReader(Listing(Root("inbox", "/x", fs="f"), items))
    assert saved.fs_of("m/disk/a/new") == ("g", "m/disk")
    assert saved.fs_of("m/disk") == ("g", "m/disk")
    assert saved.fs_of("m") == ("f", "")
    with pytest.raises(NotObserved):
        saved.space()


def test_names_are_the_caller_s_to_change() -> None:
    saved = readers_from(Inventory(1, {"inbox": Listing(Root("inbox", "/x"), [Item("a", "file", 0, 0, 0, 2, 1, 0, "")])}))["inbox"]
    names = saved.names("")
    assert names == {"a"}
    names.clear()
    assert saved.names("") == {"a"}
