"""What a workspace makes this machine do by its word alone: send something somewhere, read something outside its folder.

A workspace may be a stranger's document. Each kind of such a thing is one function here, which decides on values, and stands in
FIRST (found while the document is read, before anything of it is shown) or in LATER. A key that names a host, a command, a file
or a variable gets its function here before it gets its use.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from reshelve.schemas.endpoints import endpoint
from reshelve.schemas.lookup_answers import NAMES
from reshelve.schemas.lookup_settings import PIN, database_at
from reshelve.schemas.notify_settings import mail_address
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.secret_texts import masked
from reshelve.schemas.suggest_settings import Asked, Suggest, whom
from reshelve.schemas.workspace import Workspace

WORKSPACE, LOCAL = "reshelve.yaml", "reshelve.local.yaml"
ALWAYS = "suggest.always"
LOOKUP_ALWAYS = "lookup.always"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_SECRET = frozenset(
    [
        *("APIKEY", "AUTH", "AUTHORIZATION", "COOKIE", "CRED", "CREDENTIAL", "CREDENTIALS", "CREDS", "DSN", "KEY", "KEYS", "PASS"),
        *("PASSPHRASE", "PASSWD", "PASSWORD", "PAT", "PIN", "PRIVATE", "PWD", "SECRET", "SECRETS", "SESSION", "TOKEN", "TOKENS"),
        *("URI", "URL"),
    ]
)
_SECRET_END = ("KEY", "TOKEN", "SECRET", "PASSWORD")


@dataclass(slots=True, frozen=True)
class Reach:
    """One thing a workspace asks of this machine that needs its owner's consent.

    `key` is the part of the document, `does` what would be done, in words; `exact` is what consent is bound to: host, port, scheme,
    variable, file. `document` is the name of the file that says so.
    """

    key: str
    does: str
    exact: str
    document: str = WORKSPACE


@dataclass(slots=True, frozen=True)
class Read:
    """Documents while they are read: their stores as written, the folder of templates they name, and where they lie.

    `whole` are the stores as all documents together say them, by name; a store that is not in it is whole as it is.
    """

    stores: Mapping[str, Any]
    document: str
    folder: Path
    environ: Mapping[str, str]
    templates: Path | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Declared:
    """A workspace that was read, the folder it lies in, and which parts of it this machine's own overlay says."""

    workspace: Workspace
    folder: Path
    environ: Mapping[str, str]
    overlaid: frozenset[str] = frozenset()

    def says(self, key: str) -> str:
        """Return the name of the document that says this part."""
        return LOCAL if key in self.overlaid else WORKSPACE


def first(read: Read) -> list[Reach]:
    """Return what a document that is being read asks of this machine before it can be read on."""
    return [reach for kind in FIRST for reach in kind(read)]


def later(declared: Declared) -> list[Reach]:
    """Return what a workspace asks of this machine once something is done with it."""
    return [reach for kind in LATER for reach in kind(declared)]


# Found while the document is read.


def variables(read: Read) -> Iterator[Reach]:
    """Yield what of the environment goes into stores: into a bucket's anything, into a folder's path what may be a secret.

    What a bucket's keys hold is sent; a path is shown. A variable that is not set tells nothing.
    """
    for name, store in read.stores.items():
        whole = read.whole.get(name, store)
        sent = isinstance(whole, dict) and "s3" in whole
        for steps, text in _texts(store, ("stores", name)):
            for variable in dict.fromkeys(VARIABLE.findall(text)):
                if variable not in read.environ or not (sent or may_be_secret(variable)):
                    continue
                key = ".".join(steps)
                does = f"put the value of ${variable} into {key}, which is shown"
                exact = f"variable {variable} in {key}"
                if sent:
                    where = masked(str(whole.get("endpoint_url") or "AWS"))
                    does = f"put the value of ${variable} into {key}, which is sent to {where} for the bucket {whole['s3']}"
                    exact += f" {_digest(whole)}"
                yield Reach(key, does, exact, read.document)


def templates(read: Read) -> Iterator[Reach]:
    """Yield a folder of templates, and files in it, that lie outside the workspace's own folder."""
    if read.templates is None:
        return
    outside = _outside("templates_dir", read.templates, read.folder, read.document)
    yield from outside
    top = Path(os.path.realpath(read.templates))
    for file in sorted(top.glob("*.yaml")):
        if not Path(os.path.realpath(file)).is_relative_to(top):
            yield from _outside("templates_dir", file, read.folder, read.document)


