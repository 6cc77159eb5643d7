"""A sheet of hostile requests: each is refused, and nothing of the workspace changes. To a real server, byte by byte."""

import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.serving import Server, make_workspace, served
from tests.support.snapshots import snapshot

DIGEST = "0" * 64
JSON = "Content-Type: application/json"


@dataclass(frozen=True)
class Hostile:
    """A request. `{token}`, `{port}` and `{cookie}` stand for the server's; `status` is what it must be answered with."""

    what: str
    line: str
    status: tuple[int, ...]
    headers: tuple[str, ...] = ("Host: 127.0.0.1:{port}", "Authorization: Bearer {token}")
    body: bytes = b""


HOST = "Host: 127.0.0.1:{port}"
TOKEN = "Authorization: Bearer {token}"
COOKIE = "Cookie: reshelve-{port}={cookie}"
GOOD = (HOST, TOKEN, JSON)
PLANS = "POST /api/files/plans"
GET = "GET /api/files"

SHEET = (
    # Who asks.
    Hostile("no token", f"{GET}/status", (401,), (HOST,)),
    Hostile("another token", f"{GET}/status", (401,), (HOST, "Authorization: Bearer x")),
    Hostile("an empty token", f"{GET}/status", (401,), (HOST, "Authorization: Bearer ")),
    Hostile("the token as a password", f"{GET}/status", (401,), (HOST, "Authorization: Basic {token}")),
    Hostile("two tokens", f"{GET}/status", (401,), (HOST, TOKEN, "Authorization: Bearer x")),
    Hostile("the token in the address", f"{GET}/status?token={{token}}", (401,), (HOST,)),
    Hostile("a token of other bytes", f"{GET}/status", (401,), (HOST, "Authorization: Bearer \xff\xfe")),
    Hostile("the token as the cookie", f"{GET}/status", (401,), (HOST, "Cookie: reshelve-{port}={token}")),
    Hostile("the cookie of another port", f"{GET}/status", (401,), (HOST, "Cookie: reshelve-1={cookie}")),
    Hostile("routes are not told to strangers", f"{GET}/nothing", (401,), (HOST,)),
    Hostile("the description is not told to strangers", f"{GET}/openapi.json", (401,), (HOST,)),
    Hostile("a wrong token to exchange", "POST /api/files/session", (401,), (HOST, JSON), b'{"token":"x"}'),
    Hostile("a number to exchange", "POST /api/files/session", (401,), (HOST, JSON), b'{"token":1}'),
    # Which host is meant.
    Hostile("a name bound to this address", f"{GET}/status", (421,), ("Host: evil.example:{port}", TOKEN)),
    Hostile("no port", f"{GET}/status", (421,), ("Host: 127.0.0.1", TOKEN)),
    Hostile("another port", f"{GET}/status", (421,), ("Host: 127.0.0.1:1", TOKEN)),
    Hostile("a name that begins alike", f"{GET}/status", (421,), ("Host: localhost.evil.example:{port}", TOKEN)),
    Hostile("another host on an open route", "GET /health", (421,), ("Host: evil.example:{port}",)),
    Hostile("no host", f"{GET}/status", (400, 421), (TOKEN,)),
    Hostile("two hosts", f"{GET}/status", (400, 421), (HOST, "Host: evil.example", TOKEN)),
    Hostile("a host forwarded", f"{GET}/status", (421,), ("Host: evil.example", "X-Forwarded-Host: 127.0.0.1:{port}", TOKEN)),
    Hostile("a whole address", "GET http://evil.example/api/files/status", (400, 404, 421), ("Host: evil.example", TOKEN)),
    # From where.
    Hostile("another site", PLANS, (403,), (*GOOD, "Sec-Fetch-Site: cross-site"), b"{}"),
    Hostile("a site beside", PLANS, (403,), (*GOOD, "Sec-Fetch-Site: same-site"), b"{}"),
    Hostile("another origin", PLANS, (403,), (*GOOD, "Origin: http://evil.example"), b"{}"),
    Hostile("an origin of another port", PLANS, (403,), (*GOOD, "Origin: http://127.0.0.1:1"), b"{}"),
    Hostile("no origin at all", PLANS, (403,), (*GOOD, "Origin: null"), b"{}"),
    Hostile("a cookie and nothing else", PLANS, (401,), (HOST, JSON, COOKIE), b"{}"),
    Hostile("a cookie from another site", PLANS, (403,), (HOST, JSON, COOKIE, "Sec-Fetch-Site: cross-site"), b"{}"),
    Hostile(
        "both say different things", PLANS, (403,), (*GOOD, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"), b"{}"
    ),
    # Which method.
    Hostile("a change by GET", f"{GET}/plans/{DIGEST}/apply", (405,)),
    Hostile("a method that is none", "BREW /api/files/plans", (400, 405)),
    Hostile("a method in disguise", f"{GET}/plans/{DIGEST}", (404,), (HOST, TOKEN, "X-HTTP-Method-Override: DELETE")),
    Hostile("options of another site", "OPTIONS /api/files/plans", (405,), (HOST, TOKEN, "Origin: http://evil.example")),
    Hostile("a trace", "TRACE /api/files/plans", (400, 405)),
    # Which place.
    Hostile("up and away", f"{GET}/plans/../../../../etc/passwd", (400, 404)),
    Hostile("up, encoded", f"{GET}/plans/%2e%2e%2f%2e%2e%2fetc%2fpasswd", (400, 404)),
    Hostile("up, encoded twice", f"{GET}/plans/%252e%252e%252f", (400, 404)),
    Hostile("a backslash", f"{GET}/runs/..%5c..%5cx", (400, 404)),
    Hostile("a NUL in an id", f"{GET}/runs/%00", (400, 404)),
    Hostile("an id of 4,000 letters", f"{GET}/runs/{'a' * 4000}", (400, 404)),
    Hostile("an address of 60,000 letters", f"{GET}/{'a' * 60000}", (400, 404, 414)),
    Hostile("bytes that are no text", f"{GET}/runs/%ff%fe", (400, 404)),
    Hostile("a place outside", f"{GET}/explain?files=../../../../etc/passwd", (400, 404, 422)),
    Hostile("an option for a word", f"{GET}/history?path=--help", (400, 404, 422)),
    Hostile("a file to write", f"{GET}/manifest?output=/tmp/x", (400,)),
    Hostile("a value given twice", f"{GET}/runs?most=1&most=2", (400,)),
    Hostile("too much at once", f"{GET}/runs?most=100000", (400,)),
    Hostile("a number that is none", f"{GET}/runs?start=1e309", (400,)),
    # Which body.
    Hostile("a form", PLANS, (415,), (HOST, TOKEN, "Content-Type: application/x-www-form-urlencoded"), b"command=apply"),
    Hostile("text that is JSON", PLANS, (415,), (HOST, TOKEN, "Content-Type: text/plain"), b"{}"),
    Hostile("JSON without its name", PLANS, (415,), (HOST, TOKEN), b"{}"),
    Hostile("no JSON", PLANS, (400,), GOOD, b"{"),
    Hostile("no object", PLANS, (400,), GOOD, b"[]"),
    Hostile("a key twice", PLANS, (400,), GOOD, b'{"command":"apply","command":"trash empty"}'),
    Hostile("a key that is unknown", PLANS, (400,), GOOD, b'{"path_to":"/etc"}'),
    Hostile("deep JSON", PLANS, (400,), GOOD, b'{"only":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    Hostile("deeper JSON", PLANS, (400,), GOOD, b"[" * 200000),
    Hostile("not a number", PLANS, (400,), GOOD, b'{"partial":NaN}'),
    Hostile("a long number", PLANS, (400,), GOOD, b'{"partial":' + b"9" * 10000 + b"}"),
    Hostile("bytes that are no text in a body", PLANS, (400,), GOOD, b'{"run":"\xff"}'),
    Hostile("a NUL in a word", PLANS, (400,), GOOD, b'{"command":"cleanup","project":"a\\u0000b"}'),
    Hostile("a line break in a word", PLANS, (400,), GOOD, b'{"command":"cleanup","project":"a\\nb"}'),
    Hostile("an id with a path in it", PLANS, (400,), GOOD, b'{"command":"undo","run":"../x"}'),
    Hostile("a kind that is none", PLANS, (400,), GOOD, b'{"command":"rm -rf /"}'),
    Hostile("a body of 2 MiB", PLANS, (413,), (*GOOD, "Content-Length: 2097152")),
    Hostile("a length that is none", PLANS, (400, 413), (*GOOD, "Content-Length: -1")),
    Hostile("two lengths", PLANS, (400,), (*GOOD, "Content-Length: 1", "Content-Length: 2"), b"{}"),
    Hostile("a length and pieces", PLANS, (400,), (*GOOD, "Content-Length: 4", "Transfer-Encoding: chunked"), b"0\r\n\r\n"),
    Hostile("a value that the address has", f"POST /api/files/plans/{DIGEST}/apply", (400,), GOOD, b'{"digest":"1"}'),
    Hostile("a plan that nobody made", f"POST /api/files/plans/{DIGEST}/apply", (404,), GOOD, b"{}"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("hostile") / "media")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def before(server: Server, folder: Path) -> object:
    """Return how all stood when the server had looked at it: nothing of it may differ after any request."""
    assert server.ask("GET", "/status").status == 200
    return snapshot(folder, folder_times=False)


def sent(server: Server, hostile: Hostile) -> tuple[int, bytes]:
    """Send a request as it is written, and return the status and all that came."""
    from reshelve.service.gate import cookie_name, cookie_value

    port = int(server.address.rpartition(":")[2])
    fill = {"{token}": server.token, "{port}": str(port), "{cookie}": cookie_value(server.token, cookie_name(port))}
    lines = [f"{hostile.line} HTTP/1.1", *hostile.headers]
    if hostile.body and not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in lines):
        lines.append(f"Content-Length: {len(hostile.body)}")
    text = "\r\n".join([*lines, "Connection: close", "", ""])
    for mark, value in fill.items():
        text = text.replace(mark, value)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        try:
            wire.sendall(text.encode("latin-1") + hostile.body)
        except OSError:
            pass  # refused before it was all sent
        said = b""
        try:
            while piece := wire.recv(65536):
                said += piece
        except OSError:
            pass
    return int(said.split(b" ", 2)[1]), said


@pytest.mark.parametrize("hostile", SHEET, ids=lambda hostile: hostile.what)
def test_it_is_refused_and_nothing_changes(server: Server, folder: Path, before: object, hostile: Hostile) -> None:
    status, said = sent(server, hostile)
    assert status in hostile.status, said
    assert server.token.encode() not in said
    assert b"root:" not in said
    assert b"Traceback" not in said
    assert b"access-control-allow" not in said.lower()
    assert snapshot(folder, folder_times=False) == before


def test_after_all_that_it_answers(server: Server) -> None:
    assert server.ask("GET", "/status").status == 200


def test_the_token_is_for_its_user_alone(server: Server, folder: Path) -> None:
    file = folder / ".reshelve" / "service-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == server.token


def test_the_cookie_is_no_token_and_no_script_reads_it(server: Server) -> None:
    said = server.ask("POST", "/session", {"token": server.token}, headers={})
    assert said.status == 204
    cookie = said.headers["set-cookie"]
    port = server.address.rpartition(":")[2]
    assert cookie.startswith(f"reshelve-{port}=")
    assert server.token not in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    asked = {"Cookie": cookie.partition(";")[0], "Sec-Fetch-Site": "same-origin"}
    assert server.ask("GET", "/runs", headers=asked).status == 200


def test_every_answer_says_that_it_is_nobody_elses(server: Server) -> None:
    for path in ("/status", "/nothing", "/openapi.json"):
        headers = server.ask("GET", path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in headers


@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_a_hostile_name_is_shown_and_ends_no_header_and_no_event(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", files=0)
    name = b"Nordlys.S01E01.<script>alert(1)</script>\r\n\r\ndata: x\n\n\xe2\x80\xae\xff.mkv"
    (folder / "inbox" / "x").touch()
    os.rename(folder / "inbox" / "x", os.path.join(os.fsencode(folder / "inbox"), name.replace(b"/", b"_")))
    with served(folder) as server:
        said = server.ask("GET", "/inventory")
        assert said.status == 200
        assert said.headers["content-type"] == "application/json"
        assert b"\n" not in said.text
        assert b"<script>" not in said.text.replace(b"\\u003c", b"<") or said.headers["x-content-type-options"] == "nosniff"
        assert all(byte < 128 for byte in said.text)
