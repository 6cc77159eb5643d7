"""What docs/api.md shows, run in the order it is shown, in one fresh folder."""

import re
from pathlib import Path

import pytest

from tests.support.shellplaces import lay, tree

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_every_example_of_the_api_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = tree(lay(tmp_path / "media"))
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    (downloads / "Heat (1995).mkv").write_text("heat")
    names: dict[str, object] = {}
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        exec(compile(block, str(PAGE), "exec"), names)
    assert tree(tmp_path / "media") == before
    assert (tmp_path / "Sorted/Movies/Heat (1995)/Heat (1995).mkv").read_text() == "heat"
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "4 to move, 0 blocked"
    assert any("bad-location" in line or "location" in line for line in told)
    assert told[-1] == "Nordlys [2] True"


def test_the_page_names_everything_the_api_offers() -> None:
    from reshelve import api

    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in api.__all__ if f"{name}" not in page] == []
