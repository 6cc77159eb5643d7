"""Real download clients on the loopback: qBittorrent and Transmission, each in a folder of its own, two peers of one torrent."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSWORD = "hush-adminadmin"
LONG = 60.0


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in ("qbittorrent-nox", "transmission-daemon", "transmission-create") if shutil.which(name) is None]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, f"it never came to that: {what}"
        time.sleep(0.1)


def torrent_of(path: Path, into: Path, *, piece: int = 32) -> Path:
    """Make a torrent of a file or folder, with no tracker."""
    made = into / f"{path.name}.torrent"
    subprocess.run(["transmission-create", "-s", str(piece), "-o", str(made), str(path)], check=True, stdout=subprocess.DEVNULL)
    return made


@dataclass
class Qbittorrent:
    """A qBittorrent with a web interface, which asks for user and password."""

    port: int
    peers: int
    cookie: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, files: Path | None = None, **values: str) -> bytes:
        """Ask for something with values as a form, and with a torrent if there is one."""
        headers = {"Referer": self.url, "Cookie": self.cookie}
        if files is None:
            data, kind = urllib.parse.urlencode(values).encode(), "application/x-www-form-urlencoded"
        else:
            parts = [f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in values.items()]
            head = f'--xx\r\nContent-Disposition: form-data; name="torrents"; filename="{files.name}"\r\n'
            head += "Content-Type: application/x-bittorrent\r\n\r\n"
            data = "".join(parts).encode() + head.encode() + files.read_bytes() + b"\r\n--xx--\r\n"
            kind = "multipart/form-data; boundary=xx"
        request = urllib.request.Request(f"{self.url}/api/v2/{path}", data, {**headers, "Content-Type": kind})
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.cookie = self.cookie or (answer.headers.get("Set-Cookie") or "").partition(";")[0]
            return bytes(answer.read())

    def torrents(self) -> list[dict[str, Any]]:
        """Return all torrents."""
        return list(json.loads(self.ask("torrents/info")))

    def add(self, torrent: Path, save: Path, **values: str) -> str:
        """Add a torrent, and return its hash."""
        before = {one["hash"] for one in self.torrents()}
        self.ask("torrents/add", torrent, savepath=str(save), autoTMM="false", **values)
        until(lambda: {one["hash"] for one in self.torrents()} > before, "the torrent is added")
        [made] = {one["hash"] for one in self.torrents()} - before
        return str(made)


@dataclass
class Transmission:
    """A Transmission with an RPC that asks for user and password."""

    port: int
    peers: int
    session: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, *words: str) -> str:
        """Run transmission-remote."""
        said = ["transmission-remote", f"127.0.0.1:{self.port}", "-n", f"ana:{PASSWORD}", *words]
        return subprocess.run(said, check=True, capture_output=True, text=True, timeout=20).stdout


def _password() -> str:
    """Return the password as qBittorrent keeps it: PBKDF2 with SHA-512."""
    import base64

    salt = b"0123456789abcdef"
    made = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 100_000)
    return f"@ByteArray({base64.b64encode(salt).decode()}:{base64.b64encode(made).decode()})"


@contextmanager
def qbittorrent(at: Path) -> Iterator[Qbittorrent]:
    """Run a qBittorrent that keeps everything in a folder, for as long as this lasts."""
    port, peers = free_port(), free_port()
    config = at / "qBittorrent/config"
    config.mkdir(parents=True)
    (config / "qBittorrent.conf").write_text(
        "[LegalNotice]\nAccepted=true\n[BitTorrent]\n"
        f"Session\\Port={peers}\nSession\\Interface=lo\nSession\\InterfaceName=lo\nSession\\InterfaceAddress=127.0.0.1\n"
        "Session\\DHTEnabled=false\nSession\\LSDEnabled=false\nSession\\PeXEnabled=false\n"
        "Session\\MultiConnectionsPerIp=true\nSession\\IgnoreLimitsOnLAN=false\n"
        "[Preferences]\n"
        f"WebUI\\Port={port}\nWebUI\\Address=127.0.0.1\nWebUI\\LocalHostAuth=true\nWebUI\\UseUPnP=false\n"
        f'WebUI\\Username=ana\nWebUI\\Password_PBKDF2="{_password()}"\nConnection\\UPnP=false\n'
    )
    log = (at / "log").open("wb")
    process = subprocess.Popen(
        ["qbittorrent-nox", f"--profile={at}", f"--webui-port={port}"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=os.environ | {"HOME": str(at)},
    )
    client = Qbittorrent(port, peers)
    try:
        until(lambda: _answers(port), "qBittorrent answers")
        assert client.ask("auth/login", username="ana", password=PASSWORD) == b"Ok."
        yield client
    finally:
        _end(process)
        log.close()


@contextmanager
def transmission(at: Path, downloads: Path, *words: str) -> Iterator[Transmission]:
    """Run a Transmission that keeps everything in a folder, for as long as this lasts."""
    port, peers = free_port(), free_port()
    at.mkdir(parents=True, exist_ok=True)
    log = (at / "log").open("wb")
    process = subprocess.Popen(
        [
            *("transmission-daemon", "-f", "-g", str(at), "-p", str(port), "-P", str(peers), "-w", str(downloads)),
            *("-O", "-Y", "--no-utp", "-M", "-i", "127.0.0.1", "-r", "127.0.0.1", "-t", "-u", "ana", "-v", PASSWORD, *words),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    try:
        until(lambda: _answers(port), "Transmission answers")
        yield Transmission(port, peers)
    finally:
        _end(process)
        log.close()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)
