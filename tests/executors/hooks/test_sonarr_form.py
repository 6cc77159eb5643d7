"""Sonarr's and Radarr's webhooks: what a run did with episodes and films is told as they tell it, each message once."""

import base64
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.delivery import send, send_due
from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.executors.hooks.receivers import Receiver
from reshelve.schemas.after_settings import After
from reshelve.schemas.locations import split
from tests.support.hook_stub import SECRET, stub

DARK = {"tvdb": "334824", "imdb": "tt5753856", "kind": "episode", "show": "Dark", "title": "Dark", "season": 1, "episodes": [1, 2]}
HEAT = {"tmdb": "949", "kind": "movie", "title": "Heat", "year": 1995}
NEWS = {"kind": "episode", "show": "News", "title": "News", "date": "2026-01-31"}
REPORT: dict[str, Any] = {
    "command": "apply",
    "results": [
        {"op": "mkdir", "result": "done", "dst": "lib:TV/Dark (2017)"},
        {
            "op": "move",
            "result": "done",
            "src": "inbox:a.mkv",
            "dst": "lib:TV/Dark (2017)/Season 01/a.mkv",
            "bytes": 7,
            "facts": DARK,
        },
        {"op": "move", "result": "failed", "src": "inbox:x.mkv", "dst": "lib:TV/Dark (2017)/Season 01/x.mkv", "facts": DARK},
        {"op": "move", "result": "done", "src": "inbox:a.srt", "dst": "lib:TV/Dark (2017)/Season 01/a.srt"},
        {"op": "trash", "result": "done", "src": "lib:Movies/Heat (1995)/h.mkv", "dst": "lib:.reshelve-trash/r/h.mkv"},
        {"op": "move", "result": "done", "src": "inbox:h.mkv", "dst": "lib:Movies/Heat (1995)/h.mkv", "bytes": 9, "facts": HEAT},
        {"op": "move", "result": "done", "src": "lib:News/old.mkv", "dst": "lib:News/new.mkv", "bytes": 1, "facts": NEWS},
        {"op": "trash", "result": "done", "src": "lib:TV/Gone.mkv", "dst": "lib:.reshelve-trash/r/g.mkv", "facts": DARK},
        {"op": "upload", "result": "done", "src": "lib:TV/Kept.mkv", "dst": "cloud:Kept.mkv", "facts": DARK},
    ],
}


def paths(place: str) -> tuple[str, str] | None:
    store, rel = split(place)
    return (f"/srv/{store}", f"/srv/{store}/{rel}") if store in ("lib", "inbox") else None


def receiver(kind: Any, url: str, report: Any = REPORT, **more: Any) -> Receiver:
    told = After(kind=kind, url=url, map={"/srv": "/data"}, **more)
    return Receiver(told, {"SECRET": SECRET}, report=lambda run: report, paths=paths)


def notice(run: str = "r1", name: str = "n1") -> Notice:
    return Notice(name, "ops", run, "apply" if run else "test", "done", "text", 1.0, folders=["/srv/lib/TV"] if run else [])


def told(kind: Any, report: Any = REPORT) -> list[Any]:
    with stub() as server:
        send(receiver(kind, f"http://127.0.0.1:{server.server_port}/hook", report), [notice()], 5.0)
        return [body for _, _, body in server.seen]


def test_episodes_are_told_as_sonarr_tells_of_them() -> None:
    came, went, renamed = told("sonarr-webhook")
    assert came["eventType"] == "Download" and came["instanceName"] == "reshelve" and came["isUpgrade"] is False
    assert (came["series"]["tvdbId"], came["series"]["imdbId"], came["series"]["tmdbId"]) == (334824, "tt5753856", 0)
    assert came["series"]["title"] == "Dark" and came["series"]["path"] == "/data/lib/TV/Dark (2017)"
    assert [(one["seasonNumber"], one["episodeNumber"]) for one in came["episodes"]] == [(1, 1), (1, 2)]
    file = came["episodeFile"]
    assert file["path"] == "/data/lib/TV/Dark (2017)/Season 01/a.mkv" and file["relativePath"] == "Season 01/a.mkv"
    assert file["size"] == 7 and file["sourcePath"] == "/data/inbox/a.mkv" and file["dateAdded"] == "1970-01-01T00:00:01Z"
    assert went["eventType"] == "EpisodeFileDelete" and went["episodeFile"]["path"] == "/data/lib/TV/Gone.mkv"
    [other] = renamed["renamedEpisodeFiles"]
    assert renamed["eventType"] == "Rename" and renamed["series"]["type"] == "daily"
    assert (other["path"], other["previousPath"], other["previousRelativePath"]) == (
        "/data/lib/News/new.mkv",
        "/data/lib/News/old.mkv",
        "old.mkv",
    )


