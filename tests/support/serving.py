"""A workspace of a few episodes, and its service: as a process on loopback, or as an app."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.shellcalls import call


@dataclass
class Said:
    """An answer: its status, its headers by lower-case name, and its body."""

    status: int
    headers: Mapping[str, str]
    text: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Server:
    """A server that runs, its token, and the folder of its workspace."""

    folder: Path
    address: str
    token: str
    process: subprocess.Popen[str]
    prefix: str = "/api/files"
    bearer: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, root: bool = False
    ) -> Said:
        """Ask, with the token unless `headers` are given."""
        sent = dict(headers if headers is not None else {"Authorization": f"Bearer {self.token}"})
        data = None
        if method == "POST":
            sent.setdefault("Content-Type", "application/json")
            data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        request = urllib.request.Request(f"{self.address}{'' if root else self.prefix}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Said(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as refused:
            return Said(refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read())


def make_workspace(folder: Path, files: int = 3) -> Path:
    """Make a workspace with episodes in its inbox, scanned; return its folder."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "library").mkdir()
    for number in range(1, files + 1):
        (folder / "inbox" / f"Nordlys.S01E{number:02}.1080p.mkv").write_text(f"{number}")
    assert call(folder, "init", "--preset", "plex").code == 0
    assert call(folder, "scan").code == 0
    return folder


@contextmanager
def served(
    folder: Path, *args: str, environ: Mapping[str, str] | None = None, listen: str = "127.0.0.1:0", errors: int | None = None
) -> Iterator[Server]:
    """Serve a workspace by the command, on a free port of loopback unless told otherwise, for as long as this lasts.

    `errors` is where its standard error goes: where that of the tests goes unless told otherwise.
    """
    words = [sys.executable, "-m", "reshelve", "-C", str(folder), "serve", "--listen", listen, *args]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **(environ or {})}, text=True)
    try:
        assert process.stdout is not None
        address, _, token = process.stdout.readline().strip().partition("/#token=")
        yield Server(folder, address, token, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
