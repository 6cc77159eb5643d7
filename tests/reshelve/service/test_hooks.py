"""The webhooks of Sonarr and Radarr: what they put somewhere is filed, with the token as a password, and all else is ignored."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from reshelve.service import gate
from reshelve.service.asgi_app import create_app, everyone
from tests.support.serving import served
from tests.support.watching import filed, workspace

SERIES = {"id": 1, "title": "Test Title", "path": "C:\\testpath", "tvdbId": 1234}
TEST = {"eventType": "Test", "instanceName": "Sonarr", "series": SERIES, "episodes": [{"id": 123, "episodeNumber": 1}]}


@pytest.fixture
def at(tmp_path: Path) -> Path:
    at = workspace(tmp_path)
    with (at / "reshelve.yaml").open("a") as document:
        document.write(f"hooks: {{map: {{'{at}': /data}}}}\n")
    for name in ("r/Heat (1995).mkv", "r/Heat (1995).en.srt", "Alien (1979).mkv", "r2/Tron (1982).mkv", "r3/what.bin"):
        (at / "in" / name).parent.mkdir(exist_ok=True)
        (at / "in" / name).write_text(name)
    return at


@pytest.fixture
def client(at: Path) -> Iterator[TestClient]:
    with TestClient(create_app(at, authorize=everyone, prefix="/api")) as client:
        yield client


def told(client: TestClient, app: str, **event: Any) -> Any:
    said = client.post(f"/api/hooks/{app}", json={"instanceName": "x", "applicationUrl": "", **event})
    assert said.status_code == 200, said.json()
    return said.json()


def test_the_folder_of_what_came_is_filed_as_they_name_it(client: TestClient, at: Path) -> None:
    movie = {"id": 3, "title": "Heat", "year": 1995, "folderPath": "/data/in/r", "tags": ["a"]}
    heat = {"id": 1, "path": "/data/in/r/Heat (1995).mkv", "size": 17, "mediaInfo": {"width": 1}}
    said = told(client, "radarr", eventType="Download", movie=movie, movieFile=heat, isUpgrade=False)
    assert said["status"] == "filed" and sorted(said["files"]) == [
        "films:Heat (1995)/Heat (1995).en.srt",
        "films:Heat (1995)/Heat (1995).mkv",
    ]
    assert filed(at) == {"Heat (1995).mkv", "Heat (1995).en.srt"} and len(said["run"]) == 12
    renamed = {"path": str(at / "in/Alien (1979).mkv"), "previousPath": "/data/in/x.mkv"}
    said = told(client, "radarr", eventType="Rename", renamedMovieFiles=[renamed])
    assert said["files"] == ["films:Alien (1979)/Alien (1979).mkv"]
    assert not (at / "films/Tron (1982)").exists()
    # Older versions tell of no files that were renamed.
    said = told(client, "radarr", eventType="Rename", movie={"id": 4, "folderPath": "/data/in/r2/"})
    assert said["files"] == ["films:Tron (1982)/Tron (1982).mkv"]


def test_what_is_not_for_us_or_not_certain_changes_nothing(client: TestClient, at: Path) -> None:
    assert told(client, "sonarr", **TEST)["status"] == "ok"
    assert told(client, "sonarr", eventType="Grab", series=SERIES, release={})["status"] == "ignored"
    assert told(client, "sonarr", eventType="Health", level="warning", message="x")["status"] == "ignored"
    elsewhere = told(client, "sonarr", eventType="Download", episodeFile={"path": "/elsewhere/x.mkv"})
    assert (elsewhere["status"], elsewhere["ignored"]) == ("ignored", ["/elsewhere/x.mkv"])
    gone = told(client, "sonarr", eventType="Download", episodeFile={"path": "/data/in/r/gone.mkv"})
    assert gone["status"] == "ignored"
    left = told(client, "sonarr", eventType="Download", episodeFile={"path": "/data/in/r3/what.bin"})
    assert left["status"] == "left" and [error["code"] for error in left["errors"]] == ["undecided"] and filed(at) == set()
    for body in ({}, {"eventType": "Download", "episodeFile": {"path": 3}}, {"eventType": "Download", "episodeFiles": "x"}):
        assert client.post("/api/hooks/sonarr", json=body).status_code == 400
    assert client.post("/api/hooks/lidarr", json=TEST).status_code == 400


@pytest.mark.parametrize(
    ("login", "browser", "known"),
    [
        (b"ana:T", False, True),
        (b":T", False, True),
        (b"T", False, False),
        (b"ana:x", False, False),
        (b"a:b:T", False, False),
        (b"ana:T", True, False),
    ],
)
def test_the_token_is_a_password_for_programs_alone(login: bytes, browser: bool, known: bool) -> None:
    head = gate.Head("POST", authorization=(f"Basic {base64.b64encode(login).decode()}",), origin=("http://h",) if browser else ())
    assert gate.knows(head, "T", "c") is known


@pytest.mark.slow
def test_a_server_takes_the_test_of_sonarr_with_user_and_password(at: Path) -> None:
    with served(at) as server:
        basic = {"Authorization": f"Basic {base64.b64encode(f'ana:{server.token}'.encode()).decode()}"}
        assert server.ask("POST", "/hooks/sonarr", TEST, basic).json["status"] == "ok"
        wrong = {"Authorization": f"Basic {base64.b64encode(b'ana:x').decode()}"}
        assert server.ask("POST", "/hooks/sonarr", TEST, wrong).status == 401
        heat = {"eventType": "Download", "movieFile": {"path": "/data/in/r/Heat (1995).mkv"}}
        assert server.ask("POST", "/hooks/radarr", heat, basic).json["status"] == "filed"
    assert filed(at) == {"Heat (1995).mkv", "Heat (1995).en.srt"}
