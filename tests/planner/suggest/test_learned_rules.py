"""Rules out of what a person did by hand: offered when they would have done the same, and nothing else."""

from typing import Any

import pytest

from reshelve.planner.suggest.learned_rules import Filed, learned, offers_for
from reshelve.schemas.layout import Entry, Layout, Review
from reshelve.schemas.scan_settings import Scan
from reshelve.schemas.workspace import Workspace
from tests.support.readers import TreeReader
from tests.support.scanning import Told, scanned, workspace

SHOW = {"kind": "episode", "show": "Nordlys", "title": "Nordlys", "season": 1, "episodes": [1]}


def filed(source: str, target: str, **facts: Any) -> Filed:
    reading = Told({source.partition(":")[2]: facts or {"kind": "other"}}).read(source.partition(":")[2])
    return Filed(source, target, reading)


def rules(one: Filed, *others: str) -> list[tuple[str, dict[str, Any], str | None, int]]:
    found = offers_for(one, ["taken"], [f"inbox:{other}" for other in others])
    return [(offer.like, offer.rule.when.model_dump(exclude_none=True), offer.rule.place, offer.files) for offer in found]


def test_the_narrowest_rule_first_each_with_what_else_it_files() -> None:
    one = filed("inbox:in/scan_0012.pdf", "movies:Scans/scan_0012.pdf")
    assert rules(one, "in/scan_0013.pdf", "in/letter.pdf", "scan_7.pdf", "a.pdf", "b.mkv") == [
        ("named like scan_….pdf", {"name": {"regex": r"^scan_\d+\.pdf$"}}, "movies:Scans/{{ filename }}", 2),
        ("in in/", {"path": {"glob": "in/*"}, "ext": "pdf"}, "movies:Scans/{{ filename }}", 2),
        ("ending in .pdf", {"ext": "pdf"}, "movies:Scans/{{ filename }}", 4),
    ]


def test_what_the_name_says_becomes_part_of_the_place() -> None:
    [first, *_] = rules(filed("inbox:x 1.mkv", "tv:Shows/Nordlys/Season 01/x 1.mkv", **SHOW))
    assert first[2] == "tv:Shows/{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"
    [first, *_] = rules(filed("inbox:x 1.mkv", "movies:X (1999)/x 1.mkv", kind="movie", title="Other", year=1999))
    assert first[2] == "movies:X ({{ year }})/{{ filename }}"
    [first, *_] = rules(filed("inbox:x 1.mkv", "movies:top/filename/x 1.mkv", kind="movie", title="filename"))
    assert first[2] in ("movies:top/{{ title }}/{{ filename }}", "movies:top/filename/{{ filename }}")


def test_doubtful_facts_make_a_rule_that_says_so() -> None:
    reading = Told({"x 1.mkv": SHOW}, {"x 1.mkv": {"show"}}).read("x 1.mkv")
    [offer, *_] = offers_for(Filed("inbox:x 1.mkv", "tv:Nordlys/x 1.mkv", reading), [], [])
    assert offer.rule.place == "tv:{{ show }}/{{ filename }}" and offer.rule.accept == "likely"


@pytest.mark.parametrize(
    "target", ["movies:Renamed.pdf", "movies:{{ x }}/scan_1.pdf", "movies%:%ff/scan_1.pdf", "movies:CON/scan_1.pdf "]
)
def test_what_no_rule_could_do_is_not_offered(target: str) -> None:
    assert rules(filed("inbox:scan_1.pdf", target)) == []


def test_a_name_that_is_all_pattern_is_taken_literally() -> None:
    one = filed("inbox:a+(b) [1].bin", "movies:X/a+(b) [1].bin")
    [like, when, *_] = rules(one)[0]
    assert when == {"name": {"regex": r"^a\+\(b\) \[\d+\]\.bin$"}} and like == "named like a+(b) […].bin"


def layout(*pairs: tuple[str, str], marked: bool = False, **more: Any) -> Layout:
    entries = {target: Entry(source=source, mark="12345678" if marked else None) for source, target in pairs}
    return Layout(files=entries, **more)


def scans(*known: dict[str, Any]) -> dict[str, Scan]:
    return Workspace.model_validate({"stores": {"inbox": {"path": "x"}}, "scan": {"inbox": {"rules": list(known)}}}).scan


def habits(given: Layout, *known: dict[str, Any], told: Told | None = None) -> list[tuple[str, str | None, int]]:
    return [(offer.like, offer.rule.place, offer.files) for offer in learned(given, scans(*known), told or Told())]


SCANS = [(f"inbox:scan_{n}.pdf", f"movies:Scans/scan_{n}.pdf") for n in range(12)]


