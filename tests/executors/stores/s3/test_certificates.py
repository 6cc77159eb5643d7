"""A secured service that cannot be trusted as it is: what is wrong is told, and what to do; with its certificate, it is used."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reshelve.executors.stores.s3 import open_bucket
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.store_settings import Store
from tests.support.buckets import keys_of
from tests.support.certificates import certificate
from tests.support.servers.service import Endpoint


class Empty(BaseHTTPRequestHandler):
    """A service with an empty bucket."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"<?xml version='1.0'?><VersioningConfiguration/>"
        if "list-type" in self.path:
            body = b"<?xml version='1.0'?><ListBucketResult><Name>b-1</Name><KeyCount>0</KeyCount></ListBucketResult>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def serve(context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    made, context = certificate(tmp_path)
    server = serve(context)
    yield made, server.server_port
    server.shutdown()
    server.server_close()


def problem(url: str, **environ: str) -> Problem:
    with keys_of(Endpoint(""), **environ), pytest.raises(ReshelveError) as caught:
        opened(url)
    (found,) = caught.value.problems
    return found


def opened(url: str) -> None:
    store = open_bucket(Store(s3="b-1", region="us-east-1", endpoint_url=url), Root("a", "s3://b-1", kind="bucket"))
    store.close()


def test_a_certificate_of_ones_own_is_told_and_then_trusted(secured: tuple[Path, int]) -> None:
    made, port = secured
    found = problem(f"https://127.0.0.1:{port}")
    assert (found.code, "self-signed certificate" in found.detail.replace("self signed", "self-signed")) == ("certificate", True)
    assert "AWS_CA_BUNDLE" in found.hint
    with keys_of(Endpoint(""), AWS_CA_BUNDLE=str(made)):
        opened(f"https://127.0.0.1:{port}")
    other = problem(f"https://localhost:{port}", AWS_CA_BUNDLE=str(made))
    assert other.code == "certificate" and "another name" in other.detail and "endpoint_url" in other.hint


def test_a_bundle_that_is_none_is_named(secured: tuple[Path, int], tmp_path: Path) -> None:
    _, port = secured
    (tmp_path / "words").write_text("hello")
    for path in (tmp_path / "nowhere", tmp_path / "words"):
        found = problem(f"https://127.0.0.1:{port}", AWS_CA_BUNDLE=str(path))
        assert found.code == "certificate" and "AWS_CA_BUNDLE" in found.hint and "cannot be read" in found.detail


def test_plain_http_is_told() -> None:
    server = serve()
    found = problem(f"https://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    assert found.code == "plain-http" and "http://" in found.hint
