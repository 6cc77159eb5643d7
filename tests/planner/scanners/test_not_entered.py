"""Scanning goes into no folder that is left alone for its name, and still tells what stands in it."""

from typing import Any

from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.observing.observe import seen
from reshelve.planner.scanners.left_out import NotEntered
from reshelve.schemas.inventory import Item
from tests.support.readers import TreeReader

TREE: dict[str, Any] = {
    "Film.mkv": "1", "#snapshot/monday/Film.mkv": "1", "Show/@eaDir/x": "2", "Show/.zfs/snapshot/a/y": "3", "Show/e.mkv": "4",
}  # fmt: skip


def test_what_is_left_alone_is_seen_and_not_gone_into() -> None:
    door = NotEntered(lambda name, kind: frozenset())
    listing = seen(TreeReader("tv", TREE), door)
    files = [item.rel for item in listing.items if item.kind == "file"]
    assert files == ["Film.mkv", "Show/e.mkv"]
    assert sorted(door.folders) == ["#snapshot", "Show/.zfs", "Show/@eaDir"]


def test_a_rule_that_names_a_folder_has_it_gone_into() -> None:
    door = NotEntered(lambda name, kind: frozenset({1}) if kind.label == "snapshots" else frozenset())
    files = [item.rel for item in seen(TreeReader("tv", TREE), door).items if item.kind == "file"]
    assert files == ["#snapshot/monday/Film.mkv", "Film.mkv", "Show/.zfs/snapshot/a/y", "Show/e.mkv"]


def test_single_places_in_what_was_passed_by_are_looked_at() -> None:
    reader, door, sight = TreeReader("tv", TREE), NotEntered(lambda name, kind: frozenset()), Sight()
    sight.look("tv", [seen(reader, door)], whole=True)
    sight.passed_by("tv", reader.stat, door.folders)
    assert sight.standing("tv:#snapshot/monday/Film.mkv") == "there"
    assert sight.standing("tv:#snapshot/tuesday/Film.mkv") == "gone"
    assert sight.standing("tv:Film.mkv") == "there"


def test_what_was_passed_by_and_cannot_be_looked_at_is_unknown() -> None:
    def broken(rel: str) -> Item | None:
        raise PermissionError(13, "Permission denied", rel)

    reader, door, sight = TreeReader("tv", TREE), NotEntered(lambda name, kind: frozenset()), Sight()
    sight.look("tv", [seen(reader, door)], whole=True)
    sight.passed_by("tv", broken, door.folders)
    assert sight.standing("tv:#snapshot/monday/Film.mkv") == "unknown"
