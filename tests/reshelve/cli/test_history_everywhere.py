"""`history` knows a file wherever the runs on it are recorded, and under the names that people gave it."""

import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay

ON_A, ON_B = "Heat.1995.1080p.mkv", "Ronin.1998.mkv"
HEAT = "Work/Movies/Heat (1995)/Heat.1995.1080p.mkv"


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two cards, each organized into one folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = tmp_path / "home"
    for card, name in (("cardA", ON_A), ("cardB", ON_B)):
        (home / card).mkdir(parents=True)
        (home / card / name).write_text(card)
        assert call(home, "organize", card, "--into", "Work", "--yes").code == 0
    return home


def test_every_organize_into_a_folder_is_asked(cards: Path) -> None:
    for here, name in ((cards, HEAT), (cards / "cardB", f"../{HEAT}"), (cards / "Work", HEAT.removeprefix("Work/"))):
        told = call(here, "history", name)
        assert told.code == 0 and f"inbox:{ON_A} -> library:Movies" in told.out, told.out + told.err
    both = call(cards, "history", "Work")
    assert both.out.index(ON_A) < both.out.index(ON_B)
    assert f"from {cards / 'cardA'} into" in both.out and f"from {cards / 'cardB'} into" in both.out


def test_a_path_is_enough_from_anywhere(cards: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    told = call(tmp_path / "far", "history", str(cards / HEAT))
    assert told.code == 0 and ON_A in told.out, told.err


def test_a_workspace_asks_the_organizes_into_its_stores(cards: Path) -> None:
    (cards / "Work" / "reshelve.yaml").write_text("version: 1\nstores:\n  all: {path: .}\n")
    for name in (HEAT.removeprefix("Work/"), f"all:{HEAT.removeprefix('Work/')}"):
        told = call(cards / "Work", "history", name)
        assert told.code == 0 and f"inbox:{ON_A}" in told.out, told.out + told.err


def test_a_path_in_no_store_of_any_of_them_is_refused(cards: Path) -> None:
    refused = call(cards, "history", "/nowhere/at/all")
    assert refused.code == 64 and "in no store" in refused.err


def test_a_file_moved_by_hand_is_followed(tmp_path: Path) -> None:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    old, new = tmp_path / "movies/Heat (1995)/Heat.1995.1080p.mkv", tmp_path / "movies/mine/heat.mkv"
    new.parent.mkdir()
    shutil.move(old, new)
    unknown = call(tmp_path, "history", str(new))
    assert unknown.code == 0 and "reshelve catalog update" in unknown.err + unknown.out
    assert "5 files in the stores: 1 new, 1 moved by hand.\n" in call(tmp_path, "catalog", "update").out
    for name in ("movies/mine/heat.mkv", "movies/Heat (1995)/Heat.1995.1080p.mkv", "inbox/Heat.1995.1080p.mkv"):
        told = call(tmp_path, "history", name)
        assert "inbox:Heat.1995.1080p.mkv -> movies:Heat (1995)" in told.out, told.out
        assert "moved by hand" in told.out and "-> movies:mine/heat.mkv" in told.out, told.out