def overlay(read: Read) -> Iterator[Reach]:
    """Yield an overlay that is a link to a file outside the workspace's own folder."""
    yield from _outside(LOCAL, read.folder / LOCAL, read.folder, LOCAL)


# Found in the whole.


def model(declared: Declared) -> Iterator[Reach]:
    """Yield asking a model at another host than the provider's own, or with another variable, and asking one unasked."""
    config = declared.workspace.suggest
    if config is None or config.provider == "recorded":
        return
    try:
        to = whom(config, declared.environ)
    except ValueError:
        return  # of this machine's own environment; whoever asks says so
    document = declared.says("suggest")
    exact = f"{config.provider} {to.endpoint or 'AWS'} {_credential(config, to)}"
    if not to.own:
        yield Reach("suggest", f"send names of files{_with(config, to)} to {to.endpoint}", f"ask {exact}", document)
    if config.always:
        does = f"ask {config.model or config.provider} at {to.at or 'AWS Bedrock'} in every scan, without --suggest"
        yield Reach(ALWAYS, does, f"always {exact}", document)


def answers(declared: Declared) -> Iterator[Reach]:
    """Yield recorded answers that lie outside the workspace's own folder."""
    config = declared.workspace.suggest
    if config is not None and config.provider == "recorded" and config.answers:
        document = declared.says("suggest")
        yield from _outside("suggest.answers", declared.folder / config.answers, declared.folder, document)


def lookups(declared: Declared) -> Iterator[Reach]:
    """Yield asking a database at another host than its own, or with another variable, asking any unasked, and answers outside."""
    config = declared.workspace.lookup
    if config is None:
        return
    document = declared.says("lookup")
    asked: list[str] = []
    for name in config.services:
        to = database_at(config, name, declared.environ)
        pin = f" and ${PIN}" if name == "tvdb" and to.variable is not None else ""
        exact = f"{name} {to.endpoint} {f'${to.variable}{pin}' if to.variable else 'without a key'}"
        asked.append(exact)
        if not to.own:
            key = f" and ${to.variable}{pin}" if to.variable else ""
            yield Reach("lookup", f"send titles of films and shows{key} to {to.endpoint}", f"look up {exact}", document)
    if config.always and asked:
        does = f"ask {' and '.join(NAMES[name] for name in config.services)} in every scan, without --lookup"
        yield Reach(LOOKUP_ALWAYS, does, f"always look up {'; '.join(asked)}", document)
    if "recorded" in config.providers and config.answers:
        yield from _outside("lookup.answers", declared.folder / config.answers, declared.folder, document)


def buckets(declared: Declared) -> Iterator[Reach]:
    """Yield every service other than AWS's, and not on this machine, that a bucket is said to be at.

    On the loopback none is needed: keys sign and are not sent, and a signature is good only for the host that it was made for.
    """
    for name, store in declared.workspace.stores.items():
        if store.s3 is None or store.endpoint_url is None:
            continue
        to = endpoint(store.endpoint_url)
        if to.aws or to.loopback:
            continue
        who = f"the AWS profile {store.profile!r}" if store.profile else "your AWS credentials"
        does = f"send files, and requests signed with {who}, to {to}"
        exact = f"bucket {to} {json.dumps(store.profile)}"
        yield Reach(f"stores.{name}", does, exact, declared.says(f"stores.{name}"))


def prices(declared: Declared) -> Iterator[Reach]:
    """Yield a price list that lies outside the workspace's own folder."""
    named = declared.workspace.cost.prices
    if named:
        yield from _outside("cost.prices", declared.folder / named, declared.folder, WORKSPACE)


