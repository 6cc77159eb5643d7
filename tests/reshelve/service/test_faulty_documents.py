"""A document that cannot be read is told as a fault of it, with its line, on every page: never as a bug, and never as nothing."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from reshelve.service.asgi_app import create_app, everyone
from reshelve.service.page_app import add_pages
from reshelve.service.pages.page_table import PAGES
from tests.support.serving import make_workspace

_ASKED = {"/undecided/always": "?item=0123456789abcdef&place=library:x"}
LOOKS = [f"{page.path}{_ASKED.get(page.path, '')}" for page in PAGES if page.method == "GET" and "{" not in page.path]
LOOKS.append("/documents?name=layout")
FALSE = ("bug in reshelve", "Nothing is shared yet", "No duplicates", "Nothing is undecided", "-1 ")
ROUTES = ("/status", "/health/report", "/duplicates", "/sync", "/review", "/plans", "/runs", "/manifest", "/stats")


def misspelt(document: Path) -> None:
    text = document.read_text()
    document.write_text(text.replace("\nstores:", "\nstorres:", 1).replace("from:", "form:", 1))


def emptied(document: Path) -> None:
    document.write_text("")


def broken(document: Path) -> None:
    document.write_text(f"{document.read_text()}\n ]]\n")


def garbage(document: Path) -> None:
    document.write_bytes(bytes(range(256)) * 9)


def folder_instead(document: Path) -> None:
    document.unlink()
    document.mkdir()


def pipe_instead(document: Path) -> None:
    document.unlink()
    os.mkfifo(document)


def forbidden(document: Path) -> None:
    document.chmod(0)


OF_ANY = (misspelt, emptied, broken, garbage, pipe_instead, *([] if os.geteuid() == 0 else [forbidden]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("faults") / "media")


@pytest.fixture
def faulty(folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, str]]:
    """Give the pages of a workspace of which one document has a fault."""
    name, spoil = request.param
    document = folder / name
    before = document.read_bytes()
    app = create_app(folder, authorize=everyone, prefix="/api/files")
    add_pages(app)
    with TestClient(app) as client:
        spoil(document)
        try:
            yield client, name
        finally:
            document.rmdir() if document.is_dir() else document.unlink()
            document.write_bytes(before)


def every(spoils: tuple[Callable[[Path], None], ...], *names: str) -> list[object]:
    return [pytest.param((name, spoil), id=f"{spoil.__name__} {name}") for name in names for spoil in spoils]


@pytest.mark.slow
@pytest.mark.parametrize("faulty", every((*OF_ANY, folder_instead), "reshelve.yaml"), indirect=True)
def test_every_page_names_the_fault_of_the_workspace(faulty: tuple[TestClient, str]) -> None:
    client, name = faulty
    for path in LOOKS:
        page = client.get(path)
        assert page.status_code in (200, 422), path
        assert all(words not in page.text for words in FALSE), path
        assert f"{name}</b>" in page.text or path == "/documents", path
        if page.status_code == 422:
            assert re.search(r'href="/documents[^"]*"', page.text.partition("<main")[2]), path
    for route in ROUTES:
        said = client.get(f"/api/files{route}")
        assert said.status_code == 422, route
        assert said.json()["problems"][0]["path"].endswith(name), route


@pytest.mark.parametrize("faulty", every(OF_ANY, "layout.yaml"), indirect=True)
def test_every_page_of_a_layout_with_a_fault_tells_it_or_does_without(faulty: tuple[TestClient, str]) -> None:
    client, name = faulty
    for path in LOOKS:
        page = client.get(path)
        assert page.status_code in (200, 422), path
        assert "bug in reshelve" not in page.text and "-1 " not in page.text, path
        if path in ("/", "/undecided", "/documents?name=layout", "/checks"):
            assert name in page.text.partition("<main")[2], path
            assert "Nothing is undecided" not in page.text, path
    made = client.post("/plans", data={"command": "apply"})
    assert (made.status_code, name in made.text) == (422, True)
    assert 'href="/documents?name=layout' in made.text
    told = client.get("/api/files/status").json()["status"]
    assert (told["entries"], told["review"]) == (None, None)
    assert told["unsound"] > 0
