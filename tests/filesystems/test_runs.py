"""A whole run on every file system: done, taken back, and killed and failed at a fixed choice of system calls."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.calls import Call
from tests.crash.scenarios import APPLY, UNDO, NotReachedError, Scenario, by_name, second_kills
from tests.crash.scene import Scene
from tests.crash.standing import unlike
from tests.crash.sweep import points_of
from tests.crash.verdict import course, judge, reproduce
from tests.filesystems import mounts

LINKLESS = ("exfat", "fat32")
RENAMES = ("rename", "renameat", "renameat2", "link", "linkat")


@pytest.fixture
def scene(disk: Path, kind: str, tmp_path: Path) -> Iterator[Scene]:
    """The workspace, its inbox and its shelf on the mounted file system, the attic on another."""
    # For a second the driver of exFAT may show the time that a folder had before.
    found = Scene(disk / "w", tmp_path / "attic", tops=kind != "exfat")
    yield found
    found.clear()


def plan_for(kind: str) -> str:
    return "plain" if kind in LINKLESS else "every-kind"


def test_done_and_taken_back(scene: Scene, kind: str) -> None:
    scene.lay(plan_for(kind))
    before = scene.told()
    scene.do(*APPLY)
    done = scene.look()
    assert unlike(before, scene.told())
    scene.do(*UNDO)
    after = scene.told()
    outside = [place for place in before if ".reshelve-trash" not in place and place != "what is held"]
    assert {place: _lasting(before[place]) for place in outside} == {place: _lasting(after.get(place)) for place in outside}
    scene.do("redo", "--yes")
    again = scene.look()
    kept = [place for place in done if ".reshelve-trash" not in place]
    assert [place for place in kept if place not in again or done[place].content != again[place].content] == []


def _lasting(thing: object) -> object:
    """Leave out which inode a thing has: one that went to another disk and back has another."""
    return thing[:-1] if isinstance(thing, tuple) else thing


@pytest.mark.slow
@pytest.mark.parametrize("way", ["apply", "undo"])
def test_killed_and_failed(scene: Scene, kind: str, way: str) -> None:
    if shutil.which("strace") is None:
        mounts.unavailable("there is no `strace` here")
    scenario: Scenario = by_name(f"{way}:plain")
    straight = course(scene, scenario)
    points = [point for point in points_of(scenario, straight) if _touches(point[1])]
    wrong = []
    for _, call, fault in random.Random(7).sample(points, 24):
        verdict = judge(scene, scenario, straight, call, fault)
        if verdict.wrong:
            wrong.append(f"{verdict.name}\n{verdict.wrong}\n{reproduce(verdict, scene.base)}")
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
def test_killed_again_while_taking_back(scene: Scene, kind: str) -> None:
    """Killed after half an apply or later, and again wherever its rollback renames or links something back."""
    if shutil.which("strace") is None:
        mounts.unavailable("there is no `strace` here")
    # What SQLite writes comes after the run has settled, with nothing to take back.
    calls = [call for call in course(scene, by_name("apply:plain")).calls if call.changes and call.name != "pwrite64"]
    wrong, tried = [], 0
    for scenario in second_kills("plain", calls[len(calls) // 2 :: len(calls) // 5]):
        if scenario.settle == ("recover", "--finish"):
            continue
        try:
            straight = course(scene, scenario)
        except NotReachedError:
            continue
        for call in straight.calls:
            if call.name in RENAMES:
                verdict = judge(scene, scenario, straight, call, "KILL")
                tried += verdict.outcome != "not reached"
                if verdict.wrong:
                    wrong.append(f"{verdict.name}\n{verdict.wrong}")
    assert not wrong, "\n\n".join(wrong)
    assert tried


def _touches(call: Call) -> bool:
    """Leave out what only looks: a sample is small."""
    return call.changes
