"""Every route of the table answers as it says: in the model of its answer, or as a problem with a status that it names."""

from collections.abc import Iterator
from typing import Any

import click
import pytest
from openapi_spec_validator import validate
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from reshelve.cli.command_list import COMMANDS as VERBS
from reshelve.cli.command_list import Commands
from reshelve.service.asgi_app import create_app, everyone
from reshelve.service.commands import LEFT_OUT
from reshelve.service.plan_kinds import KINDS
from reshelve.service.refusals import MEANINGS
from reshelve.service.route_table import ROUTES
from reshelve.service.routes import PROBLEM, Route
from tests.support.serving import make_workspace

VALUES: dict[str, Any] = {
    "digest": "0" * 64,
    "run": "0" * 12,
    "name": "n1",
    "names": ["n1"],
    "files": ["inbox:Nordlys.S01E01.1080p.mkv"],
    "file": "inbox:Nordlys.S01E01.1080p.mkv",
    "of": "inbox:Nordlys.S01E02.1080p.mkv",
    "named": "Nordlys",
    "path": "inbox:Nordlys.S01E01.1080p.mkv",
    "projects": ["n1"],
    "project": "n1",
    "keep": 5,
    "item": "0" * 16,
    "place": "library:",
    "job_id": "job_1",
    "app": "sonarr",
    "eventType": "Test",
    "project_id": "n1",
}
SCHEMA = {"GET /schema": {"name": "layout"}, "GET /documents/{name}": {"name": "layout"}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = make_workspace(tmp_path_factory.mktemp("routes") / "media")
    with TestClient(create_app(folder, authorize=everyone, prefix="/api")) as client:
        yield client


def id_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=id_of)
def test_it_answers_as_it_says(client: TestClient, route: Route) -> None:
    needed = TypeAdapter(route.asks).json_schema().get("required", ())
    values = {name: VALUES[name] for name in needed} | SCHEMA.get(id_of(route), {})
    where = route.where("/api")
    for name in [name for name in values if f"{{{name}}}" in where]:
        where = where.replace(f"{{{name}}}", values.pop(name))
    sent = {"json": values} if route.method == "POST" else {"params": values}
    said = client.request(route.method, where, **sent)
    assert said.headers["x-content-type-options"] == "nosniff"
    if said.status_code < 400:
        assert said.status_code in (route.status, 200)
        assert said.headers["content-type"].partition(";")[0] == route.kind.partition(";")[0]
        if route.gives is not None:
            TypeAdapter(route.gives).validate_json(said.content)
        return
    assert said.headers["content-type"] == PROBLEM
    assert said.status_code in MEANINGS
    body = said.json()
    assert body["status"] == said.status_code != 500, body
    assert body["problems"][0]["code"] == body["code"] != "bug", body
    # What it asks with was understood: only a store that is not there may make a wrong request of it.
    assert body["code"] != "usage" or id_of(route) == "GET /s3/policy", body


def verbs() -> Iterator[str]:
    top = Commands("reshelve")
    for name in VERBS:
        command = top.get_command(click.Context(top), name)
        inner = command.commands if isinstance(command, click.Group) else {}
        if not inner or (isinstance(command, click.Group) and command.invoke_without_command):
            yield name
        yield from (f"{name} {sub}" for sub in inner)


def test_every_verb_is_a_route_or_says_why_not() -> None:
    routed = {route.command for route in ROUTES} | set(KINDS)
    assert set(verbs()) - routed == LEFT_OUT.keys()


def test_the_description_is_valid_and_whole(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    validate(told)
    paths = {route.where("/api") for route in ROUTES}
    assert told["paths"].keys() == paths
    names = [operation["operationId"] for methods in told["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) == len(ROUTES)
