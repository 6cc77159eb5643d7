"""Tiers: projects that rested long enough go to the next tier, as ordinary entries; nothing goes before it stands elsewhere."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.observing.saved_inventory import readers_from
from reshelve.planner.scan import ScanRequest, ScanResult, scan
from reshelve.planner.tiers.tier_places import range_of
from reshelve.schemas.documents.layout_files import layout_lines, parse_layout
from reshelve.schemas.inventory import Inventory, Item, Listing, Root
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.workspace import Workspace
from tests.support.readers import NOW_NS
from tests.support.scanning import Told, cite
from tests.support.shares import examples

DAY_NS = 86400 * 10**9
LIGHT = ["srt", "vtt", "txt", "md", "jpg", "jpeg", "png", "webp", "json", "yml", "yaml"]
HEAVY = ["mp4", "mov", "avi", "mkv", "webm"]
TIERS: dict[str, Any] = {
    "order": {
        "local": {"at": "local:{project}"},
        "light": {"at": "local:archived/{range}/{project}", "form": "light"},
        "ssd": {"at": "ssd:{project}"},
        "s3": {"at": "s3:{range}/{project}", "form": "tar.gz", "class": "STANDARD"},
        "deep": {"at": "s3:{range}/{project}", "form": "tar.gz", "class": "DEEP_ARCHIVE"},
    },
    "moves": [
        {"from": "local", "to": ["ssd", "light"], "after": "90d"},
        {"from": "ssd", "to": ["s3"], "after": "180d"},
        {"from": "s3", "to": ["deep"], "after": "365d"},
        {"from": "ssd", "to": ["ssd", "light"]},
    ],
}


class Shelves:
    """A local folder, an SSD and a bucket, and what lies there: (days since written, size) by path."""

    def __init__(self, *things: str, away: str = "", **tiers: Any) -> None:
        self.items: dict[str, dict[str, Item]] = {"local": {}, "ssd": {}, "s3": {}}
        self.away = away
        self.tiers = {**TIERS, **tiers}
        self.now_ns = NOW_NS
        for thing in things:
            self.add(thing)

    def add(self, thing: str) -> None:
        """Add "STORE:PATH DAYS [SIZE] [CLASS]"."""
        location, days, *rest = thing.split()
        store, _, rel = location.partition(":")
        size = int(rest[0]) if rest else 100
        item = Item(rel, "file", size, NOW_NS - int(float(days) * DAY_NS), NOW_NS, len(rel) + 7, 1, 0o644, store)
        self.items[store][rel] = replace(item, storage_class=rest[1] if len(rest) > 1 else "STANDARD" if store == "s3" else "")

    def remove(self, location: str) -> None:
        store, _, rel = location.partition(":")
        del self.items[store][rel]

    @property
    def workspace(self) -> Workspace:
        stores = {"local": {"path": "/l"}, "ssd": {"path": "/s", "optional": True}, "s3": {"s3": "bucket", "prefix": "p/"}}
        return Workspace.model_validate({"stores": stores, "tiers": {"videos": self.tiers}})

    @property
    def readers(self) -> Any:
        listings = {}
        for store, items in self.items.items():
            there = store != self.away
            root = Root(
                store, f"/{store}", store, there, "" if there else "not there", kind="bucket" if store == "s3" else "folder"
            )
            folders = {above for rel in items for above in _above(rel)}
            made = [Item(rel, "dir", 0, 0, 0, 1, 1, 0o755, store) for rel in folders if store != "s3"]
            listings[store] = Listing(root, sorted([*items.values(), *made], key=lambda each: each.rel) if there else [])
        return readers_from(Inventory(self.now_ns, listings))

    def scan(self, before: Layout | None = None, only: str | None = None) -> ScanResult:
        return scan(ScanRequest(self.workspace, self.readers, before, self.now_ns, Told(), cite, only=only))


def _above(rel: str) -> list[str]:
    parts = rel.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def asked(result: ScanResult) -> list[str]:
    """Return what a layout asks for, a line each."""
    lines = []
    for target, entry in result.layout.files.items():
        what = entry.pack or ("unpack" if entry.unpack else entry.transfer if entry.source else "class")
        lines.append(" ".join(part for part in (what, target, entry.source or entry.unpack, entry.storage_class) if part))
    lines += [f"absent {thing.path} {' '.join(thing.copies)}" for thing in result.layout.absent]
    return lines


def test_a_project_that_rested_goes_to_the_ssd_and_keeps_its_light_files() -> None:
    result = Shelves("local:b40-old/final.mp4 91 900", "local:b40-old/a/text.srt 200", "local:b63-new/x.mp4 3").scan()
    assert asked(result) == [
        "move local:archived/b00-b49/b40-old/a/text.srt local:b40-old/a/text.srt",
        "copy ssd:b40-old/a/text.srt local:b40-old/a/text.srt",
        "copy ssd:b40-old/final.mp4 local:b40-old/final.mp4",
        "absent local:b40-old/final.mp4 ssd:b40-old/final.mp4",
    ]
    why = "tiers videos: b40-old from local to ssd and light, last written 2026-10-16, over 90d ago"
    assert result.layout.absent[0].because == why
    assert result.layout.absent[0].size == 900 and result.layout.tidy == {"local": []}
    assert result.counts["to_tiers"] == 4 and result.problems == []


class Configs:
    """What projects say of themselves, by the path of their folder."""

    def __init__(self, **said: Any) -> None:
        self.said = said
        self.asked: list[str] = []

    def settings(self, root: str, rel: str) -> Any:
        self.asked.append(f"{root}:{rel}")
        said = self.said[rel.partition("/")[0]]
        if isinstance(said, str):
            raise ValueError(said)
        return said


def by_their_word(shelves: Shelves, **said: Any) -> tuple[ScanResult, Configs]:
    shelves.tiers = {**shelves.tiers, "moves": [{"from": "local", "to": ["ssd"], "after": "90d", "setting": "archive_after_days"}]}
    configs = Configs(**said)
    return scan(ScanRequest(shelves.workspace, shelves.readers, None, shelves.now_ns, Told(), cite, configs=configs)), configs


@pytest.mark.parametrize(("days", "due"), [("29", False), ("31", True), ("91", True)])
def test_a_project_rests_by_its_own_word(days: str, due: bool) -> None:
    shelves = Shelves(f"local:one/project_config.json {days}", f"local:one/a.mp4 {days}", "local:two/b.mp4 89")
    shelves.add("local:old/c.mp4 91")
    result, configs = by_their_word(shelves, one={"archive_after_days": 30})
    assert {line.split()[1] for line in asked(result) if line.startswith("copy")} == {
        *({"ssd:one/a.mp4", "ssd:one/project_config.json"} if due else ()),
        "ssd:old/c.mp4",
    }
    assert configs.asked == ["local:one/project_config.json"] and result.problems == []
    if due:
        because = result.layout.files["ssd:one/a.mp4"].because or ""
        assert "over 30d ago, as archive_after_days of the project says" in because


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"archive_after_days": "soon"}, "'soon', which is no number of days"),
        ({"archive_after_days": -1}, "no number of days"),
        ({"archive_after_days": True}, "no number of days"),
        ({"archive_after_days": 0.5}, "no number of days"),
        ({"archive_after_days": 10**30}, "no number of days"),
        ({}, ""),
    ],
)
def test_a_word_that_cannot_be_taken_is_told_and_the_moves_own_holds(said: Any, why: str) -> None:
    result, _ = by_their_word(Shelves("local:one/project_config.json 91", "local:two/project_config.json 89"), one=said, two=said)
    assert [line for line in asked(result) if line.startswith("copy")] == [
        "copy ssd:one/project_config.json local:one/project_config.json"
    ]
    assert len(result.problems) == (2 if why else 0)
    assert all(problem.severity == "warning" and why in problem.detail for problem in result.problems)


def test_a_project_whose_own_word_cannot_be_read_stays() -> None:
    """It may have said never: nothing of it goes before somebody has looked."""
    said = "it is not JSON"
    shelves = Shelves("local:one/project_config.json 91", "local:one/a.mp4 91", "local:old/c.mp4 91")
    result, _ = by_their_word(shelves, one=said)
    assert [line for line in asked(result) if line.startswith("copy")] == ["copy ssd:old/c.mp4 local:old/c.mp4"]
    (problem,) = result.problems
    assert said in problem.detail and "stays" in problem.hint


@pytest.mark.parametrize(("days", "due"), [("89", False), ("90", False), ("90.001", True), ("91", True)])
def test_the_day_it_is_due(days: str, due: bool) -> None:
    assert bool(asked(Shelves(f"local:b40-old/final.mp4 {days}").scan())) == due


def test_one_late_file_keeps_a_project() -> None:
    assert asked(Shelves("local:b40-old/final.mp4 400", "local:b40-old/notes.md 2").scan()) == []
    ahead = Shelves("local:b40-old/final.mp4 400", "local:b40-old/notes.md -2")
    assert asked(ahead.scan()) == []


def test_from_the_ssd_into_an_archive_by_range() -> None:
    shelves = Shelves("ssd:b40-old/final.mp4 181 900", "ssd:b40-old/a/text.srt 300")
    assert asked(shelves.scan()) == [
        "copy local:archived/b00-b49/b40-old/a/text.srt ssd:b40-old/a/text.srt",
        "tar.gz s3:b00-b49/b40-old.tar.gz ssd:b40-old/ STANDARD",
        "absent ssd:b40-old/a/text.srt s3:b00-b49/b40-old.tar.gz",
        "absent ssd:b40-old/final.mp4 s3:b00-b49/b40-old.tar.gz",
    ]
    assert asked(Shelves("ssd:b40-old/final.mp4 179 900").scan()) == []


def test_an_archive_that_stands_is_held_against_the_folder_in_whatever_class_it_is() -> None:
    shelves = Shelves("ssd:b40-old/final.mp4 400", "s3:b00-b49/b40-old.tar.gz 10 500 DEEP_ARCHIVE")
    assert asked(shelves.scan()) == [
        "tar.gz s3:b00-b49/b40-old.tar.gz ssd:b40-old/",
        "absent ssd:b40-old/final.mp4 s3:b00-b49/b40-old.tar.gz",
    ]


def test_a_year_in_the_bucket_changes_the_class() -> None:
    shelves = Shelves("s3:b00-b49/b40-old.tar.gz 366", "s3:b00-b49/b41-old.tar.gz 364", "s3:b00-b49/b42.tar.gz 900 1 GLACIER_IR")
    assert asked(shelves.scan()) == ["class s3:b00-b49/b40-old.tar.gz DEEP_ARCHIVE", "class s3:b00-b49/b42.tar.gz DEEP_ARCHIVE"]
    assert asked(Shelves("s3:b00-b49/b42.tar.gz 900 1 GLACIER").scan()) == []


def test_what_the_service_moved_by_itself_is_not_moved_back() -> None:
    shelves = Shelves("ssd:b40-old/final.mp4 200")
    layout = shelves.scan().layout
    shelves.remove("ssd:b40-old/final.mp4")
    shelves.add("s3:b00-b49/b40-old.tar.gz 0 500 DEEP_ARCHIVE")
    assert asked(shelves.scan(layout)) == []


def test_light_files_are_brought_back_and_no_others() -> None:
    names = [*LIGHT, *HEAVY, "wav"]
    found = asked(Shelves(*(f"ssd:b40-old/x.{name} 10" for name in names)).scan())
    assert [line.rpartition(".")[2] for line in found] == sorted(LIGHT)
    assert all(line.startswith("copy local:archived/b00-b49/b40-old/x.") for line in found)
    assert asked(Shelves("ssd:b40/x.srt 10", "local:b40/x.mp4 1").scan()) == []
    assert asked(Shelves("ssd:b40/x.srt 10", "local:archived/b00-b49/b40/x.srt 10").scan()) == []


def test_kinds_of_files_are_the_workspaces() -> None:
    shelves = Shelves("local:b40/x.wav 99", "local:b40/x.mp4 99", "local:b40/x.psd 99", heavy=["wav", ".PSD"], light=[])
    assert [line for line in asked(shelves.scan()) if line.startswith(("absent", "move"))] == [
        "move local:archived/b00-b49/b40/x.mp4 local:b40/x.mp4",
        "absent local:b40/x.psd ssd:b40/x.psd",
        "absent local:b40/x.wav ssd:b40/x.wav",
    ]


def test_counts_and_sizes_kept() -> None:
    projects = [f"local:b{n:02}/x.mp4 {n} 100" for n in range(1, 13)]
    move = {"from": "local", "to": ["ssd", "light"]}
    kept = Shelves(*projects, moves=[{**move, "keep": 10}]).scan()
    assert [thing.path for thing in kept.layout.absent] == ["local:b11/x.mp4", "local:b12/x.mp4"]
    assert kept.layout.absent[0].because == "tiers videos: b11 from local to ssd and light, not among the 10 last used"
    room = Shelves(*projects, moves=[{**move, "keep_size": "1000B"}]).scan()
    assert [thing.path for thing in room.layout.absent] == ["local:b11/x.mp4", "local:b12/x.mp4"]
    both = Shelves(*projects, moves=[{**move, "keep": 10, "after": "11d", "name": "tidy"}]).scan()
    assert [thing.path for thing in both.layout.absent] == ["local:b12/x.mp4"]
    assert "tiers videos, tidy: b12 from local" in (both.layout.absent[0].because or "")
    some = Shelves(*projects, moves=[{**move, "projects": ["B07*"]}]).scan()
    assert [thing.path for thing in some.layout.absent] == ["local:b07/x.mp4"]


def test_nothing_is_dropped_without_a_whole_copy_elsewhere() -> None:
    drop = [{"from": "ssd", "to": ["light"], "after": "180d"}]
    alone = Shelves("ssd:b40/x.mp4 200", moves=drop).scan()
    assert asked(alone) == [] and [p.code for p in alone.problems] == ["tier-short"]
    light = Shelves("ssd:b40/x.mp4 200", "local:archived/b00-b49/b40/x.srt 200", moves=drop).scan()
    assert asked(light) == []
    archived = Shelves("ssd:b40/x.mp4 200", "s3:b00-b49/b40.tar.gz 1", moves=drop)
    assert asked(archived.scan()) == ["tar.gz s3:b00-b49/b40.tar.gz ssd:b40/", "absent ssd:b40/x.mp4 s3:b00-b49/b40.tar.gz"]
    other = Shelves(
        "ssd:b40/x.mp4 200 5", "ssd:b40/y.mp4 200 5", "local:b40/x.mp4 200 5", "local:b40/y.mp4 200 6", moves=drop
    ).scan()
    # One file without a copy keeps the whole project.
    assert asked(other) == [] and [p.code for p in other.problems] == ["tier-short"]


def test_as_many_copies_as_are_asked_for() -> None:
    things = ("ssd:b40/x.mp4 200", "local:b40/x.mp4 200")
    moves = [{"from": "ssd", "to": ["s3"], "after": "180d"}]
    two = Shelves(*things, copies=2, moves=moves).scan()
    assert [thing.copies for thing in two.layout.absent] == [["local:b40/x.mp4", "s3:b00-b49/b40.tar.gz"]]
    assert asked(Shelves(things[0], copies=2, moves=moves).scan()) == []


def test_a_project_leaves_one_place_a_scan() -> None:
    shelves = Shelves("local:b40/x.mp4 400", "ssd:b40/x.mp4 400")
    assert asked(shelves.scan()) == ["absent local:b40/x.mp4 ssd:b40/x.mp4"]


def test_what_a_person_left_stays() -> None:
    shelves = Shelves("ssd:b40/a/x.mp4 200", "ssd:b41/x.mp4 200", "ssd:b42/x.mp4 200")
    leave = Layout(leave=["ssd:b40/", "ssd:b41/x.mp4"], files={"ssd:b42/": Entry(unpack="s3:b00-b49/b42.tar.gz")})
    assert [line for line in asked(shelves.scan(leave)) if not line.startswith("unpack")] == []


def test_edited_entries_stay_and_old_ones_go() -> None:
    shelves = Shelves("local:b40/x.mp4 100")
    layout = shelves.scan().layout
    layout.files["ssd:b40/x.mp4"] = replace(layout.files["ssd:b40/x.mp4"], transfer="move")
    layout.absent = []
    again = shelves.scan(layout)
    assert again.layout.files["ssd:b40/x.mp4"].transfer == "move" and again.kept == ["kept your edit: ssd:b40/x.mp4"]
    shelves.add("local:b40/notes.md 1")
    assert asked(shelves.scan(shelves.scan().layout)) == []


def test_a_tier_that_is_away_keeps_what_was_planned() -> None:
    shelves = Shelves("local:b40/x.mp4 100", "s3:b00-b49/b41.tar.gz 400")
    layout = shelves.scan().layout
    shelves.away = "ssd"
    result = shelves.scan(layout)
    assert "".join(layout_lines(result.layout)) == "".join(layout_lines(layout))
    assert {problem.code for problem in result.problems} == {"tier-away"} and {p.severity for p in result.problems} == {"note"}
    fresh = shelves.scan()
    assert asked(fresh) == ["class s3:b00-b49/b41.tar.gz DEEP_ARCHIVE"]


def test_scanning_one_store_leaves_the_tiers_alone() -> None:
    shelves = Shelves("local:b40/x.mp4 100")
    layout = shelves.scan().layout
    space = shelves.workspace
    space = Workspace.model_validate({**space.model_dump(by_alias=True), "scan": {"local": {}}})
    result = scan(ScanRequest(space, shelves.readers, layout, NOW_NS, Told(), cite, only="local"))
    assert result.layout.files == layout.files and result.layout.absent == layout.absent


def test_a_class_is_for_buckets() -> None:
    shelves = Shelves(order={**TIERS["order"], "ssd": {"at": "ssd:{project}", "class": "STANDARD"}})
    assert [problem.code for problem in shelves.scan().problems] == ["tier-class"]


def test_folders_of_other_tiers_and_hidden_ones_are_no_projects() -> None:
    things = ("local:archived/b00-b49/b40/x.mp4 900", "local:archived/x.mp4 900", "local:.git/x.mp4 900", "local:x.mp4 900")
    assert asked(Shelves(*things, "local:misc/x.mp4 900", **{"except": ["misc"]}).scan()) == []


@pytest.mark.parametrize("folder", ["@eaDir", "#recycle", "lost+found", "$RECYCLE.BIN", "#snapshot", "found.000"])
def test_folders_of_the_system_are_no_projects(folder: str) -> None:
    assert asked(Shelves(f"local:{folder}/x.mp4 200", f"ssd:{folder}/x.mp4 400").scan()) == []


def test_light_in_the_same_place() -> None:
    order = {**TIERS["order"], "light": {"at": "local:{project}", "form": "light"}}
    shelves = Shelves("local:b40/x.mp4 91", "local:b40/x.srt 91", order=order)
    result = shelves.scan()
    assert asked(result) == [
        "copy ssd:b40/x.mp4 local:b40/x.mp4", "copy ssd:b40/x.srt local:b40/x.srt", "absent local:b40/x.mp4 ssd:b40/x.mp4"
    ]  # fmt: skip
    shelves.remove("local:b40/x.mp4")
    for name in ("x.mp4", "x.srt"):
        shelves.add(f"ssd:b40/{name} 91")
    assert asked(shelves.scan(result.layout)) == []


def test_back_out_of_an_archive() -> None:
    shelves = Shelves("s3:b00-b49/b40.tar.gz 5", moves=[{"from": "s3", "to": ["s3", "ssd"], "projects": ["b40"]}])
    assert asked(shelves.scan()) == ["unpack ssd:b40/ s3:b00-b49/b40.tar.gz"]
    shelves.add("ssd:b40/x.mp4 1")
    assert asked(shelves.scan()) == []


@pytest.mark.parametrize(
    ("project", "folder"),
    [
        ("b40-old-project", "b00-b49"), ("b49", "b00-b49"), ("b50-x", "b50-b99"), ("b63-flivideo", "b50-b99"),
        ("b100-x", "b100-b149"),
        ("b00", "b00-b49"), ("40-legacy", "00-49"), ("7-legacy", "00-49"), ("107-legacy", "100-149"), ("006-legacy", "000-049"),
        ("boy-baker", "other"), ("appydave-advert2", "other"), ("B40", "B00-B49"),
    ],
)  # fmt: skip
def test_range_folders(project: str, folder: str) -> None:
    assert range_of(project) == folder
    if folder != "other":
        assert range_of(project, 10) != folder


PROJECTS = st.lists(
    st.tuples(
        st.sampled_from(["local:{}/x.mp4", "local:{}/x.srt", "local:archived/b00-b49/{}/x.srt", "ssd:{}/x.mp4", "ssd:{}/y.srt"]),
        st.sampled_from(["b01", "b02", "b03"]),
        st.integers(0, 500),
    ),
    max_size=12,
)
ARCHIVES = st.lists(
    st.tuples(st.sampled_from(["b01", "b02"]), st.integers(0, 500), st.sampled_from(["STANDARD", "DEEP_ARCHIVE", "GLACIER"])),
    max_size=2,
)


@pytest.mark.drawn
@settings(max_examples=examples(150), deadline=None)
@given(PROJECTS, ARCHIVES, st.sampled_from(["", "ssd", "s3", "local"]))
def test_scanning_again_changes_nothing(projects: list[Any], archives: list[Any], away: str) -> None:
    things = [f"{where.format(name)} {days}" for where, name, days in projects]
    things += [f"s3:b00-b49/{name}.tar.gz {days} 50 {each}" for name, days, each in archives]
    shelves = Shelves(*things)
    first = shelves.scan().layout
    text = "".join(layout_lines(first))
    assert "".join(layout_lines(shelves.scan(parse_layout(text.encode(), "layout.yaml")).layout)) == text
    shelves.away = away
    gone = shelves.scan(parse_layout(text.encode(), "layout.yaml")).layout
    assert "".join(layout_lines(shelves.scan(gone).layout)) == "".join(layout_lines(gone))
    # Nothing is to go that does not stand, or will stand, somewhere else.
    standing = {f"{store}:{rel}" for store, items in shelves.items.items() for rel in items}
    going = {thing.path for thing in first.absent}
    for thing in first.absent:
        assert thing.copies and all(copy in standing | first.files.keys() and copy not in going for copy in thing.copies)
    assert isinstance(first, Layout) and all(isinstance(thing, Absent) for thing in first.absent)


def test_folders_that_hold_nothing_come_along_to_a_light_tier_that_gets_anything() -> None:
    shelves = Shelves("local:b40/a/x.mp4 99", "local:b40/a/notes.md 99")
    for rel in ("b40", "b40/a", "b40/Audio"):
        shelves.items["local"][rel] = Item(rel, "dir", 0, 0, 0, len(rel), 1, 0o755, "local")
    assert {line for line in asked(shelves.scan()) if "archived" in line and line.startswith("copy")} >= {
        "copy local:archived/b00-b49/b40/Audio/ local:b40/Audio/"
    }


def test_folders_that_hold_nothing_come_along_to_a_folder_tier() -> None:
    shelves = Shelves("local:b40/a/x.mp4 99")
    for rel in ("b40", "b40/a", "b40/Audio", "b40/a/Proxy", "b41", "b41/nothing"):
        shelves.items["local"][rel] = Item(rel, "dir", 0, 0, 0, len(rel), 1, 0o755, "local")
    result = shelves.scan()
    assert asked(result) == [
        "copy ssd:b40/Audio/ local:b40/Audio/",
        "copy ssd:b40/a/Proxy/ local:b40/a/Proxy/",
        "copy ssd:b40/a/x.mp4 local:b40/a/x.mp4",
        "absent local:b40/a/x.mp4 ssd:b40/a/x.mp4",
    ]
    for rel in ("b40", "b40/Audio", "b40/a", "b40/a/Proxy"):
        shelves.items["ssd"][rel] = Item(rel, "dir", 0, 0, 0, len(rel), 1, 0o755, "ssd")
    shelves.add("ssd:b40/a/x.mp4 99")
    assert asked(shelves.scan(result.layout)) == ["absent local:b40/a/x.mp4 ssd:b40/a/x.mp4"]
