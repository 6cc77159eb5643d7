"""A program of one's own: it gets what runs did, and what becomes of it is told."""

import fcntl
import json
import sys
import time
from pathlib import Path

import pytest

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.delivery import send
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver
from reshelve.executors.platforms.file_locks import try_lock
from reshelve.schemas.after_settings import After


def run(folder: Path, *program: str, timeout: str = "1m") -> None:
    told = After(kind="program", program=list(program), timeout=timeout)
    notices = [Notice(f"n{number}", "after.x", f"r{number}", "apply", "done", "t", 1.0, folders=["/a"]) for number in range(2)]
    send(Receiver(told, {}, report=lambda run: {"of": run}, folder=str(folder)), notices, 0.01)


def test_it_reads_every_run_from_its_input(tmp_path: Path) -> None:
    made = tmp_path / "made.json"
    run(tmp_path / "..", sys.executable, "-c", f"import sys; open({str(made)!r}, 'w').write(sys.stdin.read())")
    given = json.loads(made.read_text())
    assert [(one["run"], one["folders"], one["report"]) for one in given["runs"]] == [
        ("r0", ["/a"], {"of": "r0"}),
        ("r1", ["/a"], {"of": "r1"}),
    ]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ((sys.executable, "-c", "import sys; sys.exit(3)"), "ended with 3"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "did not end within 1s"),
        (("/nowhere/at-all",), "cannot be run: No such file"),
        (("no-such-program-at-all",), "cannot be run: No such file"),
    ],
)
def test_what_goes_wrong_is_told(tmp_path: Path, program: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotDeliveredError, match=why):
        run(tmp_path, *program, timeout="1s")


def test_what_a_program_started_is_killed_with_it_where_it_takes_too_long(tmp_path: Path) -> None:
    held, behind = tmp_path / "held", "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, 2); time.sleep(60)"
    before = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {behind!r}, {str(held)!r}]); time.sleep(60)"
    with pytest.raises(NotDeliveredError, match="was killed"):
        run(tmp_path, sys.executable, "-c", before, timeout="2s")
    end = time.monotonic() + 30
    with held.open("a") as file:
        while not try_lock(file.fileno(), fcntl.LOCK_EX):
            assert time.monotonic() < end, "it lives on, and holds its lock"
            time.sleep(0.05)


def test_what_comes_with_the_workspace_is_not_run(tmp_path: Path) -> None:
    inside = tmp_path / "w/hook"
    inside.parent.mkdir()
    inside.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    inside.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(inside)
    for program in (inside, link):
        with pytest.raises(NotDeliveredError, match="lies in the workspace's folder"):
            run(inside.parent, str(program))
    assert not (tmp_path / "ran").exists()
