"""Every kind of change an entry can come to."""

import pytest

from reshelve.planner.make_plan import PlanRequest
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Entry
from reshelve.schemas.operations import Link, Move
from reshelve.schemas.undone import Undone
from tests.support.plandesk import Desk, codes, lines, problems


def test_a_source_goes_to_its_free_target() -> None:
    plan = Desk("/in/a").plan({"lib:x/b": "in:a"})
    assert lines(plan) == ["make folder lib:x", "move in:a to lib:x/b"]
    assert plan.operations[1].needs == (0,)
    assert plan.roots.keys() == {"in", "lib"}


def test_what_is_in_place_is_settled() -> None:
    plan = Desk("/lib/b").plan({"lib:b": "in:a"})
    assert (plan.operations, plan.settled, plan.blocked, plan.problems) == ([], 1, [], [])


def test_a_second_copy_at_the_source_goes_to_the_trash() -> None:
    plan = Desk("/in/a=same", "/lib/b=same").plan({"lib:b": "in:a"})
    assert lines(plan) == ["trash in:a"]
    assert plan.operations[0].because == "already at lib:b"


def test_another_name_of_the_same_file_stays() -> None:
    desk = Desk("/in/a=same")
    desk.disk.add("/lib/b", "same", ino=desk.disk.nodes["/in/a"].ino)
    plan = desk.plan({"lib:b": "in:a"})
    assert (plan.operations, plan.settled) == ([], 1)


@pytest.mark.parametrize("transfer", ["copy", "hardlink", "reflink"])
def test_a_copy_in_place_is_settled(transfer: str) -> None:
    plan = Desk("/in/a=same", "/lib/b=same").plan({"lib:b": Entry(source="in:a", transfer=transfer)})  # type: ignore[arg-type]
    assert (plan.operations, plan.settled) == ([], 1)


def test_a_source_that_is_gone_is_lost() -> None:
    plan = Desk("/lib/a=12").plan({"lib:b": Entry(source="in:a", size=2), "lib:c": "in:c"})
    assert (plan.operations, plan.blocked) == ([], [])
    assert problems(plan) == [("warning", "lost", "lib:b"), ("warning", "lost", "lib:c")]
    assert plan.problems[0].detail == "in:a is not there, nor is its target. A file of that name and size is at lib:a."


def test_a_source_of_another_size_is_changed_and_stays_with_its_bundle() -> None:
    plan = Desk("/in/a=123", "/in/a.srt").plan(
        {"lib:b": Entry(source="in:a", size=9), "lib:b.srt": Entry(source="in:a.srt", beside="lib:b")}
    )
    assert plan.operations == []
    assert problems(plan) == [("warning", "changed", "lib:b")]
    assert codes(plan) == {"lib:b.srt": "bundle"}


@pytest.mark.parametrize("transfer", ["move", "copy", "hardlink", "symlink"])
def test_a_source_of_another_content_is_changed_and_stays_with_its_bundle(transfer: str) -> None:
    desk = Desk("/in/a=123", "/in/a.srt")
    entry = Entry(source="in:a", size=3, hash="xxh3:123", transfer=transfer)  # type: ignore[arg-type]
    files = {"lib:b": entry, "lib:b.srt": Entry(source="in:a.srt", beside="lib:b")}
    assert len(desk.plan(files).operations) == 2
    desk.disk.nodes["/in/a"].content = "321"
    plan = desk.plan(files)
    assert plan.operations == []
    assert problems(plan) == [("warning", "changed", "lib:b")]
    assert plan.problems[0].hint == "Scan again, or correct `hash`."
    assert codes(plan) == {"lib:b.srt": "bundle"}


