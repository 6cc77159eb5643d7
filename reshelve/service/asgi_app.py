"""The ASGI app: the route table behind the gate.

Here, in `page_app`, `request_bodies`, `connections` and `serving` is all that the service knows of the web.
"""

import asyncio
import inspect
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as WebRoute

from reshelve import api
from reshelve.executors.state.event_log import EventLog
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.system_errors import problem_of
from reshelve.service import gate, refusals
from reshelve.service.latest_look import LatestLook
from reshelve.service.looker import Looker
from reshelve.service.openapi import description, name_of
from reshelve.service.request_bodies import TokenBodies, body_of
from reshelve.service.request_log import RequestLog, asked_in, audit, bug, printed, run_in, service_log
from reshelve.service.requests import adapter, asked
from reshelve.service.route_table import ROUTES
from reshelve.service.routes import JSON, PROBLEM, Answer, Here, Route

Authorize = Callable[[Request], "str | Awaitable[str | None] | None"]

MOST_STREAMS = 64
MOST_AT_ONCE = 16
MOST_APART = 4
MOST_WAITING = 32
"""Requests that are worked on at one time: quick ones, those in processes of their own, and how many may wait for those."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PAGE_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
"""What a page of the service may load: its own files, and no script or style within itself."""

_OPEN = "In a browser, open the address that `reshelve serve` prints."
_WHO = {
    True: (
        "There is no token, or another.",
        f"Give `Authorization: Bearer TOKEN`, or the token as the password of any user. {_OPEN}",
    ),
    False: ("The app that reshelve is part of lets nobody in without a name.", "Sign in there, as that app says."),
}
"""Why somebody is not let in, and what to do, by whether there is a token."""
_T = TypeVar("_T")


def everyone(request: Request) -> str:
    """Let everybody in: for an app that stands behind somebody else's gate, and says so."""
    del request
    return "everyone"


