"""Every kind of receiver: what it is sent arrives after an outage, as one message, and no secret is kept."""

import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.hooks.delivery import SENDS, send_due
from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.executors.hooks.receivers import Receiver
from reshelve.schemas.after_settings import After
from reshelve.schemas.notify_settings import Notify
from tests.support.hook_stub import SECRET, stub

ELSEWHERE = {"email": "test_smtp_mail.py", "program": "test_own_program.py", "apprise": "test_apprise.py"}
"""Which page tries the receivers that are not reached by a call over HTTP of our own."""
OVER_HTTP = [kind for kind in SENDS if kind not in ELSEWHERE]
FILE_BY_FILE = ("sonarr-webhook", "radarr-webhook")


def notice(number: int) -> Notice:
    text, folders = f"run {number} <failed>", [f"/srv/run {number}"]
    return Notice(f"n{number}", "ops", f"run{number}", "apply", "rolled-back", text, float(number), folders=folders)


def lay(tmp_path: Path, kind: Any, url: str) -> tuple[NoticeQueue, dict[str, Receiver]]:
    queue = NoticeQueue(tmp_path)
    for number in range(3):
        queue.add(notice(number))
    told: Notify | After
    if kind in ("slack", "webhook"):
        told = Notify(kind=kind, url_env="HOOK", token_env="TOKEN")
    elif kind == "kodi":
        told = After(kind=kind, url_env="HOOK", password_env="TOKEN")
    else:
        told = After(kind=kind, url_env="HOOK", token_env="TOKEN")
    return queue, {
        "ops": Receiver(told, {"HOOK": url, "TOKEN": SECRET}, report=_report, paths=lambda place: ("/", place.replace(":", "/")))
    }


def _report(run: str) -> object:
    """One episode and one film of `run 1` in its folder: a message for each that is told of files."""
    name = f"/srv:run {run.removeprefix('run')}"
    return {
        "command": "apply",
        "results": [
            {"op": "move", "result": "done", "src": "in:x", "dst": f"{name}/{kind}.mkv", "facts": {"kind": kind}}
            for kind in ("episode", "movie")
        ],
    }


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize("trouble", [(500, {}), (429, {"Retry-After": "900"}), (302, {"Location": "http://127.0.0.1:1/"}), (0, {})])
def test_what_is_not_taken_waits_and_arrives_as_one_message(tmp_path: Path, kind: str, trouble: tuple[int, Any]) -> None:
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        queue, receivers = lay(tmp_path, kind, url)
        server.answer = trouble
        left = send_due(queue, receivers, 1000.0, lambda: 0.3)
        wait = 900.0 if trouble[0] == 429 else 30.0
        assert [(one.tries, one.due) for one in left] == [(1, 1000.0 + wait)] * 3 and len(server.seen) == 1
        for file in tmp_path.rglob("*"):
            assert file.is_dir() or SECRET not in file.read_text()
        assert send_due(queue, receivers, 1000.0 + wait - 1, lambda: 1.0) == [] and len(server.seen) == 1
        server.answer = (200, {})
        server.bodies = {
            f"/{SECRET}/library/sections": {"MediaContainer": {"Directory": [{"key": "1", "Location": [{"path": "/"}]}]}},
            f"/{SECRET}/jsonrpc": [{"id": 0, "result": "OK"}],
        }
        assert send_due(queue, receivers, 1000.0 + wait, lambda: 9.0) == []
        assert kind == "plex" or len(server.seen) == (4 if kind in FILE_BY_FILE else 2)
    told = json.dumps([(path, body) for path, _, body in server.seen[1:]])
    assert SECRET in told
    assert kind in ("plex", "kodi") or all(f"run {number}" in told for number in range(3))
    assert queue.waiting() == []


def test_a_receiver_that_cannot_be_reached_or_has_no_secret_says_so_without_the_address(tmp_path: Path) -> None:
    with stub() as server:
        port = server.server_port
    for url, said in (
        (f"http://127.0.0.1:{port}/{SECRET}", "cannot be reached"),
        (f"ftp://{SECRET}", "not one of http"),
        ("", "$HOOK"),
    ):
        queue, receivers = lay(tmp_path, "webhook", url)
        assert all(said in one.why and SECRET not in one.why for one in send_due(queue, receivers, 1000.0, lambda: 1.0))


def test_waits_grow_to_six_hours_and_a_queue_in_use_is_left_alone(tmp_path: Path) -> None:
    queue, _ = lay(tmp_path, "slack", "")
    now, waits = 1000.0, []
    for _ in range(14):
        [first, *_] = send_due(queue, {}, now, lambda: 1.0)
        waits.append(first.due - now)
        now = first.due
    assert waits[:3] == [30.0, 60.0, 120.0] and waits[-1] == 6 * 3600.0
    with queue.alone() as alone:
        assert alone and send_due(queue, {}, now, lambda: 1.0) == []


