"""Observing: everything that is there, and never an empty listing where nothing could be seen."""

from reshelve.planner.observing.observe import observe
from reshelve.planner.ports.store_reader import roots_of
from tests.support.readers import Link, TreeReader, readers


def test_every_root_is_listed_sorted_with_what_its_file_system_is_like() -> None:
    roots = readers(TreeReader("tv", {"b": "2", "a/c": "1", "l": Link("b")}, folds=True), TreeReader("movies"))
    inventory = observe(roots, 7)
    assert inventory.at_ns == 7
    assert list(inventory.listings) == ["movies", "tv"]
    listing = inventory.listings["tv"]
    assert [(item.rel, item.kind) for item in listing.items] == [("a", "dir"), ("a/c", "file"), ("b", "file"), ("l", "link")]
    assert listing.folds and listing.space is not None and not inventory.listings["movies"].folds


def test_a_root_that_is_away_says_so() -> None:
    listing = observe(readers(TreeReader("tv", {"a": "1"}, available=False)), 0).listings["tv"]
    assert listing.items == []
    assert listing.unreadable == {"": "is not mounted"}


def test_a_root_that_cannot_be_read_says_so() -> None:
    class Broken(TreeReader):
        def walk(self, rel: str = "", enter: object = None) -> None:  # type: ignore[override]
            raise OSError(5, "Input/output error")

    assert observe(readers(Broken("tv")), 0).listings["tv"].unreadable == {"": "Input/output error"}


def test_the_roots_of_a_store_come_in_their_order() -> None:
    roots = readers(TreeReader("tv/b", order=1), TreeReader("tv/a", order=2), TreeReader("tvx"), TreeReader("tv/c", order=0))
    assert [each.root.key for each in roots_of(roots, "tv")] == ["tv/c", "tv/b", "tv/a"]
    assert [each.root.key for each in roots_of(roots, "tvx")] == ["tvx"]
