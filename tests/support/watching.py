"""A real `reshelve watch` over a small workspace, its events as they come, and programs that write files in many ways."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WORKSPACE = """version: 1
stores:
  inbox: {path: in}
  films: {path: films}
watch: {settle: SETTLE, unsure: 1s, every: EVERY, poll: 1s, max_files: MOST}
scan:
  inbox:
    RESTrules:
      - {name: films, when: {kind: movie, year: {known: true}}, place: "films:{{ title }} ({{ year }})/{{ filename }}"}
"""


def workspace(at: Path, *, settle: str = "500ms", every: str = "1h", most: int = 100_000, rest: str = "") -> Path:
    """Make a workspace with an inbox and films."""
    for name in ("in", "films"):
        (at / name).mkdir(parents=True, exist_ok=True)
    seconds = settle if not settle.endswith("ms") else f"{int(settle[:-2]) / 1000}s"
    text = WORKSPACE.replace("SETTLE", seconds).replace("EVERY", every).replace("MOST", str(most))
    (at / "reshelve.yaml").write_text(text.replace("REST", f"{rest}\n    " if rest else ""))
    return at


def title(number: int) -> str:
    """Return a title that is like no other: of similar ones a scan asks whether they are the same."""
    word = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest().translate(str.maketrans("0123456789", "klmnprstuo"))
    return f"{word[:8].title()} {word[8:16].title()}"


def filed(at: Path) -> set[str]:
    """Return the names of all films that were filed. A folder may go while it is looked at: a killed run is taken back."""
    return {name for folder, _, names in os.walk(at / "films") for name in names if ".reshelve" not in f"{folder}/{name}"}


def few_watches(number: int) -> list[str]:
    """Return what goes before a command that may watch so many folders at most: in a user namespace with a limit of its own."""
    limited = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        f'echo {number} >/proc/sys/user/max_inotify_watches && exec "$@"',
        "sh",
    ]
    if shutil.which("unshare") is None or subprocess.run([*limited, "true"], capture_output=True).returncode:
        pytest.skip("no user namespaces here")
    return limited


class Watch:
    """One process. `events` are all it told so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of one type."""
        return [event for event in list(self.events) if event["type"] == kind]

    def until(self, holds: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.events[-3:]}"
            assert time.monotonic() < end, f"never held; last: {self.events[-5:]}"
            time.sleep(0.02)

    def ready(self) -> "Watch":
        """Wait until everything was looked at once."""
        self.until(lambda: self.told("looked"))
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def watching(
    *at: Path, options: tuple[str, ...] = (), environ: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[Watch]:
    """Watch workspaces, for as long as this lasts. `before` is what goes before the command."""
    where = [option for folder in at for option in ("-C", str(folder))]
    command = [*before, sys.executable, "-m", "reshelve", "watch", "--json", *where, *options]
    env = {**os.environ, **(environ or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:
        try:
            yield Watch(process)
        finally:
            if process.poll() is None:
                process.kill()


WRITER = """
import hashlib, json, mmap, os, random, sys, time
folder, first, count, seed, longest = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
rng = random.Random(seed)

def pause():
    time.sleep(rng.random() * longest)

def say(event, name):
    sys.stdout.write(json.dumps([event, name, time.time()]) + chr(10)); sys.stdout.flush()

def own(path):
    return hashlib.sha256(path.encode()).digest()

def plain(path):
    with open(path, "wb") as out:
        for _ in range(4):
            out.write(os.urandom(1000)); out.flush(); pause()

def preallocated(path):
    with open(path, "wb") as out:
        os.posix_fallocate(out.fileno(), 0, 8000)
        for _ in range(3):
            pause(); out.write(os.urandom(1000)); out.flush()

def mapped(path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 8192)
    with mmap.mmap(fd, 8192) as pages:
        os.close(fd)
        for at in (0, 4096, 100):
            pause(); pages[at] = 7
        pages[500:532] = own(path)

def sparse(path):
    with open(path, "wb") as out:
        out.truncate(1 << 20); pause(); out.seek(1 << 19); out.write(own(path)); out.flush(); pause()

def blocks(path):
    with open(path, "wb") as out:
        out.truncate(16000)
        for at in rng.sample(range(16), 4):
            out.seek(at * 1000); out.write(os.urandom(1000)); out.flush(); pause()

def renamed_in(path):
    hidden = os.path.join(os.path.dirname(folder), "outside", os.path.basename(path))
    plain(hidden); os.rename(hidden, path)

def part(path):
    with open(path + ".part", "wb") as out:
        out.write(b"x" * 500); out.flush(); pause(); out.write(own(path) * 20)
    os.rename(path + ".part", path)

def linked(path):
    fd = os.open(folder, os.O_TMPFILE | os.O_WRONLY)
    os.write(fd, b"x" * 100)
    os.link(f"/proc/self/fd/{fd}", path, src_dir_fd=fd, follow_symlinks=True)
    pause(); os.write(fd, own(path)); pause(); os.close(fd)

def title(number):
    word = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest().translate(str.maketrans("0123456789", "klmnprstuo"))
    return f"{word[:8].title()} {word[8:16].title()}"

ways = [plain, preallocated, mapped, sparse, blocks, renamed_in, part, linked]
for number in range(first, first + count):
    name = f"{title(number)} ({1920 + number % 90}).mkv"
    place = os.path.join(folder, f"d{number % 7}") if number % 3 else folder
    os.makedirs(place, exist_ok=True)
    say("open", name)
    ways[number % len(ways)](os.path.join(place, name))
    say("closed", name)
"""
"""Writes so many files one after another; says of each when it is begun, and right after it was closed for good."""


def writers(at: Path, each: int, processes: int, longest: float) -> "list[subprocess.Popen[str]]":
    """Start programs that write `each` films, with pauses of up to `longest` seconds."""
    (at / "outside").mkdir(exist_ok=True)
    commands = [
        [sys.executable, "-c", WRITER, str(at / "in"), str(number * each), str(each), str(number), str(longest)]
        for number in range(processes)
    ]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
