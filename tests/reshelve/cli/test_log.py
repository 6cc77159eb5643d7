"""`log:` in the workspace: what commands, runs, watches and schedules write there."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.state import event_log
from tests.support.shellcalls import Came, call
from tests.support.watching import watching

GOOD = """version: 1
stores: {inbox: {path: in}, library: {path: out}}
scan: {inbox: {settle: 0s, rules: [{name: all, when: {ext: mkv}, place: "library:{{ filename }}"}]}}
"""


@pytest.fixture(autouse=True)
def told_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_told", set())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def made(tmp_path: Path, log: str = "log: {}", workspace: str = GOOD) -> Path:
    folder = tmp_path / "w"
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    (folder / "in" / "a.mkv").write_text("film")
    (folder / "reshelve.yaml").write_text(f"{workspace}{log}\n")
    return folder


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def events(file: Path, *wanted: str) -> list[tuple[Any, ...]]:
    return [tuple(told.get(name) for name in ("event", *wanted)) for told in lines(file)]


def test_there_is_none_unless_asked_for(tmp_path: Path) -> None:
    folder = made(tmp_path, "")
    assert [call(folder, *args).code for args in (("scan",), ("apply", "--yes"))] == [0, 0]
    assert not list(folder.rglob("*log.ndjson*"))


def test_commands_and_runs_are_in_it(tmp_path: Path) -> None:
    folder = made(tmp_path)
    for args in (("scan",), ("apply", "--yes"), ("undo", "--yes"), ("trash", "list")):
        assert call(folder, *args).code == 0
    assert call(folder, "show", "ffffff").code == 1
    assert call(folder, "trash", "lisst").code == 64
    log = folder / ".reshelve/log.ndjson"
    run, undo = (told["run"] for told in lines(log) if told["event"] == "run-settled")
    assert events(log, "level", "command", "run", "of", "code", "exit", "outcome") == [
        ("command", "info", "scan", None, None, None, 0, None),
        ("run-started", "info", "apply", run, None, None, None, None),
        ("run-settled", "info", "apply", run, None, None, None, "done"),
        ("command", "info", "apply", None, None, None, 0, None),
        ("run-started", "info", "undo", undo, run, None, None, None),
        ("run-settled", "info", "undo", undo, run, None, None, "done"),
        ("command", "info", "undo", None, None, None, 0, None),
        ("command", "info", "trash list", None, None, None, 0, None),
        ("problem", "error", "show", None, None, "no-such-run", None, None),
        ("command", "error", "show", None, None, None, 1, None),
        ("problem", "error", "trash", None, None, "usage", None, None),
        ("command", "error", "trash", None, None, None, 64, None),
    ]
    assert (log.stat().st_mode & 0o027) == 0


def test_a_level_leaves_runs_in(tmp_path: Path) -> None:
    folder = made(tmp_path, "log: {level: error}")
    call(folder, "scan")
    call(folder, "apply", "--yes")
    assert [told["event"] for told in lines(folder / ".reshelve/log.ndjson")] == ["run-started", "run-settled"]


def test_what_failed_in_a_run_is_there_with_its_place(tmp_path: Path) -> None:
    folder = made(tmp_path)
    call(folder, "scan")
    assert call(folder, "plan", "-o", "plan.json").code in (0, 2)
    (folder / "in" / "a.mkv").write_text("another film")
    assert call(folder, "apply", "plan.json", "--yes").code == 5
    problem = next(told for told in lines(folder / ".reshelve/log.ndjson") if told["event"] == "problem")
    assert problem["place"] == "inbox:a.mkv" and problem["command"] == "apply" and problem["code"]


def test_this_machines_own_file_says_where_it_is(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "reshelve.local.yaml").write_text("version: 1\nlog: {file: own.ndjson}\n")
    assert call(folder, "status").code == 0
    assert events(folder / "own.ndjson", "command") == [("command", "status")]
    assert not (folder / ".reshelve/log.ndjson").exists()


@pytest.mark.parametrize("file", ["in/log.ndjson", "in/deep/log.ndjson", "link/log.ndjson"])
def test_in_a_store_it_is_refused_where_scans_would_file_it(tmp_path: Path, file: str) -> None:
    folder = made(tmp_path, f"log: {{file: {file}}}")
    (folder / "in/deep").mkdir()
    (folder / "link").symlink_to("in")
    came = call(folder, "scan")
    assert came.code == 1 and "log-in-store" in came.err
    assert not list(folder.rglob("log.ndjson"))


def test_in_a_store_scans_leave_it_alone_under_a_name_of_reshelves_own(tmp_path: Path) -> None:
    folder = made(tmp_path, "log: {file: in/.reshelve-log.mkv, size: 64KiB, keep: 2}", GOOD.replace("path: out", "path: ."))
    for name in (".reshelve-log.mkv", ".reshelve-log.mkv.1"):
        (folder / "in" / name).write_text('{"time":"x"}\n' * 6000)
    assert call(folder, "scan").code == 0
    assert "reshelve-log" not in (folder / "layout.yaml").read_text() and "a.mkv" in (folder / "layout.yaml").read_text()
    assert sorted(path.name for path in (folder / "in").glob(".reshelve-log*")) == [
        ".reshelve-log.mkv",
        ".reshelve-log.mkv.1",
        ".reshelve-log.mkv.2",
    ]


def told_once(came: Came) -> bool:
    return came.err.count("log-not-written") == 1


@pytest.mark.parametrize("why", ["no folder", "a folder", "somebody's file", "full", "a link"])
def test_one_that_cannot_be_written_fails_no_run_and_is_told_once(tmp_path: Path, why: str) -> None:
    folder = made(tmp_path, f"log: {{file: {'none/log' if why == 'no folder' else 'log'}}}")
    if why == "a folder":
        (folder / "log").mkdir()
    if why == "somebody's file":
        (folder / "log").write_text("dear diary")
    if why in ("full", "a link"):
        (folder / "log").symlink_to("/dev/full" if why == "full" else "out/log")
        call(folder, "trust", "--yes")
    call(folder, "scan")
    event_log._told.clear()
    came = call(folder, "apply", "--yes")
    assert came.code == 0 and told_once(came), came
    assert (folder / "out/a.mkv").exists() and not (folder / "out/log").exists()
    event_log._told.clear()
    came = call(folder, "status", "--json")
    assert came.events[-1]["type"] == "summary" and told_once(came)
    if why == "somebody's file":
        assert (folder / "log").read_text() == "dear diary"


def test_outside_the_workspace_it_needs_consent(tmp_path: Path) -> None:
    log = tmp_path / "elsewhere.ndjson"
    folder = made(tmp_path, "log: {file: ../elsewhere.ndjson}")
    came = call(folder, "scan")
    assert came.code == 0 and told_once(came) and "reshelve trust" in came.err and not log.exists()
    assert f"write a log to {log}, outside this folder" in call(folder, "trust", "--yes").out
    assert call(folder, "scan").code == 0 and events(log, "command")[-1] == ("command", "scan")


def test_a_workspace_that_cannot_be_read_says_so_and_no_more(tmp_path: Path) -> None:
    folder = made(tmp_path, "log: {level: loud}")
    came = call(folder, "scan")
    assert came.code == 1 and "log.level" in came.err.replace("`", "")


def test_jobs_are_in_it(tmp_path: Path) -> None:
    folder = made(tmp_path, "log: {}\nschedule: {look: {when: hourly, command: show ffffff}}")
    (folder / ".reshelve/schedule").mkdir(parents=True)
    (folder / ".reshelve/schedule/look.json").write_text(json.dumps({"dealt_with": "2020-01-01T00:00:00+00:00"}))
    call(folder, "schedule", "due")
    told = events(folder / ".reshelve/log.ndjson", "command", "job", "exit", "level")
    assert told == [
        ("problem", "show", None, None, "error"),
        ("command", "show", None, 1, "error"),
        ("job-ended", "schedule due", "look", 1, "error"),
        ("command", "schedule due", None, 1, "error"),
    ]


@pytest.mark.slow
def test_a_watch_is_in_it_and_is_not_woken_by_it(tmp_path: Path) -> None:
    workspace = GOOD.replace("path: out", "path: .") + "watch: {settle: 0s}\n"
    folder = made(tmp_path, "log: {file: in/.reshelve-log.ndjson, level: debug}", workspace)
    log = folder / "in/.reshelve-log.ndjson"
    with watching(folder) as watch:
        watch.until(lambda: (folder / "a.mkv").exists())
        time.sleep(3)
        assert watch.end() == 0
    found = events(log, "command")
    assert found[0] == ("watching", "watch")
    assert ("run-settled", "watch") in found
    assert 1 <= found.count(("looked", "watch")) <= 4
    assert not os.path.exists(folder / ".reshelve-log.ndjson")


def test_the_line_in_the_docs_is_as_it_is_written(tmp_path: Path) -> None:
    doc = Path(__file__).resolve().parents[3] / "docs" / "service.md"
    shown = [json.loads(line) for line in doc.read_text().splitlines() if line.startswith('{"time":')]
    folder = made(tmp_path)
    call(folder, "scan")
    call(folder, "apply", "--yes")
    written = {told["event"]: told for told in lines(folder / ".reshelve/log.ndjson")}
    for line in shown:
        if line["event"] in written:
            assert [*line] == [*written[line["event"]]]
            assert line["message"] == written[line["event"]]["message"]
    assert "run-settled" in {line["event"] for line in shown}
