"""The processes of this machine, looked for in /proc: who is alive, by the words of its command."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked for in /proc")


def alive_with(words: str, parent: int = 0) -> list[int]:
    """Return the processes whose command has these words; with `parent`, only those that it started."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if words.encode() in command and is_alive(int(each.name)) and (not parent or _stat(int(each.name))[1] == str(parent)):
            found.append(int(each.name))
    return found


def is_alive(process: int) -> bool:
    """Say whether a process has not ended."""
    return _stat(process)[0] not in ("", "Z", "X")


def wait_until(so: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.001)


def _stat(process: int) -> tuple[str, str]:
    """Return the state of a process and what started it."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[:2]
    except OSError:
        return "", ""
    return state, parent