def test_twelve_files_filed_alike_are_a_habit() -> None:
    assert habits(layout(*SCANS)) == [("named like scan_….pdf", "movies:Scans/{{ filename }}", 12)]
    assert habits(layout(*SCANS[:2])) == []
    assert habits(layout(*SCANS, review=[Review("inbox:scan_99.pdf")])) == [
        ("named like scan_….pdf", "movies:Scans/{{ filename }}", 12)
    ]


def test_names_that_begin_alike_and_files_of_one_folder() -> None:
    letters = [(f"inbox:Letter {name}.pdf", f"movies:L/Letter {name}.pdf") for name in ("from Ann", "to Bob", "home")]
    assert habits(layout(*letters)) == [("Letter ….pdf", "movies:L/{{ filename }}", 3)]
    mixed = [(f"inbox:in/{name}", f"movies:M/{name}") for name in ("a.x", "b.x", "c.x")]
    assert habits(layout(*mixed)) == [("in in/", "movies:M/{{ filename }}", 3)]


def test_a_rule_that_would_file_others_elsewhere_is_not_offered() -> None:
    other = ("inbox:scan_77.pdf", "movies:Other/scan_77.pdf")
    assert habits(layout(*SCANS[:4], other)) == []
    assert habits(layout(*SCANS[:4], leave=["inbox:scan_78.pdf"])) == []


def test_corrections_of_what_scan_wrote_count_and_its_own_entries_do_not() -> None:
    told = Told({f"scan_{n}.pdf": {"kind": "other"} for n in range(4)})
    inbox = TreeReader("inbox", {f"scan_{n}.pdf": str(n) for n in range(4)})
    space = workspace({"name": "all", "place": "movies:All/{{ filename }}"})
    own = scanned(space, inbox, TreeReader("movies"), told=told).layout
    assert learned(own, space.scan, told) == []
    moved = Layout(files={target.replace("All", "Scans"): entry for target, entry in own.files.items()})
    assert [offer.files for offer in learned(moved, space.scan, told)] == [4]


def test_what_is_a_rule_already_is_not_offered() -> None:
    [offer] = learned(layout(*SCANS), scans(), Told())
    known = offer.rule.model_dump(by_alias=True, exclude_defaults=True)
    known["when"] = offer.rule.when.model_dump(by_alias=True, exclude_none=True)
    assert habits(layout(*SCANS), {**known, "name": "mine"}) == []
    assert offer.key == learned(layout(*SCANS[:5]), scans(), Told())[0].key


def test_a_made_rule_files_them_in_a_scan() -> None:
    [offer] = learned(layout(*SCANS), scans(), Told())
    rule = offer.rule.model_dump(by_alias=True, exclude_defaults=True)
    rule["when"] = offer.rule.when.model_dump(by_alias=True, exclude_none=True)
    inbox = TreeReader("inbox", {source.partition(":")[2]: source for source, _ in SCANS})
    made = scanned(workspace(rule), inbox, TreeReader("movies"))
    assert {str(entry.source): target for target, entry in made.layout.files.items()} == dict(SCANS)
    assert offer.files_too("inbox:scan_1000.pdf") and not offer.files_too("tv:scan_1.pdf") and not offer.files_too("inbox:b.pdf")


def test_the_digits_of_an_ending_are_no_number() -> None:
    [first, *_] = rules(filed("inbox:clip_7.mp4", "movies:Clips/clip_7.mp4"), "clip_8.mp4", "clip_9.mp3")
    assert first[1] == {"name": {"regex": r"^clip_\d+\.mp4$"}} and first[3] == 1
    assert not any(r"mp\d" in str(one[1]) for one in rules(filed("inbox:holiday.mp4", "movies:Clips/holiday.mp4")))


def test_what_went_to_the_same_folder_speaks_for_a_rule_and_what_went_elsewhere_against_it() -> None:
    one = filed("inbox:in/letter.pdf", "movies:Scans/letter.pdf")
    alike, apart = {"inbox:a.pdf": "movies:Scans/a.pdf"}, {"inbox:a.pdf": "tv:a.pdf", "inbox:in/b.mkv": ""}
    assert [offer.refused for offer in offers_for(one, [], ["inbox:b.mkv"], alike)] == ["", ""]
    told = {offer.like: offer.refused for offer in offers_for(one, [], ["inbox:b.mkv"], apart)}
    refused = "it would also take 1 file of the layout, filed already or not, that other rules or answers decide: inbox:a.pdf"
    assert told == {"in in/": "", "ending in .pdf": refused}