def test_a_receiver_that_answers_byte_by_byte_is_cut_off(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip() -> None:
            with listening.accept()[0] as line:
                while not ended.wait(0.05):
                    try:
                        line.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        queue, receivers = lay(tmp_path, "webhook", f"http://127.0.0.1:{listening.getsockname()[1]}/")
        begun = time.monotonic()
        assert len(send_due(queue, receivers, 1000.0, lambda: 0.3)) == 3
        assert time.monotonic() - begun < 4
        ended.set()


LIES = {
    "nested-deep": b"[" * 100_000,
    "nested-deeper-in": b'{"MediaContainer":' * 50_000,
    "not-utf-8": b"\xff\xfe{}",
    "half-a-pair": b'{"MediaContainer": {"Directory": [{"key": "\\ud800", "Location": [{"path": "/"}]}]}}',
    "half-a-pair-in-a-path": b'{"MediaContainer": {"Directory": [{"key": "1", "Location": [{"path": "/srv/run 1/\\ud800"}]}]}}',
    "a-huge-number": b'{"MediaContainer": {"Directory": ' + b"9" * 10_000 + b"}}",
}


@pytest.mark.parametrize("answer", LIES.values(), ids=LIES)
@pytest.mark.parametrize("kind", OVER_HTTP)
def test_whatever_a_receiver_answers_the_notice_waits_or_was_taken(tmp_path: Path, kind: str, answer: bytes) -> None:
    with stub() as server:
        queue, receivers = lay(tmp_path, kind, f"http://127.0.0.1:{server.server_port}")
        server.bodies = dict.fromkeys(("/", "/library/sections", "/jsonrpc", "/Library/Media/Updated"), answer)
        left = send_due(queue, receivers, 1000.0, lambda: 5.0)
    assert [one.id for one in left] == [one.id for one in queue.waiting()] and len(left) in (0, 3)
    assert (kind in ("plex", "kodi")) == bool(left)


def test_a_notice_of_a_clock_that_was_ahead_is_sent_all_the_same(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    with stub() as server:
        queue, receivers = lay(tmp_path, "webhook", f"http://127.0.0.1:{server.server_port}/")
        for one, due in zip(queue.waiting(), (now + 300, now + 900_000, now + 3e8), strict=True):
            queue.add(replace(one, due=due))
        assert send_due(queue, receivers, now, lambda: 5.0) == []
    assert [one["id"] for one in server.seen[0][2]["notices"]] == ["n2"]
    assert [one.id for one in queue.waiting()] == ["n0", "n1"]


def test_every_kind_is_tried_here_or_elsewhere() -> None:
    assert {*OVER_HTTP, *ELSEWHERE} == SENDS.keys()
    assert all((Path(__file__).parent / page).is_file() for page in ELSEWHERE.values())


def test_a_notice_with_a_name_that_is_no_text_is_kept_and_sent(tmp_path: Path) -> None:
    queue = NoticeQueue(tmp_path)
    queue.add(Notice("n1", "ops", "run1", "apply", "rolled-back", "caf\udce9", 1.0))
    with stub() as server:
        told = Notify(kind="webhook", url=f"http://127.0.0.1:{server.server_port}/")
        assert [one.id for one in queue.waiting()] == ["n1"]
        assert send_due(queue, {"ops": Receiver(told, {})}, 1000.0, lambda: 5.0) == []
    assert server.seen[0][2]["notices"][0]["text"] == "caf\\udce9"


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_after_an_hour_without_it_everything_arrives_and_each_folder_is_asked_for_once(tmp_path: Path, kind: str) -> None:
    with stub() as server:
        queue, receivers = lay(tmp_path, kind, f"http://127.0.0.1:{server.server_port}/{SECRET}")
        server.answer, now = (503, {}), 1000.0
        while now < 1000.0 + 3600:
            # The same three folders change again and again.
            one = notice(int(now) // 300 % 3)
            queue.add(replace(one, id=f"n{int(now)}", made=now, due=now))
            for left in send_due(queue, receivers, now, lambda: 5.0):
                assert left.due > now and left.why == "it answered 503"
            now += 300.0
        assert len(queue.waiting()) == 3 + 12
        server.answer, server.seen[:] = (200, {}), []
        server.bodies = {
            f"/{SECRET}/library/sections": {"MediaContainer": {"Directory": [{"key": "1", "Location": [{"path": "/"}]}]}},
            f"/{SECRET}/jsonrpc": [{"id": 0, "result": "OK"}],
        }
        # What waits longest was tried most: its turn comes within as long again.
        assert send_due(queue, receivers, now + 3600, lambda: 9.0) == [] and queue.waiting() == []
        told = [(path, body) for path, _, body in server.seen]
    if kind in FILE_BY_FILE:
        assert len(told) == 15
    elif kind == "plex":
        asked = [path for path, _ in told if "refresh" in path]
        assert len(asked) == len(set(asked)) >= 1
    else:
        [(_, body)] = told
        text = json.dumps(body)
        times = 1 if kind in ("jellyfin", "emby") else 5
        assert kind == "kodi" or [text.count(f"run {number}") for number in range(3)] == [times] * 3


def test_a_slow_receiver_of_one_kind_does_not_keep_others_waiting_for_ever(tmp_path: Path) -> None:
    with stub() as slow, stub() as quick:
        queue = NoticeQueue(tmp_path)
        slow.answer = (0, {})
        for name in ("a-slow", "b-quick"):
            queue.add(replace(notice(1), id=name, receiver=name))
        hooks = {"a-slow": slow, "b-quick": quick}
        receivers = {
            name: Receiver(Notify(kind="webhook", url=f"http://127.0.0.1:{server.server_port}/"), {})
            for name, server in hooks.items()
        }
        assert [one.receiver for one in send_due(queue, receivers, 1000.0, lambda: 0.5)] == ["a-slow"]
    assert len(quick.seen) == 1 and [one.receiver for one in queue.waiting()] == ["a-slow"]
