"""The file of a log: lines of several processes, rotation, and what stands in the way."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from reshelve.executors.state import log_file
from reshelve.executors.state.log_file import LogFile

WRITER = """
import sys
from pathlib import Path
from reshelve.executors.state.log_file import LogFile
log = LogFile(Path(sys.argv[1]), 20_000, 900)
for number in range(int(sys.argv[3])):
    log.append(b'{"time":"","by":"%s","number":%d}\\n' % (sys.argv[2].encode(), number))
"""
FULL = """
import resource, signal, sys
from pathlib import Path
from reshelve.executors.state.log_file import LogFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    LogFile(Path(sys.argv[1]), 1 << 20, 3).append(b'{"time":"' + b"x" * 200 + b'"}\\n')
except OSError:
    print("refused")
"""


def line(text: str) -> bytes:
    return json.dumps({"time": text}, separators=(",", ":")).encode() + b"\n"


def started(code: str, args: Sequence[object]) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, *map(str, args)], stdout=subprocess.PIPE, text=True)


def test_processes_that_write_at_once_lose_no_line_while_it_rotates(tmp_path: Path) -> None:
    path, each = tmp_path / "log.ndjson", 1500
    writers = [started(WRITER, (path, name, each)) for name in "abc"]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    files = sorted(tmp_path.iterdir(), key=lambda file: -int(file.suffix[1:]) if file.suffix[1:].isdigit() else 0)
    assert len(files) > 5 and files[-1] == path
    assert all(file.stat().st_size <= 20_000 for file in files)
    seen: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    for file in files:
        for text in file.read_bytes().splitlines():
            told = json.loads(text)
            seen[told["by"]].append(told["number"])
    assert all(numbers == list(range(each)) for numbers in seen.values())


def test_it_keeps_as_many_old_ones_as_it_is_told(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log", 50, 2)
    for number in range(10):
        log.append(line(f"{number}" * 30))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "log": line("9" * 30),
        "log.1": line("8" * 30),
        "log.2": line("7" * 30),
    }


@pytest.mark.parametrize("other", [b"version: 1\nfiles: {}\n", b"x", b'{"type":"version"}\n'])
def test_a_file_that_is_no_log_stays_as_it_is(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "layout.yaml"
    path.write_bytes(other)
    with pytest.raises(OSError, match="not a log"):
        LogFile(path, 1 << 20, 3).append(line("x"))
    assert path.read_bytes() == other


def test_a_file_in_the_way_of_rotation_stays_and_no_line_is_lost(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log", 50, 2)
    log.append(line("a" * 30))
    (tmp_path / "log.2").write_text("mine")
    with pytest.raises(OSError, match=r"log\.2"):
        log.append(line("b" * 30))
    assert (tmp_path / "log").read_bytes() == line("a" * 30) + line("b" * 30)
    assert (tmp_path / "log.2").read_text() == "mine"


def test_a_line_that_was_cut_off_by_a_kill_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line("a") + b'{"time":"cut')
    LogFile(path, 1 << 20, 3).append(line("b"))
    assert path.read_bytes() == line("a") + b'{"time":"cut\n' + line("b")


def test_a_line_without_room_is_not_written_in_part(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line("a"))
    process = started(FULL, (path,))
    assert process.communicate(timeout=60)[0] == "refused\n"
    assert path.read_bytes() == line("a")


def test_who_was_stopped_with_the_lock_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "PATIENCE", 0.05)
    path = tmp_path / "log"
    path.write_bytes(line("a" * 60))
    log = LogFile(path, 50, 3)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        log.append(line("b"))
        log.append(line("c"))
    assert path.read_bytes() == line("a" * 60) + line("b") + line("c")
    log.append(line("d"))
    assert path.read_bytes() == line("d")
    assert (tmp_path / "log.1").exists()


def test_no_link_is_followed_and_nothing_but_a_file_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder"):
        with pytest.raises(OSError):
            LogFile(tmp_path / name, 1 << 20, 3).append(line("x"))
    assert not (tmp_path / "elsewhere").exists()
