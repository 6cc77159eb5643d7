"""Requests made from our own description, by schemathesis: each is answered as the description says, and none is a bug.

`RESHELVE_REQUESTS` is how many examples there are in all, over every route; one for each unless told.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.requests import Request

from reshelve.service.asgi_app import create_app
from reshelve.service.route_table import ROUTES
from reshelve.service.routes import Route
from tests.support.serving import make_workspace

schemathesis = pytest.importorskip("schemathesis", reason="pip install 'reshelve[dev]'")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

pytestmark = pytest.mark.slow

HEADERS = {"Authorization": "Bearer t"}
EACH = max(1, int(os.environ.get("RESHELVE_REQUESTS", "0")) // len(ROUTES))
# A stream ends with its run: `test_plans_and_runs.py` follows them.
ASKED = [route for route in ROUTES if not route.path.endswith("/events")]


def who(request: Request) -> str | None:
    return "t" if request.headers.get("authorization") == HEADERS["Authorization"] else None


def living(app: Any) -> Any:
    """Return an app that lives as long as the test: schemathesis would start and end it with each request."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for part in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{part}.complete"})

    return answer


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the description, loaded by schemathesis, of the service of a workspace whose user has nothing else."""
    top = tmp_path_factory.mktemp("described")
    with pytest.MonkeyPatch.context() as patched:
        for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            patched.setenv(name, str(top / name))
        app = create_app(make_workspace(top / "media"), authorize=who, prefix="/api")
        yield schemathesis.openapi.from_asgi("/api/openapi.json", living(app), headers=HEADERS)


@pytest.mark.parametrize("route", ASKED, ids=lambda route: f"{route.method} {route.path}")
def test_each_request_is_answered_as_it_is_described(described: Any, route: Route) -> None:
    operation = described[route.where("/api")][route.method]

    @settings(max_examples=EACH, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        # What a request means may be wrong where its form is right: there is no such project, or no bucket.
        case.call_and_validate(headers=HEADERS, excluded_checks=[positive_data_acceptance])

    answered()
