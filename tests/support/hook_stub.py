"""A receiver of notices on the loopback, that takes, refuses or hangs as it is told."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECRET = "hush-0123456789"


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers as told by its server: a status with headers, or not at all."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers = server.answer
        server.seen.append((self.path, dict(self.headers), body))
        if status == 0:
            server.hang.wait(5)
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        del args


@contextmanager
def stub() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.daemon_threads, server.block_on_close = True, False
    server.seen, server.answer, server.hang = [], (200, {}), threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()
