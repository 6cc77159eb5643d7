"""What could not be done is said on the page, with what is in the way: nothing is refused in silence."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from reshelve import api
from reshelve.executors.runs import apply as applying
from reshelve.service.asgi_app import create_app
from reshelve.service.page_app import add_pages
from tests.reshelve.service.test_pages import client_of, press, until_ended
from tests.support.killed_runs import PowerCut, cut
from tests.support.serving import make_workspace
from tests.support.shellcalls import call


def cut_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Apply the layout, and stop as its run is about to settle; return the run."""
    session = api.open_workspace(folder)
    plan = session.plans.make(api.load_layout(session.layouts.path))
    with monkeypatch.context() as killed:
        killed.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            session.runs.apply(plan)
    return plan.run


def test_one_figure_of_what_was_done_stands_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_workspace(tmp_path / "media")
    run = cut_short(folder, monkeypatch)
    with client_of(folder) as client:
        shown = client.get(f"/api/files/runs/{run}").json()
        [listed] = client.get("/api/files/runs").json()["runs"]
        assert shown["done"] == shown["at_most"] == listed["done"] == shown["operations"] == listed["operations"] == 6
        assert "with all 6 operations done" in client.get(f"/runs/{run}").text
        assert "with all 6 operations done" in client.get("/").text
    [event] = [each for each in call(folder, "log", "--json").events if each["type"] == "run"]
    assert (event["done"], event["operations"]) == (6, 6)


def test_a_run_that_cannot_be_rolled_back_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_workspace(tmp_path / "media")
    run = cut_short(folder, monkeypatch)
    (folder / "inbox" / "Nordlys.S01E02.1080p.mkv").write_text("somebody else's")
    with client_of(folder) as client:
        told = press(client, client.get(f"/runs/{run}"), "Roll back what it did")
        assert told.status_code == 409
        assert "Nordlys.S01E02.1080p.mkv" in told.text
        assert 'class="problems"' in told.text
        assert client.get(f"/runs/{run}").status_code == 200


