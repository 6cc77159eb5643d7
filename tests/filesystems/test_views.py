"""One file seen in two ways is never a duplicate of itself: an overlay and its upper folder, a folder and its bind mount."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.planner.duplicates.duplicate_sets import Scope, find_duplicates
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Absent, Entry, Layout
from tests.filesystems import mounts
from tests.support.plans import clock, local

FILM = b"the film" * 5000


@contextlib.contextmanager
def overlaid(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    with mounts.overlay(tmp_path / "overlay") as merged:
        yield tmp_path / "overlay/under/mount/upper", merged


@contextlib.contextmanager
def bound(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    (tmp_path / "disk").mkdir()
    with mounts.bound(tmp_path / "disk", tmp_path / "view") as view:
        yield tmp_path / "disk", view


@contextlib.contextmanager
def from_afar(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder of a disk, and another folder of it that shows the first under other names above it."""
    (tmp_path / "disk/deep/films").mkdir(parents=True)
    with mounts.bound(tmp_path / "disk/deep/films", tmp_path / "films") as view:
        yield tmp_path / "disk", view


@contextlib.contextmanager
def by_bindfs(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder, and what a program shows of it over FUSE: a file system of its own, with the folder's inodes and times."""
    (tmp_path / "disk").mkdir()
    with mounts.mounted(tmp_path / "view", "bindfs", tmp_path / "disk") as view:
        yield tmp_path / "disk", view


VIEWS = {"an overlay": overlaid, "a bind mount": bound, "a bind mount of a folder": from_afar, "bindfs": by_bindfs}


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("way", ["already there", "with copies"])
@pytest.mark.parametrize("twice", [False, True])
def test_a_file_is_no_duplicate_of_itself(tmp_path: Path, name: str, way: str, twice: bool) -> None:
    try:
        with VIEWS[name](tmp_path) as (one, other):
            below = "deep/films/a.mkv" if name == "a bind mount of a folder" else "a.mkv"
            (one / below).write_bytes(FILM)
            if twice:
                os.link(one / below, one / "another name")
            stores = {"one": local("one", one), "other": local("other", other)}
            layout = Layout(files={"other:a.mkv": Entry(source=f"one:{below}")})
            if way == "with copies":
                layout = Layout(absent=[Absent(f"one:{below}", copies=["other:a.mkv"])])
            plan = make_plan(layout, stores, PlanRequest())
            if plan.operations:
                report = apply(plan, stores, State(tmp_path / "state"), now=clock)
                assert report.outcome == "rolled-back"
                assert "by another path" in report.failures[0].detail
                assert report.failures[0].code == "same-file" and "leave one of them out" in report.failures[0].hint
            assert (one / below).read_bytes() == FILM
            assert not [path for path in one.rglob(".reshelve-*") if path.name.endswith(".tmp")]
            for store in stores.values():
                store.close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


@pytest.mark.parametrize("name", ["an overlay", "a bind mount", "bindfs"])
def test_a_file_that_two_stores_show_is_listed_once_and_its_copies_all_the_same(tmp_path: Path, name: str) -> None:
    try:
        with VIEWS[name](tmp_path) as (one, other):
            for file in ("a.mkv", "b.mkv"):
                (one / file).write_bytes(FILM + file.encode())
            os.link(one / "b.mkv", one / "linked.mkv")
            (one / "copy.mkv").write_bytes(FILM + b"a.mkv")
            stores = {"one": local("one", one), "other": local("other", other)}
            found = find_duplicates(stores, Scope())
            assert [[copy.first.location for copy in each.copies] for each in found.sets] == [["one:a.mkv", "one:copy.mkv"]]
            told = [(each.code, each.severity, each.path) for each in found.problems]
            assert told == ([] if name == "a bind mount" else [("same-file", "note", "other")])
            for store in stores.values():
                store.close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))