def test_a_taken_target_blocks_the_entry_its_bundle_and_who_needs_its_place() -> None:
    plan = Desk("/in/a=1", "/in/a.srt", "/in/x", "/lib/b=2").plan(
        {"lib:b": "in:a", "lib:b.srt": Entry(source="in:a.srt", beside="lib:b"), "in:a": "in:x", "lib:free": "lib:none"}
    )
    assert plan.operations == []
    assert codes(plan) == {"lib:b": "target-taken", "lib:b.srt": "bundle", "in:a": "target-taken"}


def test_a_lost_companion_does_not_hold_up_its_bundle() -> None:
    plan = Desk("/in/a").plan({"lib:b": "in:a", "lib:b.srt": Entry(source="in:a.srt", beside="lib:b")})
    assert lines(plan) == ["move in:a to lib:b"]


def test_what_changed_at_its_target_is_left() -> None:
    plan = Desk("/lib/b=12").plan({"lib:b": Entry(source="in:a", size=9)})
    assert codes(plan) == {"lib:b": "target-changed"}
    assert "(it has 2 B, the layout says 9 B)" in plan.blocked[0].detail
    plan = Desk("/lib/b=12").plan({"lib:b": Entry(source="in:a", size=2, hash="xxh3:21")})
    assert "(its content is xxh3:12, the layout says xxh3:21)" in plan.blocked[0].detail


def test_keep_both_gives_the_bundle_one_suffix_and_is_then_settled() -> None:
    desk = Desk("/in/a.mkv=1", "/in/a.en.srt=2", "/lib/b.mkv=old", "/lib/b_1.en.srt=old")
    files = {
        "lib:b.mkv": Entry(source="in:a.mkv", on_conflict="keep-both", size=1),
        "lib:b.en.srt": Entry(source="in:a.en.srt", beside="lib:b.mkv", on_conflict="keep-both", size=1),
    }
    plan = desk.plan(files)
    assert lines(plan) == ["move in:a.en.srt to lib:b_2.en.srt", "move in:a.mkv to lib:b_2.mkv"]


def test_keep_both_does_not_keep_a_third() -> None:
    desk = Desk("/in/a=1", "/lib/b=old")
    files = {"lib:b": Entry(source="in:a", on_conflict="keep-both", transfer="copy", size=1)}
    plan = desk.plan(files)
    assert lines(plan) == ["copy in:a to lib:b_1"]
    desk.do(plan)
    again = desk.plan(files)
    assert (again.operations, again.settled) == ([], 1)


def test_skip_leaves_the_source_and_says_so() -> None:
    plan = Desk("/in/a=1", "/lib/b=2").plan({"lib:b": Entry(source="in:a", on_conflict="skip")})
    assert (plan.operations, plan.blocked) == ([], [])
    assert problems(plan) == [("note", "skipped", "lib:b")]


def test_replace_puts_the_old_one_in_the_trash_first() -> None:
    plan = Desk("/in/a=1", "/lib/b=2").plan({"lib:b": Entry(source="in:a", on_conflict="replace")})
    assert lines(plan) == ["trash lib:b", "move in:a to lib:b"]
    assert plan.operations[1].needs == (0,)


def test_links_are_made_as_told() -> None:
    files = {
        "lib:hard": Entry(source="in:a", transfer="hardlink"),
        "ext:hard": Entry(source="in:a", transfer="hardlink"),
        "ext:soft": Entry(source="in:a", transfer="symlink"),
        "lib:ref": Entry(source="in:a", transfer="reflink"),
    }
    desk = Desk("/in/a")
    plan = desk.plan(files)
    assert lines(plan) == ["symbolic link ext:soft to in:a", "hard link lib:hard to in:a", "reflink in:a to lib:ref"]
    soft = plan.operations[0]
    assert isinstance(soft, Link)
    assert soft.text == "/in/a"
    assert codes(plan) == {"ext:hard": "cannot-hardlink"}
    desk.do(plan)
    assert desk.plan(files).operations == []


