"""The pages in a real browser: applied with JavaScript off, nothing cut on a narrow phone, and nothing serious that axe finds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.service.pages.page_table import PAGES
from tests.support.browsing import browsing, opened, plan_of
from tests.support.buckets import fresh, keys_of, moto
from tests.support.killed_runs import cut_short
from tests.support.page_scene import make_scene
from tests.support.servers.service import Endpoint
from tests.support.serving import Server, make_workspace, served

__all__ = ["moto"]
pytestmark = pytest.mark.slow

CUT = """() => [...document.querySelectorAll('main *, header *')].filter(each => {
  const box = each.getBoundingClientRect();
  const out = box.right > innerWidth + 1 || box.left < -1 || (each.scrollWidth > each.clientWidth + 1 && each.clientWidth);
  return each.offsetParent && box.width && !each.closest('.skip, thead, input, select') && out;
}).map(each => each.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Endpoint) -> Iterator[Server]:
    """Serve a workspace in which every page has something to show."""
    with keys_of(moto):
        folder = make_scene(tmp_path_factory.mktemp("browser") / "media", 60, moto, fresh(moto), fresh(moto))
        with served(folder) as running:
            yield running


@pytest.fixture(scope="module")
def addresses(server: Server) -> dict[str, list[str]]:
    """Return what to look at of each page, by its path in the table of pages."""
    plan = f"/plans/{server.ask('POST', '/plans').json['digest']}"
    runs = [f"/runs/{each['id']}" for each in server.ask("GET", "/runs").json["runs"]]
    jobs = server.ask("GET", "/stats").json["events"][-1]["jobs"]
    told, item, *_ = [each["item"] for each in server.ask("GET", "/review").json["items"]]
    server.ask("POST", "/review", {"item": told, "place": "library:Clips/"})
    always = f"/undecided/always?item={item}&place=library:Clips/"
    cut = f"/runs/{cut_short(server.folder)}"
    return {
        "/": ["/"],
        "/plans": ["/plans"],
        "/plans/{digest}": [plan],
        "/plans/{digest}/rows": [f"{plan}/rows", f"{plan}/rows?text=nowhere"],
        "/plans/{digest}/blocked": [f"{plan}/blocked"],
        "/plans/{digest}/problems": [f"{plan}/problems"],
        "/runs": ["/runs"],
        "/runs/{run}": [*runs, cut],
        "/undecided": ["/undecided", f"/undecided?told={told}"],
        "/undecided/always": [always],
        "/documents": ["/documents", "/documents?name=layout"],
        "/projects": ["/projects"],
        "/projects/cloud": ["/projects/cloud"],
        "/sync": ["/sync"],
        "/sync/plan": ["/sync/plan", "/sync/plan?way=down"],
        "/duplicates": ["/duplicates"],
        "/checks": ["/checks"],
        "/jobs": ["/jobs", *(f"/jobs?job={job}" for job in list(jobs)[:1])],
        "no page": ["/nothing"],
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


def test_without_javascript_a_plan_is_read_applied_and_taken_back(browser: Any, tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with served(folder) as server:
        page = opened(browser, server, java_script_enabled=False)
        plan_of(page, server)
        page.click("a[data-opens] >> nth=0")
        assert "Nordlys.S01E03.1080p.mkv" in page.content()
        page.go_back()
        page.click("button.main")
        page.wait_for_selector(".state.done", timeout=60_000)
        assert (folder / "library" / "TV Shows" / "Nordlys" / "Season 01" / "Nordlys.S01E03.1080p.mkv").is_file()
        page.click("text=Plan to take it back")
        page.click("button.main")
        page.wait_for_selector(".state.done", timeout=60_000)
        assert (folder / "inbox" / "Nordlys.S01E03.1080p.mkv").is_file()


def test_a_sync_is_read_before_it_is_made(browser: Any, tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        folder = make_scene(tmp_path / "media", 20, moto, fresh(moto), fresh(moto))
        with served(folder) as server:
            page = opened(browser, server, java_script_enabled=False)
            page.goto(f"{server.address}/sync")
            page.check("input[value='b01-film-1']")
            page.click("text=Plan a sync")
            assert "from-david.mp4" in page.content() and "draft.mp4" in page.content()
            brought = folder / "work" / "b01-film-1" / "s3-staging" / "from-david.mp4"
            assert not brought.exists()
            (brought.parent / "new.mp4").write_text("new")
            page.click("button.main")
            assert "Something has changed since this was shown" in page.content() and "new.mp4" in page.content()
            assert not brought.exists()
            page.click("button.main")
            page.wait_for_selector(".state.done", timeout=60_000)
            assert brought.read_bytes() == b"theirs"


def test_the_page_of_a_run_says_that_its_stream_is_lost_and_that_it_is_there_again(browser: Any, server: Server) -> None:
    page = opened(browser, server)
    run = server.ask("GET", "/runs").json["runs"][-1]["id"]
    page.route("**/events", lambda route: route.abort())
    page.set_content(
        f'<body data-api="/api/files"><section data-run="{run}"><progress max="6" value="2"></progress><b data-done>2</b>'
        '<p data-lost hidden>lost</p><p data-failures hidden></p></section><script type="module" src="/static/page.js"></script>'
    )
    page.wait_for_selector("[data-lost]:not([hidden])", timeout=60_000)
    page.unroute("**/events")
    # The stream goes on: the run has ended, so the page is loaded anew.
    page.wait_for_selector("header", timeout=60_000)


def test_with_javascript_a_group_opens_in_place_and_slash_goes_to_the_search(browser: Any, server: Server) -> None:
    page = opened(browser, server)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    plan_of(page, server)
    address = page.url
    page.click("a[data-opens] >> nth=0")
    page.wait_for_selector(".groups .rows li")
    assert page.url == address
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    assert wrong == []


def test_every_page_is_looked_at(addresses: dict[str, list[str]]) -> None:
    assert {page.path for page in PAGES if page.method == "GET"} == addresses.keys() - {"no page"}


def visited(page: Any, server: Server, addresses: dict[str, list[str]]) -> Iterator[str]:
    """Go to each page, groups of plans opened, then to the forms that lead to others."""
    for address in [each for several in addresses.values() for each in several]:
        page.goto(f"{server.address}{address}")
        for group in page.query_selector_all("a[data-opens]"):
            group.click()
        page.wait_for_selector("[aria-busy]", state="detached")
        yield address
    page.goto(f"{server.address}/undecided")
    page.fill("input[name=place] >> nth=0", "library:Clips/")
    page.click("button:has-text('Always')")
    page.wait_for_selector("h1:has-text('always')")
    yield "always"
    page.context.clear_cookies()
    page.goto(server.address)
    page.wait_for_selector("input[name=token]")
    yield "sign in"


def test_nothing_is_cut_at_320_pixels(browser: Any, server: Server, addresses: dict[str, list[str]]) -> None:
    page = opened(browser, server, viewport={"width": 320, "height": 700})
    assert [(address, cut) for address in visited(page, server, addresses) if (cut := page.evaluate(CUT))] == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, server: Server, addresses: dict[str, list[str]], scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install 'reshelve[browser]'").Axe()
    page = opened(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900})
    serious = [
        f"{address}: {each['id']}: {each['nodes'][0]['html'][:100]}"
        for address in visited(page, server, addresses)
        for each in axe.run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
