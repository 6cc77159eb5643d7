"""What every server has in common: where it listens, who may ask it, and how its processes are started and stopped."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Endpoint:
    """Where a service listens, and one pair of keys that it takes. `extra` is the server's own."""

    url: str
    key: str = "AKIATESTKEY000000000"
    secret: str = "test/secret+0000000000000000000000000000"
    extra: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    def write(self, path: Path) -> None:
        """Write it where the tests wait for it, whole or not at all."""
        path.with_suffix(".new").write_text(json.dumps(asdict(self)))
        path.with_suffix(".new").rename(path)

    @staticmethod
    def read(path: Path) -> "Endpoint":
        """Read what `write` wrote."""
        return Endpoint(**json.loads(path.read_text()))


def free_port() -> int:
    """Return a port of the loopback that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def program(name: str) -> str | None:
    """Return the path of a program beside this interpreter, or anywhere on the way; None where there is none."""
    import sys

    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def start(command: list[str], log: Path, env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start a server of its own session, its output in `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **(env or {})}
        )


def stop(process: "subprocess.Popen[bytes]", patience: float = 10) -> None:
    """End a process that this one started, if need be by force."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def answers(url: str, process: "subprocess.Popen[bytes]", patience: float = 60) -> None:
    """Return once something answers HTTP at `url`. RuntimeError when the process ends first, or patience does."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {url}")
