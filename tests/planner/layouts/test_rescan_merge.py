"""Merging: a person's entries stay, scan's own come and go, and nothing that could not be seen is taken for gone."""

from dataclasses import fields, replace

import pytest

from reshelve.planner.layouts.rescan_merge import Proposed, merge, sort_out
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.layouts.scan_marks import absent_mark, is_scans, mark_of, text_of
from reshelve.planner.ports.filed_before import Filed
from reshelve.schemas.documents.layout_files import layout_lines, parse_layout
from reshelve.schemas.inventory import Listing
from reshelve.schemas.layout import Absent, Entry, Layout, Review
from tests.support.documents_strategies import EVERY_FIELD
from tests.support.readers import TreeReader, readers


def scans(target: str, source: str, **given: object) -> Entry:
    entry = Entry(source=source, **given)  # type: ignore[arg-type]
    entry.mark = mark_of(target, entry)
    return entry


def sight_of(*seen: str, unreadable: tuple[str, ...] = (), whole: bool = True) -> Sight:
    sight = Sight()
    listing = TreeReader("inbox", dict.fromkeys(seen, "x")).walk()
    sight.look("inbox", [Listing(listing.root, listing.items, dict.fromkeys(unreadable, "why"))], whole=whole)
    return sight


def merged(
    before: Layout, now: dict[str, Entry], sight: Sight, *, prune: bool = False, there: TreeReader | None = None, **given: object
) -> Layout:
    proposed = Proposed(now, given.get("review", []), given.get("absent", []), given.get("dirs", []), {})  # type: ignore[arg-type]
    return merge(sort_out(before), proposed, sight, readers(there or TreeReader("tv")), prune=prune).layout


def test_a_mark_stands_for_every_field_but_the_note() -> None:
    entry = scans("tv:a", "inbox:a", size=2, facts={"year": 1999, "duration": 5.0}, because="rule b")
    assert is_scans("tv:a", entry)
    assert is_scans("tv:a", replace(entry, note="mine"))
    assert is_scans("tv:a", replace(entry, facts={"duration": 5, "year": 1999}))
    assert not is_scans("tv:a", replace(entry, facts={"year": 2000}))
    assert not is_scans("tv:a", replace(entry, mark=None))
    for name in {each.name for each in fields(Entry)} - {"note", "mark"}:
        changed = replace(entry, **{name: getattr(EVERY_FIELD[name], name)})
        assert changed != entry
        assert not is_scans("tv:a", changed), name
    assert not is_scans("tv:b", entry)


def test_a_mark_outlives_the_document() -> None:
    facts = {
        "title": text_of("caf\udce9 ☃"),
        "year": 24,
        "job": "007",
        "duration": 90.0,
        "take": 1e3,
        "episodes": [1],
        "live": True,
    }
    layout = Layout(files={"tv:a": scans("tv:a", "inbox%:caf%E9", facts=facts, because="x\n\x00y")})
    read = parse_layout("".join(layout_lines(layout)).encode(), "layout.yaml")
    assert is_scans("tv:a", read.files["tv:a"])


def test_a_persons_entry_stays_and_is_told() -> None:
    edited = replace(scans("tv:a", "inbox:a"), transfer="copy")
    proposed = Proposed({"tv:a": scans("tv:a", "inbox:a")}, [], [], [], {})
    kept = merge(sort_out(Layout(files={"tv:a": edited})), proposed, sight_of("a"), {})
    assert kept.layout.files == {"tv:a": edited}
    assert kept.kept == ["kept your edit: tv:a"]
    answered = replace(edited, because="your answer", mark=None)
    assert merge(sort_out(Layout(files={"tv:a": answered})), proposed, sight_of("a"), {}).kept == ["kept your answer: tv:a"]


def test_scans_own_entry_is_rewritten_and_dropped() -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:a"), "tv:b": scans("tv:b", "inbox:b")})
    now = {"tv:new/a": scans("tv:new/a", "inbox:a")}
    assert merged(before, now, sight_of("a", "b")).files == now


@pytest.mark.parametrize("prune", [False, True])
def test_what_is_gone_and_was_never_filed_leaves(prune: bool) -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1)})
    there = TreeReader("tv", {"other": "1"})
    assert merged(before, {}, sight_of(), prune=prune, there=there).files == {}
    empty = merged(before, {}, sight_of(), prune=prune)
    assert empty.files == before.files, "an empty root may be a disk that is away"
    theirs = Layout(files={"tv:a": Entry(source="inbox:a", size=1)})
    assert merged(theirs, {}, sight_of(), prune=prune, there=there).files == theirs.files


