"""The service within a FastAPI and a Flask app: the examples, as they stand in their folder."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from tests.support.shellcalls import call

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "in-an-app"
USER = {"x-user": "kai"}
Ask = Callable[..., httpx.Response]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return what imports an example over a workspace with two files of a job."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "library").mkdir()
    assert call(tmp_path, "init", "--preset", "comfyui").code == 0
    for number in (1, 2):
        (tmp_path / "inbox" / f"job_1_{number:05}_.png").write_text(f"{number}")
    monkeypatch.setenv("MEDIA", str(tmp_path))
    monkeypatch.syspath_prepend(EXAMPLES)
    for name in ("schemas", "fastapi_app", "flask_app"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    def load(name: str) -> Any:
        module = importlib.import_module(name)
        for loaded in (name, "schemas"):
            monkeypatch.delitem(sys.modules, loaded)
        return module.app

    return load


@pytest.fixture
def fastapi(example: Callable[[str], Any]) -> Iterator[httpx.Client]:
    with TestClient(example("fastapi_app")) as client:
        yield client


@pytest.fixture
def flask(example: Callable[[str], Any]) -> Iterator[httpx.Client]:
    transport = httpx.WSGITransport(example("flask_app"))
    with httpx.Client(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize(("app", "hook"), [("fastapi", "/api/jobs/job_1"), ("flask", "/api/files/jobs/job_1")])
def test_a_job_is_filed_followed_and_undone_within_an_app(request: pytest.FixtureRequest, app: str, hook: str) -> None:
    client: httpx.Client = request.getfixturevalue(app)
    assert client.get("/api/hello").text.strip('"') == "The studio's own app."
    assert client.get("/api/files/jobs/job_1").status_code == 401
    client.headers.update(USER)
    done = client.post(f"{hook}/complete", json={"project_id": "tokyo"}).json()
    assert (done["status"], done["file_count"]) == ("completed", 2), done
    listed = client.get(f"{hook}/files").json()
    assert listed == client.get("/api/files/jobs/job_1").json()
    assert {file["file_path"] for file in listed["files"]} == set(done["organized_files"])

    paths = client.get("/api/files/openapi.json").json()["paths"]
    assert {"/api/files/organize", hook.replace("job_1", "{job_id}") + "/complete"} <= paths.keys()

    plan = client.post("/api/files/plans", json={"command": "undo", "run": done["run"]})
    assert plan.headers["location"] == f"/api/files/plans/{plan.json()['digest']}"
    run = client.post(f"{plan.headers['location']}/apply", json={}).json()["run"]
    with client.stream("GET", f"/api/files/runs/{run}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")]
    assert (told[0]["type"], told[-1]["state"]) == ("run-started", "done")
    back = client.get(f"{hook}/files").json()["files"]
    assert [Path(file["file_path"]).parent.name for file in back] == ["inbox", "inbox"]


@pytest.mark.parametrize("name", ["fastapi_app.py", "flask_app.py"])
def test_an_example_is_at_most_20_lines(name: str) -> None:
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) <= 20
