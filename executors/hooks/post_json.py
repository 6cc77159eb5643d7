"""POST of JSON to one address: within a bounded time; no redirect is followed, and no error repeats the address."""

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit


class NotDeliveredError(Exception):
    """A receiver did not take a notice. Its text holds no secret; `after` is how many seconds it asked to wait, if it did."""

    def __init__(self, why: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(why)


def post_json(url: str, body: object, seconds: float, headers: Mapping[str, str]) -> None:
    """Send a value as JSON, within so many seconds. Raises NotDeliveredError for anything but an answer of 2xx."""
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
    # A receiver that answers byte by byte keeps each single wait short, so the whole is cut off too.
    ending = threading.Timer(seconds, _cut, [connection])
    ending.daemon = True
    ending.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
    except TimeoutError:
        raise NotDeliveredError("it did not answer in time") from None
    except OSError as trouble:
        raise NotDeliveredError(f"it cannot be reached: {trouble.strerror or type(trouble).__name__}") from None
    except (http.client.HTTPException, ValueError) as trouble:
        raise NotDeliveredError(f"it gave no proper answer ({type(trouble).__name__})") from None
    finally:
        ending.cancel()
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotDeliveredError(f"it answered {answer.status}", _seconds(answer.headers.get("Retry-After")))


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None
