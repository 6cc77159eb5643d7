"""`schedule`: jobs run as processes of their own, each time once, whatever becomes of who runs them.

Who runs them is this process, but where several do, or one is killed or ended.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reshelve import api
from reshelve.cli.commands import schedule as schedule_command
from reshelve.executors.platforms.service_manager import ServiceManager
from reshelve.executors.state.job_marks import JobMark, desk, save_mark
from reshelve.scheduling.due_jobs import run_due
from tests.support.shellcalls import call

HEAD = "version: 1\nstores:\n  films: {path: films}\nschedule:\n"
PAST = {"dealt_with": "2020-01-01T00:00:00+00:00"}


def workspace(at: Path, *jobs: str) -> Path:
    (at / "films").mkdir()
    (at / "reshelve.yaml").write_text(HEAD + "".join(f"  {job}\n" for job in jobs))
    return at


def overdue(at: Path, *names: str) -> None:
    (at / ".reshelve/schedule").mkdir(parents=True, exist_ok=True)
    for name in names:
        (at / f".reshelve/schedule/{name}.json").write_text(json.dumps(PAST))


def mark(at: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((at / f".reshelve/schedule/{name}.json").read_text())
    return found


def test_a_new_job_waits_and_an_overdue_one_runs_once(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: daily 02:00, command: reshelve status}")
    assert call(at, "schedule", "due").out == ""
    overdue(at, "state")
    said = call(at, "schedule", "due")
    assert (said.code, "exit code 0" in said.out) == (0, True), said
    assert "Workspace" in (at / ".reshelve/schedule/state.log").read_text()
    assert call(at, "schedule", "due").out == ""
    shown = call(at, "status").out
    assert "Job state" in shown
    assert "exit code" not in shown


def test_a_mark_that_is_damaged_is_read_from_its_copy(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: daily 02:00, command: status}")
    overdue(at, "state")
    call(at, "schedule", "due")
    (at / ".reshelve/schedule/state.json").write_text("{")
    assert call(at, "schedule", "due").out == ""


def test_a_job_that_ran_while_the_clock_was_ahead_runs_again_at_its_next_time(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: hourly, command: status}")
    overdue(at, "state")
    ahead = {
        "dealt_with": "2090-01-01T00:00:00+00:00",
        "started": "2090-01-01T00:00:00+00:00",
        "ended": "2090-01-01T00:00:01+00:00",
    }
    for name in ("state", "state.copy"):
        (at / f".reshelve/schedule/{name}.json").write_text(json.dumps(ahead))
    clock = [datetime(2026, 5, 5, 9, 30, tzinfo=UTC)]
    for minute, ran in ((30, []), (40, []), (61, ["ran"]), (62, [])):
        clock[0] = datetime(2026, 5, 5, 9, tzinfo=UTC) + timedelta(minutes=minute)
        assert [ended.result for ended in run_due(api.open_workspace(at, now=lambda: clock[0]))] == ran, minute


def test_a_job_that_fails_keeps_its_exit_code_and_status_says_so(tmp_path: Path) -> None:
    at = workspace(tmp_path, "bad: {when: hourly, command: show 0123456789ab}", "good: {when: hourly, command: status}")
    overdue(at, "bad", "good")
    said = call(at, "schedule", "due")
    assert said.code == mark(at, "bad")["exit"] != 0
    assert mark(at, "good")["exit"] == 0
    assert "bad.log" in said.err
    assert "Job bad ended with exit code" in call(at, "status").out


def test_the_trash_is_emptied_by_age_unless_a_job_of_that_name_says_otherwise(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: hourly, command: status}")
    document = at / "reshelve.yaml"
    document.write_text(document.read_text() + "trash: {older_than: 30d}\n")
    shown = call(at, "schedule", "show").out
    assert "trash: trash empty --older-than 30d --yes\n  daily 03:30; next" in shown and "state: status" in shown
    overdue(at, "trash", "state")
    came = call(at, "schedule", "due")
    assert came.code == 0 and "trash, due" in came.out
    assert "trash" in (at / ".reshelve/schedule/trash.log").read_text()
    document.write_text(document.read_text().replace("state: {when: hourly", "trash: {when: hourly"))
    assert "trash: status\n  hourly; next" in call(at, "schedule", "show").out
    document.write_text("version: 1\nstores:\n  films: {path: films}\ntrash: {older_than: 30d, when: 'weekly sun 03:00'}\n")
    assert "weekly sun 03:00; next" in call(at, "schedule", "show").out
    document.write_text("version: 1\nstores:\n  films: {path: films}\ntrash: {older_than: soon}\n")
    assert call(at, "validate").code == 1


def test_health_finds_jobs_that_fail_are_cut_short_or_not_started(tmp_path: Path) -> None:
    # Half an hour ago: late is only what should have run more than ten minutes ago.
    when = f"'hourly :{(datetime.now(UTC).minute + 30) % 60:02}'"
    at = workspace(tmp_path, *(f"{name}: {{when: {when}, command: status}}" for name in ("well", "bad", "cut", "late", "fresh")))
    assert call(at, "health", "--only", "jobs").code == 0
    overdue(at, "late")
    dealt_with = datetime.now(UTC).isoformat()
    started = {"dealt_with": dealt_with, "started": dealt_with}
    for name, more in (("well", {"ended": dealt_with}), ("bad", {"ended": dealt_with, "exit": 7}), ("cut", {})):
        (at / f".reshelve/schedule/{name}.json").write_text(json.dumps({**started, **more}))
    came = call(at, "health", "--only", "jobs", "--json")
    [found] = [event for event in came.events if event["type"] == "health"]
    told = {problem["path"]: problem["detail"] for problem in found["errors"]}
    assert came.code == 2 and told.keys() == {"schedule.bad", "schedule.cut", "schedule.late"}
    assert (
        "exit code 7" in told["schedule.bad"] and "did not end" in told["schedule.cut"] and "nobody starts" in told["schedule.late"]
    )


def test_two_at_once_run_each_job_once(tmp_path: Path) -> None:
    at = workspace(tmp_path, *(f"n{n}: {{when: daily 02:00, command: status}}" for n in range(2)))
    overdue(at, "n0", "n1")
    command = [sys.executable, "-m", "reshelve", "-C", str(at), "schedule", "due", "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [json.loads(line) for one in both for line in one.communicate()[0].splitlines()]
    assert sorted(event["name"] for event in told if event["type"] == "job-ended") == ["n0", "n1"]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_job_that_is_killed_is_told_and_not_run_again_for_that_time(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: daily 02:00, command: status}")
    overdue(at, "state")
    command = [sys.executable, "-m", "reshelve", "-C", str(at), "schedule", "due"]
    running = subprocess.Popen(command, start_new_session=True)
    for _ in range(6000):
        if mark(at, "state").get("started"):
            break
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert mark(at, "state")["started"] != ""
    assert mark(at, "state")["ended"] == ""
    # What the killed one had started holds its place until it ends by itself.
    for _ in range(600):
        if "Job state was cut short" in call(at, "status").out:
            break
        time.sleep(0.1)
    assert "Job state was cut short" in call(at, "status").out
    assert call(at, "schedule", "due").out == ""


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("sttus", "There is no command `sttus`"),
        ("status --nope", "--nope"),
        ("trash emtpy --yes", "emtpy"),
        ("apply", "add --yes"),
        ("backup due", "add --yes"),
        ("watch", "it does not end"),
        ("schedule due", "it would wait for itself"),
        ("status --help", "only prints help"),
        ("rm -rf /", "There is no command `rm`"),
    ],
)
def test_a_command_that_cannot_run_is_told_at_its_line(tmp_path: Path, command: str, why: str) -> None:
    at = workspace(tmp_path, "good: {when: hourly, command: backup due --yes}", "bad:", "  when: hourly", f"  command: {command}")
    for asked in (("validate",), ("schedule", "due")):
        said = call(at, *asked)
        assert said.code == 1, said
        assert why in said.err
        assert "reshelve.yaml:8" in said.err


def started(at: Path, *args: str) -> str:
    """Return what the program says as a process of its own: what it writes for systemd and cron tells how it was started."""
    command = [sys.executable, "-m", "reshelve", "-C", str(at), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def verified(*units: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["systemd-analyze", "verify", "--man=no", *map(str, units)], capture_output=True, text=True)


def test_what_systemd_needs_passes_its_own_check(tmp_path: Path) -> None:
    (tmp_path / "100% $films").mkdir()
    at = workspace(tmp_path / "100% $films", "state: {when: daily 02:00, command: status}")
    assert r"100\% " in started(at, "schedule", "show", "--crontab")
    for kind in ("service", "timer"):
        (tmp_path / f"reshelve.{kind}").write_text(started(at, "schedule", "show", f"--{kind}"))
    (tmp_path / "sound.service").write_text("[Service]\nExecStart=/bin/true\n")
    if shutil.which("systemd-analyze") and verified(tmp_path / "sound.service").returncode == 0:
        said = verified(tmp_path / "reshelve.service", tmp_path / "reshelve.timer")
        assert (said.returncode, said.stderr) == (0, "")


def test_run_ends_with_0_on_sigterm(tmp_path: Path) -> None:
    at = workspace(tmp_path, "state: {when: daily 02:00, command: status}")
    overdue(at, "state")
    command = [sys.executable, "-m", "reshelve", "-C", str(at), "schedule", "run"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert "exit code 0" in running.stdout.readline()
    running.terminate()
    assert running.wait(10) == 0


def test_status_and_health_count_jobs_that_nothing_has_looked_at_and_status_says_which_one_runs(tmp_path: Path) -> None:
    at = workspace(tmp_path, "one: {when: daily 02:00, command: status}", "two: {when: daily 02:00, command: status}")
    assert "2 jobs not looked at yet: does anything call `reshelve schedule due`?" in call(at, "status").out
    assert "2 jobs, 0 failed" in call(at, "health", "--only", "jobs").out
    assert call(at, "schedule", "due").code == 0
    assert "not looked at" not in call(at, "status").out
    state, began = at / ".reshelve", datetime.now(UTC).isoformat()
    save_mark(state, "one", JobMark(began, started=began))
    with desk(state) as place:
        assert place is not None
        assert "Job one is running since 20" in call(at, "status").out
    assert "Job one was cut short" in call(at, "status").out


@pytest.mark.slow
def test_run_takes_in_a_changed_workspace_and_says_once_what_is_wrong_with_it(tmp_path: Path) -> None:
    at = workspace(tmp_path, "one: {when: daily 02:00, command: status}")
    overdue(at, "one", "two")
    often = "import runpy, reshelve.cli.commands.schedule as s; s._EVERY = 0.05; runpy.run_module('reshelve', run_name='__main__')"
    command = [sys.executable, "-c", often, "-C", str(at), "schedule", "run", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = (event for line in running.stdout if (event := json.loads(line))["type"] in ("job-ended", "problem"))
        try:
            assert next(lines)["name"] == "one"
            good = (at / "reshelve.yaml").read_text()
            (at / "new").write_text(good + "nonsense: 1\n")
            os.replace(at / "new", at / "reshelve.yaml")
            assert next(lines)["type"] == "problem"
            time.sleep(0.5)
            (at / "new").write_text(good + "  two: {when: daily 02:00, command: status}\n")
            os.replace(at / "new", at / "reshelve.yaml")
            told = next(lines)
            assert (told["type"], told["name"]) == ("job-ended", "two")
        finally:
            running.terminate()
        assert running.wait(10) == 0


@pytest.mark.slow
def test_run_goes_on_past_a_fault_and_takes_in_a_changed_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = workspace(tmp_path, "state: {when: daily 02:00, command: status}")
    monkeypatch.setattr(schedule_command, "_EVERY", 0.05)
    marks, document = at / ".reshelve/schedule", (at / "reshelve.yaml").read_text()
    marks.parent.mkdir()
    marks.write_text("in the way")

    def meddle() -> None:
        try:
            time.sleep(1)
            marks.unlink()
            (at / "reshelve.yaml").write_text(f"{document}nonsense: 1\n")
            time.sleep(1)
            (at / "reshelve.yaml").write_text(document.replace("state:", "other:"))
            overdue(at, "other")
            end = time.monotonic() + 60
            while time.monotonic() < end and not (at / ".reshelve/schedule/other.log").exists():
                time.sleep(0.05)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    meddling = threading.Thread(target=meddle)
    # It begins once the command waits for signals.
    monkeypatch.setattr(ServiceManager, "ready", lambda _self: meddling.start())
    came = call(at, "schedule", "run")
    meddling.join()
    assert came.code == 0 and "other, due" in came.out, came
    assert [came.err.count(f"error[{code}]") for code in ("system", "document-unknown-key")] == [1, 1]
