"""Trouble: a run that is interrupted, killed, or kept out by another, and what the next command makes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reshelve.executors.state.root_locks import locked
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, tree

COUNT = 400


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for store in ("inbox", "tv", "movies", "projects"):
        (tmp_path / store).mkdir()
    lines = ["version: 1", "files:"]
    for number in range(COUNT):
        (tmp_path / "inbox" / f"{number}.mkv").write_text(str(number))
        lines.append(f'  "movies:{number}/{number}.mkv": {{from: "inbox:{number}.mkv", transfer: move}}')
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")
    return tmp_path


def started(place: Path, *args: str) -> "subprocess.Popen[bytes]":
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.Popen(
        [sys.executable, "-m", "reshelve", *args], cwd=place, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def when_under_way(place: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the run has moved something."""
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        if any(not name.startswith(".") for name in os.listdir(place / "movies")):
            return
        time.sleep(0.001)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_takes_back_and_says_so(place: Path, number: signal.Signals) -> None:
    before = tree(place)
    process = started(place, "apply", "--yes")
    when_under_way(place, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("the run was quicker than the signal")
    assert process.returncode == 130, (out, err)
    assert b"Please wait" in err and b"taken back" in out
    assert tree(place) == before
    assert call(place, "recover").out.startswith("Nothing to recover")


@pytest.mark.slow
def test_a_killed_run_must_be_recovered_first(place: Path) -> None:
    before = tree(place)
    process = started(place, "apply", "--yes")
    when_under_way(place, process)
    process.kill()
    process.communicate(timeout=60)
    if call(place, "log", "--json").events[1].get("outcome") == "done":
        pytest.skip("the run was quicker than the kill")
    refused = call(place, "apply", "--yes")
    assert refused.code == 4 and "reshelve recover" in refused.err
    assert "did not settle" in call(place, "status").out
    assert call(place, "doctor").code == 1
    assert call(place, "plan").code == 0
    unsettled = call(place, "log", "--json").events[1]["id"]
    for command in (["undo"], ["redo"]):
        refused = call(place, *command)
        assert refused.code == 4 and unsettled in refused.err and "reshelve recover" in refused.err
    shown = call(place, "show", "last").out
    assert "To do the rest of it: reshelve recover --finish\nTo take back what was done: reshelve recover\n" in shown
    with locked([str(place / ".reshelve")], f"apply {unsettled}"):
        assert "[under way]" in call(place, "log").out
        assert "did not settle" not in call(place, "status").out
        assert "under way" in call(place, "show", "last").out
        assert call(place, "undo").code == 6
    settled = call(place, "recover")
    assert settled.code == 0, settled.err
    assert "\nSettled: " in settled.out
    assert tree(place) == before
    assert call(place, "apply", "--yes").code == 0


def test_another_run_keeps_this_one_out_but_nobody_from_looking(place: Path) -> None:
    with locked([str(place / "inbox")], "apply by somebody"):
        refused = call(place, "apply", "--yes")
        assert refused.code == 6 and str(os.getpid()) in refused.err
        assert call(place, "plan").code == 0
        assert call(place, "log").code == 0
        assert "Locked: inbox" in call(place, "status").out
    assert (place / "inbox" / "0.mkv").exists()
    assert call(place, "apply", "--yes").code == 0


def test_a_failed_run_is_taken_back_or_kept_as_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reshelve.executors.platforms import exclusive_renames

    rename = exclusive_renames.rename_new

    def failing(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
        if src == "7.mkv" and not dst.startswith(".reshelve"):
            raise OSError(5, "Input/output error", src)
        rename(src_dir, src, dst_dir, dst)

    before = tree(place)
    monkeypatch.setattr(exclusive_renames, "rename_new", failing)
    rolled_back = call(place, "apply", "--yes")
    assert rolled_back.code == 3 and "taken back" in rolled_back.out
    assert tree(place) == before
    kept = call(place, "apply", "--yes", "--on-error", "continue")
    assert kept.code == 4, kept.out
    assert (place / "inbox" / "7.mkv").exists() and not (place / "inbox" / "8.mkv").exists()
    monkeypatch.undo()
    assert call(place, "undo", "--yes").code == 0
    assert tree(place) == before


def test_what_a_start_left_that_was_killed_before_its_run_began_goes_with_recover(place: Path) -> None:
    before = tree(place)
    code = f"""
import os, signal
from pathlib import Path
from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.workspace_state import State
state = Path({str(place)!r}) / ".reshelve"
(state / "runs" / ".new-000001-0123456789ab").mkdir(parents=True)
with locked({[str(place / name) for name in ("inbox", "movies", ".reshelve")]!r}, "apply", State(state)):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    (place / "tv" / ".reshelve.lock").touch()
    assert (place / "inbox" / ".reshelve.lock").exists()
    with locked([str(place / "projects")], "another's"):
        assert call(place, "recover").code == 0
        assert (place / "projects" / ".reshelve.lock").exists()
    assert not list(place.rglob(".reshelve.lock")) and not list((place / ".reshelve/runs").iterdir())
    assert tree(place) == before


def test_a_lock_file_of_another_workspace_stays(place: Path) -> None:
    said = {"host": os.uname().nodename, "pid": 1, "what": "apply", "state": "/elsewhere/.reshelve"}
    (place / "inbox" / ".reshelve.lock").write_text(json.dumps(said))
    (place / ".reshelve").mkdir()
    assert call(place, "recover").code == 0
    assert (place / "inbox" / ".reshelve.lock").exists()