def test_what_is_gone_and_filed_stays_until_it_is_pruned() -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1)})
    assert merged(before, {}, sight_of(), there=TreeReader("tv", {"a": "1"})).files == before.files
    assert merged(before, {}, sight_of(), prune=True, there=TreeReader("tv", {"a": "22"})).files == before.files
    assert merged(before, {}, sight_of(), prune=True, there=TreeReader("tv", {"a": "1"})).files == {}


def test_what_was_filed_and_makes_way_for_a_new_file_of_its_name_is_told() -> None:
    before = sort_out(Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1)}))
    again = Proposed({"tv:a 2": scans("tv:a 2", "inbox:a", size=2)}, [], [], [], {})
    filed = merge(before, again, sight_of("a"), readers(TreeReader("tv", {"a": "1"})))
    assert list(filed.layout.files) == ["tv:a 2"]
    assert filed.why_left == {"tv:a": "inbox:a now goes to tv:a 2; what stands at the target stays"}
    pending = merge(before, again, sight_of("a"), readers(TreeReader("tv")))
    assert (list(pending.layout.files), pending.why_left) == (["tv:a 2"], {}), "what was never filed only changes its mind"


def test_what_was_filed_and_goes_nowhere_now_is_told() -> None:
    before = sort_out(Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1, note="ask Ada")}))
    nothing = Proposed({}, [], [], [], {})
    left = merge(before, nothing, sight_of("a"), readers(TreeReader("tv", {"a": "1"})))
    assert left.layout.files == {}
    assert left.why_left == {"tv:a": "inbox:a goes nowhere now; what stands at the target stays"}
    assert merge(before, nothing, sight_of("a"), readers(TreeReader("tv"))).why_left == {}, "departures say what it came to"


@pytest.mark.parametrize(("goes", "where"), [("tv:a", "goes to tv:a"), ("tv:b", "goes to tv:b"), (None, "goes nowhere now")])
def test_what_was_filed_and_is_gone_as_another_file_has_its_source_is_told(goes: str | None, where: str) -> None:
    before = sort_out(Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1, note="ask Ada")}))
    again = Proposed({goes: scans(goes, "inbox:a", size=2)} if goes else {}, [], [], [], {})
    there = readers(TreeReader("inbox", {"a": "22"}), TreeReader("tv", {"other": "x", "moved": "1"}))
    for places, became in (((), "is gone (`reshelve health` looks for it)"), (("tv:moved",), "is at tv:moved now")):
        made = merge(before, again, sight_of("a"), there, filed_before=lambda _, at=places: Filed(at))  # type: ignore[misc]
        why = f"it was filed, and {became}; inbox:a is another file, which {where}"
        told = [f"let go of: tv:a: {why} (your note: ask Ada)"] if goes == "tv:a" else []
        assert (made.kept, made.why_left.get("tv:a")) == (told, None if told else why)
        assert all(entry.note is None for entry in made.layout.files.values())
    assert merge(before, again, sight_of("a"), there).kept == [], "what was never filed only changes its mind"
    undone = merge(before, again, sight_of("a"), there, filed_before=lambda _: Filed(("inbox/1:a",)))
    assert undone.kept == [], "what was taken back was edited"


def test_a_note_on_what_was_filed_is_not_said_of_a_new_file_of_its_name() -> None:
    before = sort_out(Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1, note="ask Ada")}))
    again = Proposed({"tv:b": scans("tv:b", "inbox:a", size=2)}, [], [], [], {})
    filed = merge(before, again, sight_of("a"), readers(TreeReader("tv", {"a": "1"})))
    assert filed.layout.files["tv:b"].note is None
    assert list(filed.why_left) == ["tv:a"]
    pending = merge(before, again, sight_of("a"), readers(TreeReader("tv")))
    assert pending.layout.files["tv:b"].note == "ask Ada", "the same file, which goes elsewhere"


def test_a_folder_with_nothing_but_the_trash_of_a_run_is_no_disk_that_is_away() -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:a", size=1, transfer="copy")})
    archived = TreeReader("tv", {".reshelve-trash/1/a": "1"})
    assert archived.names("") == set()
    assert merged(before, {}, sight_of(), prune=True, there=archived).files == {}


def test_what_is_not_pruned_is_told_with_the_reason() -> None:
    before = sort_out(Layout(files={f"tv:{name}": scans(f"tv:{name}", f"inbox:{name}", size=1) for name in "ab"}))

    def kept(there: TreeReader, sight: Sight, *, prune: bool = True) -> list[str]:
        result = merge(before, Proposed({}, [], [], [], {}), sight, readers(there), prune=prune)
        assert len(result.layout.files) == 2
        return result.kept

    both = TreeReader("tv", {"a": "1", "b": "1"})
    empty = "not pruned: tv:a and 1 more: there is nothing at all in tv, as if its disk were not connected"
    assert kept(TreeReader("tv"), sight_of()) == [empty]
    assert kept(both, sight_of(whole=False)) == [
        "not pruned: tv:a and 1 more: inbox, where it comes from, could not be seen, or not all of it"
    ]
    assert kept(TreeReader("tv", {"a": "22", "b": "22"}), sight_of()) == [
        "not pruned: tv:a and 1 more: another file is at the target"
    ]
    assert kept(TreeReader("tv", available=False), sight_of()) == ["not pruned: tv:a and 1 more: tv is not available"]
    assert kept(both, sight_of(whole=False), prune=False) == []