@dataclass(slots=True, frozen=True)
class Exchange:
    """The token of a server of its own, and the cookie that it is exchanged for."""

    token: str
    port: int

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return gate.cookie_name(self.port)

    def authorize(self, request: Request) -> str | None:
        """Let in whoever has the token."""
        return "token" if gate.knows(head_of(request), self.token, self.cookie) else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is shown in no log."""
        return (self.token, gate.cookie_value(self.token, self.cookie))

    def is_token(self, text: str) -> bool:
        """Say whether a text is the token."""
        return gate.same(text, self.token)

    def let_in(self, request: Request, response: Response) -> None:
        """Give a browser that showed the token its cookie."""
        value = gate.cookie_value(self.token, self.cookie)
        secure = request.url.scheme == "https"
        response.set_cookie(self.cookie, value, httponly=True, samesite="strict", path="/", secure=secure)


class Service:
    """What the routes of one app share. Nothing of it is needed after a restart."""

    def __init__(
        self,
        workspace: Path,
        environ: Mapping[str, str],
        authorize: Authorize,
        hosts: Collection[str] | None,
        log: EventLog,
        *,
        exchanged: bool,
    ) -> None:
        self.exchanged = exchanged
        self.workspace = workspace
        self.environ = environ
        self.authorize = authorize
        self.hosts = hosts
        self.log = log
        self.threads = ThreadPoolExecutor(MOST_AT_ONCE, "service")
        self.apart = ThreadPoolExecutor(MOST_APART, "service-apart")
        self.waiting = threading.BoundedSemaphore(MOST_WAITING)
        self.ending = threading.Event()
        self.looker = Looker(workspace, environ, self.ending)
        self.latest = LatestLook(self.looker.look, self.looker.files)
        self.turn = threading.Lock()
        self.streams = threading.BoundedSemaphore(MOST_STREAMS)
        self.tokens = TokenBodies()

    async def let_in(self, request: Request, *, open_to_all: bool) -> str:
        """Return who asks. Raises ReshelveError where the request is refused."""
        head = head_of(request)
        if self.hosts is not None:
            gate.refuse_host(head, self.hosts)
        elif len(head.host) != 1:
            gate.refuse_host(head, ())
        gate.refuse_foreign(head)
        if open_to_all:
            return ""
        user = await self._user(request)
        if not isinstance(user, str) or not user:
            detail, hint = _WHO[self.exchanged]
            raise stop("no-token", "Who asks is not known.", detail, hint=hint, kind="declined")
        asked_in(request.scope).user = printed(user)
        return user

    async def _user(self, request: Request) -> str | None:
        """Return whom the app says that a request is from. Raises ReshelveError where it fails to say."""
        try:
            found = self.authorize(request)
            return await found if inspect.isawaitable(found) else found
        except ReshelveError:
            raise
        except Exception as error:
            bug(self.log, asked_in(request.scope), error)
            detail = f"Its `authorize` raised {type(error).__name__}."
            hint = "The standard error of the app has the trace."
            raise stop("authorize-failed", "The app could not say who asks.", detail, hint=hint) from error

    async def answer(self, route: Route, request: Request) -> Response:
        """Answer a request. Whatever is wrong comes back as a problem."""
        try:
            user = await self.let_in(request, open_to_all=route.open)
            audit(self.log, asked_in(request.scope))
            body = await body_of(request) if route.method == "POST" else None
            value = asked(route.asks, request.path_params, request.query_params.multi_items(), body)
            work = partial(route.handler, self.here(request, user), value)
            found = await self.worked(work, apart=route.apart, changes=asked_in(request.scope).changes)
            asked_in(request.scope).run = run_in(found.value)
            return self._response(found)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001  # the last resort: a bug is said to be one
            return refusal(*self.refused(request, error))

    def refused(self, request: Request, error: Exception) -> tuple[int, dict[str, Any]]:
        """Return the status and the body that any error comes to; one that nobody expected is a bug, and logged."""
        asked = asked_in(request.scope)
        if isinstance(error, ReshelveError):
            status, body = refusals.refused(error)
        elif isinstance(error, OSError):
            status, body = 500, refusals.body(500, [problem_of(error)])
        else:
            bug(self.log, asked, error)
            status, body = 500, refusals.body(500, [Problem("bug", "This is a bug in reshelve.", f"{type(error).__name__}.")])
        asked.code = body["code"]
        return status, body

    def here(self, request: Request, user: str) -> Here:
        """Return where a request is answered, for `user`."""
        last = _last_event(request)
        where = prefix_of(request)
        return Here(
            self.workspace,
            self.environ,
            self.latest,
            user=user,
            prefix=where,
            last_event=last,
            ending=self.ending,
            turn=self.turn,
        )

    async def worked(self, work: Callable[[], _T], *, apart: bool, changes: bool) -> _T:
        """Return what a handler comes to, in a thread; `apart` for one that waits for a process. Raises what it raises.

        Whoever gets the answer of one that `changes` something, and asks for the status then, is told of it.
        """
        if changes:
            work = partial(self._seen, work)
        loop = asyncio.get_running_loop()
        if not apart:
            return await loop.run_in_executor(self.threads, work)
        if not self.waiting.acquire(blocking=False):
            raise stop("too-many", "There are too many requests.", f"{MOST_WAITING} are being worked on.", hint="Try again later.")
        try:
            return await loop.run_in_executor(self.apart, work)
        finally:
            self.waiting.release()

    def _seen(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        finally:
            self.latest.catch_up()

    def end(self) -> None:
        """End what is at work for the routes. Runs go on."""
        self.ending.set()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.apart.shutdown(wait=False, cancel_futures=True)
        self.latest.close()
        self.looker.close()

    def _response(self, answer: Answer) -> Response:
        headers = {**HEADERS, **({"Location": answer.location} if answer.location else {})}
        if answer.stream is not None:
            if not self.streams.acquire(blocking=False):
                raise stop("too-many", "There are too many streams.", f"{MOST_STREAMS} are open.", hint="Ask for the run instead.")
            return StreamingResponse(self._streamed(answer.stream), answer.status, headers, answer.kind)
        if answer.text is not None:
            return Response(answer.text, answer.status, headers, answer.kind)
        if answer.status == 204:
            return Response(status_code=204, headers=headers)
        return Response(_json(answer.value), answer.status, headers, JSON)

    async def _streamed(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            async for piece in stream:
                yield piece
        finally:
            self.streams.release()


def create_app(
    workspace: str | Path,
    *,
    authorize: Authorize | None = None,
    prefix: str = "",
    environ: Mapping[str, str] | None = None,
    hosts: Collection[str] | None = None,
    exchange: Exchange | None = None,
) -> Starlette:
    """Return the service of a workspace as an app, to be served or mounted. Raises ReshelveError.

    `authorize` says who a request is from, or None to refuse it; `everyone` lets everybody in, and there is no default. `hosts` are
    the hosts, with ports, that are answered for; None where the app that this is mounted into looks at that.
    """
    import os

    if authorize is None:
        detail = "Anybody could plan, apply and undo."
        hint = "create_app(workspace, authorize=...), or authorize=everyone where something in front of it looks at that"
        raise stop("no-authorize", "Nothing says who may ask.", detail, hint=hint, kind="usage")
    env = os.environ if environ is None else environ
    session = api.open_workspace(workspace, environ=env)
    assert session.setting.file is not None
    log = service_log(session.setting, exchange.secrets if exchange is not None else ())
    service = Service(session.setting.file, env, authorize, hosts, log, exchanged=exchange is not None)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        del app
        yield
        service.end()

    app = Starlette(
        routes=[
            *(_web(route, service, prefix) for route in ROUTES),
            _described(service, prefix),
            *_exchanged(service, exchange, prefix),
        ],
        middleware=[Middleware(RequestLog, log=log)],
        exception_handlers={HTTPException: http_problem},
        lifespan=living,
    )
    app.state.service = service
    app.state.prefix = prefix
    return app


def _web(route: Route, service: Service, prefix: str) -> WebRoute:
    async def endpoint(request: Request) -> Response:
        return await service.answer(route, request)

    return WebRoute(route.where(prefix), endpoint, methods=[route.method], name=name_of(route))


def _described(service: Service, prefix: str) -> WebRoute:
    async def endpoint(request: Request) -> Response:
        try:
            await service.let_in(request, open_to_all=False)
        except ReshelveError as error:
            return refusal(*service.refused(request, error))
        mounted = str(request.scope.get("root_path", ""))
        return Response(_json(description(ROUTES, prefix, mounted)), 200, HEADERS, JSON)

    return WebRoute(f"{prefix}/openapi.json", endpoint, methods=["GET"], name="openapi")


def _exchanged(service: Service, exchange: Exchange | None, prefix: str) -> list[WebRoute]:
    """Return the route that exchanges the token for a cookie, for browsers: a token in an address stays in its fragment."""
    if exchange is None:
        return []

    async def endpoint(request: Request) -> Response:
        try:
            await service.let_in(request, open_to_all=True)
            body = json.loads(await service.tokens.read(request) or b"{}")
            token = body.get("token") if isinstance(body, dict) else None
            if not isinstance(token, str) or not exchange.is_token(token):
                raise stop("no-token", "That is not the token.", hint=_OPEN, kind="declined")
        except ReshelveError as error:
            return refusal(*service.refused(request, error))
        except ValueError:
            return refusal(*service.refused(request, stop("usage", "The body is not JSON.", kind="usage")))
        response = Response(status_code=204, headers=HEADERS)
        exchange.let_in(request, response)
        return response

    return [WebRoute(f"{prefix}/session", endpoint, methods=["POST"], name="session")]


def prefix_of(request: Request) -> str:
    """Return what the addresses of the service begin with, where it is mounted and below that."""
    return f"{request.scope.get('root_path', '')}{request.app.state.prefix}"


def head_of(request: Request) -> gate.Head:
    """Return what the gate looks at."""
    headers = request.headers
    return gate.Head(
        request.method,
        tuple(headers.getlist("host")),
        tuple(headers.getlist("origin")),
        tuple(headers.getlist("sec-fetch-site")),
        tuple(headers.getlist("authorization")),
        dict(request.cookies),
        request.url.scheme,
    )


def refusal(status: int, body: Mapping[str, Any]) -> Response:
    """Return a problem as a response."""
    headers = {**HEADERS, **({"WWW-Authenticate": "Bearer"} if status == 401 else {})}
    return Response(_json(body), status, headers, PROBLEM)


async def http_problem(request: Request, error: Exception) -> Response:
    """Refuse what no route is for."""
    assert isinstance(error, HTTPException)
    service: Service = request.app.state.service
    try:
        # Who may not ask is not told which routes there are.
        await service.let_in(request, open_to_all=False)
    except ReshelveError as refused:
        return refusal(*service.refused(request, refused))
    response = refusal(error.status_code, no_route(request, error))
    response.headers.update(error.headers or {})
    return response


def no_route(request: Request, error: HTTPException) -> dict[str, Any]:
    """Return the body of a problem that says that there is no such route or page."""
    asked_in(request.scope).code = code = {404: "no-such-route", 405: "no-method"}.get(error.status_code, "usage")
    problem = Problem(code, refusals.MEANINGS.get(error.status_code, "It failed."), path=printed(request.url.path))
    return refusals.body(error.status_code, [problem])


def _last_event(request: Request) -> int:
    said = request.headers.get("last-event-id", "")
    return int(said) if re.fullmatch(r"[0-9]{1,12}", said) else 0


def _json(value: Any) -> bytes:
    """Return a value as JSON in ASCII: whatever bytes a name has, they are escapes."""
    plain = adapter(type(value)).dump_python(value) if is_dataclass(value) else value
    return json.dumps(plain, separators=(",", ":"), default=str).encode()
