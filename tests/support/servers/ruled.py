"""A real service with rules of another one before it: what AWS or R2 refuses and the services at hand do not, said by a proxy."""

import base64
import hashlib
import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.support.servers.loopback import serving
from tests.support.servers.service import Endpoint

_BETWEEN = frozenset(("connection", "transfer-encoding", "keep-alive", "date", "server", "content-length"))


@dataclass
class Request:
    """What was asked: method, path with its query, headers by their names in small letters, and the body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


@dataclass
class Answer:
    """What is answered."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Rule = Callable[[Request], Answer | None]
"""Answers a request in the service's stead, may change it before it goes on, or lets it by with None."""
Change = Callable[[Request, Answer], None]
"""Changes an answer on its way back."""


@dataclass
class Ruled:
    """The rules in force, and every request that came, in order."""

    endpoint: Endpoint
    rules: list[Rule] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)

    def lines(self, method: str = "") -> list[str]:
        """Return what was asked, of one method."""
        return [each.line for each in self.seen if not method or each.method == method]


@contextmanager
def ruled(real: Endpoint, *rules: Rule, changes: tuple[Change, ...] = ()) -> Iterator[Ruled]:
    """Stand before a service on the loopback. `endpoint` of what is given is where to ask."""
    host = real.url.removeprefix("http://")

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Request(self.command, self.path, {name.lower(): text for name, text in self.headers.items()}, body)
            found.seen.append(asked)
            given = next((told for rule in found.rules if (told := rule(asked)) is not None), None) or _real(host, asked)
            for change in found.changes:
                change(asked, given)
            self.send_response(given.status)
            for name, text in given.headers.items():
                if name.lower() not in _BETWEEN:
                    self.send_header(name, text)
            length = given.headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(given.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(given.body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with serving(Between) as url:
        found = Ruled(Endpoint(url, real.key, real.secret, real.extra), list(rules), list(changes))
        yield found


def _real(host: str, asked: Request) -> Answer:
    with_body = asked.method in ("PUT", "POST")
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {name: text for name, text in asked.headers.items() if name not in ("expect", "connection")}
    try:
        connection.request(asked.method, asked.path, asked.body if with_body else None, headers)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def refusal(status: int, code: str, message: str = "") -> Answer:
    """Return an error as S3 words it."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    return Answer(status, {"Content-Type": "application/xml"}, body)


def refuses(pattern: str, status: int, code: str, message: str = "", times: int = 1 << 30) -> Rule:
    """Refuse what `pattern` finds in the line of a request, so many times."""
    left = [times]
    lock = threading.Lock()

    def rule(asked: Request) -> Answer | None:
        with lock:
            if not re.search(pattern, asked.line) or not left[0]:
                return None
            left[0] -= 1
        return refusal(status, code, message)

    return rule


def enforces_md5(asked: Request) -> Answer | None:
    """Refuse a body that is not of its Content-MD5, as AWS and Ceph do."""
    told = asked.headers.get("content-md5")
    if told is None or told == base64.b64encode(hashlib.md5(asked.body, usedforsecurity=False).digest()).decode():
        return None
    return refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")


_ETAG = re.compile(rb"[0-9a-f]{32}(?=(-\d+)?(&quot;|\"|</ETag>))")


def kms_etags(*, key: str = "arn:aws:kms:eu-central-1:111122223333:key/our-own") -> tuple[Rule, Change]:
    """Encrypt everything with a key of KMS, as far as can be seen: ETags are no MD5s, and answers name the key.

    Conditions on ETags go on as they are, because they are signed; moto does not look at them.
    """

    def turned(text: bytes) -> bytes:
        return _ETAG.sub(lambda found: found.group(0)[::-1], text)

    def rule(asked: Request) -> None:
        if b"<ETag>" in asked.body:
            asked.body = turned(asked.body)
            asked.headers["content-length"] = str(len(asked.body))

    def change(asked: Request, answer: Answer) -> None:
        for name in answer.headers:
            if name.lower() == "etag":
                answer.headers[name] = turned(answer.headers[name].encode()).decode()
        if b"<ETag>" in answer.body:
            answer.body = turned(answer.body)
        if asked.method in ("PUT", "POST", "HEAD", "GET") and answer.status == 200 and "/" in asked.path.strip("/"):
            answer.headers["x-amz-server-side-encryption"] = "aws:kms"
            answer.headers["x-amz-server-side-encryption-aws-kms-key-id"] = key

    return rule, change
