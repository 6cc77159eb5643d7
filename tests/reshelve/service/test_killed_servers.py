"""A server that is killed at a random moment while somebody applies a plan on the pages, and the run too or not.

The next server's page tells how the run stands; there it is settled and taken back. The trees are as they were then, and whoever
follows the run's events has each of them, by number, without a gap. `RESHELVE_KILLS` is how many times, three unless told.
"""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.browsing import browsing, opened, plan_of
from tests.support.living_processes import alive_with, needs_proc, wait_until
from tests.support.serving import Server, make_workspace, served
from tests.support.snapshots import difference, snapshot

pytestmark = [
    pytest.mark.slow,
    needs_proc,
]
KILLS = int(os.environ.get("RESHELVE_KILLS", "3"))
FILES = 2000
MINUTE = 60_000
LATEST = 1.2
LONGEST = 0.15
"""Seconds within which a run mostly ends, from the press of the button, and from its first file."""


class Events(threading.Thread):
    """Follows the events of a run, wherever its server is, until the last. A connection that is lost goes on where it was."""

    def __init__(self, run: str) -> None:
        super().__init__(daemon=True)
        self.run_id = run
        self.numbers: list[int] = []
        self.last: dict[str, Any] = {}
        self.lost = 0
        self.server: Server | None = None

    def run(self) -> None:
        """Follow until the run has settled."""
        while self.last.get("state") in (None, "unsettled"):
            with suppress(OSError, http.client.HTTPException):
                self._follow()
            self.lost += 1
            time.sleep(0.05)

    def _follow(self) -> None:
        server = self.server
        if server is None:
            return
        wire = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)
        headers = {"Authorization": f"Bearer {server.token}", "Last-Event-ID": str(self.numbers[-1] if self.numbers else 0)}
        wire.request("GET", f"{server.prefix}/runs/{self.run_id}/events", headers=headers)
        with wire.getresponse() as answer:
            if answer.status != 200:
                return
            number = 0
            for line in answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    number = int(value)
                    self.numbers.append(number)
                elif name == "data" and not number:
                    self.last = json.loads(value)
                elif not line.strip():
                    number = 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


def apply_and_kill(page: Any, server: Server, folder: Path, drawn: random.Random) -> None:
    """Press apply, and kill the server at a random moment, mostly one at which the run moves files, and mostly the run with it."""
    digest = page.url.rpartition("/")[2]
    page.evaluate("document.querySelector('button.main').click()")
    if drawn.random() < 0.3:
        time.sleep(drawn.uniform(0.0, LATEST))
        killed = alive_with(digest)
    else:
        wait_until(lambda: alive_with(digest))
        killed = alive_with(digest)
        wait_until(lambda: os.listdir(folder / "library"))
        time.sleep(drawn.uniform(0.0, LONGEST))
    for process in [*(killed if drawn.random() < 0.8 else ()), server.process.pid]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    server.process.wait(10)


def wait_for(page: Any, selector: str) -> None:
    """Wait until a page shows something, and say what it shows if it does not."""
    try:
        page.wait_for_selector(selector, timeout=MINUTE)
    except Exception as error:
        raise AssertionError(f"{page.url}: no {selector} in: {page.inner_text('body')[:2000]}") from error


def end_of(page: Any, drawn: random.Random) -> str:
    """Wait until the page of a run tells its end, settle it if it was cut short, and return what was told."""
    wait_for(page, ".state:not(.busy)")
    if not page.query_selector(".state.unsettled"):
        return str(page.inner_text(".state"))
    how = drawn.choice(("rollback", "finish", "accept"))
    page.click(f"button[name=how][value={how}]")
    wait_for(page, ".state:not(.busy, .unsettled)")
    return f"cut short, {how}: {page.inner_text('.state')}"


def applied_again(page: Any, server: Server, digest: str, drawn: random.Random) -> str:
    """Go to the run, on a page that was open or a new one; where it never began, apply its plan now. Return how it ended."""
    if not page.url.endswith(f"/runs/{digest[:12]}"):
        page.goto(f"{server.address}/plans/{digest}")
        if link := page.query_selector(f"a[href$='/runs/{digest[:12]}']"):
            link.click()
        else:
            page.click("button.main")
        page.wait_for_url(f"**/runs/{digest[:12]}", timeout=MINUTE)
    return end_of(page, drawn)


@pytest.mark.parametrize("number", range(KILLS))
def test_all_is_told_settled_and_taken_back(browser: Any, tmp_path: Path, number: int) -> None:
    drawn, folder = random.Random(2000 + number), make_workspace(tmp_path / "media", files=FILES)
    before = snapshot(folder / "inbox"), snapshot(folder / "library")
    with served(folder) as server:
        page = opened(browser, server)
        plan_of(page, server)
        page.click("a[data-opens] >> nth=0")
        page.wait_for_selector(".groups .rows li")
        digest = page.url.rpartition("/")[2]
        events = Events(digest[:12])
        events.server = server
        events.start()
        apply_and_kill(page, server, folder, drawn)
    with served(folder, listen=server.address.removeprefix("http://")) as server:
        events.server = server
        ended = applied_again(page, server, digest, drawn)
        events.join(MINUTE / 1000)
        told = server.ask("GET", f"/runs/{digest[:12]}").json
        print(f"{number}: {ended}, {told['done']} of {told['operations']}, connections lost: {events.lost - 1}")
        assert events.numbers == list(range(1, told["event"] + 1))
        assert events.last["state"] == told["state"]
        if told["done"]:
            page.click("button:has-text('Plan to take it back')")
            wait_for(page, "button.main")
            page.click("button.main")
            wait_for(page, ".state.done")
        page.context.close()
    after = snapshot(folder / "inbox"), snapshot(folder / "library")
    assert [difference(*pair) for pair in zip(before, after, strict=True)] == [[], []]
