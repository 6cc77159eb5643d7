"""Refusals: what a problem comes to over HTTP. The one table from the kind of an outcome to a status."""

from collections.abc import Mapping, Sequence
from typing import Any

from reshelve.schemas.problems import Kind, Problem, ReshelveError
from reshelve.views.ndjson import problem_event

STATUSES: Mapping[Kind, int] = {
    "error": 422,
    "changes": 200,
    "rolled-back": 409,
    "unsettled": 409,
    "stale": 409,
    "locked": 423,
    "declined": 403,
    "usage": 400,
    "interrupted": 503,
}

BY_CODE: Mapping[str, int] = {
    "no-such-run": 404,
    "no-such-plan": 404,
    "no-such-route": 404,
    "not-in-trash": 404,
    "no-such-asset": 404,
    "no-layout": 404,
    "no-method": 405,
    "no-token": 401,
    "cross-origin": 403,
    "wrong-host": 421,
    "request-too-large": 413,
    "answer-too-large": 413,
    "too-slow": 408,
    "not-json": 415,
    "too-many": 503,
    "authorize-failed": 500,
    "bug": 500,
    "system": 500,
}
"""Problems whose code says more than their kind."""

BY_EXIT: Mapping[int, int] = {0: 200, 1: 422, 2: 200, 3: 409, 4: 409, 5: 409, 6: 423, 7: 403, 64: 400, 130: 503}
"""The status of a command by its exit code."""

MEANINGS: Mapping[int, str] = {
    400: "The request was not understood, or a value in it is wrong.",
    401: "There is no token, or it is wrong.",
    403: "A guard or the workspace's owner refuses, or the request comes from another site.",
    404: "There is no such thing.",
    405: "The route does not support this method.",
    408: "The request arrived too slowly.",
    409: "The plan is stale, or a run was cut short: `problems` says what changed.",
    413: "The request, or its response, is too large.",
    415: "The body is not JSON.",
    421: "The request is for another host.",
    422: "Documents or stores have errors: `problems` names them.",
    423: "Another run holds the lock.",
    500: "The system failed, or this is a bug in reshelve.",
    503: "There are too many requests, or the service is ending.",
}
"""What each status of a refusal means, for the description and the page of routes."""


def status_of(kind: Kind, problems: Sequence[Problem]) -> int:
    """Return the status that a refusal comes to."""
    found = (BY_CODE[problem.code] for problem in problems if problem.code in BY_CODE)
    return next(found, STATUSES[kind])


def body(status: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the body of `application/problem+json`: the first problem's words, and all of them in `problems`."""
    told = [{name: value for name, value in problem_event(problem).items() if name != "type"} for problem in problems]
    first = problems[0] if problems else Problem("system", MEANINGS.get(status, "It failed."))
    return {
        "type": f"urn:reshelve:problem:{first.code}",
        "title": first.summary,
        "status": status,
        "detail": first.detail,
        "code": first.code,
        "hint": first.hint,
        "problems": told,
    }


def refused(error: ReshelveError) -> tuple[int, dict[str, Any]]:
    """Return the status and the body that an error comes to."""
    status = status_of(error.kind, error.problems)
    return status, body(status, error.problems)
