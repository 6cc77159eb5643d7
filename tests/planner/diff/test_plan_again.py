"""Plan, apply, plan again: what was done is known to be done, however places were shared and exchanged."""

from typing import Any

import pytest

from reshelve.schemas.layout import Entry
from tests.support.plandesk import Desk, codes, lines


def again(desk: Desk, files: dict[str, Any], **rest: Any) -> list[str]:
    """Plan and apply twice, and return what is left to do then."""
    desk.do(desk.plan(files, **rest))
    return lines(desk.plan(files, **rest))


def entry(source: str, size: int, transfer: Any = "move", **rest: Any) -> Entry:
    return Entry(source=source, size=size, transfer=transfer, **rest)


def test_a_source_whose_place_is_a_folder_by_now_is_gone() -> None:
    desk = Desk("/lib/a=1", "/ext/a=2")
    files = {"ext:a": entry("lib:a", 1), "lib:a/a": entry("ext:a", 1)}
    assert again(desk, files) == []
    assert (desk.disk.nodes["/ext/a"].content, desk.disk.nodes["/lib/a/a"].content) == ("1", "2")
    assert codes(desk.plan(files)) == {}


def test_a_folder_named_as_a_file_is_blocked_with_how_to_write_it() -> None:
    plan = Desk("/in/pack/film", "/lib/film").plan({"lib:new": "in:pack", "lib:film": entry("in:pack", 3)})
    assert codes(plan) == {"lib:new": "source-is-a-folder", "lib:film": "source-is-a-folder"}
    assert plan.blocked[0].hint == "Write `from: in:pack/` for a folder."


def test_a_copy_of_what_was_replaced_since_is_not_made_again() -> None:
    desk = Desk("/lib/a=1", "/lib/b=1", "/in/a=new")
    files = {
        "lib:a": Entry(source="in:a", on_conflict="replace"),
        "lib:b": Entry(source="lib:a", transfer="copy", on_conflict="replace"),
    }
    assert again(desk, files) == []
    assert desk.disk.nodes["/lib/b"].content == "1"


def test_what_was_kept_beside_is_known_although_a_copy_took_its_old_place() -> None:
    desk = Desk("/lib/a=one", "/lib/b=2")
    files = {"lib:b": entry("lib:a", 3, on_conflict="keep-both"), "lib:a": entry("lib:b", 1, "copy", on_conflict="keep-both")}
    assert again(desk, files) == []
    assert {path: desk.disk.nodes[path].content for path in ("/lib/a", "/lib/b", "/lib/b_1")} == {
        "/lib/a": "2", "/lib/b": "2", "/lib/b_1": "one",
    }  # fmt: skip


@pytest.mark.parametrize("transfer", ["move", "copy", "symlink", "hardlink"])
def test_a_companion_kept_beside_with_its_main_file_is_known(transfer: str) -> None:
    desk = Desk("/lib/film.mkv=old", "/in/f.mkv=film", "/in/f.srt=sub")
    files = {
        "lib:film.mkv": entry("in:f.mkv", 4, transfer, on_conflict="keep-both"),
        "lib:film.srt": entry("in:f.srt", 3, transfer, on_conflict="keep-both", beside="lib:film.mkv"),
    }
    assert again(desk, files) == []
    assert desk.disk.nodes["/lib/film_1.srt"].content == ("/in/f.srt" if transfer == "symlink" else "sub")
    assert desk.plan(files).problems == []


@pytest.mark.parametrize("transfer", ["move", "copy", "symlink", "hardlink"])
@pytest.mark.parametrize("taken", ["/lib/film.mkv", "/lib/film.en.srt"])
def test_subtitles_of_a_language_kept_beside_with_their_main_file_are_known(transfer: str, taken: str) -> None:
    desk = Desk(f"{taken}=old", "/in/f.mkv=film", "/in/f.en.srt=sub")
    files = {
        "lib:film.mkv": entry("in:f.mkv", 4, transfer, on_conflict="keep-both"),
        "lib:film.en.srt": entry("in:f.en.srt", 3, transfer, on_conflict="keep-both", beside="lib:film.mkv"),
    }
    assert again(desk, files) == []
    assert desk.disk.nodes["/lib/film_1.en.srt"].content == ("/in/f.en.srt" if transfer == "symlink" else "sub")


def test_a_copy_kept_beside_for_its_bundle_is_known_although_its_source_is_a_target() -> None:
    desk = Desk("/lib/a=1", "/lib/b=old", "/in/b=22")
    files = {
        "lib:a": Entry(source="in:gone"),
        "ext:b": Entry(source="lib:a", transfer="copy", on_conflict="keep-both"),
        "lib:b": entry("in:b", 2, on_conflict="keep-both", beside="ext:b"),
    }
    assert again(desk, files) == []
    assert desk.disk.nodes["/ext/b_1"].content == "1"


def test_what_is_kept_beside_is_renamed_once_though_two_of_its_bundle_meet_something() -> None:
    desk = Desk("/lib/a=1", "/lib/c=one", "/lib/b=22")
    files = {
        "lib:a": entry("lib:c", 3, "copy", on_conflict="keep-both"),
        "lib:c": entry("lib:b", 2, on_conflict="keep-both", beside="lib:a"),
    }
    assert lines(desk.plan(files)) == ["copy lib:c to lib:a_1", "move lib:b to lib:c_1"]
    assert again(desk, files) == []


def test_a_place_in_a_store_within_a_store_has_one_name() -> None:
    desk = Desk("/d/a", "/d/in/b", **{"all": "/d", "in": "/d/in"})
    plan = desk.plan({"all:in/new/a": "all:a", "in:new/b": "all:in/b"})
    assert lines(plan) == ["make folder in:new", "move all:a to in:new/a", "move in:b to in:new/b"]
    desk.do(plan)
    assert lines(desk.plan({"all:in/new/a": "all:a", "in:new/b": "all:in/b"})) == []