def test_a_persons_entry_is_never_pruned() -> None:
    before = Layout(files={"tv:a": Entry(source="inbox:a", size=1)})
    assert merged(before, {}, sight_of(), prune=True, there=TreeReader("tv", {"a": "1"})).files == before.files


def test_what_cannot_be_seen_is_not_gone() -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:dir/a", size=1), "tv:b": scans("tv:b", "other:b", size=1)})
    there = TreeReader("tv", {"a": "1", "b": "1"})
    for sight in (sight_of(unreadable=("dir",)), sight_of(whole=False), sight_of(unreadable=("",))):
        assert merged(before, {}, sight, prune=True, there=there).files == before.files
        assert sort_out(before).standing(sight) == before.files
    assert set(sort_out(before).standing(sight_of())) == {"tv:b"}


def test_a_source_that_moved_before_it_was_filed_takes_its_entry_over() -> None:
    before = Layout(files={"tv:a": scans("tv:a", "inbox:old/a", note="mine")})
    now = {"tv:a": scans("tv:a", "inbox:new/a")}
    assert merged(before, now, sight_of("new/a")).files["tv:a"].source == "inbox:new/a"


def test_notes_are_carried() -> None:
    entry = replace(scans("tv:a", "inbox:a"), note="keep")
    before = Layout(
        files={"tv:a": entry}, review=[Review("inbox:b", "no rule matched", note="ask Ada"), Review("inbox:c", "x", note="see")]
    )
    now = {"tv:new/a": scans("tv:new/a", "inbox:a"), "tv:b": scans("tv:b", "inbox:b")}
    after = merged(before, now, sight_of("a", "b", "c"), review=[Review("inbox:c", "other")])
    assert {target: each.note for target, each in after.files.items()} == {"tv:new/a": "keep", "tv:b": "ask Ada"}
    assert after.review == [Review("inbox:c", "other", note="see")]
    assert all(is_scans(target, each) for target, each in after.files.items())


def test_a_companion_lets_go_of_a_main_that_went() -> None:
    pair = {"tv:a": scans("tv:a", "inbox:a"), "tv:a.srt": scans("tv:a.srt", "other:a.srt", beside="tv:a")}
    pair["tv:mine"] = Entry(source="other:b", beside="tv:a")
    previous = sort_out(Layout(files=pair))
    merged = merge(previous, Proposed({}, [], [], [], {}), sight_of("a"), {})
    layout, kept = merged.layout, merged.kept
    assert set(layout.files) == {"tv:a.srt", "tv:mine"}
    assert layout.files["tv:a.srt"].beside is None and is_scans("tv:a.srt", layout.files["tv:a.srt"])
    assert "tv:mine no longer travels with tv:a, which is not in the layout" in kept


def test_dirs_leave_and_undecided_things() -> None:
    before = Layout(
        dirs=["tv:Mine"],
        leave=["inbox:keep.iso"],
        review=[Review("inbox:seen", "old"), Review("other:unseen", "old"), Review("inbox:placed", "old", note="n")],
    )
    after = merged(before, {"tv:p": scans("tv:p", "inbox:placed")}, sight_of("seen", "placed"), dirs=["projects:p"])
    assert after.dirs == ["projects:p", "tv:Mine"]
    assert after.leave == ["inbox:keep.iso"]
    assert [item.source for item in after.review] == ["other:unseen"]


def test_things_to_be_gone() -> None:
    def scans_thing(path: str, size: int) -> Absent:
        thing = Absent(path, size)
        thing.mark = absent_mark(thing)
        return thing

    mine = Absent("inbox:mine")
    before = Layout(absent=[mine, scans_thing("inbox:gone", 1), scans_thing("inbox:kept", 1), scans_thing("other:unseen", 1)])
    fresh = scans_thing("inbox:new", 2)
    kept = merged(before, {}, sight_of("kept", "new", "mine"), absent=[fresh]).absent
    assert [thing.path for thing in kept] == ["inbox:gone", "inbox:mine", "inbox:new", "other:unseen"]
    pruned = merged(before, {}, sight_of("kept", "new"), absent=[fresh], prune=True).absent
    assert [thing.path for thing in pruned] == ["inbox:mine", "inbox:new", "other:unseen"]
