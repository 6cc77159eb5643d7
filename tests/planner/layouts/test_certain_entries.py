"""What may be carried out with nobody asked."""

from dataclasses import replace

from reshelve.planner.layouts.certain_entries import certain, first, not_filing, only_files, theirs, without
from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.schemas.layout import Absent, Entry, Layout, Review
from reshelve.schemas.operations import MakeDir, Move, Trash
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem


def entry(source: str | None, beside: str | None = None, size: int = 1, **more: str) -> Entry:
    return Entry(source=source, beside=beside, size=size, **more)  # type: ignore[arg-type]


HEAT = {
    "films:Heat/Heat.mkv": entry("inbox:Heat.mkv", size=10),
    "films:Heat/Heat.srt": entry("inbox:Heat.srt", "films:Heat/Heat.mkv"),
}
JAWS = {"films/b:Jaws.mkv": entry("inbox/x:Jaws.mkv", size=20)}


def test_only_what_files_from_scanned_stores_is_certain() -> None:
    layout = Layout(
        dirs=["films:New"],
        files={
            **HEAT,
            "films:mine.mkv": entry("inbox:mine.mkv"),
            "films:a.txt": Entry(content="x"),
            "films:b.tar.gz": entry("inbox:b/", pack="tar.gz"),
            "films:other.mkv": entry("attic:other.mkv"),
            "inbox:stays.mkv": entry("inbox:stays.mkv"),
            "films:c.mkv": entry("inbox:c.mkv", on_conflict="replace"),
        },
        absent=[Absent("inbox:old.mkv")],
        review=[Review("inbox:what.bin")],
        tidy={"inbox": []},
    )
    found = certain(layout, Layout(files={"films:mine.mkv": entry("inbox:mine.mkv")}), ["inbox"])
    assert found == Layout(files={**HEAT, "films:c.mkv": entry("inbox:c.mkv", on_conflict="fail")})


def test_what_people_decided_is_theirs() -> None:
    ours = entry("inbox:a.mkv")
    ours = replace(ours, mark=mark_of("films:a.mkv", ours))
    layout = Layout(files={"films:a.mkv": ours, **JAWS}, leave=["inbox:b"], absent=[Absent("inbox:c")], review=[Review("inbox:d")])
    assert theirs(layout) == Layout(files=JAWS, leave=["inbox:b"], absent=[Absent("inbox:c")])


def test_a_bundle_goes_whole_or_not_at_all() -> None:
    layout = Layout(files={**HEAT, **JAWS})
    assert without(layout, ["films:Heat/Heat.srt"]).files == JAWS
    assert without(layout, ["films/b:Jaws.mkv"]).files == HEAT
    asked: list[tuple[int, int]] = []

    def room(files: int, size: int) -> bool:
        asked.append((files, size))
        return len(asked) == 1

    assert first(layout, room).files == HEAT
    assert asked == [(2, 11), (1, 20)]


def test_an_entry_is_told_for_whose_sake_a_plan_removes_something_or_has_errors() -> None:
    layout = Layout(files={**HEAT, "films:Jaws.mkv": entry("inbox:Jaws.mkv")})
    filing = [MakeDir("films:Heat"), Move("inbox:Heat.mkv", "films:Heat/Heat.mkv", 1, 1, 1)]
    assert not_filing(layout, Plan(operations=filing)) == [] and only_files(Plan(operations=filing))
    gone = Trash("inbox/x:Jaws.mkv", 1, 1, 1)
    assert not_filing(layout, Plan(operations=[*filing, gone])) == ["films:Jaws.mkv"]
    assert not only_files(Plan(operations=[*filing, gone]))
    wrong = Problem("policy", "A policy is violated.", path="films:Heat/Heat.mkv")
    assert not_filing(layout, Plan(problems=[wrong])) == ["films:Heat/Heat.mkv"]
    assert not only_files(Plan(problems=[wrong]))