def test_a_plan_with_nothing_to_do_is_applied_to_nothing(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    assert call(folder, "apply", "--yes").code == 0
    with client_of(folder) as client:
        plan = client.post("/api/files/plans", json={}).json()["digest"]
        done = client.post(f"/api/files/plans/{plan}/apply", json={})
        assert (done.status_code, done.json()) == (200, {"run": "", "digest": plan, "again": False})
        assert client.post(f"/plans/{plan}/apply", data={"shown": plan}).url.path == f"/plans/{plan}"


def test_an_undo_with_something_in_the_way_is_offered_without_it(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with client_of(folder) as client:
        run = until_ended(client, press(client, press(client, client.get("/"), "Make a plan"), "Apply 6 operations"))
        (folder / "inbox" / "Nordlys.S01E02.1080p.mkv").write_text("somebody else's")
        refused = press(client, run, "Plan to take it back")
        assert refused.status_code == 422
        assert "Nordlys.S01E02.1080p.mkv" in refused.text
        assert "2 move" in press(client, refused, "Plan without what is in the way").text


def test_a_control_character_in_find_is_refused(tmp_path: Path) -> None:
    with client_of(make_workspace(tmp_path / "media", 1)) as client:
        plan = press(client, client.get("/"), "Make a plan")
        for text in ("%1b[31m", "%00"):
            assert client.get(f"{plan.url.path}/rows?text={text}").status_code == 400


def test_a_kept_plan_that_was_damaged_is_none(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 3)
    with client_of(folder) as client:
        plan = press(client, client.get("/"), "Make a plan")
        file = folder / ".reshelve" / "plans" / plan.url.path.rpartition("/")[2] / "plan.json"
        whole = file.read_bytes()
        for spoilt in (b"", b"\xff\x00garbage", whole[: len(whole) // 2]):
            file.write_bytes(spoilt)
            said = client.get(plan.url.path)
            assert (said.status_code, "not whole" in said.text) == (404, True)
            assert client.get(f"{plan.url.path}/rows").status_code in (200, 404)
            assert client.get(f"/api/files{plan.url.path}?most=1000").status_code == 404


def test_a_filter_that_matches_nothing_is_told(tmp_path: Path) -> None:
    with client_of(make_workspace(tmp_path / "media", 1)) as client:
        for only, told in (("nothing:**", True), ("[", True), ("inbox:**", False), ("*.mkv", False)):
            assert ("A filter matches nothing" in client.post("/plans", data={"only": only}).text) == told


def test_a_name_of_other_bytes_is_no_bug_where_a_rule_is_asked_for(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    (folder / "inbox" / os.fsdecode(b"bad\xff\xfeutf odd.mov")).write_text("x")
    assert call(folder, "scan").code == 0
    with client_of(folder) as client:
        [item] = re.findall(r'name="item" value="(\w+)"', client.get("/undecided").text)
        page = client.get("/undecided/always", params={"item": item, "place": "library:x/"})
        assert page.status_code == 200
        assert "Just this file" in page.text


def test_a_rule_whose_answer_is_refused_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    for number in range(2):
        (folder / "inbox" / f"clip odd {number}.mov").write_text(f"{number}")
    assert call(folder, "scan").code == 0
    before, layout = (folder / "reshelve.yaml").read_bytes(), folder / "layout.yaml"
    with client_of(folder) as client:
        item = client.get("/api/files/review").json()["items"][0]["item"]
        place = {"item": item, "place": "library:Clips/"}
        rule = client.get("/api/files/review/offers", params=place).json()["offers"][0]["rule"]
        versions = api.layout_versions

        def changed_meanwhile(path: Path) -> Any:
            seen = versions(path)
            layout.write_text(layout.read_text() + "\n# another hand\n")
            return seen

        monkeypatch.setattr(api, "layout_versions", changed_meanwhile)
        assert client.post("/api/files/review", json={**place, "rule": rule}).status_code == 422
    assert (folder / "reshelve.yaml").read_bytes() == before


def test_an_app_that_fails_to_say_who_asks_is_named(tmp_path: Path) -> None:
    def authorize(request: object) -> str:
        raise RuntimeError("secret text")

    app = create_app(make_workspace(tmp_path / "media", 1), authorize=authorize, prefix="/api/files")
    add_pages(app)
    with TestClient(app) as client:
        for path in ("/", "/api/files/runs"):
            said = client.get(path)
            assert said.status_code == 500
            assert "The app could not say who asks" in said.text
            assert "bug in reshelve" not in said.text and "secret text" not in said.text


def test_who_is_refused_by_an_app_is_not_told_of_a_token(tmp_path: Path) -> None:
    app = create_app(make_workspace(tmp_path / "media", 1), authorize=lambda _: None, prefix="/api/files")
    with TestClient(app) as client:
        said = client.get("/api/files/runs").json()
        assert said["code"] == "no-token"
        assert "Bearer" not in said["hint"] and "token" not in said["detail"]


def test_secrets_below_their_names_are_hidden(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    document = folder / "reshelve.yaml"
    secrets = (
        'headers: {Authorization: "Bearer S3CR3TE"}\ntoken: |\n  S3CR3TM\n\n  S3CR3TN\npassword: [S3CR3TU]\n'
        "other:\n  password:\n  - S3CR3TV\n  name: shown\n# Authorization: Bearer S3CR3TW\n"
    )
    with client_of(folder) as client:
        document.write_text(document.read_text() + secrets)
        total = client.get("/api/files/documents/workspace").json()["total"]
        for path in ("/documents", "/", "/plans", f"/api/files/documents/workspace?start={total - 8}", "/api/files/status"):
            assert "S3CR3T" not in client.get(path).text, path
        assert "name: shown" in client.get("/documents").text