def test_films_are_told_as_radarr_tells_of_them() -> None:
    [came] = told("radarr-webhook")
    assert came["eventType"] == "Download" and came["isUpgrade"] is True
    assert came["movie"]["folderPath"] == "/data/lib/Movies/Heat (1995)" and came["movie"]["year"] == 1995
    assert came["movie"]["tmdbId"] == came["remoteMovie"]["tmdbId"] == 949
    assert came["remoteMovie"]["title"] == "Heat" and came["movieFile"]["path"] == "/data/lib/Movies/Heat (1995)/h.mkv"
    assert came["deletedFiles"][0]["recycleBinPath"] == "/data/lib/.reshelve-trash/r/h.mkv"


def test_what_an_undo_takes_back_out_of_the_library_is_told_as_deleted() -> None:
    back = {"op": "move", "result": "done", "src": "lib:TV/Dark/a.mkv", "dst": "inbox:a.mkv", "facts": DARK}
    [went] = told("sonarr-webhook", {"command": "undo", "results": [back]})
    assert went["eventType"] == "EpisodeFileDelete" and went["episodeFile"]["path"] == "/data/lib/TV/Dark/a.mkv"


@pytest.mark.parametrize(("kind", "thing"), [("sonarr-webhook", "series"), ("radarr-webhook", "movie")])
def test_a_test_is_told_as_one(kind: str, thing: str) -> None:
    with stub() as server:
        send(receiver(kind, f"http://127.0.0.1:{server.server_port}/hook", None), [notice("")], 5.0)
    [(_, _, body)] = server.seen
    assert body["eventType"] == "Test" and body[thing]["title"] == "Test Title"


def test_user_and_password_or_a_token_are_sent_in_the_header() -> None:
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/hook"
        for secret in ({"user": "ana", "password_env": "SECRET"}, {"token_env": "SECRET"}):
            send(receiver("sonarr-webhook", url, **secret), [notice("")], 5.0)
    basic = base64.b64encode(f"ana:{SECRET}".encode()).decode()
    assert [headers["Authorization"] for _, headers, _ in server.seen] == [f"Basic {basic}", f"Bearer {SECRET}"]


def test_names_that_are_no_text_and_reports_that_are_gone_are_said(tmp_path: Path) -> None:
    odd = {"op": "move", "result": "done", "src": "inbox%:caf%E9", "dst": "lib%:Dark/caf%E9.mkv", "facts": DARK}
    assert told("sonarr-webhook", {"command": "apply", "results": [odd]}) == []
    with pytest.raises(NotDeliveredError, match="the report of run r1 is gone"):
        told("sonarr-webhook", None)


def test_each_message_arrives_once_though_it_is_cut_off_again_and_again(tmp_path: Path) -> None:
    moves = [
        {"op": "move", "result": "done", "src": f"inbox:{n}.mkv", "dst": f"lib:Dark/{n}.mkv", "facts": DARK} for n in range(20)
    ]
    queue = NoticeQueue(tmp_path)
    for name in ("n1", "n2"):
        queue.add(notice(name=name))
    now = 1000.0
    with stub() as server:
        receivers = {
            "ops": receiver("sonarr-webhook", f"http://127.0.0.1:{server.server_port}/", {"command": "apply", "results": moves})
        }
        tries = 0
        while queue.waiting():
            server.most = len(server.seen) + 7
            for left in send_due(queue, receivers, now, lambda: 5.0):
                assert left.due == now + 30.0 and left.why == "it answered 503"
            now, tries = now + 30.0, tries + 1
        arrived = [body["episodeFile"]["path"] for path, _, body in server.taken]
    assert tries == 6 and sorted(arrived) == sorted([f"/data/lib/Dark/{n}.mkv" for n in range(20)] * 2)
