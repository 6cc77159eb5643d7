"""Planning archives: what is packed and unpacked, what goes after, what stands already, and what is refused."""

from typing import Any

import pytest

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.observing.observe import observe
from reshelve.planner.observing.saved_inventory import readers_from
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.operations import Pack, Unpack
from reshelve.schemas.plan import Plan
from reshelve.schemas.undone import Undone
from tests.support.plandesk import Desk, codes, lines, problems

FOLDER = ("/in/b40/Raw/a.mov=film", "/in/b40/notes=text", "/in/b40/empty/")


def pack(transfer: Any = "copy", form: Any = "tar.gz", source: str = "in:b40/", **rest: Any) -> Entry:
    return Entry(source=source, pack=form, transfer=transfer, **rest)


def again(desk: Desk, files: dict[str, Any]) -> Plan:
    """Do the plan of a layout, and plan again."""
    desk.do(desk.plan(files))
    return desk.plan(files)


def test_a_copy_leaves_the_folder_and_is_then_settled() -> None:
    desk = Desk(*FOLDER)
    files = {"ext:arch/b40.tar.gz": pack()}
    plan = desk.plan(files)
    assert lines(plan) == ["make folder ext:arch", "pack in:b40 into ext:arch/b40.tar.gz"]
    made = plan.operations[1]
    assert isinstance(made, Pack)
    assert [(each.rel, each.kind, each.size) for each in made.members if each.kind != "dir"] == [
        ("Raw/a.mov", "file", 4), ("notes", "file", 4),
    ]  # fmt: skip
    assert [each.rel for each in made.members if each.kind == "dir"] == ["", "Raw", "empty"]
    assert (made.size, made.format, made.upload) == (8, "tar.gz", False)
    assert [(need.root, need.needs, need.files) for need in plan.space] == [("ext", 8, 2)]
    assert desk.plan(files).id == plan.id
    done = again(desk, files)
    assert (done.operations, done.settled) == ([], 1)


def test_a_move_lets_every_file_go_once_it_is_packed() -> None:
    desk = Desk(*FOLDER)
    files = {"ext:b40.zip": pack("move", "zip")}
    plan = desk.plan(files)
    assert lines(plan) == [
        "pack in:b40 into ext:b40.zip", "trash in:b40/Raw/a.mov", "trash in:b40/notes", "remove empty folder in:b40/Raw",
        "remove empty folder in:b40/empty", "remove empty folder in:b40",
    ]  # fmt: skip
    assert [operation.needs for operation in plan.operations] == [(), (0,), (0,), (0, 1), (0,), (0, 2, 3, 4)]
    done = again(desk, files)
    assert (done.operations, done.settled, done.problems) == ([], 1, [])
    assert desk.disk.files() == sorted([desk.disk.nodes["/ext/b40.zip"].content, "film", "text"])


def test_a_folder_that_changed_since_is_another() -> None:
    desk = Desk(*FOLDER)
    files = {"ext:b40.zip": pack(form="zip")}
    desk.do(desk.plan(files))
    desk.disk.add("/in/b40/late", "late")
    assert codes(desk.plan(files)) == {"ext:b40.zip": "archive-differs"}
    replacing = {"ext:b40.zip": pack(form="zip", on_conflict="replace")}
    assert lines(desk.plan(replacing)) == ["trash ext:b40.zip", "pack in:b40 into ext:b40.zip"]
    assert again(desk, replacing).operations == []


def test_a_file_that_is_no_archive_of_it_is_in_the_way() -> None:
    desk = Desk(*FOLDER, "/ext/b40.zip=something else", "/ext/dir.zip/x")
    desk.disk.archives.clear()
    plan = desk.plan({"ext:b40.zip": pack(), "ext:dir.zip": pack()})
    assert plan.operations == []
    assert codes(plan)["ext:dir.zip"] == "target-taken"


def test_only_an_archive_that_holds_everything_lets_the_folder_go() -> None:
    """It was packed before; now the folder is to go. The archive is read through first."""
    desk = Desk(*FOLDER)
    desk.do(desk.plan({"ext:b40.zip": pack()}))
    going = {"ext:b40.zip": pack("move")}
    assert lines(desk.plan(going))[:2] == ["trash in:b40/Raw/a.mov", "trash in:b40/notes"]
    assert desk.disk.asked["archived"] == 1
    (record, held) = next(iter(desk.disk.archives.items()))
    desk.disk.archives[record] = [(member, "xxh3:rotten" if member.rel == "notes" else content) for member, content in held]
    plan = desk.plan(going)
    assert (lines(plan), codes(plan)) == ([], {"ext:b40.zip": "archive-damaged"})
    assert "in:b40/notes" in plan.blocked[0].detail
    desk.disk.archives[record] = held
    assert again(desk, going).operations == []


