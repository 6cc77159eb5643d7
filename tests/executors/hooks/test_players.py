"""Players: each is asked, in its own words, to look at exactly the folders that a run touched, as it sees them."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.delivery import send
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, seen_as, topmost
from reshelve.schemas.after_settings import After
from tests.support.hook_stub import SECRET, stub

SECTIONS = {
    "MediaContainer": {
        "Directory": [
            {"key": "1", "Location": [{"path": "/data/Movies"}, {"path": "/data/More Movies"}]},
            {"key": "2", "Location": [{"path": "/data/TV"}]},
            {"key": "3"},
        ]
    }
}


def told(kind: Any, url: str, here: Path, *folders: str, **more: Any) -> None:
    secret = {"password_env": "SECRET"} if kind == "kodi" else {"token_env": "SECRET"}
    receiver = Receiver(After(kind=kind, url=url, map={str(here): "/data"}, **secret, **more), {"SECRET": SECRET})
    given = [str(here / folder) for folder in folders]
    send(receiver, [Notice("n", "after.x", "r", "apply", "done", "text", 1.0, folders=given)], 5.0)


def lay(tmp_path: Path, *folders: str) -> Path:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_plex_looks_in_the_section_that_holds_the_folder(tmp_path: Path) -> None:
    here = lay(tmp_path, "Movies/Heat & Co (1995)", "Movies/Heat & Co (1995)/Extras", "TV/Dark", "Downloads")
    with stub() as server:
        server.bodies = {"/library/sections": SECTIONS}
        url = f"http://127.0.0.1:{server.server_port}/"
        told(
            "plex",
            url,
            here,
            "Movies/Heat & Co (1995)",
            "Movies/Heat & Co (1995)/Extras",
            "TV/Gone/Season 1",
            "TV/Dark",
            "Downloads",
        )
    assert all(headers["X-Plex-Token"] == SECRET and SECRET not in path for path, headers, _ in server.seen)
    asked = [(urlsplit(path).path, parse_qs(urlsplit(path).query).get("path")) for path, _, _ in server.seen]
    assert asked == [
        ("/library/sections", None),
        ("/library/sections/1/refresh", ["/data/Movies/Heat & Co (1995)"]),
        ("/library/sections/2/refresh", ["/data/TV"]),  # where the folder that is gone was, with all below it
    ]


def test_plex_is_asked_once_for_a_section_with_very_many_folders_and_for_those_above_a_section(tmp_path: Path) -> None:
    many = [f"TV/Show {number}" for number in range(150)]
    here = lay(tmp_path, "Movies", *many)
    with stub() as server:
        server.bodies = {"/library/sections": SECTIONS}
        told("plex", f"http://127.0.0.1:{server.server_port}", here, *many)
        told("plex", f"http://127.0.0.1:{server.server_port}", here, ".")
    paths = [parse_qs(urlsplit(path).query).get("path", [""])[0] for path, _, _ in server.seen]
    assert paths == ["", "/data/TV", "", "/data/Movies", "/data/More Movies", "/data/TV"]


@pytest.mark.parametrize(
    "answer", [[], {"MediaContainer": []}, {"MediaContainer": {"Directory": [{}]}}, None, {"MediaContainer": {}}]
)
def test_a_plex_that_lists_no_sections_is_no_success(tmp_path: Path, answer: Any) -> None:
    with stub() as server:
        server.bodies = {"/library/sections": answer}
        with pytest.raises(NotDeliveredError, match="section"):
            told("plex", f"http://127.0.0.1:{server.server_port}", tmp_path, "Movies")


@pytest.mark.parametrize("kind", ["jellyfin", "emby"])
def test_jellyfin_and_emby_are_told_of_all_folders_at_once(tmp_path: Path, kind: str) -> None:
    here = lay(tmp_path, "TV/Dark/Season 01")
    with stub() as server:
        told(kind, f"http://127.0.0.1:{server.server_port}", here, "TV/Dark/Season 01", "TV/Gone")
    [(path, headers, body)] = server.seen
    assert path == "/Library/Media/Updated" and headers["X-Emby-Token"] == SECRET
    assert body == {
        "Updates": [
            {"Path": "/data/TV/Dark/Season 01", "UpdateType": "Modified"},
            {"Path": "/data/TV/Gone", "UpdateType": "Deleted"},
        ]
    }


def test_kodi_scans_each_folder_for_films_and_music(tmp_path: Path) -> None:
    here = lay(tmp_path, "Music/Album")
    with stub() as server:
        server.bodies = {"/jsonrpc": [{"id": 0, "result": "OK"}, {"id": 1, "result": "OK"}]}
        told("kodi", f"http://127.0.0.1:{server.server_port}", here, "Music/Album", user="ana")
        server.bodies = {"/jsonrpc": [{"id": 0, "result": "OK"}, {"id": 1, "error": {"code": -32602}}]}
        with pytest.raises(NotDeliveredError, match="refused 1 of 2 calls"):
            told("kodi", f"http://127.0.0.1:{server.server_port}", here, "Music/Album")
        server.bodies = {"/jsonrpc": "no list"}
        with pytest.raises(NotDeliveredError, match="no JSON-RPC"):
            told("kodi", f"http://127.0.0.1:{server.server_port}", here, "Music/Album")
    path, headers, body = server.seen[0]
    assert path == "/jsonrpc" and headers["Authorization"].startswith("Basic ")
    assert [(one["method"], one["params"]["directory"]) for one in body] == [
        ("VideoLibrary.Scan", "/data/Music/Album/"),
        ("AudioLibrary.Scan", "/data/Music/Album/"),
    ]


@pytest.mark.parametrize(("kind", "asked"), [("plex", "/library/sections"), ("jellyfin", "/System/Info"), ("kodi", "/jsonrpc")])
def test_a_test_asks_and_changes_nothing(tmp_path: Path, kind: str, asked: str) -> None:
    with stub() as server:
        server.bodies = {"/library/sections": SECTIONS, "/jsonrpc": [{"id": 0, "result": "pong"}]}
        told(kind, f"http://127.0.0.1:{server.server_port}", tmp_path)
    assert [path for path, _, _ in server.seen] == [asked]


@pytest.mark.parametrize(
    ("folder", "mapped", "seen"),
    [
        ("/srv/media/TV", {"/srv/media": "/data"}, "/data/TV"),
        ("/srv/media/TV", {"/srv/media/": "/data/"}, "/data/TV"),
        ("/srv/media", {"/srv/media": "/data"}, "/data"),
        ("/srv/media2/TV", {"/srv/media": "/data"}, "/srv/media2/TV"),
        ("/srv/media/TV/x", {"/srv": "/a", "/srv/media/TV": "/tv"}, "/tv/x"),
        ("/srv/media", {"/srv/media": "/"}, "/"),
        ("/srv/media/TV", {"/": "/host"}, "/host/srv/media/TV"),
        ("/srv/media/TV", {}, "/srv/media/TV"),
    ],
)
def test_folders_are_named_as_the_player_sees_them(folder: str, mapped: dict[str, str], seen: str) -> None:
    assert seen_as(folder, mapped) == seen


def test_a_folder_stands_for_those_in_it() -> None:
    assert topmost(["/a/b", "/a", "/a-b", "/a/b/c", "/b", "/a"]) == ["/a", "/a-b", "/b"]