def test_a_symbolic_link_moves_as_what_it_is() -> None:
    desk = Desk()
    desk.disk.add("/in/link", "../gone", kind="link")
    plan = desk.plan({"ext:link": "in:link"})
    move = plan.operations[0]
    assert isinstance(move, Move)
    assert (move.item, move.text, move.across) == ("link", "../gone", True)


def test_names_of_one_file_that_go_across_together_stay_linked() -> None:
    desk = Desk("/in/a=1")
    desk.disk.add("/in/b", "1", ino=desk.disk.nodes["/in/a"].ino)
    plan = desk.plan({"ext:y": "in:a", "ext:x": "in:b"})
    first, second = plan.operations
    assert isinstance(first, Move)
    assert isinstance(second, Move)
    assert (first.dst, first.linked_to, second.linked_to, second.needs) == ("ext:x", "", "ext:x", (0,))
    assert plan.space[0].needs == 1


def test_generated_files_are_written_once() -> None:
    desk = Desk("/lib/there=edited")
    plan = desk.plan({"lib:there": Entry(content="new"), "lib:x/new": Entry(content="new")})
    assert lines(plan) == ["make folder lib:x", "write lib:x/new"]
    desk.do(plan)
    assert desk.plan({"lib:x/new": Entry(content="other")}).operations == []


def test_absent_names_a_thing_not_a_place() -> None:
    desk = Desk("/in/a=1234", "/in/b=1234", "/in/c=1234", "/in/d/x")
    desk.disk.nodes["/in/c"].mtime_ns = 1_700_000_000_500_000_000
    plan = desk.plan(absent=[
        Absent("in:a", size=4), Absent("in:b", size=5), Absent("in:c", mtime="2023-11-14T22:13:20.5Z"), "in:d", "in:none", "in:d/",
        Absent("in:d/x", mtime="soon"),
    ])  # fmt: skip
    assert lines(plan) == ["trash in:a", "trash in:c"]
    assert plan.settled == 3
    assert codes(plan) == {"in:d/": "absent-folder", "in:d/x": "bad-time"}


def test_a_folder_goes_with_all_that_is_in_it() -> None:
    desk = Desk("/in/shoot/a", "/in/shoot/sub/b", "/in/shoot/empty/", "/lib/shoot/old")
    files = {"lib:shoot": "in:shoot/"}
    plan = desk.plan(files)
    desk.do(plan)
    assert sorted(path for path in desk.disk.nodes if path.startswith(("/in", "/lib"))) == [
        "/in", "/lib", "/lib/shoot", "/lib/shoot/a", "/lib/shoot/empty", "/lib/shoot/old", "/lib/shoot/sub", "/lib/shoot/sub/b",
    ]  # fmt: skip
    again = desk.plan(files)
    assert (again.operations, again.settled) == ([], 1)


def test_a_folder_goes_whole_or_not_at_all_and_never_into_itself() -> None:
    plan = Desk("/in/a/x=1", "/in/a/y", "/lib/a/x=2").plan({"lib:a/": "in:a/", "in:a/b/": "in:a/"})
    assert plan.operations == []
    assert codes(plan) == {
        "in:a/b/": "into-itself", "lib:a/x": "target-taken", "lib:a/y": "bundle",
    }  # fmt: skip
    assert codes(Desk("/in/a/x").plan({"lib:a": "in:a", "lib:b": "in:a/x/"})) == {
        "lib:a": "source-is-a-folder", "lib:b": "not-a-folder",
    }  # fmt: skip


def test_one_source_cannot_go_to_two_places() -> None:
    plan = Desk("/in/a").plan({"lib:x": "in:a", "lib:y": "in:a"})
    assert codes(plan) == {"lib:x": "source-twice", "lib:y": "source-twice"}


def test_locations_that_lead_outside_are_refused() -> None:
    outside = {"lib:../x": "in:a", "lib:y": "in:../etc/passwd"}
    plan = Desk("/in/a").plan({**outside, "lib:.reshelve-trash/x": "in:a", "lib:": "in:a", "z": "in:a", "lib:d/": "in:a"})
    assert set(codes(plan).values()) == {"bad-location"}
    assert len(plan.blocked) == 6
    assert plan.operations == []


