"""Every kind of receiver: what it is sent arrives after an outage, as one message, and no secret is kept."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.hooks.delivery import BODIES, Receiver, send_due
from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.schemas.notify_settings import NoticeKind, Notify
from tests.support.hook_stub import SECRET, stub


def notice(number: int) -> Notice:
    return Notice(f"n{number}", "ops", f"run{number}", "apply", "rolled-back", f"run {number} <failed>", float(number))


def lay(tmp_path: Path, kind: NoticeKind, url: str) -> tuple[NoticeQueue, dict[str, Receiver]]:
    queue = NoticeQueue(tmp_path)
    for number in range(3):
        queue.add(notice(number))
    told = Notify(kind=kind, url_env="HOOK", token_env="TOKEN")
    return queue, {"ops": Receiver(told, {"HOOK": url, "TOKEN": SECRET})}


@pytest.mark.parametrize("kind", list(BODIES))
@pytest.mark.parametrize("trouble", [(500, {}), (429, {"Retry-After": "900"}), (302, {"Location": "http://127.0.0.1:1/"}), (0, {})])
def test_what_is_not_taken_waits_and_arrives_as_one_message(tmp_path: Path, kind: NoticeKind, trouble: tuple[int, Any]) -> None:
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
        server.answer = (204, {})
        assert send_due(queue, receivers, 1000.0 + wait, lambda: 1.0) == [] and len(server.seen) == 2
    path, headers, body = server.seen[1]
    assert path == f"/{SECRET}" and headers["Authorization"] == f"Bearer {SECRET}"
    assert all(f"run {number}" in json.dumps(body) for number in range(3))
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
