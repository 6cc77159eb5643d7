"""What is cut short: a run, a server, a press of the button that comes twice. Nothing is lost, and the service tells the truth."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from reshelve import api
from reshelve.executors.state.root_locks import locked
from reshelve.service.asgi_app import create_app, everyone
from tests.support.killed_runs import cut_short
from tests.support.living_processes import alive_with, needs_proc, wait_until
from tests.support.serving import make_workspace, served
from tests.support.snapshots import contents


def followed(client: TestClient, run: str, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    said = client.get(f"/runs/{run}/events", headers={"Last-Event-ID": str(after)})
    blocks = [dict(line.partition(": ")[::2] for line in block.splitlines()) for block in said.text.split("\n\n")]
    return [(int(block.get("id", "0")), json.loads(block["data"])) for block in blocks if "data" in block]


def test_a_run_that_was_cut_short_is_told_of_settled_and_its_numbers_go_on(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    before = contents(folder / "inbox", folder / "library")
    run = cut_short(folder)
    with TestClient(create_app(folder, authorize=everyone)) as client:
        assert client.get(f"/runs/{run}").json()["state"] == "unsettled"
        first = followed(client, run)
        assert first[-1][1]["state"] == "unsettled"
        last = first[-2][0]
        assert client.get("/status").json()["status"]["unsettled"] == [run]
        refused = client.post("/plans", json={"command": "undo"})
        assert (refused.status_code, refused.json()["code"]) == (409, "unsettled-run")

        settled = client.post("/recover", json={"rollback": True}).json()
        assert [event["outcome"] for event in settled["events"] if event["type"] == "report"] == ["rolled-back"]
        assert client.get(f"/runs/{run}").json()["state"] == "rolled-back"
        rest = followed(client, run, after=last)
        numbers = [number for number, _ in first[:-1] + rest[:-1]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert rest[-1][1]["state"] == "rolled-back"
    assert contents(folder / "inbox", folder / "library") == before


def test_two_presses_at_once_are_one_run(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with served(folder) as server:
        digest = server.ask("POST", "/plans").json["digest"]
        with ThreadPoolExecutor(4) as pressing:
            said = list(pressing.map(lambda _: server.ask("POST", f"/plans/{digest}/apply"), range(4)))
        assert {each.json["run"] for each in said} == {digest[:12]}
        assert sorted(each.status for each in said) in ([200, 200, 200, 202], [200, 200, 202, 202])
        assert len(server.ask("GET", "/runs").json["runs"]) == 1


@pytest.mark.slow
def test_many_presses_at_once_on_a_large_plan_are_one_run(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", files=6000)
    with served(folder) as server:
        digest = server.ask("POST", "/plans").json["digest"]
        with ThreadPoolExecutor(8) as pressing:
            said = list(pressing.map(lambda _: server.ask("POST", f"/plans/{digest}/apply"), range(8)))
        assert {each.status for each in said} <= {200, 202}, [each.json for each in said]
        assert {each.json["run"] for each in said} == {digest[:12]}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_run_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", files=40)
    with served(folder) as server:
        digest = server.ask("POST", "/plans").json["digest"]
        run = server.ask("POST", f"/plans/{digest}/apply").json["run"]
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=10)
    with served(folder) as server:
        said = server.ask("GET", f"/runs/{run}/events").text.decode()
        assert '"state":"done"' in said
        numbers = [int(line.removeprefix("id: ")) for line in said.splitlines() if line.startswith("id: ")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(list((folder / "library").rglob("*.mkv"))) == 40


@needs_proc
def test_who_waits_when_a_server_ends_is_told_so_and_nothing_is_printed(tmp_path: Path) -> None:
    folder, said = make_workspace(tmp_path / "media"), tmp_path / "said"
    run = cut_short(folder)
    state = api.open_workspace(folder).setting.state
    with (
        locked([str(state.folder)], f"apply {run}", state),
        said.open("w") as errors,
        ThreadPoolExecutor(2) as asking,
        served(folder, errors=errors.fileno()) as server,
    ):
        followed = asking.submit(server.ask, "GET", f"/runs/{run}/events")
        planned = asking.submit(server.ask, "POST", "/plans")
        wait_until(lambda: alive_with("plan_process import main", server.process.pid))
        (planning,) = alive_with("plan_process import main", server.process.pid)
        os.kill(planning, signal.SIGSTOP)
        server.process.send_signal(signal.SIGTERM)
        assert (planned.result(60).status, planned.result(60).json["code"]) == (503, "ending")
        assert b'"type":"run-started"' in followed.result(60).text
        assert b'"type":"run"' not in followed.result(60).text
        server.process.wait(60)
        os.kill(planning, signal.SIGKILL)
    assert said.read_text() == ""


def test_a_locked_workspace_is_423(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with TestClient(create_app(folder, authorize=everyone)) as client:
        digest = client.post("/plans", json={}).json()["digest"]
        state = api.open_workspace(folder).setting.state
        with locked([str(state.folder)], "apply 3f9a1c2e77b0", state):
            said = client.post(f"/plans/{digest}/apply", json={})
        assert (said.status_code, said.json()["code"]) == (423, "locked")
        assert client.post(f"/plans/{digest}/apply", json={}).status_code == 202


def test_documents_with_errors_are_422_and_a_guard_is_403(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    layout = folder / "layout.yaml"
    sound = layout.read_text()
    with TestClient(create_app(folder, authorize=everyone)) as client:
        layout.write_text(sound + "nonsense: true\n")
        said = client.post("/plans", json={})
        assert said.status_code == 422
        assert said.json()["problems"][0]["where"]["line"] == len(sound.splitlines()) + 1
        layout.write_text(
            "version: 1\nabsent: [{path: 'inbox:Nordlys.S01E01.1080p.mkv'}, {path: 'inbox:Nordlys.S01E02.1080p.mkv'}]\n"
        )
        plan = client.post("/plans", json={"max_delete": "1"}).json()
        assert [problem["code"] for problem in plan["guards"]] == ["max-delete"]
        refused = client.post(f"/plans/{plan['digest']}/apply", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "max-delete")
        assert client.post(f"/plans/{plan['digest']}/apply", json={"max_delete": "2"}).status_code == 202