def test_an_archive_is_a_copy_of_a_folder_only_when_it_is_read_through() -> None:
    """As a thing that should be gone names it among its `copies`."""
    desk = Desk(*FOLDER)
    files = {"ext:b40.zip": pack()}
    desk.do(desk.plan(files))
    gone = [Absent("in:b40/Raw/a.mov", copies=["ext:b40.zip"]), Absent("in:b40/notes", copies=["ext:b40.zip"])]
    assert lines(desk.plan(files, absent=gone)) == ["trash in:b40/Raw/a.mov", "trash in:b40/notes"]
    assert desk.disk.asked["archived"] == 1
    (record, held) = next(iter(desk.disk.archives.items()))
    desk.disk.archives[record] = [(member, "xxh3:rotten" if member.rel == "notes" else content) for member, content in held]
    plan = desk.plan(files, absent=gone)
    assert (lines(plan), {blocked.code for blocked in plan.blocked}) == ([], {"copy-missing"})
    assert "does not hold in:b40/notes as it is" in plan.blocked[0].detail


def test_a_folder_that_is_gone_is_in_its_archive_or_lost() -> None:
    plan = Desk("/ext/b40.zip=whatever").plan({"ext:b40.zip": pack(), "ext:b41.zip": pack(source="in:b41/")})
    assert (plan.operations, plan.settled) == ([], 1)
    assert problems(plan) == [("warning", "lost", "ext:b41.zip")]


def test_what_takes_a_file_out_waits_until_it_is_packed() -> None:
    desk = Desk(*FOLDER)
    copy = Entry(source="in:b40/notes", transfer="copy")
    plan = desk.plan({"ext:b40.zip": pack(), "lib:a.mov": "in:b40/Raw/a.mov", "lib:copy": copy})
    assert lines(plan) == ["pack in:b40 into ext:b40.zip", "copy in:b40/notes to lib:copy", "move in:b40/Raw/a.mov to lib:a.mov"]
    assert plan.operations[2].needs == (0,)
    desk.do(plan)


@pytest.mark.parametrize("transfer", ["move", "copy"])
@pytest.mark.parametrize("folding", [False, True])
def test_an_archive_never_takes_the_name_of_what_it_is_made_of(transfer: Any, folding: bool) -> None:
    desk = Desk(*FOLDER, "/in/empty/")
    desk.disk.folding = {"main"} if folding else set()
    name = "in:B40" if folding else "in:b40"
    plan = desk.plan({name: pack(transfer, "zip"), "in:empty": pack(transfer, source="in:empty/")})
    assert (lines(plan), codes(plan)) == ([], {name: "into-itself", "in:empty": "into-itself"})
    plan = Desk("/in/b40.zip=x").plan({"in:b40.zip/": Entry(unpack="in:b40.zip", transfer=transfer)})
    assert (lines(plan), codes(plan)) == ([], {"in:b40.zip": "into-itself"})


def test_what_moves_elsewhere_need_not_go_to_the_trash() -> None:
    desk = Desk(*FOLDER)
    for target in ("lib:a.mov", "ext:a.mov"):
        plan = desk.plan({"ext:b40.zip": pack("move"), target: "in:b40/Raw/a.mov"})
        assert lines(plan)[0] == "pack in:b40 into ext:b40.zip"
        assert "trash in:b40/Raw/a.mov" not in lines(plan)
        assert lines(plan)[-1] == "remove empty folder in:b40"
    desk.do(plan)


def test_nothing_comes_into_a_folder_that_is_packed() -> None:
    plan = Desk(*FOLDER, "/lib/x").plan({"ext:b40.zip": pack("move"), "in:b40/new/x": "lib:x"})
    assert lines(plan) == ["make folder in:b40/new", "move lib:x to in:b40/new/x"]
    assert codes(plan) == {"ext:b40.zip": "folder-changes"}
    plan = Desk(*FOLDER).plan({"in:b40/b40.zip": pack()})
    assert (lines(plan), codes(plan)) == ([], {"in:b40/b40.zip": "into-itself"})
    plan = Desk(*FOLDER).plan({"ext:b40.zip": pack()}, dirs=["in:b40/more"])
    assert codes(plan) == {"ext:b40.zip": "folder-changes"}


