"""An undo holds the entries that bring again what it took back, to where it was: another target is another entry."""

import pytest

from reshelve.planner.layouts.undone_entries import entries_of, held_of, planned_anew
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.undone import Undone


def test_entries_are_named_as_undos_hold_them() -> None:
    files = {
        "a:x": Entry("in:x"),
        "a:new": Entry(content="text"),
        "a:d/": Entry(unpack="in:d.zip"),
        "b:d.zip": Entry("in:d/", pack="zip"),
    }
    held = [("a:x", "in:x"), ("a:new", ""), ("a:d/", "in:d.zip"), ("b:d.zip", "in:d/"), ("", "in:gone"), ("a:dir", "")]
    assert entries_of(files, [Absent("in:gone")], ["a:dir/"]) == held


UNDONE = Undone("lib:Movies/x.mkv", "in:x.mkv", 7)


@pytest.mark.parametrize(
    ("target", "entry", "held", "anew"),
    [
        ("lib:Movies/x.mkv", Entry("in:x.mkv", size=7), True, False),
        ("lib/two:Movies/x.mkv", Entry("in:x.mkv", size=7), True, False),
        ("lib:Films/x.mkv", Entry("in:x.mkv", size=7), False, True),
        ("lib:Films/x.mkv", Entry("in:x.mkv", size=8), False, False),
        ("lib:Films/x.mkv", Entry("in:y.mkv", size=7), False, False),
        ("lib:Movies/x.mkv", Entry("in:y.mkv", size=7), False, False),
    ],
)
def test_a_file_is_held_under_the_target_that_was_undone(target: str, entry: Entry, held: bool, anew: bool) -> None:
    layout = Layout(files={target: entry})
    assert held_of(layout, {UNDONE}) == ({(target, entry.source)} if held else set())
    assert planned_anew(layout, {UNDONE}) == ([(target, entry.source)] if anew else [])


def test_a_second_copy_is_not_held_beside_the_one_that_was_undone() -> None:
    copies = Layout(files={one: Entry("in:x.mkv", transfer="copy", size=7) for one in ("lib:Movies/x.mkv", "nas:x.mkv")})
    assert held_of(copies, {UNDONE}) == {("lib:Movies/x.mkv", "in:x.mkv")}
    assert planned_anew(copies, {UNDONE}) == []


def test_a_folder_is_held_that_would_bring_an_undone_file_again() -> None:
    undone = {Undone("lib:trip/a/1.jpg", "in:trip/a/1.jpg", 3), Undone("lib:other", "in:trip2", 3)}
    assert held_of(Layout(files={"lib:trip/": Entry("in:trip/")}), undone) == {("lib:trip/", "in:trip/")}
    for files in (
        {"lib:Trips/2026/": Entry("in:trip/")},
        {"lib:trip/": Entry("in:trap/")},
        {"lib:trip.zip": Entry("in:trip/", pack="zip")},
    ):
        assert held_of(Layout(files=files), undone) == frozenset()
    assert held_of(Layout(files={"lib:trip/": Entry("in:trip/")}), {Undone("lib:picked.jpg", "in:trip/a/1.jpg", 3)}) == frozenset()


def test_a_folder_is_held_that_would_let_an_undone_file_of_its_archive_go_again() -> None:
    undone = {Undone("ssd:b63.zip", "local:b63/a.mov", 3)}
    packed = Entry("local:b63/", pack="zip")
    assert held_of(Layout(files={"ssd:b63.zip": packed}), undone) == {("ssd:b63.zip", "local:b63/")}
    assert held_of(Layout(files={"ssd:other.zip": packed}), undone) == frozenset()


def test_what_has_no_source_is_held_by_its_target_alone() -> None:
    layout = Layout(files={"lib:note": Entry(content="x")}, dirs=["lib:new/"], absent=[Absent("in:old")])
    assert held_of(layout, {Undone("lib:note", ""), Undone("lib:new", ""), Undone("", "in:old", 9)}) == {
        ("lib:note", ""), ("lib:new", ""), ("", "in:old"),
    }  # fmt: skip
    assert held_of(layout, {Undone("lib:note2", ""), Undone("lib:x", "in:old", 9)}) == frozenset()
