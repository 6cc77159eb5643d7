"""Events as lines of a log: what is in them, and what never is."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.state import event_log
from reshelve.executors.state.event_log import LONGEST, EventLog
from reshelve.executors.state.log_file import LogFile
from reshelve.schemas.problems import Problem

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.ndjson"


@pytest.fixture
def lines(path: Path) -> Lines:
    return lambda: [json.loads(line) for line in path.read_bytes().splitlines()]


def made(path: Path, level: str = "info", **more: Any) -> EventLog:
    return event_log.event_log(LogFile(path, 1 << 20, 3), level, always={"process": 1}, **more)


def test_a_line_begins_with_its_time_in_utc(path: Path, lines: Lines) -> None:
    made(path).write("warning", "problem", "100 % of it: %s", {"run": "", "code": None, "exit": 0, "place": "library:a.mkv"})
    assert path.read_bytes().startswith(b'{"time":"20')
    (told,) = lines()
    assert told["time"].endswith("Z") and datetime.fromisoformat(told["time"]).utcoffset() is not None
    del told["time"]
    assert told == {
        "level": "warning",
        "event": "problem",
        "message": "100 % of it: %s",
        "process": 1,
        "exit": 0,
        "place": "library:a.mkv",
    }


def test_a_level_leaves_out_what_is_below_it_but_not_what_is_always_written(path: Path, lines: Lines) -> None:
    log = made(path, "error")
    log.write("warning", "left", "Left out.")
    log.write("info", "audit", "Written.", always=True)
    log.write("error", "problem", "Written.")
    assert [told["event"] for told in lines()] == ["audit", "problem"]


def test_hostile_text_ends_no_line_and_is_ascii_and_short(path: Path, lines: Lines) -> None:
    hostile = 'a\n{"time":"forged"}\r\u2028\x1b[2J\x00\udcff"'
    made(path).write("info", hostile, hostile, {"place": hostile, "path": "x" * 100_000})
    text = path.read_bytes()
    assert text.isascii() and text.count(b"\n") == 1 and text.endswith(b"}\n") and b"\x1b" not in text
    assert lines()[0]["place"] == hostile
    assert len(lines()[0]["path"]) == LONGEST


def test_secrets_are_in_no_line(path: Path) -> None:
    key = "ghp_" + "a1B2" * 9
    log = made(path, secrets=("SECRETtoken", ""))
    log.write("info", "x", f"https://me:pass1234@host/?q=pass1234 {key}", {"path": "/SECRETtoken/x", "place": key})
    try:
        raise ValueError(f"password = pass1234, {key} SECRETtoken")
    except ValueError as error:
        log.write("error", "bug", "This is a bug.", trouble=error)
    text = path.read_text()
    assert "Traceback" in text and "/***" in text
    assert not any(secret in text for secret in ("pass1234", key, "SECRETtoken"))


def test_a_log_that_cannot_be_written_is_told_once_and_raises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_told", set())
    told: list[Problem] = []
    for _ in range(3):
        made(tmp_path / "none" / "log", failed=told.append).write("info", "x", "x", {"odd": object()})
    assert [problem.code for problem in told] == ["log-not-written"] and "No such file" in told[0].detail


def test_without_a_log_nothing_is_written() -> None:
    log = EventLog()
    log.write("error", "x", "x", always=True)
    assert not log
