"""The pages of the app: each behind the same gate as the routes, its forms checked, and nothing in it that a browser would run."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as WebRoute

from reshelve.schemas.problems import ReshelveError, stop
from reshelve.service.asgi_app import HEADERS, PAGE_POLICY, Exchange, Service, http_problem, no_route, prefix_of
from reshelve.service.pages.faulty_lines import page_of_fault
from reshelve.service.pages.page import SCAN, Page, Refusal, Sent, Shown, SignIn
from reshelve.service.pages.page_table import PAGES
from reshelve.service.pages.rendering import STATIC, Place, render, static
from reshelve.service.request_bodies import FORM, body_of
from reshelve.service.request_log import asked_in, audit, run_at
from reshelve.service.requests import asked

_MOST_FIELDS = 1000
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# A form's page is told where it comes from, or its `Origin` would be none; other sites are told nothing.
_PAGE_HEADERS = {**HEADERS, "Content-Security-Policy": PAGE_POLICY, "Referrer-Policy": "same-origin"}


def add_pages(app: Starlette, *, at: str = "", exchange: Exchange | None = None) -> None:
    """Add the pages to an app that `create_app` made, below `at`. With an exchange, people sign in with its token."""
    service: Service = app.state.service
    for page in PAGES:
        app.router.routes.append(_web(page, service, at, exchange))
    for name in STATIC:
        app.router.routes.append(_static(name, service, at))
    if exchange is not None:
        app.router.routes.append(_sign_in(service, at, exchange))
    app.add_exception_handler(HTTPException, _nowhere(service, at, exchange))


def _nowhere(service: Service, at: str, exchange: Exchange | None) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what says that there is no such page, to whoever reads pages; programs are told as before."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        place = _place(request, at)
        below = place.api and request.url.path.startswith(f"{place.api}/")
        if below or "text/html" not in request.headers.get("accept", ""):
            return await http_problem(request, error)
        try:
            await service.let_in(request, open_to_all=False)
        except ReshelveError as refused:
            return _refused(service, request, refused, place, exchange if request.method == "GET" else None)
        response = _told(service, request, (error.status_code, no_route(request, error)), _known(place, service))
        response.headers.update(error.headers or {})
        return response

    return answer


def _web(page: Page, service: Service, at: str, exchange: Exchange | None) -> WebRoute:
    async def endpoint(request: Request) -> Response:
        place = _place(request, at)
        try:
            user = await service.let_in(request, open_to_all=False)
            place = _known(place, service)
            audit(service.log, asked_in(request.scope))
            fields = _filled(request.query_params.multi_items() if page.method == "GET" else _fields(await body_of(request, FORM)))
            value = asked(page.asks, request.path_params, fields, None)
            work = partial(page.handler, service.here(request, user), value)
            found = await service.worked(work, apart=page.apart, changes=asked_in(request.scope).changes)
            asked_in(request.scope).run = run_at(found.path) if isinstance(found, Sent) else ""
            return _response(found, place)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001  # the last resort: a bug is said to be one
            return _refused(service, request, error, place, exchange if page.method == "GET" else None)

    return WebRoute(f"{at}{page.path}", endpoint, methods=[page.method], name=f"page {page.method} {page.path}")


def _response(found: Shown | Sent, place: Place) -> Response:
    if isinstance(found, Sent):
        return RedirectResponse(f"{place.base}{found.path}", 303, _PAGE_HEADERS)
    return _html(render(found.template, found.model, place), found.status)


def _refused(service: Service, request: Request, error: Exception, place: Place, exchange: Exchange | None) -> Response:
    """Return the page that says why a request came to nothing; to whoever is not known, the page that takes the token."""
    status, body = service.refused(request, error)
    if body["code"] == "no-token" and exchange is not None:
        return _html(render("sign_in.html", SignIn(), place), status)
    return _told(service, request, (status, body), place)


def _told(service: Service, request: Request, refused: tuple[int, dict[str, Any]], place: Place) -> Response:
    status, body = refused
    fault = page_of_fault(body["problems"], service.workspace)
    again = SCAN if body["code"] == "no-layout" else None
    try:
        return _html(render("problem.html", Refusal(body["title"], status, body["problems"], again, fault), place), status)
    except Exception as error:  # noqa: BLE001  # the very last resort: the page that says so is itself a bug
        status, body = service.refused(request, error)
        return _html(render("problem.html", Refusal(body["title"], status, body["problems"]), place), status)


def _static(name: str, service: Service, at: str) -> WebRoute:
    async def endpoint(request: Request) -> Response:
        try:
            await service.let_in(request, open_to_all=True)
        except ReshelveError as error:
            return _refused(service, request, error, _place(request, at), None)
        headers = {**HEADERS, "Cache-Control": "max-age=86400"}
        return Response(static(name), 200, headers, _KINDS[name.rpartition(".")[2]])

    return WebRoute(f"{at}/static/{name}", endpoint, methods=["GET"], name=f"static {name}")


def _sign_in(service: Service, at: str, exchange: Exchange) -> WebRoute:
    """Return the form that takes the token where no script does."""

    async def endpoint(request: Request) -> Response:
        place = _place(request, at)
        try:
            await service.let_in(request, open_to_all=True)
            token = dict(_fields(await service.tokens.read(request, FORM))).get("token", "").strip()
        except ReshelveError as error:
            return _refused(service, request, error, place, None)
        if not exchange.is_token(token):
            status, _ = service.refused(request, stop("no-token", "That is not the token.", kind="declined"))
            return _html(render("sign_in.html", SignIn(wrong=True), place), status)
        response = _response(Sent("/"), place)
        exchange.let_in(request, response)
        return response

    return WebRoute(f"{at}/sign-in", endpoint, methods=["POST"], name="sign in")


def _html(text: str, status: int) -> Response:
    return Response(text.encode("utf-8", "backslashreplace"), status, _PAGE_HEADERS, "text/html; charset=utf-8")


def _fields(body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form. Raises ReshelveError where the body is none."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise stop("usage", "The form is not understood.", "It has too many fields, or is not UTF-8.", kind="usage") from None


def _filled(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields that somebody filled: a browser sends those that were left empty too."""
    return [(name, value.strip()) for name, value in fields if value.strip()]


def _place(request: Request, at: str) -> Place:
    """Return where a page stands, for whoever asks: what the workspace is called is for who was let in."""
    root = request.scope.get("root_path", "")
    path = request.url.path.removeprefix(root).removeprefix(at)
    return Place(f"{root}{at}", prefix_of(request), path)


def _known(place: Place, service: Service) -> Place:
    return replace(place, workspace=service.workspace.parent.name)
