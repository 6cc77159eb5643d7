"""E-mail: one message over a real SMTP server, encrypted, and every refusal told without a secret."""

import contextlib
import email
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.delivery import send
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver
from reshelve.schemas.notify_settings import Notify
from tests.support.certificates import certificate
from tests.support.hook_stub import SECRET


class Inbox:
    """Takes every message, refuses the address bad@example.org, and answers as told."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        del server, session, options
        if address.startswith("bad@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        if self.answer.startswith("2"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    del server, session, envelope, mechanism
    return AuthResult(success=data.login == b"ana" and data.password == SECRET.encode())


@contextmanager
def serving(**settings: Any) -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop(no_assert=True)


def mailed(port: int, *texts: str, secret: str = SECRET, **more: Any) -> None:
    given = {"from": "reshelve@example.org", "to": ["ana@example.org"], **more}
    told = Notify.model_validate({"kind": "email", "server": f"127.0.0.1:{port}", **given})
    notices = [Notice(f"n{n}", "ops", f"r{n}", "apply", "rolled-back", text, 1.0) for n, text in enumerate(texts or ("one",))]
    send(Receiver(told, {"PASSWORD": secret}), notices, 5.0)


def test_runs_are_mailed_as_one_message() -> None:
    with serving() as (inbox, port):
        mailed(port, "caf\udce9: one", "two", tls="none", to=["ana@example.org", "bo@example.org"])
        mailed(port, "three", tls="none")
    both, single = inbox.taken
    assert both["Subject"] == "reshelve: 2 runs" and both["To"] == "ana@example.org, bo@example.org"
    assert both.get_content().replace("\r", "") == "caf\\udce9: one\n\ntwo\n"
    assert single["Subject"] == "reshelve apply: rolled-back"


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    made, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return context


def test_a_password_goes_over_an_encrypted_line_only(secured: ssl.SSLContext) -> None:
    guarded = {"authenticator": login, "auth_required": True, "auth_require_tls": True}
    with serving(tls_context=secured, require_starttls=True, **guarded) as (inbox, port):
        mailed(port, user="ana", password_env="PASSWORD")
        with pytest.raises(NotDeliveredError, match=r"refused? user and password") as caught:
            mailed(port, user="ana", password_env="PASSWORD", secret="wrong-secret")
    assert len(inbox.taken) == 1 and "wrong-secret" not in str(caught.value)


def test_a_damaged_notice_adds_no_line_to_the_head_of_a_message() -> None:
    with serving() as (inbox, port):
        given = {"server": f"127.0.0.1:{port}", "from": "a@example.org", "to": ["b@example.org"], "tls": "none"}
        told = Notify.model_validate({"kind": "email", **given})
        damaged = Notice("n", "ops", "r", "apply\r\nBcc: eve@example.org", "done", "one", 1.0)
        send(Receiver(told, {}), [damaged], 5.0)
    [message] = inbox.taken
    assert message["Bcc"] is None and message["Subject"].startswith("reshelve apply\\x0d\\x0aBcc")


def test_a_password_need_not_be_ascii() -> None:
    secret = "p\u00e4ssw\u00f6rt-0123"

    def takes(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope, mechanism
        return AuthResult(success=data.password == secret.encode())

    guarded = {"authenticator": takes, "auth_required": True, "auth_require_tls": False}
    with serving(**guarded) as (inbox, port):
        mailed(port, tls="none", password_env="PASSWORD", secret=secret)
        with pytest.raises(NotDeliveredError, match=r"refused? user and password"):
            mailed(port, tls="none", password_env="PASSWORD", secret="\u00e4nother-0123")
    with (
        serving(**guarded, auth_exclude_mechanism=["PLAIN"]) as (_, port),
        pytest.raises(NotDeliveredError, match="no log-in that takes that"),
    ):
        mailed(port, tls="none", password_env="PASSWORD", secret=secret)
    assert len(inbox.taken) == 1


def test_a_server_may_be_secured_from_the_start(secured: ssl.SSLContext) -> None:
    with serving(ssl_context=secured) as (inbox, port):
        mailed(port, tls="tls")
    assert len(inbox.taken) == 1


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with serving(tls_context=context) as (inbox, port), pytest.raises(NotDeliveredError, match="certificate"):
        mailed(port)
    assert inbox.taken == []


def test_nothing_is_sent_to_a_server_without_encryption() -> None:
    with serving() as (inbox, port), pytest.raises(NotDeliveredError, match="no STARTTLS"):
        mailed(port)
    assert inbox.taken == []


def test_what_is_refused_is_told() -> None:
    with serving() as (inbox, port):
        with pytest.raises(NotDeliveredError, match="refused every address"):
            mailed(port, tls="none", to=["bad@example.org"])
        with pytest.raises(NotDeliveredError, match="refused 1 of 2 addresses"):
            mailed(port, tls="none", to=["bad@example.org", "ana@example.org"])
        inbox.answer = "452 full"
        with pytest.raises(NotDeliveredError, match="answered 452"):
            mailed(port, tls="none")
    with pytest.raises(NotDeliveredError, match="cannot be reached"):
        mailed(port, tls="none")
    with pytest.raises(NotDeliveredError, match=r"\$PASSWORD is not set"):
        mailed(port, tls="none", password_env="PASSWORD", secret="")


@pytest.mark.parametrize("tls", ["none", "tls"])
def test_a_server_that_greets_byte_by_byte_is_cut_off(tls: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip() -> None:
            with listening.accept()[0] as line, contextlib.suppress(OSError):
                while not ended.wait(0.05):
                    line.sendall(b"2")

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        told = Notify.model_validate(
            {"kind": "email", "server": f"127.0.0.1:{listening.getsockname()[1]}", "from": "a@b", "to": ["c@d"], "tls": tls}
        )
        with pytest.raises(NotDeliveredError):
            send(Receiver(told, {}), [Notice("n", "ops", "r", "apply", "done", "t", 1.0)], 0.5)
        assert time.monotonic() - begun < 10
        ended.set()
