"""Departures: nothing leaves a layout unsaid, and each that leaves has its reason."""

from reshelve.planner.layouts.departures import Departure, departures
from reshelve.schemas.layout import Absent, Entry, Layout, Review

BEFORE = Layout(
    dirs=["tv:empty"],
    files={
        "tv:a": Entry(source="inbox:a"),
        "tv:b": Entry(source="inbox:b", note="ask Ada"),
        "tv:c": Entry(source="inbox:c"),
        "tv:d": Entry(content="made"),
        "tv:e": Entry(source="inbox:e"),
        "tv:f": Entry(source="inbox:f"),
    },
    absent=[Absent("inbox:old"), Absent("inbox:back")],
)


def test_each_that_leaves_is_told_with_what_becomes_of_its_source() -> None:
    after = Layout(
        files={"tv:new/a": Entry(source="inbox:a"), "tv:back": Entry(source="inbox:back")},
        review=[Review("inbox:b", "no year is known")],
        absent=[Absent("inbox:c")],
    )
    unasked = "no rule, tier or project asks for it any more"
    assert departures(BEFORE, after, {"tv:f": "its file is in place"}, {}) == [
        Departure("tv:b", "files", "inbox:b is left for review: no year is known", "ask Ada"),
        Departure("tv:c", "files", "inbox:c is to go"),
        Departure("tv:d", "files", unasked),
        Departure("tv:e", "files", "no rule or tier files inbox:e there any more"),
        Departure("tv:f", "files", "its file is in place"),
        Departure("inbox:old", "absent", unasked),
        Departure("inbox:back", "absent", "it goes to tv:back now"),
        Departure("tv:empty", "dirs", unasked),
    ]


def test_nothing_is_told_of_what_stays_or_of_a_first_layout() -> None:
    assert departures(BEFORE, BEFORE, {}, {}) == []
    assert departures(None, BEFORE, {}, {}) == []


def test_what_was_filed_and_makes_way_has_left_though_its_source_goes_elsewhere() -> None:
    after = Layout(dirs=BEFORE.dirs, files={**BEFORE.files, "tv:a 2": Entry(source="inbox:a")}, absent=BEFORE.absent)
    del after.files["tv:a"]
    assert departures(BEFORE, after, {}, {}) == []
    assert departures(BEFORE, after, {"tv:a": "inbox:a now goes to tv:a 2"}, {}) == [
        Departure("tv:a", "files", "inbox:a now goes to tv:a 2")
    ]
