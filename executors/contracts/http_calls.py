"""Calls over HTTP: bounded in time and in what is read; no redirect is followed, and no error repeats the address."""

import base64
import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from reshelve.executors.contracts.retry_after import asked_wait
from reshelve.schemas.quick_dataclasses import dataclass


class NotDeliveredError(Exception):
    """A call that came to nothing: a receiver did not take a notice, a service gave no answer. Its text holds no secret.

    `after` is how many seconds it asked to wait, if it did; `status` what it answered, None where it gave no proper answer.
    `reached`: somebody was there to be asked. `told`: of notices that come to several messages, how many were taken by now, by the
    notice's id.
    """

    def __init__(
        self,
        why: str,
        after: float | None = None,
        status: int | None = None,
        *,
        reached: bool = True,
        told: Mapping[str, int] | None = None,
    ) -> None:
        self.after = after
        self.status = status
        self.reached = reached
        self.told = told or {}
        super().__init__(why)


_MOST = 64 << 20
"""Bytes of an answer that are read. A client with ten thousand torrents answers with some 20 MB;
the sections of a Plex with hundreds of folders are some tens of kilobytes."""


_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
"""What no header can hold (RFC 9110, section 5.5)."""


def post_json(url: str, body: object, seconds: float, headers: Mapping[str, str]) -> bytes:
    """Send a value as JSON, as `call` does, and return the answer."""
    return call(url, seconds, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())


@dataclass(slots=True, frozen=True)
class Answered:
    """An answer: its status, its headers and its body."""

    status: int
    headers: Message
    body: bytes


def call(url: str, seconds: float, headers: Mapping[str, str], body: bytes | None = None, *, most: int = _MOST) -> bytes:
    """Ask for an address (POST where there is a body), within so many seconds. Raises NotDeliveredError for any answer but 2xx.

    `most` is how many bytes an answer may have.
    """
    return answered(url, seconds, headers, body, most=most).body


def answered(
    url: str,
    seconds: float,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    also: Container[int] = (),
    most: int = _MOST,
) -> Answered:
    """Ask for an address as `call` does, and return the whole answer. `also` are statuses beside 2xx that are one."""
    if seconds <= 0:
        raise NotDeliveredError("it did not answer in time")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https"):
        raise NotDeliveredError("the address is not one of http or https")
    if any(map(_UNSENDABLE.search, headers.values())):
        raise NotDeliveredError(
            "what is to be sent in a header, such as a token or a password, has characters that no header can hold", reached=False
        )
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(host, port, timeout=seconds)
    except http.client.HTTPException:
        raise NotDeliveredError("the address is not one of http or https") from None
    end = time.monotonic() + seconds
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        # Of an answer that ends with its connection, http.client gives the socket away: it is held here to be cut off.
        line = connection.sock
        with cut_after(end - time.monotonic(), lambda: line):
            connection.request("GET" if body is None else "POST", path, body, dict(headers))
            answer = connection.getresponse()
            read = answer.read(most + 1)
        if time.monotonic() >= end:
            raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        # What is cut off ends in many ways.
        if isinstance(trouble, TimeoutError) or time.monotonic() >= end:
            raise NotDeliveredError("it did not answer in time") from None
        if not isinstance(trouble, OSError):
            raise NotDeliveredError(f"it gave no proper answer ({type(trouble).__name__})") from None
        raise NotDeliveredError(why_unreached(trouble), reached=False) from None
    finally:
        connection.close()
    if not (200 <= answer.status < 300 or answer.status in also):
        raise NotDeliveredError(f"it answered {answer.status}", asked_wait(answer.headers.get("Retry-After")), answer.status)
    if len(read) > most:
        raise NotDeliveredError(f"its answer is longer than {most >> 20} MiB")
    return Answered(answer.status, answer.headers, read)


def value_of(answer: bytes) -> Any:
    """Return what an answer says in JSON; None where it says nothing, or nests deeper than anybody means."""
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def basic(user: str, password: str) -> dict[str, str]:
    """Return a user's log-in as a header, with the bytes that its variable holds."""
    login = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}


def why_unreached(trouble: OSError) -> str:
    """Return why nobody was reached, for people. What the system says of a certificate names the host, which may be a secret."""
    if isinstance(trouble, ssl.SSLError):
        return f"its certificate or encryption is refused ({trouble.reason or 'TLS'})"
    return f"it cannot be reached: {trouble.strerror or type(trouble).__name__}"


@contextmanager
def cut_after(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut a connection off after so many seconds: one that answers byte by byte keeps each single wait short."""

    def cut() -> None:
        with suppress(OSError, AttributeError):
            found = connected()
            if found is not None:
                found.shutdown(socket.SHUT_RDWR)

    ending = threading.Timer(seconds, cut)
    ending.daemon = True
    ending.start()
    try:
        yield
    finally:
        ending.cancel()
