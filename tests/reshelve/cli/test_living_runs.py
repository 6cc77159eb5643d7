"""A run that lives is never told as one that was cut short, whenever it begins or ends while somebody looks.

A real process is at work on it: it stops itself in the middle of its run, and goes on when the looking reaches a chosen moment.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reshelve.api import load_layout, open_workspace
from reshelve.executors.runs.run_events import Event, RunStarted
from reshelve.executors.state import root_locks, runs_at_work
from reshelve.executors.state import workspace_state as states
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

LOOKING: dict[str, list[str]] = {
    "status": ["status"],
    "status --json": ["status", "--json"],
    "log": ["log"],
    "show": ["show", "last"],
    "plan": ["plan"],
    "check": ["check"],
}
QUICK = ("status", "log", "show")
WORDS = ("did not settle", "reshelve recover", "unsettled: ", "cut short")


class Living:
    """A process at work on the only plan of a workspace, which stops itself as soon as its run has begun."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.pid = 0

    def begin(self) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                session = open_workspace(self.place / "reshelve.yaml")
                session.runs.apply(session.plans.make(load_layout(self.place / "layout.yaml")), emit=self._stop)
                os._exit(0)
            finally:
                os._exit(1)
        assert os.WIFSTOPPED(os.waitpid(self.pid, os.WUNTRACED)[1])

    def end(self) -> None:
        os.kill(self.pid, signal.SIGCONT)
        assert os.waitpid(self.pid, 0)[1] == 0
        self.pid = 0

    @staticmethod
    def _stop(event: Event) -> None:
        if isinstance(event, RunStarted):
            os.kill(os.getpid(), signal.SIGSTOP)


@contextmanager
def living_in(place: Path) -> Iterator[Living]:
    lay(place, {"inbox/one.mkv": "1", "movies/other.mkv": "2"}, WORKSPACE)
    (place / "layout.yaml").write_text('version: 1\nfiles:\n  "movies:one.mkv": {from: "inbox:one.mkv", transfer: move}\n')
    found = Living(place)
    try:
        yield found
    finally:
        if found.pid:
            os.kill(found.pid, signal.SIGKILL)
            os.waitpid(found.pid, 0)


def at_look(number: int, happens: Callable[[], None], patched: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let something happen right after the looking has looked so often at runs, their ends or the lock; return the counter."""
    looks = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def look(*args: Any, **rest: Any) -> Any:
            nonlocal looks
            found = real(*args, **rest)
            looks += 1
            if looks == number:
                happens()
            return found

        return look

    patched.setattr(states.State, "run_folders", counted(states.State.run_folders))
    patched.setattr(states, "has_settled", counted(states.has_settled))
    patched.setattr(states, "summary_in", counted(states.summary_in))
    for module in (root_locks, runs_at_work):
        patched.setattr(module, "holder_of", counted(root_locks.holder_of))
    return lambda: looks


def looked_at(place: Path, what: str, change: str, number: int) -> bool:
    """Look while a run begins or ends at a look; say whether there were so many looks."""
    place.mkdir()
    with living_in(place) as living:
        if change == "ends":
            living.begin()
        with pytest.MonkeyPatch.context() as patched:
            looks = at_look(number, living.begin if change == "begins" else living.end, patched)
            came = call(place, *LOOKING[what])
        said = came.out + came.err
        assert not [word for word in WORDS if word in said], f"{what}, a run {change} after look {number}:\n{said}"
        return looks() >= number


@pytest.mark.parametrize("what", QUICK)
@pytest.mark.parametrize("change", ["begins", "ends"])
def test_a_living_run_is_never_told_as_cut_short(tmp_path: Path, what: str, change: str) -> None:
    for number in (1, 2, 3):
        assert looked_at(tmp_path / str(number), what, change, number) or number > 1


@pytest.mark.slow
@pytest.mark.parametrize("what", LOOKING)
@pytest.mark.parametrize("change", ["begins", "ends"])
def test_a_living_run_is_never_told_as_cut_short_at_later_looks(tmp_path: Path, what: str, change: str) -> None:
    """Every look would take minutes: of those after the first three some are tried, further and further apart."""
    for number in (4, 6, 9, 14):
        if not looked_at(tmp_path / str(number), what, change, number):
            return
