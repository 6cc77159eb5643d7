"""`watch`: what arrives is filed, by a real process that is told by the system, and ends when asked to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.watching import Watch, few_watches, filed, title, watching, workspace, writers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what changes in folders is told on Linux")


def test_what_is_there_and_what_arrives_is_filed_and_the_watch_ends_with_0(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
    with watching(at) as watch:
        watch.until(lambda: "Heat (1995).mkv" in filed(at))
        (at / "in/new/deep").mkdir(parents=True)
        (at / "in/new/deep/Alien (1979).mkv").write_text("Alien (1979).mkv")
        (at / "in/new/deep/Alien (1979).en.srt").write_text("Alien (1979).en.srt")
        (at / "in/what.bin").write_text("what.bin")
        watch.until(lambda: filed(at) >= {"Alien (1979).mkv", "Alien (1979).en.srt"})
        assert watch.end() == 0
    assert (at / "in/what.bin").exists()
    assert watch.told("summary")[0]["exit"] == 0
    assert call(at, "undo", "--yes").code == 0
    assert (at / "in/new/deep/Alien (1979).mkv").exists()


def test_what_an_undo_took_back_is_not_filed_again(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
    time.sleep(0.6)
    assert call(at, "watch", "--once").code == 0
    assert filed(at) == {"Heat (1995).mkv"}
    assert call(at, "undo", "--yes").code == 0
    time.sleep(0.6)
    assert call(at, "watch", "--once").code == 0
    assert filed(at) == set()


def test_once_ends_with_1_where_an_error_of_the_plan_keeps_it_from_filing(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    told = (at / "reshelve.yaml").read_text()
    (at / "reshelve.yaml").write_text(told.replace("{path: films}", "{paths: [films, misspelt]}"))
    assert "misspelt" in (at / "reshelve.yaml").read_text(), told
    (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
    time.sleep(0.6)
    came = call(at, "watch", "--once")
    assert came.code == 1 and "error[store-unseen]" in came.err and filed(at) == set()


def test_what_arrives_and_no_rule_decides_is_named_at_once_and_only_once(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    (at / "in/old.bin").write_text("old")
    command = [sys.executable, "-m", "reshelve", "watch", "-C", str(at)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        assert process.stdout is not None
        told: list[str] = []
        try:
            for line in process.stdout:
                told.append(line)
                if "inbox: events" in line:
                    continue
                if "1 file for you to decide" in line and len(told) < 5:
                    (at / "in/new").mkdir(exist_ok=True)
                    (at / "in/new/what.bin").write_text("what")
                if "inbox:new/what.bin" in line:
                    (at / "in/new/Heat (1995).mkv").write_text("Heat")
                if "from inbox:new/Heat" in line:
                    break
        finally:
            process.terminate()
        assert process.wait(60) == 0
    assert sum("for you to decide" in line for line in told) == 2 and "".join(told).count("what.bin") == 1


@pytest.mark.slow
def test_its_own_moves_do_not_wake_it(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    with watching(at) as watch:
        watch.ready()
        (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
        watch.until(lambda: filed(at))
        time.sleep(2)
        assert [event["run"] != "" for event in watch.told("looked")] == [False, True]
        assert watch.end() == 0


def test_ctrl_c_ends_it_with_130(tmp_path: Path) -> None:
    with watching(workspace(tmp_path)) as watch:
        assert watch.ready().end(signal.SIGINT) == 130


def test_nothing_is_removed_or_replaced(tmp_path: Path) -> None:
    at = workspace(tmp_path, rest="on_conflict: replace\n    tidy: true")
    for name, there, here in (("Heat (1995).mkv", "same", "same"), ("Jaws (1975).mkv", "old", "new one")):
        (at / "films" / name[:-4]).mkdir()
        (at / "films" / name[:-4] / name).write_text(there)
        (at / "in/box").mkdir(exist_ok=True)
        (at / "in/box" / name).write_text(here)
    (at / "in/box/Brazil (1985).mkv").write_text("Brazil (1985).mkv")
    time.sleep(0.6)
    call(at, "watch", "--once")
    assert filed(at) == {"Heat (1995).mkv", "Jaws (1975).mkv", "Brazil (1985).mkv"}
    assert (at / "films/Jaws (1975)/Jaws (1975).mkv").read_text() == "old"
    assert sorted(path.name for path in (at / "in/box").iterdir()) == ["Heat (1995).mkv", "Jaws (1975).mkv"]
    assert not list(at.rglob(".reshelve-trash"))


def test_what_a_person_decided_in_the_layout_is_left_to_them(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    for name in ("Heat (1995).mkv", "Jaws (1975).mkv", "Alien (1979).mkv"):
        (at / "in" / name).write_text(name)
    entry = 'files: {"films:mine.mkv": {from: "inbox:Jaws (1975).mkv"}}'
    (at / "layout.yaml").write_text(f'version: 1\n{entry}\nleave: ["inbox:Heat (1995).mkv"]\n')
    time.sleep(0.6)
    assert call(at, "watch", "--once").code == 0
    assert filed(at) == {"Alien (1979).mkv"}


@pytest.mark.slow
def test_no_writer_is_too_early_whatever_its_way_of_writing(tmp_path: Path) -> None:
    at = workspace(tmp_path, settle="200ms")
    with watching(at) as watch:
        late = write_and_watch(at, watch.ready(), each=8, processes=3, longest=0.5)
        assert len(late) == 24
        assert watch.end() == 0


def write_and_watch(at: Path, watch: Watch, *, each: int, processes: int, longest: float) -> list[float]:
    """Have films written; return how many seconds after it was closed each was filed, in order. None may be filed before."""
    begun = writers(at, each, processes, longest)
    closed: dict[str, float] = {}
    for process in begun:
        assert process.stdout is not None
        for line in process.stdout:
            event, name, when = json.loads(line)
            if event == "closed":
                closed[name] = when
        assert process.wait() == 0
    assert len(closed) == each * processes
    watch.until(lambda: len(filed(at)) == len(closed), 120)
    moved = {path.name: os.stat(path).st_ctime for path in (at / "films").rglob("*.mkv")}
    late = sorted(moved[name] - when for name, when in closed.items())
    assert late[0] > -0.05, "filed before its writer had closed it"
    return late


@pytest.mark.slow
def test_many_writers_at_once(tmp_path: Path) -> None:
    at = workspace(tmp_path, settle="500ms")
    with watching(at) as watch:
        late = write_and_watch(at, watch.ready(), each=int(os.environ.get("N", "400")) // 40, processes=40, longest=1.0)
        assert watch.end() == 0
    print(f"{len(late)} films, none before its writer closed it; 95 % within {late[int(len(late) * 0.95)]:.1f} s after")


def burst(at: Path, number: int) -> set[str]:
    names = {f"{title(n)} ({1920 + n % 90}).mkv" for n in range(number)}
    for n, name in enumerate(sorted(names)):
        folder = at / "in" / f"d{n % 50}"
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    return names


def test_what_arrives_while_it_is_stopped_is_filed_once(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    with watching(at) as watch:
        watch.ready().process.send_signal(signal.SIGSTOP)
        names = burst(at, 400)
        watch.process.send_signal(signal.SIGCONT)
        watch.until(lambda: filed(at) == names)
        assert watch.end() == 0
    assert sum(event["counts"].get("move", 0) for event in watch.told("report")) == 400


@pytest.mark.slow
def test_a_burst_of_files_overruns_the_queue_and_loses_none(tmp_path: Path) -> None:
    at, number = workspace(tmp_path), int(os.environ.get("BURST", "20000"))
    with watching(at) as watch:
        watch.ready().process.send_signal(signal.SIGSTOP)
        names = burst(at, number)
        watch.process.send_signal(signal.SIGCONT)
        began = time.monotonic()
        watch.until(lambda: len(watch.told("report")) and sum(e["done"] for e in watch.told("report")) >= number, 300)
        watch.until(lambda: filed(at) == names, 300)
        print(f"{number:,} files that came while it was stopped: filed in {time.monotonic() - began:.1f} s")
        assert watch.end() == 0
    assert sum(event["counts"].get("move", 0) for event in watch.told("report")) == number


@pytest.mark.slow
def test_killed_while_files_arrive_it_goes_on_where_it_was(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    names: set[str] = set()
    kills = int(os.environ.get("KILLS", "3"))
    for turn in range(kills + 1):
        with watching(at) as watch:
            for n in range(60):
                name = f"{title(turn * 60 + n)} ({1950 + n}).mkv"
                (at / "in" / name).write_text(name)
                names.add(name)
            if turn < kills:
                watch.until(lambda watch=watch: watch.told("run-started"))  # type: ignore[misc]
                watch.process.kill()
            else:
                watch.until(lambda: filed(at) == names)
                watch.process.terminate()
            watch.process.wait()
    assert {path.name: path.read_text() for path in (at / "films").rglob("*.mkv")} == {name: name for name in names}
    assert call(at, "status").code == 0
    assert not list((at / "in").glob("*.mkv"))


def test_guards_leave_the_rest_for_the_next_minute(tmp_path: Path) -> None:
    at = workspace(tmp_path, most=3)
    for n in range(5):
        (at / f"in/Film {n} (195{n}).mkv").write_text("Film {n} (195{n}).mkv")
    time.sleep(0.6)
    assert call(at, "watch", "--once").code == 0
    assert len(filed(at)) == 3


def test_several_workspaces_in_one_process(tmp_path: Path) -> None:
    one, two = workspace(tmp_path / "one"), workspace(tmp_path / "two")
    with watching(one, two) as watch:
        watch.until(lambda: len(watch.told("looked")) == 2)
        for at in (one, two):
            (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
        watch.until(lambda: filed(one) and filed(two))
        assert watch.end() == 0


def test_status_says_how_it_watches_and_a_second_one_is_refused(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    with watching(at) as watch:
        watch.ready()
        told = call(at, "status").out
        assert f"Watched by process {watch.process.pid}" in told
        assert "inbox  events" in told
        assert call(at, "watch").code == 6
        assert watch.end() == 0
    assert "Watched" not in call(at, "status").out


def test_where_watches_run_out_the_store_is_polled_and_status_says_so(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    (at / "in/a/b/c").mkdir(parents=True)
    with watching(at, before=few_watches(2)) as watch:
        watch.ready()
        assert "inbox  polling: the system has no more watches on folders" in call(at, "status").out
        (at / "in/a/b/c/Heat (1995).mkv").write_text("Heat (1995).mkv")
        watch.until(lambda: filed(at))
        assert watch.end() == 0


@pytest.mark.slow
def test_while_another_run_holds_the_lock_it_waits_and_says_so_once(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    holder = """import sys, time
from pathlib import Path
from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.workspace_state import State
state = State(Path(sys.argv[1]) / ".reshelve"); state.prepare()
with locked([str(state.folder)], "apply abc", state):
    print(flush=True); sys.stdin.read()"""
    with subprocess.Popen([sys.executable, "-c", holder, str(at)], stdin=-1, stdout=-1) as other, watching(at) as watch:
        assert other.stdout is not None and other.stdout.readline() == b"\n"
        (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
        watch.until(lambda: watch.told("problem"))
        assert watch.told("problem")[0]["code"] == "locked"
        other.communicate()
        watch.until(lambda: filed(at))
        assert len(watch.told("problem")) == 1
        assert watch.end() == 0


@pytest.mark.slow
def test_a_changed_workspace_takes_effect_and_a_broken_one_stops_filing(tmp_path: Path) -> None:
    at = workspace(tmp_path)
    document = (at / "reshelve.yaml").read_text()
    with watching(at) as watch:
        watch.ready()
        (at / "reshelve.yaml").write_text(document + "nonsense: 1\n")
        (at / "in/Heat (1995).mkv").write_text("Heat (1995).mkv")
        watch.until(lambda: watch.told("problem"))
        assert not filed(at)
        (at / "reshelve.yaml").write_text(document.replace("films:{{", "films:Films/{{"))
        watch.until(lambda: (at / "films/Films/Heat (1995)/Heat (1995).mkv").exists())
        assert watch.end() == 0


def test_it_tells_the_service_manager_that_it_is_ready_lives_and_ends(tmp_path: Path) -> None:
    at = workspace(tmp_path / "w")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        with watching(at, environ={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}) as watch:
            told = {manager.recv(100) for _ in range(6)}
            assert told >= {b"READY=1", b"WATCHDOG=1"}
            watch.process.terminate()
            while manager.recv(100) != b"STOPPING=1":
                pass
            assert watch.process.wait(60) == 0
