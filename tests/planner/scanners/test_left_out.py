"""Selecting: what a scan leaves where it is."""

import pytest

from reshelve.planner.scanners.left_out import Globs, roots_inside, select
from reshelve.schemas.inventory import Root
from tests.support.readers import NOW_NS, File, Link, Special, Thing, TreeReader


def chosen(tree: dict[str, Thing], *exclude: str, **given: object) -> list[str]:
    return [item.rel for item in select(TreeReader("inbox", tree).walk().items, exclude=Globs(exclude), **given).items]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.txt", ["Sub/Cache/x.mkv", "Sub/a.mkv", "cache.mkv"]),
        ("cache*", ["Sub/a.mkv", "Sub/b.TXT"]),
        ("cache/", ["Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("Sub", ["cache.mkv"]),
        ("*/Cache/*", ["Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("*/Sub/*.mkv", ["Sub/b.TXT", "cache.mkv"]),
        ("/cache.mkv", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT"]),
        ("/a.mkv", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("Sub/a.*", ["Sub/Cache/x.mkv", "Sub/b.TXT", "cache.mkv"]),
        ("[sc]ache.mk?", ["Sub/Cache/x.mkv", "Sub/a.mkv", "Sub/b.TXT"]),
    ],
)
def test_exclude(pattern: str, left: list[str]) -> None:
    tree: dict[str, Thing] = {"Sub/a.mkv": "1", "Sub/b.TXT": "2", "Sub/Cache/x.mkv": "3", "cache.mkv": "4"}
    assert chosen(tree, pattern) == left


def test_an_excluded_folder_is_not_entered_though_other_names_sort_between() -> None:
    tree: dict[str, Thing] = {"a/x/y.mkv": "1", "a b/z.mkv": "2", "a!/z.mkv": "3", "ab.mkv": "4"}
    assert chosen(tree, "a") == ["a b/z.mkv", "a!/z.mkv", "ab.mkv"]


def test_reshelves_own_things_are_never_filed() -> None:
    tree: dict[str, Thing] = {
        ".reshelve/runs/1/plan.json": "1",
        ".reshelve-trash/1/old.mkv": "1",
        "a/.reshelve-tmp-1": "1",
        ".reshelve.lock": "1",
        "reshelve.yaml": "1",
        "reshelve.local.yaml": "1",
        "layout.yaml": "1",
        "other/layout.yaml": "a film's",
    }
    assert chosen(tree) == ["other/layout.yaml"]


def test_links_and_special_files_are_counted_and_left() -> None:
    found = select(TreeReader("inbox", {"l": Link("/etc"), "s": Special(), "f": "1"}).walk().items, exclude=Globs([]))
    assert [item.rel for item in found.items] == ["f"]
    assert found.counts == {"links": 1, "special_files": 1}


def test_unfinished_downloads_are_left() -> None:
    assert chosen({"a.mkv.part": "1", "b.mkv.!qB": "1", "c.CRDOWNLOAD": "1", "d.mkv": "1", "d.mkv.aria2": "", "e.mkv": "1"}) == [
        "e.mkv"
    ]


def test_roots_of_other_stores_inside_this_one_are_not_entered() -> None:
    assert chosen({"Movies/a.mkv": "1", "Movies2/b.mkv": "2"}, inside={"Movies"}) == ["Movies2/b.mkv"]


def test_which_roots_lie_inside() -> None:
    others = [Root("inbox", "/a"), Root("in", "/a/b/c"), Root("beside", "/ab"), Root("above", "/"), Root("same", "/a")]
    assert roots_inside(Root("inbox", "/a"), others) == {"b/c"}
    assert roots_inside(Root("top", "/"), [Root("in", "/a/b")]) == {"a/b"}


DAY = 86400 * 10**9


@pytest.mark.parametrize(
    ("file", "young"),
    [
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS - DAY), False),
        (File(mtime_ns=NOW_NS - 10**9, ctime_ns=NOW_NS - DAY), True),
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS - 10**9), True),
        (File(mtime_ns=NOW_NS + 400 * DAY, ctime_ns=NOW_NS - DAY), False),
        (File(mtime_ns=NOW_NS - DAY, ctime_ns=NOW_NS + 10**9), True),
    ],
)
def test_settle(file: File, young: bool) -> None:
    items = TreeReader("inbox", {"a": file}).walk().items
    assert select(items, exclude=Globs([]), settle_s=300, now_ns=NOW_NS).young == ({"a"} if young else set())
    assert select(items, exclude=Globs([]), now_ns=NOW_NS).young == set()


def test_what_was_told_to_be_left() -> None:
    items = TreeReader("inbox", {"a.iso": "1", "dir/b.iso": "2", "c.iso": "3"}).walk().items
    found = select(items, exclude=Globs([]), leave={"a.iso", "dir"})
    assert found.left == {"a.iso"}
    assert [item.rel for item in found.items] == ["a.iso", "c.iso"]


def test_names_that_are_not_text_are_items_like_any_other() -> None:
    assert chosen({"caf\udce9\n.mkv": "1"}, "*.srt") == ["caf\udce9\n.mkv"]