OWN = [".reshelve-trash/x", "d/.reshelve-1.tmp", ".reshelve.lock", "d/.reshelve.lock/x", ".reshelve/c.db", "d/.reshelve/runs/x"]


@pytest.mark.parametrize("rel", OWN)
@pytest.mark.parametrize("store", ["{}:", "{}%:"])
def test_what_no_scan_shows_is_neither_taken_nor_made(rel: str, store: str) -> None:
    rel = rel if store == "{}:" else rel.replace(".reshelve", "%2Ereshelve")
    plan = Desk("/in/a", "/in/b").plan({f"{store.format('lib')}{rel}": "in:a", "lib:b": f"{store.format('in')}{rel}"})
    assert list(codes(plan).values()) == ["bad-location", "bad-location"]


def test_nothing_is_made_that_would_be_reshelves_own_where_case_is_folded() -> None:
    own = ["lib:.Reshelve-trash/x", "lib:d/.RESHELVE/x", "lib:.reshelve"]
    plan = Desk("/in/a", "/in/b", "/in/c", "/in/.Reshelved").plan(
        {**dict(zip(own, ("in:a", "in:b", "in:c"), strict=True)), "lib:.reshelved": "in:.Reshelved"}
    )
    assert codes(plan) == dict.fromkeys(own, "bad-location")
    assert lines(plan) == ["move in:.Reshelved to lib:.reshelved"]


def test_what_undo_holds_is_not_planned() -> None:
    request = PlanRequest(held=frozenset({Undone("lib:x", "in:a")}))
    plan = Desk("/in/a", "/in/b").plan({"lib:x": "in:a", "lib:y": "in:b"}, request)
    assert (lines(plan), plan.held) == (["move in:b to lib:y"], ["lib:x"])


def test_what_cannot_be_read_is_unknown_not_missing() -> None:
    desk = Desk("/in/shut/a", "/in/b", "/lib/shut/")
    desk.disk.closed = {"/in/shut", "/lib/shut"}
    plan = desk.plan({"lib:x": "in:shut/a", "lib:shut/y": "in:b", "lib:z": "in:shut/none"})
    assert (plan.operations, plan.blocked) == ([], [])
    assert problems(plan) == [("warning", "unreadable", "in:shut"), ("warning", "unreadable", "lib:shut")]


def test_content_that_cannot_be_read_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.plandisk import DiskReader

    def digest(self: DiskReader, rel: str) -> str:
        raise OSError(5, "Input/output error", rel)

    monkeypatch.setattr(DiskReader, "digest", digest)
    plan = Desk("/in/a=1", "/lib/b=2").plan({"lib:b": "in:a"})
    assert (plan.operations, problems(plan)) == ([], [("warning", "unreadable", "lib:b")])
    plan = Desk("/in/a=1").plan({"lib:b": Entry(source="in:a", hash="xxh3:1")})
    assert (plan.operations, problems(plan)) == ([], [("warning", "unreadable", "in:a")])


def test_only_as_much_is_asked_as_must_be() -> None:
    desk = Desk(*(f"/in/{number}" for number in range(50)))
    desk.plan({f"lib:d/{number}": f"in:{number}" for number in range(50)})
    assert desk.disk.asked["stat"] == 50
    assert desk.disk.asked["names"] == 1
    assert desk.disk.asked.get("digest", 0) == 0


def test_a_special_file_stays() -> None:
    desk = Desk()
    desk.disk.add("/in/pipe", kind="other")
    assert codes(desk.plan({"lib:pipe": "in:pipe"})) == {"lib:pipe": "special-file"}
    assert isinstance(desk.readers["in"].stat("pipe"), Item)
