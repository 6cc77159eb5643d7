"""The process that looks for the service: started when needed, it may die or hang, and is gone when the service is."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from reshelve.schemas.problems import ReshelveError
from reshelve.service import look_process, looker, processes
from reshelve.service.looker import Looker
from reshelve.service.processes import start
from tests.support.living_processes import alive_with, is_alive, needs_proc, wait_until
from tests.support.serving import Server, make_workspace, served

pytestmark = needs_proc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "media")


@contextmanager
def looking(folder: Path, ending: threading.Event | None = None) -> Iterator[Looker]:
    """Have somebody who looks, in a process of their own."""
    ending = ending or threading.Event()
    one = Looker(folder / "reshelve.yaml", os.environ, ending)
    try:
        yield one
    finally:
        one.close()
        wait_until(lambda: not lookers_of(os.getpid()))


def lookers_of(parent: int) -> list[int]:
    """Return the processes that look for another one."""
    return alive_with("look_process import main", parent)


@pytest.fixture(autouse=True)
def interpreters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start what is started as the service does: as an interpreter of its own."""
    monkeypatch.setattr(processes, "start", start)


def test_it_says_how_things_stand_and_when_it_looked(folder: Path) -> None:
    with looking(folder) as one:
        first, second = json.loads(one.look().status), json.loads(one.look().status)
        (process,) = lookers_of(os.getpid())
        assert first["as_of"] < second["as_of"]
        assert first["status"]["entries"] == 3
        assert "reshelve_layout_entries 3" in one.look().metrics
        layout = folder / "layout.yaml"
        layout.write_text("version: 1\nfiles: {}\n")
        assert json.loads(one.look().status)["status"]["entries"] == 0
        layout.write_text("nonsense: true\n")
        assert json.loads(one.look().status)["status"]["unsound"] == 1
        assert lookers_of(os.getpid()) == [process]


def test_what_is_wrong_comes_as_it_is(folder: Path) -> None:
    with looking(folder) as one:
        one.look()
        (folder / "reshelve.yaml").write_text("version: 1\nnonsense: true\n")
        with pytest.raises(ReshelveError) as wrong:
            one.look()
        assert [problem.code for problem in wrong.value.problems] == ["document-missing-key", "document-unknown-key"]
        assert [problem.where and problem.where.line for problem in wrong.value.problems] == [1, 2]


def test_one_that_was_killed_is_followed_by_another(folder: Path) -> None:
    with looking(folder) as one:
        one.look()
        (process,) = lookers_of(os.getpid())
        os.kill(process, signal.SIGKILL)
        one.look()
        (other,) = lookers_of(os.getpid())
        assert other != process


def test_one_that_is_killed_while_it_looks_is_followed_by_another(folder: Path) -> None:
    with looking(folder) as one, ThreadPoolExecutor(1) as asking:
        one.look()
        (process,) = lookers_of(os.getpid())
        os.kill(process, signal.SIGSTOP)
        asked = asking.submit(one.look)
        time.sleep(0.1)
        os.kill(process, signal.SIGKILL)
        assert json.loads(asked.result(30).status)["status"]["entries"] == 3


def test_one_that_hangs_is_ended_and_said_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with looking(folder) as one:
        one.look()
        (process,) = lookers_of(os.getpid())
        os.kill(process, signal.SIGSTOP)
        monkeypatch.setattr(looker, "LONGEST", 0.1)
        with pytest.raises(ReshelveError) as wrong:
            one.look()
        assert [problem.code for problem in wrong.value.problems] == ["look-too-long"]
        wait_until(lambda: not is_alive(process))
        monkeypatch.setattr(looker, "LONGEST", 30.0)
        one.look()


def test_it_ends_where_the_service_ends_meanwhile(folder: Path) -> None:
    ending = threading.Event()
    with looking(folder, ending) as one, ThreadPoolExecutor(1) as asking:
        one.look()
        (process,) = lookers_of(os.getpid())
        os.kill(process, signal.SIGSTOP)
        asked = asking.submit(one.look)
        ending.set()
        with pytest.raises(ReshelveError, match="ending"):
            asked.result(30)
        wait_until(lambda: not is_alive(process))


def test_it_ends_when_nobody_asks_for_long(folder: Path) -> None:
    words = [sys.executable, "-c", "from reshelve.service import look_process as p; p.IDLE = 0.2; p.main()"]
    question = json.dumps(str(folder / "reshelve.yaml")).encode() + b"\n"
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(question)
        process.stdin.flush()
        assert b"status" in process.stdout.readline()
        assert process.wait(30) == 0
    assert look_process.IDLE > 1


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_gone_when_the_server_is(folder: Path, how: signal.Signals) -> None:
    with served(folder) as server:
        assert server.ask("GET", "/status").status == 200
        (process,) = lookers_of(server.process.pid)
        server.process.send_signal(how)
        server.process.wait(10)
        wait_until(lambda: not is_alive(process))


@pytest.mark.slow
def test_while_many_ask_who_acts_is_told_what_came_of_it(folder: Path) -> None:
    with served(folder) as server, many_asking(server) as failed:
        for command in ("apply", "undo", "redo"):
            digest = server.ask("POST", "/plans", {"command": command}).json["digest"]
            run = server.ask("POST", f"/plans/{digest}/apply").json["run"]
            assert server.ask("GET", "/status").json["status"]["last"]["id"] == run
            wait_until(lambda run=run: server.ask("GET", f"/runs/{run}").json["state"] != "under way")
            told = server.ask("GET", "/status").json["status"]
            assert (told["under_way"], told["last"]["outcome"]) == ("", "done")
        assert failed == []


@contextmanager
def many_asking(server: Server) -> Iterator[list[int]]:
    """Ask for the status all the time, as three others do; yield what was answered with other than 200."""
    stopping, failed = threading.Event(), list[int]()

    def ask() -> None:
        while not stopping.is_set():
            time.sleep(0.005)
            status = server.ask("GET", "/status").status
            if status != 200:
                failed.append(status)

    with ThreadPoolExecutor(3) as asking:
        for _ in range(3):
            asking.submit(ask)
        try:
            yield failed
        finally:
            stopping.set()
