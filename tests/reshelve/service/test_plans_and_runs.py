"""A plan over the wire: made, read, applied by its digest, followed, and taken back; by a real server on loopback."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.serving import Server, make_workspace, served
from tests.support.shellcalls import call


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("served") / "media")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as running:
        yield running


def filed(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "library").rglob("*.mkv"))


def events(server: Server, run: str, after: int = 0) -> list[dict[str, object]]:
    """Follow a run to its end; each event with its number."""
    sent = {"Authorization": f"Bearer {server.token}", **({"Last-Event-ID": str(after)} if after else {})}
    said = server.ask("GET", f"/runs/{run}/events", headers=sent)
    assert said.status == 200
    assert said.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in said.text.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith((":", "retry")))
        if "data" in lines:
            found.append({**json.loads(lines["data"]), "id": int(lines.get("id", "0"))})
    return found


def test_a_plan_is_made_shown_applied_once_followed_and_taken_back(server: Server, folder: Path) -> None:
    made = server.ask("POST", "/plans", {})
    assert made.status == 201
    digest = made.json["digest"]
    assert made.headers["location"] == f"/api/files/plans/{digest}"
    assert made.json["figures"]["counts"] == {"mkdir": 3, "move": 3}
    assert filed(folder) == []

    part = server.ask("GET", f"/plans/{digest}?start=4&most=1").json
    assert [operation["index"] for operation in part["operations"]] == [4]

    begun = server.ask("POST", f"/plans/{digest}/apply")
    assert begun.status == 202
    run = begun.json["run"]
    told = events(server, run)
    assert [event["type"] for event in told] == ["run-started", "progress", "committed", "settled", "run"]
    assert [event["id"] for event in told] == [1, 2, 3, 4, 0]
    assert filed(folder) == ["Nordlys.S01E01.1080p.mkv", "Nordlys.S01E02.1080p.mkv", "Nordlys.S01E03.1080p.mkv"]

    # Polling and events tell the same.
    polled = server.ask("GET", f"/runs/{run}").json
    assert polled == {name: value for name, value in told[-1].items() if name not in ("type", "id")}
    assert (polled["state"], polled["done"], polled["operations"]) == ("done", 6, 6)
    # A lost connection goes on where it broke off.
    assert [event["id"] for event in events(server, run, after=2)] == [3, 4, 0]

    # The second press is the same run.
    again = server.ask("POST", f"/plans/{digest}/apply")
    assert (again.status, again.json["run"], again.json["again"]) == (200, run, True)

    # The command line beside it sees the same.
    assert f'"{run}"' in call(folder, "log", "--json").out

    back = server.ask("POST", "/plans", {"command": "undo"}).json["digest"]
    undone = server.ask("POST", f"/plans/{back}/apply").json["run"]
    assert events(server, undone)[-1]["state"] == "done"
    assert filed(folder) == []
    listed = server.ask("GET", "/runs").json["runs"]
    assert [(each["id"], each["undone_by"]) for each in listed] == [(undone, ""), (run, undone)]


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["gone", "a pipe", "a folder"])
def test_a_run_without_its_journal_is_told_by_its_report(tmp_path: Path, lost: str) -> None:
    folder = make_workspace(tmp_path / "media")
    assert call(folder, "scan").code == 0 and call(folder, "apply", "--yes").code == 0
    (kept,) = (folder / ".reshelve" / "runs").iterdir()
    journal, run = kept / "journal.ndjson", kept.name.rpartition("-")[2]
    with served(folder) as server:
        before = server.ask("GET", f"/runs/{run}").json
        journal.unlink()
        {"gone": lambda: None, "a pipe": lambda: os.mkfifo(journal), "a folder": journal.mkdir}[lost]()
        shown = server.ask("GET", f"/runs/{run}")
        assert (shown.status, shown.json) == (200, {**before, "event": 0})
        assert [(event["type"], event["state"]) for event in events(server, run)] == [("run", "done")]
        assert server.ask("GET", "/runs").json["problems"][0]["code"] in ("journal-damaged", "state-damaged")
        (kept / "report.json").write_bytes(b"")
        assert server.ask("GET", f"/runs/{run}").json["code"] == "state-damaged"
        assert [event["code"] for event in events(server, run)] == ["state-damaged"]
        (kept / "report.json").unlink()
        assert server.ask("GET", f"/runs/{run}").json["state"] == "unsettled"
        assert events(server, run)[-1]["state"] == "unsettled"


def test_a_run_that_was_cut_short_before_its_report_is_unsettled_whatever_its_journal_says(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    assert call(folder, "apply", "--yes").code == 0
    (kept,) = (folder / ".reshelve" / "runs").iterdir()
    run = kept.name.rpartition("-")[2]
    (kept / "report.json").unlink()
    with served(folder) as server:
        assert server.ask("GET", f"/runs/{run}").json["state"] == "unsettled"
        told = events(server, run)
        assert (told[-2]["type"], told[-1]["type"], told[-1]["state"]) == ("settled", "run", "unsettled")
        assert server.ask("POST", "/recover").status == 200
        assert server.ask("GET", f"/runs/{run}").json["state"] == events(server, run)[-1]["state"] == "done"


@pytest.mark.slow
def test_a_plan_of_what_changed_since_is_refused_and_says_what(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with served(folder) as server:
        digest = server.ask("POST", "/plans").json["digest"]
        (folder / "inbox" / "Nordlys.S01E02.1080p.mkv").write_text("another")
        refused = server.ask("POST", f"/plans/{digest}/apply")
        assert refused.status == 409
        assert refused.headers["content-type"] == "application/problem+json"
        assert any("S01E02" in problem["path"] for problem in refused.json["problems"])
        assert filed(folder) == []
        assert server.ask("POST", f"/plans/{'0' * 64}/apply").status == 404
        # A server that was started again knows the plans, and the token.
        token = server.token
    with served(folder) as server:
        assert server.token == token
        assert [plan["digest"] for plan in server.ask("GET", "/plans").json["plans"]] == [digest]
        assert server.ask("DELETE", f"/plans/{digest}").status == 204
        assert server.ask("GET", f"/plans/{digest}").status == 404
