"""A receiver of notices on the loopback, that takes, refuses or hangs as it is told."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECRET = "hush-0123456789"


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers as told by its server: a status with headers, or not at all; with 200, what `bodies` has for the path, as JSON.

    Bytes it sends as they are. After `most` requests it answers 503. `taken` are those of `seen` that it took.
    """

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(body.decode() if "form" in self.headers.get("Content-Type", "") else json.loads(body))

    def _answer(self, body: Any) -> None:
        server: Any = self.server
        status, headers = server.answer
        server.seen.append((self.path, dict(self.headers), body))
        if server.most is not None and len(server.seen) > server.most:
            status, headers = 503, {}
        if status == 200:
            server.taken.append(server.seen[-1])
        if status == 0:
            server.hang.wait(5)
            return
        said = server.bodies.get(self.path, b"") if status == 200 else b""
        said = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: Any) -> None:
        del args


@contextmanager
def stub() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.daemon_threads, server.block_on_close = True, False
    server.seen, server.answer, server.hang, server.bodies = [], (200, {}), threading.Event(), {}
    server.most, server.taken = None, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()
