"""Download clients: what each says of its torrents is read, and whatever goes wrong is told without a secret."""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

import pytest

from reshelve.executors.clients.asked_clients import ASKS, ask_client
from reshelve.executors.clients.told_downloads import ToldDownload
from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.schemas.client_settings import Client
from tests.support.hook_stub import SECRET, stub

TORRENT = {"hash": "h", "name": "a", "save_path": "/d", "size": 5, "total_size": 5, "category": "tv", "tags": "x, y"}
INFO = "/api/v2/torrents/info"


def asked(kind: Any, server: Any, **more: Any) -> list[ToldDownload]:
    client = Client(kind=kind, url=f"http://127.0.0.1:{server.server_port}", **more)
    return ask_client(client, {"PASSWORD": SECRET}, 2.0)


def rpc(**torrent: Any) -> dict[str, Any]:
    told = {"name": "a", "downloadDir": "/d/", "leftUntilDone": 0, "status": 6, "labels": ["tv"], "files": [], **torrent}
    arguments = {"torrents": [told], "incomplete-dir-enabled": True, "incomplete-dir": "/d/under-way"}
    return {"/transmission/rpc": {"result": "success", "arguments": arguments}}


@pytest.mark.parametrize(
    ("state", "complete"),
    [
        *((state, True) for state in ("uploading", "stalledUP", "queuedUP", "forcedUP", "stoppedUP", "pausedUP")),
        *(
            (state, False)
            for state in ("downloading", "stalledDL", "checkingUP", "moving", "checkingResumeData", "metaDL", "error")
        ),
    ],
)
def test_a_torrent_of_qbittorrent_is_complete_in_some_states_alone(state: str, complete: bool) -> None:
    with stub() as server:
        server.bodies = {INFO: [{**TORRENT, "state": state, "content_path": "/d/a"}]}
        assert asked("qbittorrent", server) == [ToldDownload(("/d/a",), complete, "tv", ("x", "y"))]


def test_files_without_a_folder_of_their_own_and_unwanted_ones_are_told_one_by_one() -> None:
    loose = {**TORRENT, "state": "stalledUP", "content_path": "/d"}
    parts = {**TORRENT, "hash": "i", "state": "stalledUP", "content_path": "/d/top", "total_size": 9}
    files = [{"name": "one.mkv", "progress": 1}, {"name": "two.mkv", "progress": 0.5}, {"name": "no.mkv", "progress": 0}]
    with stub() as server:
        server.bodies = {INFO: [loose, parts]}
        server.bodies["/api/v2/torrents/files?hash=h"] = files
        server.bodies["/api/v2/torrents/files?hash=i"] = [{"name": "top/in.mkv", "progress": 1}]
        found = asked("qbittorrent", server)
    assert [(one.paths, one.complete) for one in found] == [
        (("/d/one.mkv",), True),
        (("/d/two.mkv",), False),
        (("/d/top/in.mkv",), True),
    ]


@pytest.mark.parametrize(
    ("torrent", "paths", "complete"),
    [
        ({}, ("/d/a",), True),
        ({"leftUntilDone": 3}, ("/d/a", "/d/under-way/a"), False),
        ({"status": 2}, ("/d/a", "/d/under-way/a"), False),
        ({"metadataPercentComplete": 0.5}, ("/d/a", "/d/under-way/a"), False),
        ({"files": [{"name": "a/x", "length": 2, "bytesCompleted": 2}]}, ("/d/a",), True),
        ({"files": [{"name": "a/x", "length": 2, "bytesCompleted": 1}]}, ("/d/a/x",), False),
    ],
)
def test_a_torrent_of_transmission(torrent: dict[str, Any], paths: tuple[str, ...], complete: bool) -> None:
    with stub() as server:
        server.bodies = rpc(**torrent)
        assert asked("transmission", server) == [ToldDownload(paths, complete, "", ("tv",))]


@pytest.mark.parametrize("kind", ASKS)
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ((500, {}), "answered 500"),
        ((302, {"Location": "http://127.0.0.1:1/"}), "answered 302"),
        ((0, {}), "in time"),
        ((200, {}), "no proper answer|refused user"),
    ],
)
def test_what_goes_wrong_is_told(kind: Any, trouble: tuple[int, Any], said: str) -> None:
    with stub() as server:
        server.answer = trouble
        with pytest.raises(NotDeliveredError, match=said) as caught:
            asked(kind, server, user="ana", password_env="PASSWORD")
    assert SECRET not in str(caught.value) and len(server.seen) == 1


@pytest.mark.parametrize("kind", ASKS)
@pytest.mark.parametrize("answer", [[], {}, [{}], [3], "x", {"result": "success", "arguments": {"torrents": [{"name": "a"}]}}])
def test_an_answer_of_another_form_is_no_list_of_torrents(kind: Any, answer: Any) -> None:
    with stub() as server:
        server.bodies = {INFO: answer, "/transmission/rpc": answer}
        if kind == "qbittorrent" and answer == []:
            assert asked(kind, server) == []
            return
        with pytest.raises(NotDeliveredError, match="no proper answer"):
            asked(kind, server)


@pytest.mark.parametrize("kind", ASKS)
@pytest.mark.parametrize("answer", [b"[" * 100_000, b'{"arguments":' * 50_000, b"\xff", b"9" * 10_000, b""])
def test_an_answer_that_is_no_json_of_anybody_is_no_list_of_torrents(kind: Any, answer: bytes) -> None:
    with stub() as server:
        server.bodies = {INFO: answer, "/transmission/rpc": answer}
        with pytest.raises(NotDeliveredError, match="no proper answer"):
            asked(kind, server)


@pytest.mark.parametrize("kind", ASKS)
def test_a_password_is_sent_with_the_bytes_that_it_has(kind: Any) -> None:
    with stub() as server, pytest.raises(NotDeliveredError):
        client = Client(kind=kind, url=f"http://127.0.0.1:{server.server_port}", user="ana", password_env="PASSWORD")
        ask_client(client, {"PASSWORD": "p\u00e4ss\udcff"}, 2.0)
    [(_, headers, body), *_] = server.seen
    sent = parse_qs(body, errors="surrogateescape")["password"][0] if kind == "qbittorrent" else None
    assert sent == "p\u00e4ss\udcff" if sent else b64decode(headers["Authorization"][6:]) == b"ana:p\xc3\xa4ss\xff"


@pytest.mark.parametrize("kind", ASKS)
def test_a_password_that_is_not_set_is_not_sent(kind: Any) -> None:
    with stub() as server, pytest.raises(NotDeliveredError, match=r"\$OTHER is not set"):
        asked(kind, server, user="ana", password_env="OTHER")
    assert server.seen == []
