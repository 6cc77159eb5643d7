"""`trash`: what lies in it, brought back or removed for good."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay, tree


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_the_trash_lists_restores_and_empties(place: Path) -> None:
    absent = '  - {path: "inbox:xyz.bin"}\n  - {path: "inbox:Heat.1995.1080p.mkv"}\n'
    (place / "layout.yaml").write_text(f"version: 1\nabsent:\n{absent}")
    assert call(place, "apply", "--yes").code == 0
    assert "inbox:xyz.bin" in call(place, "trash", "list").out
    assert call(place, "trash", "restore", "nothing").code == 1
    assert call(place, "trash", "restore", "xyz.bin", "--yes").code == 0
    assert (place / "inbox" / "xyz.bin").read_text() == "what is this"
    assert "Nothing to do" in call(place, "trash", "empty", "--older-than", "1d", "--yes").out
    assert call(place, "trash", "empty").code == 7
    assert call(place, "trash", "empty", "--yes").code == 0
    assert "Trash: 0 files" in call(place, "trash", "list").out


def test_a_whole_store_is_restored_from_the_trash(place: Path) -> None:
    absent = [f'  - {{path: "inbox:{name}"}}\n' for name in ("xyz.bin", "new/Nordlys.S01E01.Home.mkv")]
    (place / "layout.yaml").write_text("version: 1\nabsent:\n" + "".join(absent))
    before = tree(place)
    assert call(place, "apply", "--yes").code == 0
    assert call(place, "trash", "restore", "tv:", "--yes").code == 1
    assert call(place, "trash", "restore", "inbox:", "--yes").code == 0
    assert tree(place) == before
