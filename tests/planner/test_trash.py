"""The trash: listed by run, brought back, removed for good."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reshelve.planner.trash import Trashed, TrashedItem, list_trash, make_purge, make_restore
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.support.readers import OLD_NS, Link, TreeReader, readers
from tests.support.undodesk import UndoDesk, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        yield one


def purge(desk: UndoDesk, items: list[TrashedItem], **rest: object) -> Plan:
    return make_purge(Trashed(items, []), desk.stores, now_ns=2 * 10**18, base=desk.state.base(), workspace="desk", **rest)


def restore(desk: UndoDesk, items: list[TrashedItem]) -> Plan:
    return make_restore(items, desk.stores, base=desk.state.base(), workspace="desk")


def frees(plan: Plan) -> list[str]:
    return [operation.frees or "" for operation in plan.operations]


def test_what_runs_trashed_is_listed_and_comes_back(desk: UndoDesk) -> None:
    p = desk.planning
    (desk.inbox / "old/twin.mp4").unlink()
    before = desk.trees()
    run = desk.do(p.trash("inbox:old/render.mp4"), p.trash("inbox:old/keep.mp4"), p.trash("inbox:far/pointer"))
    items = list_trash(desk.stores)
    assert [(item.run, item.original, item.kind) for item in items] == [
        (run.id, "inbox:far/pointer", "link"),
        (run.id, "inbox:old/keep.mp4", "file"),
        (run.id, "inbox:old/render.mp4", "file"),
    ]
    assert [item.size for item in items[1:]] == [7, 8]
    (desk.inbox / "old").rmdir()
    plan = restore(desk, items)
    steps = [(operation.op, operation.needs) for operation in plan.operations]
    assert steps == [("move", ()), ("mkdir", ()), ("move", (1,)), ("move", (1,))]
    assert plan.command == "trash restore"
    restored = desk.apply(plan)
    assert [line for line in desk.unlike(before) if "kind='dir'" not in line] == []
    assert list_trash(desk.stores) == []
    assert not (desk.inbox / ".reshelve-trash").exists()
    # A restore is a run like any other: taken back, its things are in the trash again.
    desk.undo(restored)
    assert [item.original for item in list_trash(desk.stores)] == [item.original for item in items]


def test_a_taken_place_refuses_the_whole_restore(desk: UndoDesk) -> None:
    p = desk.planning
    desk.do(p.trash("inbox:old/render.mp4"), p.trash("inbox:old/keep.mp4"))
    (desk.inbox / "old/keep.mp4").write_text("new")
    with pytest.raises(ReshelveError) as caught:
        restore(desk, list_trash(desk.stores))
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("in-the-way", "inbox:old/keep.mp4")]
    item = list_trash(desk.stores)[1]
    with pytest.raises(ReshelveError, match="taken"):
        restore(desk, [item, item])
    with pytest.raises(ReshelveError, match="changed since it was listed"):
        restore(desk, [replace(item, ino=1)])


def test_emptying_removes_files_then_the_folders_they_leave(desk: UndoDesk) -> None:
    p = desk.planning
    desk.do(p.trash("inbox:old/render.mp4"), p.trash("inbox:a/one.mkv"))
    plan = purge(desk, list_trash(desk.stores))
    assert [operation.op == "purge" and operation.item for operation in plan.operations] == ["file", "file", "dir", "dir", "dir"]
    assert plan.operations[-1].needs == (2, 3)
    assert plan.command == "trash empty"
    desk.apply(plan)
    assert not (desk.inbox / ".reshelve-trash").exists()


def test_emptying_is_narrowed_by_run_and_age(desk: UndoDesk) -> None:
    p = desk.planning
    first = desk.do(p.trash("inbox:old/render.mp4"))
    second = desk.do(p.trash("inbox:old/keep.mp4"))
    items = list_trash(desk.stores)
    ended = {first.id: "2020-01-01T00:00:00Z", second.id: "2033-05-18T03:33:10Z"}
    assert frees(purge(desk, items, run=second.id[:6]))[0].endswith("keep.mp4")
    old = purge(desk, items, older_than=60.0, ended=ended)
    assert frees(old)[0].endswith("render.mp4")
    assert old.operations[0].because == f"trash of run {first.id}"
    assert len(purge(desk, items, older_than=5.0, ended=ended).operations) == 6
    assert not purge(desk, items, older_than=10.0**9, ended=ended).can_apply()


def test_what_was_trashed_while_the_clock_was_wrong_is_not_old(desk: UndoDesk) -> None:
    p = desk.planning
    runs = [desk.do(p.trash("inbox:old/render.mp4")), desk.do(p.trash("inbox:old/keep.mp4"))]
    ended = {runs[0].id: "1970-01-03T00:55:17.000Z", runs[1].id: "2020-01-01T00:00:00Z"}
    plan = purge(desk, list_trash(desk.stores), older_than=60.0, ended=ended)
    assert [place.rpartition("/")[2] for place in frees(plan)[:1]] == ["keep.mp4"]
    assert not any("render.mp4" in place for place in frees(plan))
    assert [(problem.code, problem.path, problem.hint.rpartition(": ")[2]) for problem in plan.problems] == [
        ("wrong-time", runs[0].id, f"reshelve trash empty --run {runs[0].id}")
    ]
    assert any("render.mp4" in place for place in frees(purge(desk, list_trash(desk.stores), run=runs[0].id, ended=ended)))


def test_what_stays_keeps_its_folders() -> None:
    inbox = TreeReader(
        "inbox",
        {
            ".reshelve-trash/aaa/x/one": b"1",
            ".reshelve-trash/aaa/x/two": b"2",
            ".reshelve-trash/aaa/y/three": b"3",
            ".reshelve-trash/bbb/.moved/0": b"set aside",
            ".reshelve-trash/bbb/four": b"4",
            ".reshelve-trash/ccc/pointer": Link("away"),
            "kept": b"",
        },
    )
    items = list_trash(readers(inbox))
    originals = ["inbox:x/one", "inbox:x/two", "inbox:y/three", "inbox:four", "inbox:kept-bbb-0", "inbox:pointer"]
    assert [item.original for item in items] == originals
    assert {item.since_ns for item in items} == {OLD_NS}
    chosen = [item for item in items if item.original not in ("inbox:x/two", "inbox:kept-bbb-0")]
    plan = make_purge(Trashed(chosen, []), readers(inbox), now_ns=0, base="", workspace="")
    assert [operation.frees for operation in plan.operations if operation.op == "purge" and operation.item == "dir"] == [
        "inbox:.reshelve-trash/aaa/y",
        "inbox:.reshelve-trash/ccc",
    ]


def test_trash_on_file_systems_inside_a_root_is_found() -> None:
    class Mounted(TreeReader):
        def walk(self, rel: str = "") -> object:
            listing = super().walk(rel)
            for item in listing.items:
                if item.rel.startswith("disk"):
                    item.fs = "fs-2"
            return listing

    inbox = Mounted("inbox", {"disk/a/b": b"1", "disk/.reshelve-trash/aaa/c": b"2"})
    (item,) = list_trash(readers(inbox))
    assert (item.original, item.place) == ("inbox:disk/c", "inbox:disk/.reshelve-trash/aaa/c")
    assert list_trash(readers(inbox), {}) == []
    assert list_trash(readers(inbox), {"inbox": ["disk"]}) == [item]


class Exact(TreeReader):
    """A root whose inodes, and moments to the nanosecond, are those of others that show the same."""

    def walk(self, rel: str = "") -> object:
        listing = super().walk(rel)
        for item in listing.items:
            item.ctime_ns, item.ino = OLD_NS + 123_456_789, len(item.rel)
        return listing


def test_a_trash_seen_in_two_ways_is_listed_once() -> None:
    tree = {".reshelve-trash/aaa/c": b"2", "kept": b""}
    store, bound, shown = Exact("z", tree, fs="ext4:1"), Exact("y", tree, fs="ext4:1"), Exact("a", tree, fs="fuse.bindfs:2")
    assert [item.place for item in list_trash(readers(store, shown))] == ["z:.reshelve-trash/aaa/c"]
    assert [item.place for item in list_trash(readers(store, bound))] == ["y:.reshelve-trash/aaa/c"]


def test_two_trashes_that_only_look_alike_are_both_listed() -> None:
    tree = {".reshelve-trash/aaa/c": b"2"}
    for one, other in (("vfat:1", "vfat:2"), ("fuse.sshfs:1", "fuse.sshfs:2")):
        assert len(list_trash(readers(TreeReader("a", tree, fs=one), TreeReader("b", tree, fs=other)))) == 2


@pytest.mark.parametrize("what", ["purge", "restore"])
def test_the_folder_that_a_trash_lies_in_keeps_its_time(desk: UndoDesk, what: str) -> None:
    desk.do(desk.planning.trash("inbox:old/render.mp4"))
    os.utime(desk.inbox, ns=(OLD_NS, OLD_NS))
    make = purge if what == "purge" else restore
    desk.apply(make(desk, list_trash(desk.stores)))
    assert not (desk.inbox / ".reshelve-trash").exists()
    assert desk.inbox.stat().st_mtime_ns == OLD_NS


def test_a_folder_that_gets_back_what_lay_in_it_has_the_time_of_that(desk: UndoDesk) -> None:
    (desk.inbox / "alone.mp4").write_text("x")
    desk.do(desk.planning.trash("inbox:alone.mp4"))
    os.utime(desk.inbox, ns=(OLD_NS, OLD_NS))
    plan = restore(desk, list_trash(desk.stores))
    assert plan.folder_times == []
    desk.apply(plan)
    assert desk.inbox.stat().st_mtime_ns > OLD_NS