def notices(declared: Declared) -> Iterator[Reach]:
    """Yield every receiver of notices: where they are sent, and which variables with them. On the loopback, too."""
    for name, told in declared.workspace.notify.items():
        if told.kind == "email":
            server, whom_to = mail_address(told), ", ".join(told.to)
            login = f", with ${told.password_env} as the password of {told.user or told.from_}" if told.password_env else ""
            does = f"send how runs ended to {whom_to}, over the mail server {server.host}:{server.port}{login}"
            exact = f"notify email {server.host}:{server.port} {told.tls} {whom_to} {told.user or ''} ${told.password_env or ''}"
            yield Reach(f"notify.{name}", does, exact, declared.says(f"notify.{name}"))
            continue
        where = str(endpoint(told.url)) if told.url is not None else f"the address in ${told.url_env}"
        token = f", with ${told.token_env}" if told.token_env else ""
        exact = f"notify {told.kind} {told.url or '$' + str(told.url_env)} ${told.token_env or ''}"
        yield Reach(f"notify.{name}", f"send how runs ended to {where}{token}", exact, declared.says(f"notify.{name}"))


def afters(declared: Declared) -> Iterator[Reach]:
    """Yield every player that is told of folders, with which variables, and every program that is run."""
    for name, told in declared.workspace.after.items():
        if told.kind == "program":
            program = " ".join(map(json.dumps, told.program))
            does, exact = f"run {program} after runs", f"after program {program}"
        else:
            where = str(endpoint(told.url)) if told.url is not None else f"the address in ${told.url_env}"
            secret = told.token_env or told.password_env
            what = "files" if told.kind.endswith("-webhook") else "folders"
            does = f"send names of {what} to {where}" + (f", with ${secret}" if secret else "")
            exact = f"after {told.kind} {told.url or '$' + str(told.url_env)} {told.user or ''} ${secret or ''}"
        yield Reach(f"after.{name}", does, exact, declared.says(f"after.{name}"))


def clients(declared: Declared) -> Iterator[Reach]:
    """Yield every download client that is asked, and with which variable."""
    for name, client in declared.workspace.clients.items():
        where, login = str(endpoint(client.url)), f", with ${client.password_env}" if client.password_env else ""
        exact = f"client {client.kind} {client.url} {client.user or ''} ${client.password_env or ''}"
        yield Reach(f"clients.{name}", f"ask {where} what is downloaded{login}", exact, declared.says(f"clients.{name}"))


def logs(declared: Declared) -> Iterator[Reach]:
    """Yield a log that is written outside the workspace's own folder."""
    log = declared.workspace.log
    if log is not None and is_outside(declared.folder / log.file, declared.folder):
        real = os.path.realpath(declared.folder / log.file)
        yield Reach("log", f"write a log to {real}, outside this folder", f"log {real}", declared.says("log"))


FIRST: tuple[Callable[[Read], Iterator[Reach]], ...] = (variables, templates, overlay)
LATER: tuple[Callable[[Declared], Iterator[Reach]], ...] = (
    model,
    answers,
    lookups,
    buckets,
    prices,
    notices,
    afters,
    clients,
    logs,
)


def may_be_secret(variable: str) -> bool:
    """Say whether a variable's name tells of a secret: GITHUB_TOKEN, DATABASE_URL, APIKEY."""
    words = variable.upper().split("_")
    return not _SECRET.isdisjoint(words) or any(word.endswith(_SECRET_END) for word in words)


def _texts(value: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*steps, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _texts(inner, (*steps, str(number)))


def _outside(key: str, named: Path, folder: Path, document: str) -> Iterator[Reach]:
    """Yield reading `named` when it lies outside `folder`."""
    if is_outside(named, folder):
        real = os.path.realpath(named)
        yield Reach(key, f"read {real}, outside this folder", f"read {key} {real}", document)


def is_outside(named: Path, folder: Path) -> bool:
    """Say whether a file lies, links followed, outside a folder: it is read with consent only."""
    return not Path(os.path.realpath(named)).is_relative_to(os.path.realpath(folder))


def _credential(config: Suggest, to: Asked) -> str:
    if config.provider == "bedrock" and to.variable is None:
        return f"signed {json.dumps(config.profile)}"
    return f"${to.variable}" if to.variable else "without a key"


def _with(config: Suggest, to: Asked) -> str:
    if config.provider == "bedrock" and to.variable is None:
        who = f"the AWS profile {config.profile!r}" if config.profile else "your AWS credentials"
        return f", in requests signed with {who},"
    return f" and ${to.variable}" if to.variable else ""


def _digest(store: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(store, sort_keys=True).encode()).hexdigest()[:16]
