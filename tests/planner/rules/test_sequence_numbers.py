"""Standard names: code, content type, number and time; gap-free, kept once given, each part there or not as the rule writes it."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.rules.place_templates import PlaceError, PlaceTemplate
from reshelve.planner.scan import ScanResult
from reshelve.schemas.layout import Layout
from tests.support.readers import File, TreeReader
from tests.support.scanning import moves, reasons, scanned, workspace

NOON_NS = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()) * 10**9


def rule(place: str, ext: str = "mp4", **more: object) -> dict[str, object]:
    return {"name": ext, "when": {"ext": ext}, "place": place, **more}


CLIPS = rule("projects:ACM/Clips/ACM_clip_{{ seq }}_{{ mtime | date('%Y%m%d_%H%M%S') }}.{{ ext }}")
SOUND = rule("projects:ACM/Clips/ACM_sound_{{ seq }}_{{ mtime | date('%Y%m%d_%H%M%S') }}.{{ ext }}", "wav")


def card(*names: str, at_ns: int = NOON_NS) -> TreeReader:
    return TreeReader("inbox", {name: File(name.encode(), mtime_ns=at_ns) for name in names})


def names(result: ScanResult) -> list[str]:
    return sorted(target.rpartition("/")[2] for target in moves(result).values())


def scan(inbox: TreeReader, projects: TreeReader, *rules: dict[str, object], before: Layout | None = None) -> ScanResult:
    return scanned(workspace(*(rules or (CLIPS, SOUND))), inbox, projects, before=before)


def filed(result: ScanResult, projects: TreeReader, inbox: TreeReader) -> None:
    """Do what the layout says."""
    for source, target in moves(result).items():
        projects.tree[target.partition(":")[2]] = inbox.tree.pop(source.partition(":")[2])


def test_twelve_files_of_one_second_are_numbered_by_type_without_a_gap() -> None:
    inbox = card(*[f"clip {at}.mp4" for at in range(12)], "a.wav", "b.wav")
    result = scan(inbox, TreeReader("projects"))
    assert names(result) == [
        *[f"ACM_clip_{number:03d}_20260101_120000.mp4" for number in range(1, 13)],
        "ACM_sound_001_20260101_120000.wav",
        "ACM_sound_002_20260101_120000.wav",
    ]


def test_the_oldest_comes_first() -> None:
    inbox = TreeReader("inbox", {"a.mp4": File(b"a", mtime_ns=NOON_NS + 10**9), "b.mp4": File(b"b", mtime_ns=NOON_NS)})
    assert moves(scan(inbox, TreeReader("projects"))) == {
        "inbox:b.mp4": "projects:ACM/Clips/ACM_clip_001_20260101_120000.mp4",
        "inbox:a.mp4": "projects:ACM/Clips/ACM_clip_002_20260101_120001.mp4",
    }


def test_numbers_once_given_stay_whatever_comes_later() -> None:
    inbox, projects = card("m.mp4", "n.mp4"), TreeReader("projects")
    first = scan(inbox, projects)
    inbox.tree["a.mp4"] = File(b"older", mtime_ns=NOON_NS - 10**12)
    second = scan(inbox, projects, before=first.layout)
    assert moves(first).items() <= moves(second).items()
    assert moves(second)["inbox:a.mp4"].endswith("ACM_clip_003_20260101_114320.mp4")
    assert scan(inbox, projects, before=second.layout).layout == second.layout


def test_what_is_filed_is_counted_on_from_also_without_a_layout() -> None:
    inbox, projects = card(*[f"{at}.mp4" for at in range(3)]), TreeReader("projects")
    filed(scan(inbox, projects), projects, inbox)
    inbox.tree |= card("z.mp4", "y.mp4").tree
    assert names(scan(inbox, projects)) == ["ACM_clip_004_20260101_120000.mp4", "ACM_clip_005_20260101_120000.mp4"]


def test_a_gap_among_what_is_not_filed_is_filled() -> None:
    inbox, projects = card("a.mp4", "b.mp4", "c.mp4"), TreeReader("projects")
    first = scan(inbox, projects)
    first.layout.files.pop(moves(first)["inbox:b.mp4"])
    del inbox.tree["b.mp4"]
    inbox.tree |= card("d.mp4").tree
    assert moves(scan(inbox, projects, before=first.layout))["inbox:d.mp4"].startswith("projects:ACM/Clips/ACM_clip_002_")


def test_the_thousandth_file_has_four_digits() -> None:
    inbox = card(*[f"{at}.mp4" for at in range(1001)])
    found = names(scan(inbox, TreeReader("projects")))
    assert {int(name.split("_")[2]) for name in found} == set(range(1, 1002))
    assert {len(name.split("_")[2]) for name in found} == {3, 4}


def test_a_copy_that_was_filed_keeps_its_number_without_a_layout() -> None:
    copies = {**CLIPS, "transfer": "copy"}
    inbox, projects = card("a.mp4", "b.mp4"), TreeReader("projects")
    first = scan(inbox, projects, copies)
    for source, target in moves(first).items():
        projects.tree[target.partition(":")[2]] = inbox.tree[source.partition(":")[2]]
    assert moves(scan(inbox, projects, copies)) == moves(first)


def test_in_its_own_folder_a_file_keeps_its_number() -> None:
    place = "inbox:ACM_{{ seq }}.{{ ext }}"
    inbox = card("ACM_002.mp4", "ACM_005.mp4", "new.mp4")
    assert moves(scan(inbox, TreeReader("projects"), rule(place))) == {"inbox:new.mp4": "inbox:ACM_006.mp4"}


def test_what_another_file_took_since_is_given_anew() -> None:
    inbox, projects = card("a.mp4"), TreeReader("projects")
    first = scan(inbox, projects)
    projects.tree["ACM/Clips/ACM_clip_001_somebody.mp4"] = "else"
    assert names(scan(inbox, projects, before=first.layout)) == ["ACM_clip_002_20260101_120000.mp4"]


def test_another_file_where_one_was_filed_from_goes_on_counting() -> None:
    inbox, projects = card("a.mp4", "b.mp4"), TreeReader("projects")
    first = scan(inbox, projects)
    filed(first, projects, inbox)
    # A card that was emptied gives its names again; the second time also on the same second.
    inbox.tree["a.mp4"] = File(b"another", mtime_ns=NOON_NS)
    second = scan(inbox, projects, before=first.layout)
    assert moves(second)["inbox:a.mp4"] == "projects:ACM/Clips/ACM_clip_003_20260101_120000.mp4"
    inbox.tree["a.mp4"] = File(b"one more", mtime_ns=NOON_NS + 10**9)
    third = scan(inbox, projects, before=first.layout)
    assert moves(third)["inbox:a.mp4"] == "projects:ACM/Clips/ACM_clip_003_20260101_120001.mp4"
    assert scan(inbox, projects, before=third.layout).layout == third.layout


def test_companions_have_the_number_of_their_main() -> None:
    inbox = card("a.mp4", "a.en.srt", "b.mp4")
    assert names(scan(inbox, TreeReader("projects"))) == [
        "ACM_clip_001_20260101_120000.en.srt",
        "ACM_clip_001_20260101_120000.mp4",
        "ACM_clip_002_20260101_120000.mp4",
    ]


PARTS = [
    ("ACM_clip_{{ seq }}.{{ ext }}", r"ACM_clip_00[12]\.mp4"),
    ("clip_{{ seq }}_{{ mtime | date('%Y%m%d_%H%M%S') }}.{{ ext }}", r"clip_00[12]_20260101_120000\.mp4"),
    ("ACM_{{ seq }}_{{ mtime | date('%Y%m%d_%H%M%S') }}.{{ ext }}", r"ACM_00[12]_20260101_120000\.mp4"),
    ("ACM_clip_{{ mtime | date('%Y%m%d_%H%M%S') }}.{{ ext }}", r"ACM_clip_20260101_120000(?:_1)?\.mp4"),
    ("ACM_clip_{{ mtime | date('%Y%m%d_%H%M%S') }}_{{ '%02d' % seq }}.{{ ext }}", r"ACM_clip_20260101_120000_0[12]\.mp4"),
    ("{{ seq }}.{{ ext }}", r"00[12]\.mp4"),
    ("{% if code %}{{ code }}_{{ seq }}.{{ ext }}{% else %}{{ filename }}{% endif %}", r"[ab]\.mp4"),
    ("{{ '%d' % seq }}_{{ stem }}.{{ ext }}", r"[12]_[ab]\.mp4"),
    ("{{ mtime | date('%H%M', 'Asia/Tokyo') }}-{{ seq }}.{{ ext }}", r"2100-00[12]\.mp4"),
]


@pytest.mark.parametrize(("place", "expected"), PARTS)
def test_each_part_is_there_or_not_and_two_files_of_a_second_both_survive(place: str, expected: str) -> None:
    found = names(scan(card("a.mp4", "b.mp4"), TreeReader("projects"), rule(f"projects:ACM/{place}")))
    assert len(set(found)) == 2
    assert all(re.fullmatch(expected, name) for name in found), found


WRONG = ["{{ seq }}/{{ filename }}", "{{ seq }}-{{ seq }}", "{{ seq ~ 'x' }}", "{{ '%s' % seq }}", "{{ seq + 1 }}"]


@pytest.mark.parametrize("place", WRONG)
def test_a_number_that_cannot_be_given_is_said(place: str) -> None:
    with pytest.raises(PlaceError):
        PlaceTemplate(f"projects:{place}").render({"filename": "a.mp4"})


def test_a_name_cannot_pretend_to_be_numbered() -> None:
    hostile = "\x06000\x06.mp4"
    result = scan(card(hostile), TreeReader("projects"), rule("projects:{{ filename }}_{{ seq }}"))
    assert list(moves(result).values()) == ["projects:000.mp4_001"]


def test_a_pattern_of_the_rules_own_that_gives_seq_comes_first() -> None:
    own = {"name": "own", "when": {"name": {"regex": r"(?P<seq>\d+)"}}, "place": "projects:{{ seq }}.{{ ext }}"}
    assert moves(scan(card("take 7.mp4"), TreeReader("projects"), own)) == {"inbox:take 7.mp4": "projects:7.mp4"}


def test_a_clip_that_comes_again_with_another_name_and_time_is_filed_already() -> None:
    inbox, projects = card("a.mp4", "b.mp4"), TreeReader("projects")
    filed(scan(inbox, projects), projects, inbox)
    inbox.tree["copy of a.mp4"] = File(b"a.mp4", mtime_ns=NOON_NS + 10**12)
    inbox.tree["new.mp4"] = File(b"c.mp4", mtime_ns=NOON_NS + 10**12)
    inbox.tree["a.wav"] = File(b"a.mp4", mtime_ns=NOON_NS + 10**12)
    assert moves(scan(inbox, projects)) == {
        "inbox:copy of a.mp4": "projects:ACM/Clips/ACM_clip_001_20260101_120000.mp4",
        "inbox:new.mp4": "projects:ACM/Clips/ACM_clip_003_20260101_121640.mp4",
        "inbox:a.wav": "projects:ACM/Clips/ACM_sound_001_20260101_121640.wav",
    }


def test_a_disc_has_no_number() -> None:
    inbox = card("Disc/VIDEO_TS/VIDEO_TS.IFO", "Disc/VIDEO_TS/VTS_01_1.VOB")
    result = scan(inbox, TreeReader("projects"), rule("projects:{{ seq }}.{{ ext }}", "ifo"))
    assert "no `seq`" in (reasons(result)["inbox:Disc/VIDEO_TS/VIDEO_TS.IFO"] or "")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 9), max_size=4), st.booleans()), max_size=5))
def test_numbers_are_never_given_twice(rounds: list[tuple[set[int], bool]]) -> None:
    inbox, projects, layout = card(), TreeReader("projects"), None
    for at, (arriving, carried_out) in enumerate(rounds):
        inbox.tree |= card(*[f"{at}-{number}.mp4" for number in arriving]).tree
        result = scan(inbox, projects, before=layout)
        layout = result.layout
        standing = [rel.rpartition("/")[2] for rel in projects.tree]
        waiting = [target.rpartition("/")[2] for source, target in moves(result).items() if source[6:] in inbox.tree]
        numbers = sorted(int(name.split("_")[2]) for name in [*standing, *waiting])
        assert numbers == list(range(1, len(numbers) + 1))
        if carried_out:
            filed_now = {source: target for source, target in moves(result).items() if source[6:] in inbox.tree}
            for source, target in filed_now.items():
                projects.tree[target.partition(":")[2]] = inbox.tree.pop(source[6:])
