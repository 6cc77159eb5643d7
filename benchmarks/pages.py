"""How soon the page of a large plan is there, in Debian's chromium: seconds to the first paint, nodes, and the server's memory."""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.episodes import workspace
from tests.support.serving import served

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
NODES = "document.querySelectorAll('*').length"


def main() -> None:
    """Make a workspace, plan it over the page, and load that page three times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, served(workspace(Path(place), asked.files)) as server:
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{server.address}/#token={server.token}")
            page.wait_for_selector("header")
            page.goto(f"{server.address}/plans")
            page.click("button:has-text('Make a plan')", no_wait_after=True)
            page.wait_for_url(re.compile(r"/plans/[0-9a-f]{64}$"), timeout=600_000)
            for _ in range(3):
                page.reload()
                page.wait_for_timeout(500)
                print(f"first paint {page.evaluate(PAINT):.2f} s, {page.evaluate(NODES):,} nodes")
            browser.close()
        memory = Path(f"/proc/{server.process.pid}/status").read_text()
        print(*(line for line in memory.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
