"""A language model's endpoint on the loopback: it speaks OpenAI's protocol and Bedrock's Converse, and answers as it is told.

What it answers is a function of the request number (from 1) and the files asked about; so a test reads as a script.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.servers.loopback import serving

Files = list[dict[str, Any]]


@dataclass(slots=True)
class Said:
    """One answer of the endpoint: the model's text, or an error of the protocol, and how it is sent."""

    text: str = ""
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    finish: str = "stop"
    delay: float = 0
    drip: float = 0
    body: bytes | None = None
    tool: Any = None
    usage: tuple[int, int] | None = (100, 50)


Script = Callable[[int, Files], Said]


def answers(files: Files, told: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a good reply: what is told of each file by its path, else that it is not known."""
    said = [{"file": one["file"], "confidence": 0.0, **told.get(one["path"], {})} for one in files]
    return json.dumps({"suggestions": said})


def telling(told: Mapping[str, Mapping[str, Any]]) -> Script:
    """Return the script of a model that knows what it is told, by path, and nothing else."""
    return lambda _, files: Said(answers(files, told))


class Endpoint:
    """What is asked of the server, and how it answers. `requests` are the bodies, `paths` and `keys` go with them.

    `headers` are those of all requests, names in lower case.
    """

    def __init__(self, script: Script, models: tuple[str, ...] = ("tiny",)) -> None:
        self.script = script
        self.models = models
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.at: list[float] = []
        self.most_at_once = 0
        self.url = ""
        self._now = 0
        self._lock = threading.Lock()

    def answer(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, Said]:
        """Take a request down and return its number and what is said to it."""
        with self._lock:
            self.requests.append(body)
            self.paths.append(path)
            self.keys.append(key)
            self.at.append(time.monotonic())
            number = len(self.requests)
        return number, self.script(number, files_of(body))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count how many requests are answered at once."""
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


def files_of(body: Mapping[str, Any]) -> Files:
    """Return the files a request asks about, in either protocol."""
    content = body["messages"][-1]["content"]
    text = content if isinstance(content, str) else content[0]["text"]
    found = json.loads(text.rpartition("\n\n")[2])["files"]
    assert isinstance(found, list)
    return found


@contextmanager
def endpoint(script: Script, models: tuple[str, ...] = ("tiny",)) -> Iterator[Endpoint]:
    """Serve on a free port of the loopback until the block ends."""
    told = Endpoint(script, models)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in told.models]}
            self._send(200, json.dumps(listed).encode(), {})

        def do_HEAD(self) -> None:
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            self._send(404, b"", {})

        def do_POST(self) -> None:
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with told.busy():
                _, said = told.answer(self.path, self.headers.get("authorization", ""), body)
                time.sleep(said.delay)
                converse = "/converse" in self.path
                made = said.body if said.body is not None else (_converse(said) if converse else _chat(said))
                headers = dict(said.headers)
                if converse and said.status != 200:
                    headers["x-amzn-errortype"] = str(said.error.get("code", ""))
                self._send(said.status, made, headers, said.drip)

        def _send(self, status: int, body: bytes, headers: Mapping[str, str], drip: float = 0) -> None:
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for start in range(0, len(body), 1) if drip else ():
                    self.wfile.write(body[start : start + 1])
                    self.wfile.flush()
                    time.sleep(drip)
                if not drip:
                    self.wfile.write(body)
            except OSError:
                self.close_connection = True

    with serving(Handler) as told.url:
        yield told


def _chat(said: Said) -> bytes:
    if said.status != 200:
        return json.dumps({"error": dict(said.error)}).encode()
    message = {"role": "assistant", "content": said.text}
    whole: dict[str, Any] = {"id": "x", "object": "chat.completion", "created": 1, "model": "tiny"}
    whole["choices"] = [{"index": 0, "message": message, "finish_reason": said.finish}]
    if said.usage:
        into, out = said.usage
        whole["usage"] = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}
    return json.dumps(whole).encode()


def _converse(said: Said) -> bytes:
    if said.status != 200:
        return json.dumps({"message": said.error.get("message", "")}).encode()
    block: dict[str, Any] = {"text": said.text}
    if said.tool is not None:
        block = {"toolUse": {"toolUseId": "1", "name": "suggest", "input": said.tool}}
    into, out = said.usage or (0, 0)
    usage = {"inputTokens": into, "outputTokens": out, "totalTokens": into + out}
    whole = {"output": {"message": {"role": "assistant", "content": [block]}}, "usage": usage}
    whole |= {"stopReason": {"stop": "end_turn", "length": "max_tokens"}[said.finish], "metrics": {"latencyMs": 1}}
    return json.dumps(whole).encode()