def test_what_no_archive_brings_back_is_not_packed() -> None:
    odd = (("other", "", "device, socket or pipe"), ("link", "/etc", "is absolute"), ("link", "../x", "leads outside"))
    for kind, content, why in odd:
        desk = Desk(*FOLDER)
        desk.disk.add("/in/b40/odd", content, kind)  # type: ignore[arg-type]
        plan = desk.plan({"ext:b40.zip": pack("move")})
        assert (lines(plan), codes(plan)) == ([], {"ext:b40.zip": "cannot-pack"})
        assert why in plan.blocked[0].detail
        assert "in:b40/odd" in plan.blocked[0].detail
    desk = Desk(*FOLDER)
    desk.disk.add("/in/b40/latest", "Raw/a.mov", "link")
    plan = desk.plan({"ext:b40.zip": pack("move")})
    assert plan.blocked == []
    assert "trash in:b40/latest" in lines(plan)


def test_only_copies_and_moves_make_archives() -> None:
    desk = Desk(*FOLDER, "/in/file")
    plan = desk.plan({"ext:a.zip": pack("symlink"), "ext:b.zip": pack(source="in:file/"), "ext:c.zip/": pack()})
    assert codes(plan) == {"ext:a.zip": "cannot-pack", "ext:b.zip": "not-a-folder", "ext:c.zip/": "bad-location"}


def test_a_bundle_and_its_archive_stand_or_fall_together() -> None:
    desk = Desk(*FOLDER, "/in/list.txt", "/ext/list.txt=another")
    plan = desk.plan({"ext:b40.zip": pack("move"), "ext:list.txt": Entry(source="in:list.txt", beside="ext:b40.zip")})
    assert lines(plan) == []
    assert codes(plan) == {"ext:b40.zip": "bundle", "ext:list.txt": "target-taken"}


def test_what_is_not_available_is_unknown() -> None:
    desk = Desk(*FOLDER)
    desk.about["ext"] = {"available": False, "why": "not mounted"}
    plan = desk.plan({"ext:b40.zip": pack("move")})
    assert (lines(plan), problems(plan)) == ([], [("error", "store-unavailable", "ext")])
    desk = Desk(*FOLDER)
    desk.disk.closed.add("/in/b40/Raw")
    plan = desk.plan({"ext:b40.zip": pack("move")})
    assert (lines(plan), problems(plan)) == ([], [("warning", "unreadable", "in:b40/")])


def test_an_undo_holds_it() -> None:
    held = frozenset({Undone("ext:b40.zip", "in:b40/"), Undone("lib:b40/", "ext:b40.zip")})
    files = {"ext:b40.zip": pack("move"), "lib:b40/": Entry(unpack="ext:b40.zip")}
    plan = Desk(*FOLDER, "/ext/b40.zip").plan(files, PlanRequest(held=held))
    assert (lines(plan), plan.held) == ([], ["ext:b40.zip", "lib:b40/"])


def test_an_archive_is_unpacked_where_nothing_stands() -> None:
    desk = Desk(*FOLDER)
    desk.do(desk.plan({"ext:b40.tar.gz": pack()}))
    files = {"lib:back/b40/": Entry(unpack="ext:b40.tar.gz")}
    plan = desk.plan(files)
    assert lines(plan) == ["make folder lib:back", "unpack ext:b40.tar.gz into lib:back/b40"]
    made = plan.operations[1]
    assert isinstance(made, Unpack)
    assert made.format == "tar.gz"
    assert plan.space[0].needs == max(8, made.size)
    done = again(desk, files)
    assert (done.operations, done.settled) == ([], 1)
    assert desk.disk.nodes["/lib/back/b40/Raw/a.mov"].content == "film"


@pytest.mark.parametrize("left", ["/lib/b40/empty", "/lib/b40/.DS_Store", "/lib/b40/empty/in it/Thumbs.db"])
def test_a_folder_with_no_file_in_it_is_not_what_an_archive_holds(left: str) -> None:
    desk = Desk(*FOLDER)
    desk.do(desk.plan({"ext:b40.zip": pack("move", "zip")}))
    desk.disk.add(left, kind="dir" if left.endswith("empty") else "file")
    plan = desk.plan({"lib:b40/": Entry(unpack="ext:b40.zip")})
    assert (lines(plan), codes(plan), plan.settled) == ([], {"lib:b40": "target-taken"}, 0)
    assert "no file of ext:b40.zip" in plan.blocked[0].detail and "Rename or remove lib:b40" in plan.blocked[0].hint
    desk.disk.add("/lib/b40/Raw/b.mov", "another")
    assert desk.plan({"lib:b40/": Entry(unpack="ext:b40.zip")}).settled == 1


