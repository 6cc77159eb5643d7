"""The same histories by rclone bisync: what it loses is found, so that the count beside reshelve's says something."""

from pathlib import Path

import pytest

from tests.support.bisync import BisyncWorld, losing
from tests.support.buckets import rclone
from tests.support.servers.service import Endpoint
from tests.support.syncworlds import Step

pytestmark = pytest.mark.s3
__all__ = ["rclone"]


def _world(folder: Path, endpoint: Endpoint) -> BisyncWorld:
    world = BisyncWorld(folder / "people", endpoint, folder / "bucket", {"HOME": str(folder)})
    for name in ("david", "jan"):
        (folder / "people" / name / "files").mkdir(parents=True)
    (folder / "bucket").mkdir()
    return world


def test_a_content_that_stands_nowhere_is_lost_unless_its_author_let_go_of_it(tmp_path: Path, rclone: Endpoint) -> None:
    world = _world(tmp_path, rclone)
    world.do(Step("add", "david", "cut/a.mp4"), same_time=False)
    world.do(Step("edit", "david", "cut/a.mp4"), same_time=True)
    world.do(Step("rename", "david", "cut/a.mp4", "b.mp4"), same_time=False)
    world.do(Step("add", "jan", "b.mp4"), same_time=False)
    assert world.ever == {"000000", "000001", "000002"} and world.lost() == set()
    world.do(Step("delete", "jan", "b.mp4"), same_time=False)
    assert world.lost() == set()
    (tmp_path / "people/david/files/b.mp4").unlink()
    assert world.lost() == {"000001"}


@pytest.mark.slow
def test_a_history_that_bisync_loses_is_counted(tmp_path: Path) -> None:
    assert losing(1, tmp_path, seed=9) == [9]
