"""The loop of a watch, in this process: what happens while it is at work is heeded as soon as that is done."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from reshelve import api
from reshelve.executors.platforms.service_manager import ServiceManager
from reshelve.executors.runs.run_events import Event, RunSettled, RunStarted
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_report import Report
from reshelve.watching import watch_loop
from reshelve.watching.filing import Filed
from reshelve.watching.watched_workspace import Look, WatchedWorkspace
from tests.support.watching import filed, workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what changes in folders is told on Linux")

TOO_LONG = 60.0
"""Seconds after which a watch is ended that does not do what it is here for."""


class Told:
    """Is told what a watch does. `act` is called once, at an event of the first run; the watch ends when `enough` holds."""

    def __init__(self, act: Callable[[], object], enough: Callable[[], object], at: type[Event]) -> None:
        self.looks: list[Look] = []
        self._act: Callable[[], object] | None = act
        self._enough = enough
        self._at = at
        self._door, self._bell = os.pipe()
        self.ending = watch_loop.Ending(threading.Event(), self._door)

    def emit(self, event: Event) -> None:
        if self._act is not None and isinstance(event, self._at):
            act, self._act = self._act, None
            act()

    def watching(self, workspace: WatchedWorkspace) -> None:
        del workspace

    def looked(self, workspace: WatchedWorkspace, look: Look, filed: Filed) -> None:
        del workspace, filed
        self.looks.append(look)
        if self._act is None and self._enough():
            self.end()

    def recovered(self, workspace: WatchedWorkspace, reports: Sequence[Report]) -> None:
        del workspace, reports

    def problems(self, workspace: WatchedWorkspace, problems: Sequence[Problem]) -> None:
        del workspace, problems

    def end(self) -> None:
        self.ending.asked.set()
        os.write(self._bell, b"x")

    def close(self) -> None:
        os.close(self._door)
        os.close(self._bell)


@contextmanager
def watched(at: Path, act: Callable[[], object], enough: Callable[[], object], when: type[Event] = RunSettled) -> Iterator[Told]:
    """Watch a workspace until `enough` holds after a look, or it is too long."""
    told = Told(act, enough, when)
    late = threading.Timer(TOO_LONG, told.end)
    late.start()
    try:
        watch_loop.watch([api.open_workspace(at)], told, told.ending, ServiceManager({}))
        yield told
    finally:
        late.cancel()
        told.close()


@pytest.fixture(autouse=True)
def _no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is not heeded by itself is not heeded in time by accident.
    monkeypatch.setattr(watch_loop, "BEAT", 10 * TOO_LONG)


def test_a_file_that_comes_again_under_a_name_that_is_just_taken_away_is_filed(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    document = (at / "reshelve.yaml").read_text()
    (at / "reshelve.yaml").write_text(document.replace("{{ filename }}", "{{ title }} {{ seq }}.{{ ext }}"))
    came = at / "in/new/Heat (1995).mkv"
    came.parent.mkdir()
    came.write_text("first")

    with watched(at, lambda: came.write_text("second"), lambda: len(filed(at)) == 2) as told:
        assert filed(at) == {"Heat 001.mkv", "Heat 002.mkv"}, told.looks
    assert not came.exists()


def test_a_file_that_is_replaced_as_its_run_begins_is_planned_anew(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    came, other = at / "in/new/Heat (1995).mkv", at / "out.mkv"
    came.parent.mkdir()
    came.write_text("first")
    other.write_text("second")

    with watched(at, lambda: other.replace(came), lambda: filed(at), RunStarted) as told:
        assert filed(at) == {"Heat (1995).mkv"}, told.looks
    assert (at / "films/Heat (1995)/Heat (1995).mkv").read_text() == "second"


def test_a_store_that_is_replaced_while_it_is_filed_from_is_watched_anew_at_once(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")

    def replace() -> None:
        (at / "in").rename(at / "before")
        (at / "in").mkdir()
        (at / "in/Alien (1979).mkv").write_text("Alien (1979).mkv")

    with watched(at, replace, lambda: "Alien (1979).mkv" in filed(at)) as told:
        assert "Alien (1979).mkv" in filed(at), told.looks
