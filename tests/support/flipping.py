"""A proxy on the loopback that flips a bit of chosen requests, loses or breaks off their answers, and lets all else through."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

_END = b"\r\n\r\n"


@dataclass
class Flipping:
    """Stands before a service at `url`. `flips` and `loses` say of the first line of a request whether it is theirs; each counts.

    `spoils` says of which answers a bit is flipped, in the byte `spot` of each, or the first where it is shorter. Flipped content
    is as long as it was, so that nothing but a hash can tell.
    `cuts` says after how many bytes of content an answer breaks off, -1 for not at all; it is asked before the request goes on.
    """

    url: str
    flips: Callable[[str], bool] = lambda line: False
    loses: Callable[[str], bool] = lambda line: False
    spoils: Callable[[str], bool] = lambda line: False
    cuts: Callable[[str], int] = lambda line: -1
    spot: int = 0
    flipped: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def start(self) -> str:
        """Listen, and return where."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def stop(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        host, _, port = self.url.removeprefix("http://").partition(":")
        with client, socket.create_connection((host, int(port))) as service:
            try:
                while self._one(client, service):
                    pass
            except OSError:
                return

    def _one(self, client: socket.socket, service: socket.socket) -> bool:
        """Pass one request on and its answer back; False when there is no further one."""
        head, rest = _head(client)
        if not head:
            return False
        line = head.split(b"\r\n", 1)[0].decode("latin-1")
        length = _length(head)
        flip = bool(length) and self.flips(line)
        most = self.cuts(line)
        if b"expect: 100-continue" in head.lower():
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            head = b"\r\n".join(each for each in head.split(b"\r\n") if not each.lower().startswith(b"expect:"))
        service.sendall(head + _END)
        if flip and not rest:
            rest = client.recv(1 << 16)
        if flip:
            self.flipped.append(line)
            rest = bytes([rest[0] ^ 1]) + rest[1:]
        _pass(client, service, rest, length)
        head, rest = _head(service)
        while head.startswith(b"HTTP/1.1 100"):
            head, rest = _head(service, rest)
        if self.loses(line):
            self.lost.append(line)
            return False
        client.sendall(head + _END)
        if most >= 0:
            self.cut.append(line)
            _pass(service, client, rest[:most], min(most, _length(head)))
            return False
        spot = -1
        if self.spoils(line):
            self.flipped.append(line)
            spot = self.spot if self.spot < _length(head) else 0
        status = head.split(b" ", 2)[1]
        if line.startswith("HEAD ") or status in (b"204", b"304"):
            return True
        if b"transfer-encoding: chunked" in head.lower():
            _pass_chunked(service, client, rest)
        else:
            _pass(service, client, rest, _length(head), spot)
        return b"connection: close" not in head.lower()


def _head(source: socket.socket, found: bytes = b"") -> tuple[bytes, bytes]:
    while _END not in found:
        more = source.recv(1 << 16)
        if not more:
            return b"", b""
        found += more
    head, _, rest = found.partition(_END)
    return head, rest


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _pass(source: socket.socket, target: socket.socket, ready: bytes, length: int, spot: int = -1) -> None:
    at = 0
    while at < length or ready:
        chunk = ready or source.recv(min(1 << 16, length - at))
        if not chunk:
            raise OSError("broke off")
        if at <= spot < at + len(chunk):
            chunk = chunk[: spot - at] + bytes([chunk[spot - at] ^ 1]) + chunk[spot - at + 1 :]
        target.sendall(chunk)
        at, ready = at + len(chunk), b""


def _pass_chunked(source: socket.socket, target: socket.socket, ready: bytes) -> None:
    while not ready.endswith(b"0\r\n\r\n"):
        target.sendall(ready)
        ready = source.recv(1 << 16)
        if not ready:
            raise OSError("broke off")
    target.sendall(ready)
