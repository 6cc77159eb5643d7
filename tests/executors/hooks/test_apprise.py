"""Addresses of apprise: one message over a real plugin, and whatever its receiver does, no secret is kept."""

import importlib.util
import logging
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks import apprise_address
from reshelve.executors.hooks.delivery import send, send_due
from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.executors.hooks.receivers import Receiver
from reshelve.schemas.notify_settings import Notify
from tests.support.hook_stub import SECRET, stub

TOLD = Notify.model_validate({"kind": "apprise", "url_env": "HOOK"})
here = pytest.mark.skipif(importlib.util.find_spec("apprise") is None, reason="apprise is not installed")


def receiver(url: str) -> Receiver:
    import os

    return Receiver(TOLD, {**os.environ, "HOOK": url})


def notice(number: int) -> Notice:
    return Notice(f"n{number}", "ops", f"run{number}", "apply", "rolled-back", f"run {number} caf\udce9", float(number))


@here
@pytest.mark.parametrize(
    "trouble", [(500, {}), (302, {"Location": "/elsewhere"}), pytest.param((0, {}), marks=pytest.mark.slow, id="it hangs")]
)
def test_what_is_not_taken_waits_and_arrives_as_one_message(
    tmp_path: Path, trouble: tuple[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    queue = NoticeQueue(tmp_path)
    for number in range(3):
        queue.add(notice(number))
    with stub() as server:
        receivers = {"ops": receiver(f"json://ana:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}")}
        server.answer = trouble
        left = send_due(queue, receivers, 1000.0, lambda: 15.0)
        assert [(one.tries, one.due) for one in left] == [(1, 1030.0)] * 3
        assert [path for path, _, _ in server.seen] == [f"/{SECRET}"]
        for file in tmp_path.rglob("*"):
            assert file.is_dir() or SECRET not in file.read_text()
        assert all(SECRET not in one.why for one in left)
        server.answer = (200, {})
        assert send_due(queue, receivers, 1030.0, lambda: 60.0) == []
        _, headers, body = server.seen[-1]
    assert body["title"] == "reshelve: 3 runs" and body["message"].splitlines() == [f"run {n} caf\\udce9" for n in range(3)]
    assert headers["Authorization"].startswith("Basic ") and queue.waiting() == []


@here
@pytest.mark.parametrize("url", [f"nosuch://{SECRET}", f"json://{SECRET}:x:y", "tgram://"])
def test_an_address_that_it_does_not_know_is_told_without_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(NotDeliveredError, match="apprise") as caught:
        send(receiver(url), [notice(1)], 60.0)
    assert SECRET not in str(caught.value) and SECRET not in caplog.text


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise_address, "find_spec", lambda name: None)
    with pytest.raises(NotDeliveredError, match=rf"{re.escape(sys.executable)} -m pip install 'reshelve\[apprise\]'"):
        send(receiver("json://localhost"), [notice(1)], 60.0)


@pytest.mark.parametrize("more", [{"url": "https://x"}, {"url_env": "X", "token_env": "T"}, {}, {"url_env": "X", "to": ["a@b"]}])
def test_its_address_is_taken_from_a_variable_alone(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs `url_env` alone|has no key `to`"):
        Notify.model_validate({"kind": "apprise", **more})
