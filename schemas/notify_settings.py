"""Notices: who is told how runs ended, where, and of which runs."""

import re
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from reshelve.schemas.endpoints import Endpoint, endpoint, plain_url
from reshelve.schemas.secret_texts import SECRET_ADDRESS
from reshelve.schemas.store_settings import Model

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Occasion = Literal["failure", "success", "report"]
NoticeKind = Literal["slack", "webhook", "email", "apprise"]
Tls = Literal["starttls", "tls", "none"]
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_PORT = re.compile(r":[0-9]+\Z")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_MAIL = {"server", "tls", "from_", "to", "user", "password_env"}


def mail_server(text: str, usual: int = 587) -> Endpoint:
    """Return host and port of a mail server that is written `host` or `host:port`. Raises ValueError for anything else."""
    try:
        found = endpoint(f"http://{text}")
    except ValueError:
        found = None
    if found is None or "/" in text:
        raise ValueError("a mail server is written host:port, such as smtp.example.org:587")
    return found if _PORT.search(text) else replace(found, port=usual)


def _server(text: str) -> str:
    mail_server(text)
    return text


def _mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise ValueError("a plain address, such as ana@example.org")
    return text


def _address(text: str) -> str:
    try:
        return plain_url(text)
    except ValueError as fault:
        raise ValueError(f"{fault}; an address that is a secret itself is kept in a variable, which `url_env` names") from None


Address = Annotated[str, AfterValidator(_address)]
"""Where somebody is told: without any secret in it."""
Mailbox = Annotated[str, AfterValidator(_mailbox)]


class Notify(Model):
    """One receiver of notices. Secrets come from the environment: the document names only the variables."""

    kind: Annotated[
        NoticeKind,
        Field(
            description="`slack`: a Slack incoming webhook; `webhook`: a POST with JSON; `email`: a message over SMTP; "
            "`apprise`: any address that apprise knows, such as those of Telegram, ntfy or Matrix.",
            examples=["slack"],
        ),
    ]
    url: Annotated[
        Address | None,
        Field(description="The address, if it is not a secret.", examples=["https://hooks.example.org/reshelve"]),
    ] = None
    url_env: Annotated[
        Variable | None, Field(description="The variable that holds the address, if it is a secret.", examples=["SLACK_WEBHOOK"])
    ] = None
    token_env: Annotated[
        Variable | None, Field(description="The variable that holds a token, sent as a bearer token.", examples=["HOOK_TOKEN"])
    ] = None
    server: Annotated[
        Annotated[str, AfterValidator(_server)] | None,
        Field(
            description="For `email`: the mail server, with its port if it is not the usual one.", examples=["smtp.example.org:587"]
        ),
    ] = None
    tls: Annotated[
        Tls,
        Field(
            description="For `email`: `starttls` (port 587) or `tls` (port 465). `none` (port 25): only on this machine.",
            examples=["tls"],
        ),
    ] = "starttls"
    from_: Annotated[
        Mailbox | None, Field(alias="from", description="For `email`: the sender's address.", examples=["reshelve@example.org"])
    ] = None
    to: Annotated[
        list[Mailbox], Field(description="For `email`: the addresses it is sent to.", examples=[["ana@example.org"]])
    ] = []
    user: Annotated[
        str | None, Field(description="For `email`: the user that logs in. Default: the sender's address.", examples=["ana"])
    ] = None
    password_env: Annotated[
        Variable | None,
        Field(
            description="For `email`: the variable that holds the password. Without it there is no log-in.",
            examples=["SMTP_PASSWORD"],
        ),
    ] = None
    on: Annotated[
        list[Occasion],
        Field(
            description="What to notify of: runs that failed, runs that succeeded, and reports "
            "(`reshelve report monthly --notify`).",
            examples=[["failure", "success"]],
        ),
    ] = ["failure"]

    @model_validator(mode="after")
    def _as_its_kind(self) -> "Notify":
        if self.kind == "email":
            if needless := self.model_fields_set & {"url", "url_env", "token_env"}:
                raise ValueError(f"`kind: email` has no key `{min(needless)}`")
            if self.server is None or self.from_ is None or not self.to:
                raise ValueError("`kind: email` needs `server`, `from` and `to`")
            if self.tls == "none" and not mail_server(self.server).loopback:
                raise ValueError("`tls: none` is for a mail server on this machine (localhost): others could read what is sent")
            if self.user is not None and self.password_env is None:
                raise ValueError("`user` needs `password_env`, the variable that holds the password")
            return self
        if needless := self.model_fields_set & _MAIL:
            raise ValueError(f"`kind: {self.kind}` has no key `{min(needless).rstrip('_')}`")
        if self.kind == "apprise" and (self.url_env is None or self.model_fields_set & {"url", "token_env"}):
            raise ValueError("`kind: apprise` needs `url_env` alone: its address holds the secrets, so it is kept in a variable")
        if self.url is not None and SECRET_ADDRESS.match(self.url):
            raise ValueError("whoever knows this address can write there: keep it in a variable, and name that with `url_env`")
        if (self.url is None) == (self.url_env is None):
            raise ValueError("a receiver of notices has either `url` or `url_env`")
        return self


def mail_address(told: Notify) -> Endpoint:
    """Return where a receiver of e-mail is reached, at the usual port where it names none. Raises ValueError without a server."""
    return mail_server(told.server or "", _PORTS[told.tls])
