"""The service within another app: who may ask is that app's to say, and addresses begin where it is mounted."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.testclient import TestClient

from reshelve.schemas.problems import ReshelveError
from reshelve.service.asgi_app import create_app, everyone
from reshelve.service.serving import serve
from tests.support.serving import make_workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("mounted") / "media")


def test_without_a_word_on_who_may_ask_it_does_not_start(folder: Path) -> None:
    with pytest.raises(ReshelveError) as refused:
        create_app(folder)
    assert [problem.code for problem in refused.value.problems] == ["no-authorize"]


@pytest.mark.parametrize("waits", [False, True])
def test_the_app_says_who_may_ask(folder: Path, waits: bool) -> None:
    def authorize(request: Request) -> str | None:
        return request.headers.get("x-user")

    async def later(request: Request) -> str | None:
        return authorize(request)

    app = Starlette(routes=[Mount("/api/media", create_app(folder, authorize=later if waits else authorize))])
    with TestClient(app) as client:
        assert client.get("/api/media/runs").status_code == 401
        assert client.get("/api/media/runs", headers={"x-user": ""}).status_code == 401
        assert client.get("/api/media/runs", headers={"x-user": "kai"}).status_code == 200
        assert client.get("/api/media/nothing").status_code == 401
        assert client.get("/api/media/health").status_code == 200


def test_addresses_begin_where_it_is_mounted(folder: Path) -> None:
    with TestClient(Starlette(routes=[Mount("/api/media", create_app(folder, authorize=everyone))])) as client:
        made = client.post("/api/media/plans", json={})
        assert made.headers["location"] == f"/api/media/plans/{made.json()['digest']}"
        assert client.get(made.headers["location"]).status_code == 200
        assert "/api/media/plans" in client.get("/api/media/openapi.json").json()["paths"]
        # Another site's page is refused here too.
        foreign = {"Origin": "http://evil.example"}
        assert client.post("/api/media/plans", json={}, headers=foreign).status_code == 403


def test_other_machines_are_let_in_by_name_only(folder: Path) -> None:
    with pytest.raises(ReshelveError) as refused:
        serve(folder, "0.0.0.0:0", told=lambda _: pytest.fail("it listens"))
    assert [problem.code for problem in refused.value.problems] == ["no-names"]


@pytest.mark.parametrize("listen", ["nowhere", "127.0.0.1:99999", "127.0.0.1:x", ":-1"])
def test_an_address_that_is_none(folder: Path, listen: str) -> None:
    with pytest.raises(ReshelveError) as refused:
        serve(folder, listen, told=lambda _: pytest.fail("it listens"))
    assert refused.value.kind == "usage"


@pytest.mark.parametrize("spoilt", ["others may read it", "a link", "damaged", "empty"])
def test_a_token_that_is_not_secret_is_refused(tmp_path: Path, spoilt: str) -> None:
    folder = make_workspace(tmp_path / "media", files=1)
    state = folder / ".reshelve"
    state.mkdir(exist_ok=True)
    file = state / "service-token"
    if spoilt == "a link":
        (tmp_path / "elsewhere").write_text("x" * 43)
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.write_text({"damaged": "short", "empty": ""}.get(spoilt, "x" * 43))
        file.chmod(0o644 if spoilt == "others may read it" else 0o600)
    with pytest.raises(ReshelveError) as refused:
        serve(folder, "127.0.0.1:0", told=lambda _: pytest.fail("it listens"))
    assert [problem.code for problem in refused.value.problems] == ["service-token"]


def test_nothing_of_it_is_loaded_by_other_commands(folder: Path) -> None:
    code = (
        "import sys\nfrom reshelve.cli.entry import run\nrun(['--help'])\nrun(['status'])\n"
        "sys.exit(any(name.startswith(('starlette', 'uvicorn', 'reshelve.service')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=folder, stdout=subprocess.DEVNULL).returncode == 0
