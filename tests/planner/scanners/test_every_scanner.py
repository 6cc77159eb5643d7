"""What holds of whatever every scanner proposes: it says why, stays in the stores, gives way to people, and comes to rest."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.planner import scanners
from reshelve.planner.scan import ScanRequest, ScanResult, scan
from reshelve.schemas.documents.layout_files import layout_lines
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.workspace import Workspace
from tests.support.readers import NOW_NS, Thing, TreeReader, readers
from tests.support.scanning import FILMS, Told, cite, film

STORES = ("inbox", "movies", "projects", "local", "ssd")
EXPIRE = {"name": "expire", "when": {"ext": "log", "age": {"over": "30d"}}, "absent": True}
TIERS = {
    "order": {"local": {"at": "local:{project}"}, "ssd": {"at": "ssd:{project}"}},
    "moves": [{"from": "local", "to": ["ssd"], "after": "90d"}],
}


@dataclass
class World:
    """A workspace that asks one scanner for something, and what stands in its stores before anything was filed."""

    asks: dict[str, Any]
    trees: dict[str, dict[str, Thing]] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return Workspace.model_validate({"stores": {store: {"path": f"/stores/{store}"} for store in STORES}, **self.asks})

    def scan(self, before: Layout | None = None, away: str = "") -> ScanResult:
        roots = [TreeReader(store, self.trees.get(store), available=store != away, optional=True) for store in STORES]
        return scan(ScanRequest(self.workspace, readers(*roots), before, NOW_NS, Told(self.told), cite))


WORLDS = {
    "store_scanner": World({"scan": {"inbox": {"rules": [EXPIRE]}}}, {"inbox": {"old.log": "1", "old.txt": "2"}}),
    "rule_scanner": World(
        {"scan": {"inbox": {"rules": [FILMS]}}},
        {"inbox": {"Heat.mkv": "film", "Heat.en.srt": "words", "xyz.bin": "?"}},
        {"Heat.mkv": film("Heat", 1995)},
    ),
    "project_scanner": World({"projects": [{"name": "b63", "template": "standard_video", "in": "projects:"}]}),
    "tier_scanner": World({"tiers": {"videos": TIERS}}, {"local": {"b01-old/cut.mp4": "cut", "b01-old/notes.txt": "notes"}}),
}
"""One world for each module of `planner/scanners/` whose name ends so."""


def text(layout: Layout) -> str:
    return "".join(layout_lines(layout))


def test_every_scanner_has_its_world() -> None:
    assert WORLDS.keys() == {path.stem for path in Path(scanners.__path__[0]).glob("*_scanner.py")}


@pytest.mark.parametrize("name", WORLDS)
def test_it_proposes_with_a_reason_and_a_mark(name: str) -> None:
    result = WORLDS[name].scan()
    assert [problem for problem in result.problems if problem.severity == "error"] == []
    layout = result.layout
    assert layout.files or layout.absent
    assert all(entry.mark and (entry.because or entry.beside) for entry in layout.files.values())
    assert all(one.because for one in layout.absent) and all(one.because for one in layout.review)


@pytest.mark.parametrize("name", WORLDS)
def test_it_names_no_place_outside_the_stores(name: str) -> None:
    layout = WORLDS[name].scan().layout
    places = [*layout.files, *layout.dirs, *(one.path for one in layout.absent), *(one.source for one in layout.review)]
    places += [entry.source for entry in layout.files.values() if entry.source]
    assert {store_of(split(place)[0]) for place in places} <= set(STORES)


@pytest.mark.parametrize("name", WORLDS)
def test_scanning_again_changes_nothing(name: str) -> None:
    first = WORLDS[name].scan().layout
    assert text(WORLDS[name].scan(first).layout) == text(first)


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "store_scanner"])
def test_an_entry_that_a_person_took_over_is_kept(name: str) -> None:
    first = WORLDS[name].scan().layout
    target = max(first.files)
    mine = replace(first.files[target], mark=None, note="mine", because="I said so")
    again = WORLDS[name].scan(replace(first, files={**first.files, target: mine})).layout
    assert again.files[target] == mine and again.files.keys() == first.files.keys()


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("away", STORES)
def test_a_store_that_is_away_takes_nothing_from_the_layout(name: str, away: str) -> None:
    first = WORLDS[name].scan().layout
    again = WORLDS[name].scan(first, away).layout
    assert again.files == first.files and again.absent == first.absent and again.dirs == first.dirs


@pytest.mark.parametrize("name", WORLDS)
def test_what_nobody_asks_for_any_more_leaves_the_layout(name: str) -> None:
    world = WORLDS[name]
    asks = {"scan": {store: {**told, "rules": []} for store, told in world.asks.get("scan", {}).items()}}
    again = World(asks, world.trees, world.told).scan(world.scan().layout).layout
    assert again.absent == [] and again.files == {}
