"""Requests in the log: who asked for what, from where, and how it was answered. Bodies, queries and headers are in no line."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import field
from typing import Any, Final

from reshelve.executors.state.event_log import EventLog, shortened
from reshelve.opening.wiring import Setting
from reshelve.opening.workspace_log import log_of
from reshelve.schemas.quick_dataclasses import dataclass

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE: Final = ("GET", "HEAD", "OPTIONS")
_KEY = "reshelve.request"
_LONGEST_PATH = 300
_RUN_PAGE = re.compile(r"/runs/([0-9a-f]{12})\b")
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
_log = logging.getLogger("reshelve.service")


@dataclass(slots=True)
class Asked:
    """One request: its id, and what is known of it by now. `run` is the run that it began, `user` who it is from."""

    method: str
    path: str
    peer: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    user: str = ""
    run: str = ""
    code: str = ""
    status: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return self.method not in SAFE

    def told(self) -> dict[str, object]:
        """Return what a line tells of it."""
        return {"request": self.id, "user": self.user, "peer": self.peer, "method": self.method, "path": self.path}


class RequestLog:
    """An app around an app: gives each request an id, which its answer carries as `X-Request-Id`, and logs it when it has ended."""

    def __init__(self, app: App, log: EventLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and log it, however it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = scope[_KEY] = _asked(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", asked.id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            ended(self._log, asked)


def asked_in(scope: Scope) -> Asked:
    """Return the request that this scope is of."""
    found = scope.get(_KEY)
    return found if isinstance(found, Asked) else _asked(scope)


def audit(log: EventLog, asked: Asked) -> None:
    """Write, before anything is done, that somebody asks for what may change something; whatever the level is."""
    if asked.changes:
        log.write("info", "audit", "Somebody asks for a change.", asked.told(), always=True)


def bug(log: EventLog, asked: Asked, error: Exception) -> None:
    """Write an error that nobody expected, with where it came from."""
    log.write("error", "bug", "This is a bug in reshelve.", {**asked.told(), "code": "bug"}, trouble=error)
    _log.error("a bug", exc_info=error)


def ended(log: EventLog, asked: Asked) -> None:
    """Write how a request was answered; where it may have changed something whatever the level is."""
    ms = round((time.monotonic() - asked.began) * 1000, 1)
    level = "error" if asked.status >= 500 or not asked.status else "warning" if asked.status >= 400 else "info"
    told = {**asked.told(), "status": asked.status, "ms": ms, "run": asked.run, "code": asked.code}
    log.write(level, "request", "A request was answered.", told, always=asked.changes)
    _log.info("%s %s %s %s", asked.user or "-", asked.method, asked.path, asked.status)


def run_in(answer: Any) -> str:
    """Return the run that an answer is about, "" for none; of a command's events, the run that it began."""
    for event in getattr(answer, "events", ()):
        if isinstance(event, dict) and event.get("type") in ("run-started", "report"):
            return str(event.get("run", ""))
    run = getattr(answer, "run", "")
    return run if isinstance(run, str) else ""


def run_at(path: str) -> str:
    """Return the run whose page this is the address of, "" for none."""
    found = _RUN_PAGE.match(path)
    return found[1] if found else ""


def service_log(setting: Setting, hidden: Collection[str] = ()) -> EventLog:
    """Return the log of the workspace that is served, with nothing in it of what is `hidden`."""
    return log_of(setting, secrets=hidden)


def printed(text: str) -> str:
    """Return a text for the log: a line is one line, whatever is in it."""
    return shortened(text.encode("ascii", "backslashreplace").decode().translate(_CONTROLS), _LONGEST_PATH)


def _asked(scope: Scope) -> Asked:
    client = scope.get("client")
    root = str(scope.get("root_path", ""))
    path = str(scope.get("path", ""))
    # Servers differ in whether the path has what the app is mounted at.
    whole = path if path.startswith(root) else f"{root}{path}"
    return Asked(printed(str(scope.get("method", "")))[:20], printed(whole), printed(str(client[0]) if client else ""))
