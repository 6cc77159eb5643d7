"""The pages in a real browser: applied with JavaScript off, nothing cut on a narrow phone, and nothing serious that axe finds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.service.pages.rendering import NAV
from tests.support.browsing import browsing, opened, plan_of
from tests.support.serving import Server, make_workspace, served
from tests.support.shellcalls import call

pytestmark = pytest.mark.slow

PATHS = [path or "/" for path, _ in NAV] + ["/documents?name=layout", "/projects/cloud"]
CUT = """() => [...document.querySelectorAll('main *, header *')].filter(each => {
  const box = each.getBoundingClientRect();
  return each.offsetParent && box.width && !each.closest('.skip, thead') && (box.right > innerWidth + 1 || box.left < -1);
}).map(each => each.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_workspace(tmp_path_factory.mktemp("browser") / "media", 8)
    (folder / "inbox" / f"{'a-name-without-any-space' * 8}.S01E01.mkv").write_text("long")
    (folder / "inbox" / "odd.mov").write_text("odd")
    assert call(folder, "scan").code == 0
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as running:
        yield running


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


def test_nothing_is_cut_at_320_pixels(browser: Any, server: Server) -> None:
    page = opened(browser, server, viewport={"width": 320, "height": 700})
    for path in PATHS:
        page.goto(f"{server.address}{path}")
        assert page.evaluate(CUT) == [], path
    plan_of(page, server)
    for group in page.query_selector_all("a[data-opens]"):
        group.click()
    page.wait_for_selector(".groups .rows li")
    assert page.evaluate(CUT) == []
    page.goto(f"{page.url}/rows")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, server: Server, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install 'reshelve[browser]'").Axe()
    page = opened(browser, server, color_scheme=scheme)
    plan_of(page, server)
    page.click("a[data-opens] >> nth=0")
    page.wait_for_selector(".groups .rows li")
    found = {page.url: axe.run(page).response["violations"]}
    for path in PATHS:
        page.goto(f"{server.address}{path}")
        found[path] = axe.run(page).response["violations"]
    serious = [
        f"{where}: {each['id']}: {each['nodes'][0]['html'][:100]}"
        for where, violations in found.items()
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
