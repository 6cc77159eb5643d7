"""A real browser for the pages: Debian's chromium, through Playwright. Whoever has neither skips the tests."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.serving import Server


@contextmanager
def browsing() -> Iterator[Any]:
    """Start the browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'reshelve[browser]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("there is no chromium here")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Any, server: Server, **options: Any) -> Any:
    """Return a page that is signed in: by the address's fragment, or without scripts by the form."""
    page = browser.new_context(**options).new_page()
    page.goto(f"{server.address}/#token={server.token}")
    if options.get("java_script_enabled", True):
        page.wait_for_selector("header")
        assert "token" not in page.url
    else:
        page.fill("input[name=token]", server.token)
        page.click("text=Sign in")
    return page


def plan_of(page: Any, server: Server) -> None:
    """Make a plan on the page of plans, and go to it."""
    page.goto(f"{server.address}/plans")
    page.click("button:has-text('Make a plan')")
    page.wait_for_url(re.compile(r"/plans/[0-9a-f]{64}$"), timeout=60_000)
