"""What became of each file of a scan: the figures are of all files that were seen, each of them once."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reshelve.planner.scan import ScanResult
from reshelve.planner.scanners.file_outcomes import Outcomes, Settled
from reshelve.planner.scanners.left_out import Selected
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Entry, Layout, Review
from tests.support.readers import NOW_NS, File, Link, Special, Thing, TreeReader
from tests.support.scanning import Told, film, scanned, workspace
from tests.support.shares import examples

NAMES = ["a.mkv", "a.srt", "a.part", "b.mkv", "b.nfo", "c.iso", "c.iso.part", "old.txt", "sample.mkv", "Thumbs.db", "x.log"]
FOLDERS = ["", "s/", "skip/", "@eaDir/", "told/", "p/"]
LEFT = ["left.mkv", "left.srt"]
CONTENT: list[Thing] = ["one", "two", "", File(b"new", mtime_ns=NOW_NS), Link("a.mkv"), Special()]
RULES: list[dict[str, Any]] = [
    {"name": "kept", "when": {"ext": "iso"}, "leave": True},
    {"name": "expire", "when": {"ext": "txt"}, "absent": True},
]
FILM = {"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }}/{{ filename }}"}
WITHIN = {"name": "within", "when": {"ext": ["nfo", "log"]}, "place": "inbox:{{ filename }}"}
FLAT = {"name": "flat", "when": {"ext": ["mkv", "srt"]}, "place": "movies:{{ filename }}"}
_things = st.dictionaries(st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES + LEFT)), st.sampled_from(CONTENT))
_config = st.fixed_dictionaries(
    {},
    optional={
        "transfer": st.sampled_from(["move", "copy"]),
        "on_conflict": st.sampled_from(["keep-both", "skip", "fail"]),
        "on_duplicate": st.sampled_from(["file", "leave", "trash"]),
        "junk": st.sampled_from(["travel", "trash", "leave"]),
        "sidecars": st.booleans(),
        "settle": st.just("5m"),
        "exclude": st.just(["*.log", "skip/"]),
    },
)
_before = st.builds(
    Layout,
    files=st.dictionaries(st.sampled_from(["movies:mine.mkv", "movies:a.mkv"]), st.just(Entry("inbox:a.mkv")), max_size=1),
    absent=st.lists(st.sampled_from([Absent("inbox:b.mkv"), Absent("inbox:s/a.srt")]), max_size=2, unique_by=lambda one: one.path),
    leave=st.lists(st.sampled_from(["inbox:left.mkv", "inbox:left.srt", "inbox:told/", "inbox:s/a.mkv"]), unique=True),
    review=st.just([Review("inbox:s/b.mkv", note="hm")]),
)
ADDED = {"files", "to_tiers"}


def adds_up(result: ScanResult, seen: set[str]) -> None:
    """Check that the figures are of all files seen, and of what the layout and the list of files left alone name."""
    counts = result.counts
    assert counts["files"] == sum(number for why, number in counts.items() if why not in ADDED), counts
    there = [one.source for one in result.layout.review if one.source.removeprefix("inbox:") in seen]
    assert counts["to_review"] == len(there)
    assert counts["files"] == len(seen)
    left = [file.why for file in result.left_files]
    assert {why: left.count(why) for why in left} == {why: counts[why] for why in left}


@pytest.mark.drawn
@settings(max_examples=examples(300), phases=[Phase.generate], deadline=None, derandomize=True)
@given(_things, _things, _config, _before, st.booleans(), st.booleans())
def test_every_file_is_counted_once(
    inbox: dict[str, Thing], library: dict[str, Thing], config: dict[str, Any], before: Layout, flat: bool, within: bool
) -> None:
    roots = TreeReader("inbox", inbox), TreeReader("movies", library)
    told = Told({f"{folder}{name}": film(name) for folder in FOLDERS for name in NAMES if name.endswith("mkv")})
    space = workspace(*RULES, FLAT if flat else FILM, *([WITHIN] if within else []), **config)
    seen = {path for path in inbox if not path.startswith("@eaDir/")}
    result = scanned(space, *roots, told=told, before=before)
    again = scanned(space, *roots, told=told, before=result.layout)
    for each in (result, again):
        adds_up(each, seen)
        assert within or each.counts["in_place"] == 0


def test_what_undos_hold_is_not_to_file() -> None:
    layout = Layout(
        files={"movies:a.mkv": Entry("inbox:a.mkv"), "movies:b.mkv": Entry("inbox:b.mkv"), "movies:c.mkv": Entry("inbox:b.mkv")},
        absent=[Absent("inbox:old.txt"), Absent("inbox:gone.txt")],
    )
    held = {("movies:a.mkv", "inbox:a.mkv"), ("movies:b.mkv", "inbox:b.mkv"), ("", "inbox:old.txt")}
    chosen = Selected([Item(name, "file", 0, 0, 0, 0, 1, 0, "") for name in ("a.mkv", "b.mkv", "old.txt", "gone.txt")])
    counts, _ = Outcomes(layout, [], (), Settled((), ()), held).count([("inbox", chosen)])
    assert {key: number for key, number in counts.items() if number} == {"files": 4, "held": 2, "filed": 1, "to_expire": 1}
