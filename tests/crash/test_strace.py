"""The harness itself: a kill at a real system call is a kill, an error is an error, and a promise broken on purpose is seen."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.touched_folders import TouchedFolders
from tests.crash.every_kind import other_file_system
from tests.crash.scenarios import by_name
from tests.crash.scene import Scene
from tests.crash.sweep import points_of
from tests.crash.verdict import course, judge, reproduce

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    elsewhere = other_file_system(tmp_path)
    found = Scene(tmp_path / "w", (elsewhere or tmp_path) / "attic")
    yield found
    found.clear()
    if elsewhere:
        shutil.rmtree(elsewhere)


@pytest.mark.slow
def test_a_few_points_are_survived(scene: Scene) -> None:
    scenario = by_name("apply:few")
    straight = course(scene, scenario)
    # How many calls of a name are made may depend on the clock: the last few of each may not be made again.
    last = {call.name: call.nth for call in straight.calls}
    points = [one for one in points_of(scenario, straight) if one[1].changes and one[1].nth <= last[one[1].name] - 3]
    assert len(points) > 100
    verdicts = [judge(scene, scenario, straight, call, fault) for _, call, fault in random.Random(3).sample(points, 12)]
    assert all(verdict.fired for verdict in verdicts)
    assert not [f"{verdict.wrong}\n{reproduce(verdict)}" for verdict in verdicts if verdict.wrong]


@pytest.mark.slow
def test_a_fresh_interpreter_is_killed_where_a_forked_one_is(scene: Scene) -> None:
    scenario = by_name("apply:few")
    straight = course(scene, scenario, fresh=True)
    call = [call for call in straight.calls if call.name == "renameat2"][-1]
    verdict = judge(scene, scenario, straight, call, "KILL", fresh=True)
    assert (verdict.fired, verdict.wrong) == (True, "")


def test_a_broken_promise_is_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """With folder times forgotten, a run that is rolled back is not exactly as before."""
    scenario = by_name("apply:few")
    straight = course(scene, scenario)
    monkeypatch.setattr(TouchedFolders, "restore_times", lambda folders: ())
    call = [call for call in straight.calls if call.name == "renameat2"][-1]
    verdict = judge(scene, scenario, straight, call, "KILL")
    assert verdict.fired
    assert "unlike before" in verdict.wrong
