"""Layouts compared: added, removed, moved, edited."""

import re
from dataclasses import fields, replace

import pytest

from reshelve.planner.layouts.layout_diff import Edit, Edited, Moved, SectionDiff, compare
from reshelve.schemas.layout import Absent, Entry, Layout, Review, written_names
from tests.support.documents_strategies import EVERY_FIELD


def layout(**rest: Entry) -> Layout:
    return Layout(files={f"tv:{name}": entry for name, entry in rest.items()})


A = Entry(source="inbox:a", size=1, facts={"kind": "episode", "season": 1, "episodes": [1]}, mark="11111111")


def test_equal_layouts_do_not_differ() -> None:
    assert not compare(layout(a=A), layout(a=replace(A)))
    assert not compare(Layout(), Layout())


def test_a_mark_alone_is_no_difference() -> None:
    assert not compare(layout(a=A), layout(a=replace(A, mark="22222222")))


def test_entries_come_and_go() -> None:
    diff = compare(layout(a=A, z=Entry(content="x")), layout(a=A, c=Entry(content="y"), b=Entry(source="inbox:b")))
    assert (diff.added, diff.removed, diff.moved, diff.edited) == (["tv:b", "tv:c"], ["tv:z"], [], [])
    assert diff


def test_a_source_with_another_target_has_moved() -> None:
    diff = compare(layout(a=A), layout(b=replace(A, size=2)))
    assert diff.moved == [Moved("inbox:a", "tv:a", "tv:b", (Edit("size", 1, 2),))]
    assert (diff.added, diff.removed) == ([], [])


def test_two_copies_of_one_source_are_paired_in_order() -> None:
    copy = Entry(source="inbox:a", transfer="copy")
    diff = compare(layout(a=copy, b=copy), layout(c=copy, d=copy, e=copy))
    assert [(one.before, one.after) for one in diff.moved] == [("tv:a", "tv:c"), ("tv:b", "tv:d")]
    assert diff.added == ["tv:e"]


def test_edits_name_the_field_however_deep() -> None:
    after = replace(A, beside="tv:m", facts={"kind": "movie", "episodes": [1, 2], "year": 1999})
    (edited,) = compare(layout(a=A), layout(a=after)).edited
    assert edited == Edited(
        "tv:a",
        (
            Edit("facts.episodes[1]", None, 2),
            Edit("facts.kind", "episode", "movie"),
            Edit("facts.season", 1, None),
            Edit("facts.year", None, 1999),
            Edit("with", None, "tv:m"),
        ),
    )


@pytest.mark.parametrize("name", [each.name for each in fields(Entry) if each.name != "mark"])
def test_every_field_is_told_as_documents_call_it(name: str) -> None:
    entry = EVERY_FIELD[name]
    without = replace(entry, **{name: getattr(Entry(), name)})
    before, after = Layout(files={"tv:a": without}), Layout(files={"tv:a": entry})
    (edited,) = compare(before, after).edited
    assert {re.split(r"[.\[]", edit.path)[0] for edit in edited.edits} == {written_names(Entry)[name]}


def test_text_and_number_differ() -> None:
    (edited,) = compare(layout(a=replace(A, facts={"title": "24"})), layout(a=replace(A, facts={"title": 24}))).edited
    assert edited.edits == (Edit("facts.title", "24", 24),)


def test_the_other_sections_are_compared_too() -> None:
    before = Layout(
        dirs=["tv:x", "tv:y"],
        absent=[Absent("inbox:old", size=1)],
        review=[Review("inbox:r", because="no rule")],
        tidy={"inbox": ["a"]},
    )
    after = Layout(dirs=["tv:y"], absent=[Absent("inbox:old", size=2)], leave=["inbox:iso"], tidy={"inbox": ["a", "b"]})
    assert compare(before, after).others == {
        "dirs": SectionDiff(removed=["tv:x"]),
        "absent": SectionDiff(edited=[Edited("inbox:old", (Edit("size", 1, 2),))]),
        "review": SectionDiff(removed=["inbox:r"]),
        "leave": SectionDiff(added=["inbox:iso"]),
        "tidy": SectionDiff(edited=[Edited("inbox", (Edit("[1]", None, "b"),))]),
    }