def test_an_archive_of_empty_folders_is_settled_once_it_is_unpacked() -> None:
    desk = Desk("/in/b40/empty/in it/")
    desk.do(desk.plan({"ext:b40.zip": pack("copy", "zip")}))
    files = {"lib:b40/": Entry(unpack="ext:b40.zip")}
    plan = desk.plan(files)
    assert lines(plan) == ["unpack ext:b40.zip into lib:b40"]
    done = again(desk, files)
    assert (done.operations, done.settled) == ([], 1)


def test_an_unpack_that_cannot_be() -> None:
    desk = Desk("/ext/a.rar", "/ext/b.zip", "/ext/dir.zip/x", "/lib/taken")
    files = {
        "lib:a/": Entry(unpack="ext:a.rar"),
        "lib:taken/": Entry(unpack="ext:b.zip"),
        "lib:dir/": Entry(unpack="ext:dir.zip"),
        "lib:gone/": Entry(unpack="ext:gone.zip"),
    }
    plan = desk.plan(files)
    assert lines(plan) == []
    assert codes(plan) == {"lib:a": "not-an-archive", "lib:taken": "target-taken", "lib:dir": "not-an-archive"}
    assert problems(plan) == [("warning", "lost", "lib:gone")]


def test_an_archive_that_is_gone_once_it_is_unpacked_is_no_loss() -> None:
    plan = Desk("/lib/b40/x").plan({"lib:b40/": Entry(unpack="ext:b40.zip")})
    assert (plan.operations, plan.settled, plan.problems) == ([], 1, [])


def test_one_folder_is_not_both_packed_away_and_unpacked() -> None:
    plan = Desk(*FOLDER, "/ext/b40.zip").plan({"lib:b40.zip": pack("move"), "in:b40/": Entry(unpack="ext:b40.zip")})
    assert (lines(plan), codes(plan)) == ([], {"lib:b40.zip": "packed-and-unpacked"})


def test_nothing_is_unpacked_over_what_comes_there() -> None:
    desk = Desk("/ext/b40.zip", "/in/x")
    plan = desk.plan({"lib:b40/": Entry(unpack="ext:b40.zip"), "lib:b40/x": "in:x"})
    assert len(plan.operations) + len(plan.blocked) >= 2
    assert not {"unpack ext:b40.zip into lib:b40", "make folder lib:b40"} <= set(lines(plan))


def test_only_and_exclude_name_folder_or_archive() -> None:
    desk = Desk(*FOLDER, "/ext/old.zip")
    files = {"ext:b40.zip": pack(), "lib:old/": Entry(unpack="ext:old.zip")}
    assert lines(desk.plan(files, PlanRequest(only=("in:b41/*",)))) == []
    assert lines(desk.plan(files, PlanRequest(only=("ext:old.zip",)))) == ["unpack ext:old.zip into lib:old"]
    assert lines(desk.plan(files, PlanRequest(exclude=("ext:old.zip",)))) == ["pack in:b40 into ext:b40.zip"]


def test_archives_are_planned_as_far_as_an_inventory_tells() -> None:
    """An inventory holds neither what links hold nor what archives do: what depends on that is unknown."""
    desk = Desk("/in/b40/a=film", "/in/b41/a", "/in/b41/link", "/ext/b42.zip=b", "/ext/b43.zip", "/in/b43/x")
    desk.disk.nodes["/in/b41/link"].kind = "link"
    files = {
        "ext:b40.zip": Entry(source="in:b40/", pack="zip"),
        "ext:b41.zip": Entry(source="in:b41/", pack="zip"),
        "ext:b43.zip": Entry(source="in:b43/", pack="zip", transfer="copy"),
        "lib:b42/": Entry(unpack="ext:b42.zip"),
    }
    plan = make_plan(Layout(files=files), readers_from(observe(desk.readers, 1)), PlanRequest(against=True))
    assert [operation.describe() for operation in plan.operations if operation.op in ("pack", "unpack")] == [
        "pack in:b40 into ext:b40.zip", "unpack ext:b42.zip into lib:b42",
    ]  # fmt: skip
    assert [(problem.code, problem.path) for problem in plan.problems] == [("unreadable", "ext:b43.zip"), ("unreadable", "in:b41/")]
