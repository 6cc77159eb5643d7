"""Whoever only connects takes nobody's place: half a request is given up, and many of them keep nobody out."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from reshelve.service import connections, request_bodies
from tests.support.serving import make_workspace, served

HALF = b"GET /health HTTP/1.1\r\nHost: 127.0"
WHOLE = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port() -> Iterator[int]:
    """Serve an app that says ok, by connections as the service has them."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(512)
        config = uvicorn.Config(app, http=connections.connections(), log_config=None, lifespan="off", limit_concurrency=256)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join()


def connected(port: int, sent: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=60)
    one.sendall(sent)
    return one


def answer(one: socket.socket) -> bytes:
    told = b""
    while not told.endswith(b"ok") and (piece := one.recv(4096)):
        told += piece
    return told


def status_of(one: socket.socket) -> bytes:
    """Return the status that somebody is answered with, "" who was closed for another."""
    try:
        return b"".join(one.recv(4096).split(b" ")[1:2])
    except ConnectionResetError:
        return b""


def test_many_halves_of_requests_and_idle_connections_keep_nobody_out(port: int) -> None:
    kept = [connected(port, HALF) for _ in range(300)]
    idle = [connected(port, WHOLE) for _ in range(300)]
    with connected(port, WHOLE) as mine:
        assert answer(mine).startswith(b"HTTP/1.1 200")
    assert status_of(kept[0]) == b""
    for one in (*kept, *idle):
        one.close()


def test_a_head_that_does_not_end_is_given_up_and_so_is_one_after_an_answer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SLOWEST_HEAD", 0.2)
    with connected(port, HALF) as first, connected(port, WHOLE) as second:
        assert first.recv(1) == b""
        assert answer(second).startswith(b"HTTP/1.1 200")
        assert second.recv(1) == b""


def test_a_head_that_comes_in_pieces_is_answered(port: int) -> None:
    with connected(port, HALF) as one:
        one.sendall(WHOLE[len(HALF) :])
        assert answer(one).startswith(b"HTTP/1.1 200")
        one.sendall(WHOLE)
        assert answer(one).startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_strangers_who_sign_in_slowly_are_few(tmp_path: Path) -> None:
    with served(make_workspace(tmp_path / "media", 1)) as server:
        port = int(server.address.rpartition(":")[2])
        head = f"POST /api/files/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 90\r\n"
        slow = [connected(port, f"{head}Content-Type: application/json\r\n\r\n".encode()) for _ in range(300)]
        assert server.ask("GET", "/runs").status == 200
        told = [status_of(one) for one in slow]
        assert set(told) <= {b"503", b"408", b""}
        assert told.count(b"408") <= request_bodies.MOST_TOKENS
        for one in slow:
            one.close()
