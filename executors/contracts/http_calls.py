"""Calls over HTTP: bounded in time and in what is read; no redirect is followed, and no error repeats the address."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from reshelve.executors.contracts.retry_after import asked_wait


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


_MOST = 4 << 20
"""Bytes of an answer that are read. The sections of a Plex with hundreds of folders are some tens of kilobytes."""


def post_json(url: str, body: object, seconds: float, headers: Mapping[str, str]) -> bytes:
    """Send a value as JSON, as `call` does, and return the answer."""
    return call(url, seconds, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())


def call(url: str, seconds: float, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    """Ask for an address (POST where there is a body), within so many seconds. Raises NotDeliveredError for any answer but 2xx."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https"):
        raise NotDeliveredError("the address is not one of http or https")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(host, port, timeout=seconds)
    except http.client.HTTPException:
        raise NotDeliveredError("the address is not one of http or https") from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with cut_after(seconds, lambda: connection.sock):
            connection.request("GET" if body is None else "POST", path, body, dict(headers))
            answer = connection.getresponse()
            read = answer.read(_MOST + 1)
    except TimeoutError:
        raise NotDeliveredError("it did not answer in time") from None
    except OSError as trouble:
        why = f"it cannot be reached: {trouble.strerror or type(trouble).__name__}"
        raise NotDeliveredError(why, reached=False) from None
    except (http.client.HTTPException, ValueError) as trouble:
        raise NotDeliveredError(f"it gave no proper answer ({type(trouble).__name__})") from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotDeliveredError(f"it answered {answer.status}", asked_wait(answer.headers.get("Retry-After")), answer.status)
    if len(read) > _MOST:
        raise NotDeliveredError(f"its answer is longer than {_MOST >> 20} MiB")
    return read


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
