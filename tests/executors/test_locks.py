"""Locks: one at a time, released by death, never broken across hosts, and no trace left."""

import json
import os
import signal
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from executors.locks import holder_of, left_behind, locked, this_process
from executors.state import State
from schemas.locations import LOCK
from schemas.problems import ReshelveError


def in_child(folder: Path) -> tuple[int, int]:
    """Hold the lock in another process until it is killed; return its pid."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with locked([str(folder)], "apply abc"):
            os.write(writer, b"x")
            time.sleep(60)
        os._exit(0)
    os.read(reader, 1)
    return child, reader


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    child, _ = in_child(tmp_path)
    try:
        with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
            pass
        assert caught.value.kind == "locked"
        assert f"Process {child} on this host (apply abc)" in caught.value.problems[0].detail
        assert holder_of(str(tmp_path)).pid == child  # type: ignore[union-attr]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_dead_holders_lock_heals(tmp_path: Path) -> None:
    child, _ = in_child(tmp_path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert (tmp_path / LOCK).exists()
    assert holder_of(str(tmp_path)) is None
    with locked([str(tmp_path)], "apply def"):
        pass
    assert not (tmp_path / LOCK).exists()


def test_a_folder_inside_a_locked_one_is_locked_too(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    with locked([str(tmp_path)], "apply abc"), pytest.raises(ReshelveError), locked([str(tmp_path / "a/b")], "apply def"):
        pass


@pytest.mark.parametrize(
    "strange", [{"pid": "1"}, {"what": 7}, {"state": ["x"]}, {"home": None}, {"state": "a\0b"}, {"more": ""}], ids=ascii
)
def test_what_no_reshelve_wrote_holds_nothing(tmp_path: Path, strange: dict[str, object]) -> None:
    (tmp_path / LOCK).write_text(json.dumps(asdict(this_process("apply abc", State(tmp_path / "s"))) | strange))
    assert holder_of(str(tmp_path)) is None and list(left_behind(str(tmp_path))) == []
    with locked([str(tmp_path)], "apply def"):
        pass


def test_what_is_too_deep_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("[" * 4096)
    assert holder_of(str(tmp_path)) is None and list(left_behind(str(tmp_path))) == []


def test_a_dead_process_leaves_word_of_its_run(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    child, _ = in_child(tmp_path)
    assert list(left_behind(str(tmp_path / "a/b"))) == []
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    ((folder, holder),) = left_behind(str(tmp_path / "a/b"))
    assert (folder, holder.pid, holder.what) == (str(tmp_path), child, "apply abc")


def test_another_hosts_lock_is_never_broken(tmp_path: Path) -> None:
    other = {"host": "elsewhere", "boot": "b", "pid": 1, "began": "1", "what": "apply abc"}
    (tmp_path / LOCK).write_text(json.dumps(other))
    with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
        pass
    assert "host elsewhere" in caught.value.problems[0].detail
    assert "rm " in caught.value.problems[0].hint
    assert json.loads((tmp_path / LOCK).read_text()) == other


def test_it_leaves_no_trace_in_the_folders_time(tmp_path: Path) -> None:
    os.utime(tmp_path, ns=(1_400_000_000_000_000_001,) * 2)
    with locked([str(tmp_path)], "apply abc"):
        assert tmp_path.stat().st_mtime_ns == 1_400_000_000_000_000_001
    assert tmp_path.stat().st_mtime_ns == 1_400_000_000_000_000_001


def test_a_folder_inside_another_is_locked_by_the_same_run(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with locked([str(tmp_path), str(tmp_path / "a")], "apply abc"):
        assert (tmp_path / "a" / LOCK).exists()
