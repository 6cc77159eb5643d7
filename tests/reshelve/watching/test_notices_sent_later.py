"""What a receiver did not take is sent later: by the watch, the service and the jobs. Who takes nothing is named once."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from reshelve import api
from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.executors.platforms.service_manager import ServiceManager
from reshelve.executors.runs.run_events import Event
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_report import Report
from reshelve.service.waiting_notices import keep_sending
from reshelve.session.session import Session
from reshelve.session.undelivered_notices import UndeliveredNotices
from reshelve.watching import watch_loop
from reshelve.watching.filing import Filed
from reshelve.watching.watched_workspace import Look, WatchedWorkspace
from tests.support.hook_stub import stub
from tests.support.shellcalls import call
from tests.support.watching import workspace


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


class Teller:
    """Keeps what a watch tells."""

    def __init__(self) -> None:
        self.looks = threading.Event()
        self.said: list[Problem] = []

    def emit(self, event: Event) -> None:
        del event

    def watching(self, workspace: WatchedWorkspace) -> None:
        del workspace

    def looked(self, workspace: WatchedWorkspace, look: Look, filed: Filed) -> None:
        del workspace, look, filed
        self.looks.set()

    def recovered(self, workspace: WatchedWorkspace, reports: Sequence[Report]) -> None:
        del workspace, reports

    def problems(self, workspace: WatchedWorkspace, problems: Sequence[Problem]) -> None:
        del workspace
        self.said += problems


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Session, Any]]:
    """A session whose workspace tells a receiver of its runs, and that receiver."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at = workspace(tmp_path / "w")
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/hook"
        with (at / "reshelve.yaml").open("a") as document:
            document.write(
                f"notify: {{home: {{kind: webhook, url: '{url}'}}}}\nschedule: {{look: {{when: hourly, command: status}}}}\n"
            )
        assert call(at, "trust", "--yes").code == 0
        yield api.open_workspace(at), server


def put(session: Session, number: int) -> None:
    """Have a notice wait that is due."""
    NoticeQueue(session.setting.state.folder).add(
        Notice(f"{number:012}", "home", "", "apply", "failed", "failed", made=float(number))
    )


def test_a_watch_with_nothing_to_file_sends_what_waits_and_names_who_takes_nothing_once(
    told: tuple[Session, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, server = told
    monkeypatch.setattr(watch_loop, "BEAT", 0.05)
    teller, asked, (reading, writing) = Teller(), threading.Event(), os.pipe()
    ending = watch_loop.Ending(asked, reading)
    thread = threading.Thread(target=watch_loop.watch, args=([session], teller, ending, ServiceManager({})))
    thread.start()
    try:
        assert teller.looks.wait(30)
        server.answer = (500, {})
        put(session, 1)
        until(lambda: teller.said)
        put(session, 2)
        until(lambda: all(notice.tries for notice in session.notices.waiting()))
        assert [(one.code, one.path, one.severity) for one in teller.said] == [("not-delivered", "notify.home", "warning")]
        server.answer = (200, {})
        put(session, 3)
        until(lambda: server.taken)
    finally:
        asked.set()
        os.write(writing, b"x")
        thread.join()
        os.close(reading)
        os.close(writing)


def test_the_service_sends_what_waits(told: tuple[Session, Any]) -> None:
    session, server = told
    ending = threading.Event()
    keep_sending(session, lambda: session, ending, every=0.02)
    put(session, 1)
    until(lambda: server.taken and not session.notices.waiting())
    ending.set()


def test_schedule_due_sends_what_waits_though_no_job_is_due(told: tuple[Session, Any]) -> None:
    session, server = told
    put(session, 1)
    came = call(session.setting.folder, "schedule", "due")
    assert came.code == 0 and came.out == "" and len(server.taken) == 1


def test_a_receiver_that_took_everything_is_named_again_when_it_takes_nothing(told: tuple[Session, Any]) -> None:
    session, server = told
    sending = UndeliveredNotices()
    server.answer = (500, {})
    put(session, 1)
    assert len(sending.send(session.notices)) == 1
    server.answer = (200, {})
    assert session.notices.send(at_once=True) == [] and sending.send(session.notices) == []
    server.answer = (500, {})
    put(session, 2)
    assert len(sending.send(session.notices)) == 1
