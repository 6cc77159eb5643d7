"""What a route is: its method and path, the models of its request and answer, and a handler on values."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from reshelve import api
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.latest_look import LatestLook
from reshelve.session.session import Session

Method = Literal["GET", "POST", "DELETE"]

JSON = "application/json"
PROBLEM = "application/problem+json"
EVENTS = "text/event-stream"
NDJSON = "application/x-ndjson"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True, frozen=True)
class Looked:
    """What a look found, as it is answered: the status in JSON, and the metrics in the text format of Prometheus."""

    status: bytes
    metrics: str


@dataclass(slots=True, frozen=True)
class Here:
    """Where a request is answered: the workspace's file, the environment and the clock, and who asks ("" nobody in particular).

    `latest` is the latest look at how things stand. `prefix` is what the addresses of the routes begin with. `last_event` is the id
    that a resumed stream goes on after, 0 for none. `ending` is set when the service ends. `turn` is held by who plans and acts in
    one: two at once would spoil each other's plans.
    """

    workspace: Path
    environ: Mapping[str, str] = field(repr=False)
    latest: LatestLook[Looked] = field(repr=False, compare=False)
    now: Callable[[], datetime] = api.utc_now
    user: str = ""
    prefix: str = ""
    last_event: int = 0
    ending: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def session(self) -> Session:
        """Open the workspace. Raises ReshelveError."""
        return api.open_workspace(self.workspace, environ=self.environ, now=self.now)


@dataclass(slots=True, frozen=True)
class Answer:
    """What a handler answers: a value for JSON, or text, or a stream; `location` is the address of what was made."""

    value: Any = None
    status: int = 200
    text: str | bytes | None = None
    stream: AsyncIterator[bytes] | None = None
    kind: str = JSON
    location: str = ""


@dataclass(slots=True, frozen=True)
class Nothing:
    """A request without any values."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class Route:
    """One route. `path` is below the service's prefix, with `{name}` for what is a field of `asks`.

    `asks` is a dataclass: its fields come from the path, then from the query of a GET or DELETE, or from the JSON body of a POST.
    `gives` is the model of the answer's JSON, or None where it is a stream or text of `kind`. `open` routes need no token.
    `at_root` routes stand at the top of the server, not below its prefix; those `beside` it in the folder that the prefix lies in.
    `apart` ones may take long, and wait among themselves. `command` is the command that it is, "" for none.
    """

    method: Method
    path: str
    summary: str
    handler: Callable[[Here, Any], Answer]
    asks: type[Any] = Nothing
    gives: Any = None
    kind: str = JSON
    status: int = 200
    open: bool = False
    apart: bool = False
    at_root: bool = False
    beside: bool = False
    command: str = ""
    tag: str = ""
    refuses: tuple[int, ...] = ()

    def where(self, prefix: str) -> str:
        """Return the whole path, of a service whose prefix is this."""
        if self.at_root:
            return self.path
        return f"{prefix.rpartition('/')[0] if self.beside else prefix}{self.path}"
