"""The dashboard: one file with every project, that loads nothing, runs nothing, and replaces no file of somebody else's."""

import re
from pathlib import Path

from tests.support.shellcalls import call

WORKSPACE = """\
version: 1
stores:
  local: {path: local}
  ssd: {path: ssd}
tiers:
  videos:
    project: ["b[0-9]*"]
    order:
      local: {at: "local:{project}"}
      ssd: {at: "ssd:{project}"}
    moves:
      - {from: local, to: [ssd], after: 90d}
"""


def test_every_project_is_on_a_page_that_opens_offline(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "ssd").mkdir()
    for name in ("b01-first", "b02-<script>"):
        (tmp_path / "local" / name).mkdir(parents=True)
        (tmp_path / "local" / name / "a.mov").write_text("moving")
    assert call(tmp_path, "dashboard").code == 0
    page = (tmp_path / "dashboard.html").read_text()
    assert "b01-first" in page
    assert "b02-&lt;script&gt;" in page
    assert "<script" not in page
    assert "Health:" in page
    assert not re.search(r"(src|href|url)\s*[=(]", page)
    assert call(tmp_path, "dashboard").code == 0


def test_a_page_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {}\n")
    mine = tmp_path / "dashboard.html"
    mine.write_text("<!doctype html><title>mine</title>")
    refused = call(tmp_path, "dashboard")
    assert refused.code != 0
    assert mine.read_text() == "<!doctype html><title>mine</title>"
