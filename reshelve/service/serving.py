"""A server of its own: the app on an address of this machine, with a token."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

import uvicorn

from reshelve import api
from reshelve.schemas.problems import stop
from reshelve.service import gate
from reshelve.service.asgi_app import Exchange, create_app
from reshelve.service.connections import SLOWEST_HEAD, connections
from reshelve.service.page_app import add_pages
from reshelve.service.request_log import service_log
from reshelve.service.token_file import token_of
from reshelve.service.waiting_notices import keep_sending

PREFIX = "/api/files"
MOST_CONNECTIONS = 256


def serve(
    workspace: str | Path,
    listen: str,
    names: Sequence[str] = (),
    *,
    prefix: str = PREFIX,
    environ: Mapping[str, str] | None = None,
    told: Callable[[str], object],
) -> None:
    """Serve a workspace at `listen` (ADDRESS:PORT) until a signal ends it.

    `told` is given the address to open. Another address than this machine's own needs `names`: the hosts, with ports, that it is
    asked for. Raises ReshelveError.
    """
    env = os.environ if environ is None else environ
    address, port = _parts(listen)
    if not gate.is_loopback(address) and not names:
        detail = f"{address} is reached from other machines, and what is asked for another host is refused."
        hint = f"reshelve serve --listen {listen} --name NAME:{port}"
        raise stop("no-names", "Nothing says what the server is called.", detail, hint=hint, kind="usage")
    session = api.open_workspace(workspace, environ=env)
    token = token_of(session.setting.state)
    bound = _bind(address, port)
    with bound:
        port = bound.getsockname()[1]
        exchange = Exchange(token, port)
        hosts = gate.hosts_of(address, port, names)
        app = create_app(workspace, authorize=exchange.authorize, prefix=prefix, environ=env, hosts=hosts, exchange=exchange)
        # Where the routes stand at the top, the pages stand below.
        at = "" if prefix else "/pages"
        add_pages(app, at=at, exchange=exchange)
        app.state.service.latest.begin()
        keep_sending(session, lambda: api.open_workspace(workspace, environ=env), app.state.service.ending)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            http=connections(),
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=int(SLOWEST_HEAD),
            timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=32768,
        )
        host = names[0] if names else f"{address}:{port}"
        about = {"command": "serve", "address": f"http://{host}{at}/"}
        service_log(session.setting).write("info", "serving", "A server began.", about)
        told(f"http://{host}{at}/#token={token}")
        _Server(config, app.state.service.ending).run(sockets=[bound])


class _Server(uvicorn.Server):
    """A server that tells whatever waits, as soon as a signal comes, that it ends."""

    def __init__(self, config: uvicorn.Config, ending: threading.Event) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, after what is being answered."""
        self._ending.set()
        super().handle_exit(sig, frame)


def _parts(listen: str) -> tuple[str, int]:
    """Return the address and the port that a server listens at. Raises ReshelveError."""
    address, colon, port = listen.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise stop("usage", "That is no address.", "It is written ADDRESS:PORT.", path=listen, hint="127.0.0.1:8765", kind="usage")
    return address or "127.0.0.1", int(port)


def _bind(address: str, port: int) -> socket.socket:
    plain = address.strip("[]")
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(plain, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, kind, protocol)
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(where)
        # Whoever reads the address that is told may ask at once.
        bound.listen(MOST_CONNECTIONS)
    except OSError as trouble:
        detail = f"{trouble.strerror or trouble}."
        hint = "Is it served there already? Another port: --listen 127.0.0.1:8766"
        raise stop("cannot-listen", "The server cannot listen there.", detail, path=f"{address}:{port}", hint=hint) from None
    return bound
