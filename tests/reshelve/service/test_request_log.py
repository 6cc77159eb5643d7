"""Who asked for what of the service: a line for each request, and one before anything is changed that no level leaves out."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from reshelve.service import asgi_app
from reshelve.service.asgi_app import create_app, everyone
from reshelve.service.gate import cookie_name, cookie_value
from reshelve.service.models import Printed
from reshelve.service.page_app import add_pages
from reshelve.service.request_log import run_in
from tests.support.serving import make_workspace, served

HOSTILE = '\n{"time":"forged"}\r\x1b[2J\u2028<script>'


def workspace(folder: Path, log: str = "log: {}") -> Path:
    made = make_workspace(folder / "media")
    with (made / "reshelve.yaml").open("a") as file:
        file.write(f"\n{log}\n")
    return made


def lines(folder: Path, *wanted: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (folder / ".reshelve/log.ndjson").read_text().splitlines()]
    return [told for told in found if not wanted or told["event"] in wanted]


def of_requests(folder: Path) -> list[tuple[Any, ...]]:
    names = ("event", "method", "path", "status", "user", "code")
    return [tuple(told.get(name) for name in names) for told in lines(folder, "audit", "request")]


def user_of(request: Request) -> str | None:
    return request.headers.get("x-user")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path)


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(folder, authorize=user_of, prefix="/api")
    add_pages(app)
    with TestClient(app, headers={"x-user": "jan"}) as client:
        yield client


def test_each_request_is_a_line(client: TestClient, folder: Path) -> None:
    said = client.get("/api/runs")
    client.get("/api/nothing")
    client.get("/api/runs?most=0")
    client.get("/api/openapi.json", headers={"x-user": ""})
    client.get("/health", headers={"x-user": ""})
    client.get("/static/page.css", headers={"x-user": ""})
    assert of_requests(folder) == [
        ("request", "GET", "/api/runs", 200, "jan", None),
        ("request", "GET", "/api/nothing", 404, "jan", "no-such-route"),
        ("request", "GET", "/api/runs", 400, "jan", "usage"),
        ("request", "GET", "/api/openapi.json", 401, None, "no-token"),
        ("request", "GET", "/health", 200, None, None),
        ("request", "GET", "/static/page.css", 200, None, None),
    ]
    first, *others = lines(folder, "request")
    assert first["request"] == said.headers["x-request-id"] and len({told["request"] for told in (first, *others)}) == 6
    assert first["peer"] == "testclient" and first["ms"] > 0 and first["level"] == "info"
    assert others[0]["level"] == "warning"


def test_a_change_is_told_before_it_is_made_and_with_its_run_after_it(client: TestClient, folder: Path) -> None:
    digest = client.post("/api/plans", json={"command": "apply"}).json()["digest"]
    run = client.post(f"/api/plans/{digest}/apply", json={}).json()["run"]
    assert of_requests(folder)[-2:] == [
        ("audit", "POST", f"/api/plans/{digest}/apply", None, "jan", None),
        ("request", "POST", f"/api/plans/{digest}/apply", 202, "jan", None),
    ]
    told = lines(folder)
    audit = next(number for number, each in enumerate(told) if each["event"] == "audit" and digest in each["path"])
    began = next(number for number, each in enumerate(told) if each["event"] == "run-started")
    assert audit < began and told[began]["run"] == run
    answered = lines(folder, "request")[-1]
    assert answered["run"] == run and answered["request"] == told[audit]["request"]


def test_the_lines_in_the_docs_are_as_they_are_written(client: TestClient, folder: Path) -> None:
    digest = client.post("/api/plans", json={"command": "apply"}).json()["digest"]
    client.post(f"/api/plans/{digest}/apply", json={})
    doc = Path(__file__).resolve().parents[3] / "docs" / "service.md"
    shown = [json.loads(line) for line in doc.read_text().splitlines() if line.startswith('{"time":')]
    shown = [line for line in shown if line["event"] in ("audit", "request")]
    for line, told in zip(shown, lines(folder, "audit", "request")[-2:], strict=True):
        assert [*line] == [*told] and line["message"] == told["message"]


def test_no_level_leaves_out_what_may_change_something(tmp_path: Path) -> None:
    folder = workspace(tmp_path, "log: {level: error}")
    with TestClient(create_app(folder, authorize=everyone, prefix="/api")) as client:
        client.get("/api/status")
        client.post("/api/cleanup", json={"days": 30})
        client.delete("/api/jobs/job_1")
        client.post("/api/plans", content=b"{")
    assert of_requests(folder) == [
        ("audit", "POST", "/api/cleanup", None, "everyone", None),
        ("request", "POST", "/api/cleanup", 200, "everyone", None),
        ("audit", "DELETE", "/api/jobs/job_1", None, "everyone", None),
        ("request", "DELETE", "/api/jobs/job_1", 200, "everyone", None),
        ("audit", "POST", "/api/plans", None, "everyone", None),
        ("request", "POST", "/api/plans", 415, "everyone", "not-json"),
    ]


def test_a_form_is_told_with_its_run(client: TestClient, folder: Path) -> None:
    digest = client.post("/api/plans", json={"command": "apply"}).json()["digest"]
    form = {"Origin": "http://testserver", "Content-Type": "application/x-www-form-urlencoded"}
    said = client.post(f"/plans/{digest}/apply", content=f"shown={digest}", headers=form, follow_redirects=False)
    assert said.status_code == 303
    told = lines(folder, "audit", "request")[-2:]
    assert [each["event"] for each in told] == ["audit", "request"]
    assert told[1]["run"] == digest[:12] and told[1]["user"] == "jan" and told[1]["status"] == 303


def test_a_command_as_a_route_is_told_with_its_problem_or_its_run(client: TestClient, folder: Path) -> None:
    assert client.post("/api/archive", json={"names": ["none"]}).status_code == 422
    assert lines(folder, "request")[-1]["code"] == "no-tiers"
    assert run_in(Printed(0, [{"type": "version"}, {"type": "run-started", "run": "3f9a1c2e77b0"}])) == "3f9a1c2e77b0"
    assert run_in(Printed(0, [{"type": "run", "run": "3f9a1c2e77b0"}, 1])) == ""


def test_hostile_names_and_addresses_are_one_short_line_each(client: TestClient, folder: Path) -> None:
    before = len(lines(folder)) if (folder / ".reshelve/log.ndjson").exists() else 0
    client.get(f"/api/runs/{quote(HOSTILE)}{'x' * 5000}", headers={"x-user": "y" * 3000})
    client.request("BREW" * 50, "/api/runs")
    text = (folder / ".reshelve/log.ndjson").read_bytes()
    assert text.isascii() and b"\x1b" not in text and text.count(b"\n") == before + 2
    first, second = lines(folder)[before:]
    assert len(first["path"]) <= 300 and len(first["user"]) <= 300 and len(second["method"]) <= 20
    assert "\\x0a" in first["path"] and "forged" in first["path"]


@pytest.mark.slow
def test_neither_tokens_nor_queries_nor_bodies_are_in_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path, "log: {level: debug}")
    with served(folder) as server:
        port = int(server.address.rpartition(":")[2])
        cookie = cookie_value(server.token, cookie_name(port))
        for path in (f"/status?token={server.token}", f"/runs/{server.token}", f"/{cookie}", "/runs?most=QUERYtext"):
            server.ask("GET", path)
        server.ask("POST", "/session", {"token": server.token}, headers={})
        server.ask("POST", "/session", {"token": f"{server.token[:-1]}"}, headers={})
        server.ask("POST", "/assets/note", {"files": ["inbox:x"], "text": "BODYtext"})
        server.ask("POST", f"/plans/ghp_{'a1B2' * 9}/apply")
    text = (folder / ".reshelve/log.ndjson").read_text()
    for secret in (server.token, server.token[:-1], cookie, "QUERYtext", "BODYtext", "ghp_a1B2"):
        assert secret not in text, secret
    told = lines(folder)
    assert told[0]["event"] == "serving" and told[0]["address"].startswith("http://127.0.0.1:")
    assert {each["user"] for each in told if each["event"] == "request" and each["path"].endswith("/status")} == {"token"}
    assert [each["status"] for each in told if each.get("path", "").endswith("/session")] == [204, 401]


def test_a_bug_is_there_with_where_it_came_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("password = hunter2hunter2")

    monkeypatch.setattr(asgi_app, "asked", broken)
    with TestClient(create_app(folder, authorize=everyone, prefix="/api")) as client:
        assert client.get("/api/runs").status_code == 500
    bug, request = lines(folder)
    assert (bug["event"], bug["request"], request["status"], request["level"]) == ("bug", request["request"], 500, "error")
    assert "RuntimeError" in bug["trace"] and "hunter2" not in (folder / ".reshelve/log.ndjson").read_text()


def test_mounted_it_tells_the_whole_path_and_who_the_app_says(folder: Path) -> None:
    host = FastAPI()
    host.mount("/media/files", create_app(folder, authorize=user_of))
    with TestClient(host) as client:
        client.get("/media/files/runs", headers={"x-user": "jan"})
    assert of_requests(folder) == [("request", "GET", "/media/files/runs", 200, "jan", None)]


def test_without_a_log_only_the_process_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path, "")
    with TestClient(create_app(folder, authorize=everyone, prefix="/api")) as client, caplog.at_level(logging.INFO):
        client.get("/api/runs?most=1")
    assert [record.getMessage() for record in caplog.records if record.name == "reshelve.service"] == ["everyone GET /api/runs 200"]
    assert not (folder / ".reshelve/log.ndjson").exists()
