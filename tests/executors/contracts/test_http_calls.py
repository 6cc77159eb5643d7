"""Calls over HTTP: whatever the other side does, they end in time, and what is told of them holds no address."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from reshelve.executors.contracts.http_calls import NotDeliveredError, call
from tests.support.certificates import certificate

DRIP = 0.05
"""Seconds between two bytes; there are some hundred of them."""


@contextmanager
def answering(answer: Callable[[socket.socket, threading.Event], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answer each connection by a function, until this ends; give the port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def take() -> None:
            with suppress(OSError):
                while True:
                    came, _ = door.accept()
                    threading.Thread(target=serve, args=(came,), daemon=True).start()

        def serve(came: socket.socket) -> None:
            with suppress(OSError), came:
                if context is None:
                    came.recv(1 << 16)
                    answer(came, over)
                else:
                    with context.wrap_socket(came, server_side=True) as secure:
                        secure.recv(1 << 16)
                        answer(secure, over)

        threading.Thread(target=take, daemon=True).start()
        try:
            yield door.getsockname()[1]
        finally:
            over.set()


def dripping(head: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def answer(came: socket.socket, over: threading.Event) -> None:
        came.sendall(head)
        for _ in range(200):
            if over.wait(DRIP):
                break
            came.sendall(b"x")

    return answer


HEADS = {
    "closes": b"HTTP/1.0 200 OK\r\n\r\n",
    "says-so": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "has-a-length": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    "comes-in-chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186A0\r\n",
    "in-its-headers": b"HTTP/1.1 200 OK\r\nA: ",
    "says-nothing": b"",
}


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_an_answer_that_comes_byte_by_byte_is_cut_off(
    head: bytes, secure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = None
    if secure:
        made, context = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
    with answering(dripping(head), context) as port, pytest.raises(NotDeliveredError, match="in time"):
        call(f"{'https' if secure else 'http'}://127.0.0.1:{port}/x", 1.0, {})


def test_what_is_said_of_a_certificate_holds_no_part_of_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, context = certificate(tmp_path)
    with answering(dripping(b""), context) as port:
        with pytest.raises(NotDeliveredError, match="certificate") as unknown:
            call(f"https://127.0.0.1:{port}/hush", 5.0, {})
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        with pytest.raises(NotDeliveredError, match="certificate") as other:
            call(f"https://localhost:{port}/hush", 5.0, {})
    for raised in (unknown, other):
        told = str(raised.value)
        assert "CERTIFICATE_VERIFY_FAILED" in told
        assert not any(part in told for part in ("127.0.0.1", "localhost", "hush", str(port))), told


def test_a_token_that_no_header_can_hold_is_told_as_that() -> None:
    with answering(dripping(b"")) as port:
        for token in ("two\nlines", "snow \u2603", "a\udcffb"):
            with pytest.raises(NotDeliveredError, match="no header") as raised:
                call(f"http://127.0.0.1:{port}/x", 5.0, {"Authorization": f"Bearer {token}"})
            assert token not in str(raised.value) and raised.value.reached is False
