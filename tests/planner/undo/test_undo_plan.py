"""Undo: any run can be taken back as an ordinary plan, or every reason why not is named."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.undo.later_runs import later_touching
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.locations import encode_path
from reshelve.schemas.operations import Move, Write
from reshelve.schemas.plan import Plan, PlanRoot
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_record import Made, Run
from tests.crash.every_kind import every_kind
from tests.support.plans import clock
from tests.support.undodesk import UndoDesk, age, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        yield one


def refused(desk: UndoDesk, run: Run, **rest: object) -> list[tuple[str, str]]:
    with pytest.raises(ReshelveError) as caught:
        desk.plan_undo(run, **rest)
    assert caught.value.kind == "error"
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_every_kind_is_taken_back_and_done_again(desk: UndoDesk) -> None:
    before = desk.trees()
    run = desk.apply(every_kind(desk.stores))
    after = desk.trees()
    undo = desk.undo(run)
    assert desk.unlike(before) == []
    assert (undo.plan.command, undo.plan.of, undo.plan.whole) == ("undo", run.id, True)
    redo = desk.undo(undo, command="redo")
    assert desk.unlike(after) == []
    assert redo.plan.of == undo.id
    # The first run stands again, its files under other inodes and in another trash: it can be undone once more.
    desk.undo(run)
    assert desk.unlike(before) == []


def test_an_undone_run_says_so(desk: UndoDesk) -> None:
    run = desk.apply(every_kind(desk.stores))
    desk.undo(run)
    assert refused(desk, run) == [("already-undone", run.id)]


def test_needs_name_what_must_come_first(desk: UndoDesk) -> None:
    plan = desk.plan_undo(desk.apply(every_kind(desk.stores)))
    made: set[str] = set()
    for index, operation in enumerate(plan.operations):
        assert all(need < index for need in operation.needs)
        if operation.op == "mkdir":
            made.add(operation.dst)
        elif operation.op == "move" and operation.dst.startswith("inbox:far/"):
            assert plan.operations[operation.needs[0]].op == "mkdir"
    assert made == {"inbox:far"}
    for operation in plan.operations:
        if operation.op == "rmdir" and operation.src == "shelf:Show":
            assert [plan.operations[need].frees for need in operation.needs] == ["shelf:Show/Season 01"]


def test_a_stopped_run_is_undone_as_far_as_it_went(desk: UndoDesk) -> None:
    before = desk.trees()
    p = desk.planning
    run = desk.do(p.mkdir("shelf:Show"), p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)))
    run.plan.operations.append(p.move("inbox:a/two.mkv", "shelf:Show/two.mkv", needs=(0,)))
    run.outcome = "stopped"
    desk.apply(make_undo(run, [], desk.stores, base=desk.state.base(), workspace="desk"))
    assert desk.unlike(before) == []


def test_an_exchange_between_file_systems_comes_back(desk: UndoDesk) -> None:
    p, across = desk.planning, desk.two_disks
    (desk.attic / "y").write_text("from the attic")
    before = desk.trees()
    run = desk.do(
        p.move("attic:y", "attic:.reshelve-swap-0"),
        p.move("inbox:a/one.mkv", "attic:y", across=across, needs=(0,)),
        p.move("attic:.reshelve-swap-0", "inbox:a/one.mkv", "attic:y", across=across, needs=(1,)),
    )
    assert (desk.inbox / "a/one.mkv").read_text() == "from the attic"
    undo = desk.undo(run)
    assert desk.unlike(before) == []
    desk.undo(undo, command="redo")
    assert (desk.inbox / "a/one.mkv").read_text() == "from the attic"
    desk.undo(run)
    assert desk.unlike(before) == []


def test_how_it_changed_is_said_in_words_that_differ(desk: UndoDesk) -> None:
    (desk.inbox / "a/one.mkv").write_text("x" * 1024)
    os.utime(desk.inbox / "a/one.mkv", ns=(0, 1_450_000_000_000_000_000))
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    moved = desk.shelf / "one.mkv"
    told = []
    for change in ("x" * 1025, "y" * 1024):
        moved.write_text(change)
        os.utime(moved, ns=(0, 1_500_000_000_000_000_000))
        with pytest.raises(ReshelveError) as caught:
            desk.plan_undo(run)
        told += [problem.detail for problem in caught.value.problems]
    assert told == [
        "shelf:one.mkv was 1,024 B when this run left it, and is 1,025 B now.",
        "shelf:one.mkv was modified 2015-12-13 09:46:40 UTC when this run left it, and is modified 2017-07-14 02:40:00 UTC now.",
    ]


def test_what_changed_since_is_named_whole(desk: UndoDesk) -> None:
    run = desk.apply(every_kind(desk.stores))
    (desk.shelf / "Show/Season 01/one.mkv").write_text("changed by hand")
    (desk.shelf / "config.json").unlink()
    (desk.inbox / "old/render.mp4").write_text("another")
    assert refused(desk, run) == [
        ("in-the-way", "inbox:old/render.mp4"),
        ("changed", "shelf:Show/Season 01/one.mkv"),
        ("gone", "shelf:config.json"),
    ]


def test_partial_leaves_those_out_with_what_depends_on_them(desk: UndoDesk) -> None:
    run = desk.apply(every_kind(desk.stores))
    moved = desk.inbox / "a/one.mkv"  # the second of a chain: while it stays, the first has no place to go back to
    moved.write_text("changed by hand")
    plan = desk.plan_undo(run, partial=True)
    assert [(blocked.target, blocked.source, blocked.code) for blocked in plan.blocked] == [
        ("inbox:a/two.mkv", "inbox:a/one.mkv", "changed"),
        ("inbox:a/one.mkv", "shelf:Show/Season 01/one.mkv", "depends"),
    ]
    assert not plan.whole
    undo = desk.apply(plan)
    assert moved.read_text() == "changed by hand"
    assert (desk.shelf / "Show/Season 01/one.mkv").read_text() == "one"
    assert (desk.inbox / "a/one.srt").exists()
    assert "inbox:a" not in {folder.place for folder in undo.plan.folder_times}
    # The rest can be taken back when it has made way.
    moved.rename(desk.inbox / "elsewhere")
    rest = desk.plan_undo(run, partial=True)
    assert [operation.frees for operation in rest.operations if operation.op == "move"] == ["shelf:Show/Season 01/one.mkv"]


def test_a_later_run_in_the_way_is_named(desk: UndoDesk) -> None:
    p = desk.planning
    first = desk.do(p.move("inbox:a/one.mkv", "shelf:one.mkv"), p.move("inbox:a/one.srt", "shelf:one.srt"))
    second = desk.do(p.move("shelf:one.mkv", "shelf:two.mkv"))
    third = desk.do(p.move("shelf:two.mkv", "shelf:three.mkv"))
    unrelated = desk.do(p.move("inbox:copy/me.txt", "inbox:copy/you.txt"))
    with pytest.raises(ReshelveError) as caught:
        desk.plan_undo(first)
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("gone", "shelf:one.mkv")
    assert f"Run {second.id}" in problem.detail
    assert problem.hint == f"reshelve undo {second.id}, or reshelve undo {first.id} --through"
    assert later_touching(first, desk.later(first)) == [third.id, second.id]
    assert later_touching(third, [unrelated]) == []
    before = desk.trees()
    undone = desk.undo(third)
    assert later_touching(first, desk.later(first)) == [second.id]
    desk.undo(undone)
    assert later_touching(first, desk.later(first)) == [third.id, second.id]
    assert [line for line in desk.unlike(before) if "reshelve" not in line and "Standing" not in line] == []
    for one in (third, second, first):
        desk.undo(one)
    assert (desk.inbox / "a/one.mkv").read_text() == "one"


def test_only_takes_back_what_is_named_and_the_folders_it_needs(desk: UndoDesk) -> None:
    before = desk.trees()
    run = desk.apply(every_kind(desk.stores))
    plan = desk.plan_undo(run, only=("*/small.mkv", "shelf:Show/*.srt"))
    assert [(operation.op, operation.makes or operation.frees) for operation in plan.operations] == [
        ("mkdir", "inbox:far"),
        ("move", "inbox:far/small.mkv"),
        ("move", "inbox:a/one.srt"),
    ]
    assert not plan.whole
    desk.apply(plan)
    desk.undo(run)
    assert [line for line in desk.unlike(before) if "Standing(kind='dir'" not in line] == []


def test_a_pattern_that_names_nothing_of_the_run_is_told(desk: UndoDesk) -> None:
    run = desk.apply(every_kind(desk.stores))
    plan = desk.plan_undo(run, only=("*/smal.mkv", "shelf:Show/*.srt"))
    assert [(problem.code, problem.path, problem.severity) for problem in plan.problems] == [
        ("filter-unmatched", "*/smal.mkv", "warning")
    ]
    assert not plan.whole and [operation.op for operation in plan.operations] == ["move"]


def test_a_made_folder_that_holds_other_things_stays(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(
        p.mkdir("shelf:Show"), p.mkdir("shelf:Show/S1", needs=(0,)), p.move("inbox:a/one.mkv", "shelf:Show/S1/one.mkv", needs=(1,))
    )
    (desk.shelf / "Show/S1/mine.txt").write_text("mine")
    plan = desk.plan_undo(run)
    notes = [(problem.code, problem.path, problem.severity) for problem in plan.problems]
    assert notes == [("folder-kept", "shelf:Show/S1", "note")]
    assert [operation.op for operation in plan.operations] == ["move"]
    assert plan.whole
    assert "shelf:" not in {folder.place for folder in plan.folder_times}
    desk.apply(plan)
    assert (desk.shelf / "Show/S1/mine.txt").exists()


def test_a_folder_gone_since_is_made_again(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(p.move("inbox:copy/me.txt", "shelf:me.txt"))
    (desk.inbox / "copy").rmdir()
    plan = desk.plan_undo(run)
    assert [(operation.op, operation.needs) for operation in plan.operations] == [("mkdir", ()), ("move", (0,))]
    desk.apply(plan)
    assert (desk.inbox / "copy/me.txt").exists()
    again = desk.do(p.move("inbox:copy/me.txt", "shelf:me.txt"))
    (desk.inbox / "copy").rmdir()
    (desk.inbox / "copy").symlink_to(desk.attic)
    assert refused(desk, again) == [("in-the-way", "inbox:copy")]


def test_folder_times_come_back_unless_someone_else_touched_the_folder(desk: UndoDesk) -> None:
    p = desk.planning
    age(desk.shelf)
    was = desk.shelf.stat().st_mtime_ns
    first = desk.do(p.move("inbox:a/one.mkv", "shelf:one.mkv"))
    desk.undo(first)
    assert desk.shelf.stat().st_mtime_ns == was
    second = desk.do(p.move("inbox:a/two.mkv", "shelf:two.mkv"))
    (desk.shelf / "mine.txt").write_text("mine")
    desk.undo(second)
    assert desk.shelf.stat().st_mtime_ns != was


def test_trash_that_was_emptied_is_gone_for_good(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(p.trash("inbox:old/render.mp4"), p.trash("inbox:old/keep.mp4"))
    there = f"inbox:.reshelve-trash/{run.id}/old/render.mp4"
    purge = desk.do(p.purge(there), command="trash empty")
    assert refused(desk, run) == [("gone-for-good", there)]
    assert refused(desk, purge) == [("gone-for-good", there)]
    plan = desk.plan_undo(run, partial=True)
    assert [blocked.source or blocked.target for blocked in plan.blocked] == ["inbox:old/render.mp4"]
    assert [operation.makes for operation in plan.operations] == ["inbox:old/keep.mp4"]


def test_links_are_known_by_what_they_are(desk: UndoDesk) -> None:
    p = desk.planning
    run = desk.do(
        p.link("inbox:link/me.txt", "shelf:hard.txt"), p.link("inbox:link/me.txt", "shelf:soft.txt", how="symbolic", text="../x")
    )
    (desk.shelf / "hard.txt").write_text("written through the other name")
    assert [operation.op for operation in desk.plan_undo(run).operations] == ["trash", "trash"]
    (desk.shelf / "soft.txt").unlink()
    (desk.shelf / "soft.txt").symlink_to("../y")
    (desk.shelf / "hard.txt").unlink()
    (desk.shelf / "hard.txt").write_text("another file")
    assert refused(desk, run) == [("changed", "shelf:hard.txt"), ("changed", "shelf:soft.txt")]


def test_a_root_that_is_away_or_another_is_refused(desk: UndoDesk) -> None:
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"), Write("inbox:note", "x"))
    readers = dict(desk.stores)
    shelf = readers.pop("shelf")

    def undo(**rest: bool) -> Plan:
        return make_undo(run, [], readers, base="", workspace="desk", **rest)

    with pytest.raises(ReshelveError, match="no longer has this store"):
        undo()
    plan = undo(partial=True)
    assert [operation.op for operation in plan.operations] == ["trash"]
    assert [blocked.code for blocked in plan.blocked] == ["store-unavailable"]
    root = shelf.root
    another, moved = Root("shelf", root.path, fs="other"), Root("shelf", "/x", fs=root.fs)
    for other, code in ((another, "other-file-system"), (moved, "store-moved")):
        store = type(shelf)(other)
        readers["shelf"] = store
        with pytest.raises(ReshelveError) as caught:
            undo(partial=True)
        assert [problem.code for problem in caught.value.problems] == [code]


def test_an_unsettled_run_must_be_recovered_first(desk: UndoDesk) -> None:
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    run.outcome = "unsettled"
    with pytest.raises(ReshelveError) as caught:
        make_undo(run, [], desk.stores, base="", workspace="desk")
    assert caught.value.kind == "unsettled"


def test_what_could_not_be_told_is_left_and_said(desk: UndoDesk) -> None:
    run = desk.do(desk.planning.move("inbox:a/one.mkv", "shelf:one.mkv"))
    run.done, run.unsure = set(), {0}
    plan = make_undo(run, [], desk.stores, base="", workspace="desk")
    assert [(problem.code, problem.severity) for problem in plan.problems] == [("unsure", "note")]
    assert not plan.operations


def test_names_that_are_not_text_come_back(desk: UndoDesk) -> None:
    name = os.fsdecode(b"caf\xe9\n.mkv")
    (desk.inbox / name).write_text("odd")
    before = desk.trees()
    run = desk.do(desk.planning.move("inbox%:caf%E9%0A.mkv", "shelf%:caf%E9%0A.mkv"))
    desk.undo(run)
    assert desk.unlike(before) == []


def test_coming_back_across_needs_room() -> None:
    near, far = MemoryDisk("near", room=10), MemoryDisk("far")
    inbox, attic = (
        MemoryStore(Root("inbox", "/inbox", fs="near", reserve=4), near),
        MemoryStore(Root("attic", "/attic", fs="far"), far),
    )
    item = attic.put("big", b"x" * 100)
    roots = {store.root.key: PlanRoot(encode_path(store.root.path), store.root.fs) for store in (inbox, attic)}
    move = Move("inbox:big", "attic:big", item.size, item.mtime_ns, 7, across=True)
    run = Run("0" * 12, Plan(roots=roots, operations=[move]), "done", "rollback", "", done={0})
    run.made[0] = Made(0, item.ino, item.size, item.mtime_ns)
    plan = make_undo(run, [], {"inbox": inbox, "attic": attic}, base="", workspace="")
    assert [problem.code for problem in plan.problems] == ["no-room"]
    assert plan.problems[0].detail == "The undo needs 100 B, and 6 B are free (10 B less the reserve of 4 B)."
    assert [(need.fs, need.needs, need.files) for need in plan.space] == [("near", 100, 1)]
    assert [operation.op == "move" and operation.across for operation in plan.operations] == [True]


def test_the_owner_of_a_removed_folder_comes_back(tmp_path: Path) -> None:
    disk = MemoryDisk("disk")
    stores = {key: MemoryStore(Root(key, f"/{key}", fs="disk"), disk) for key in ("inbox", "shelf")}
    stores["inbox"].put("pack/film.mkv", b"film")
    stores["inbox"].set_owner("pack", 1234, 5678)
    state = State(tmp_path)
    layout = Layout(files={"shelf:film.mkv": Entry(source="inbox:pack/film.mkv")}, tidy={"inbox": []})
    run = state.run(apply(make_plan(layout, stores, PlanRequest()), stores, state, now=clock).run)
    assert stores["inbox"].names("") == set()
    apply(make_undo(run, [], stores, base=state.base(), workspace=""), stores, state, now=clock)
    assert stores["inbox"].owner("pack") == (1234, 5678)
