"""A library restored from a backup: `undo` and `redo` refuse and name `--by-content`, which takes the runs back."""

import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = "version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n"
LAYOUT = 'version: 1\nfiles: {"tv:Show/a": {from: "inbox:a"}, "tv:Show/b": {from: "inbox:b"}}\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    laid = tmp_path / "desk"
    (laid / "inbox").mkdir(parents=True)
    (laid / "tv").mkdir()
    for name in ("a", "b"):
        (laid / "inbox" / name).write_bytes(name.encode() * 1000)
    (laid / "reshelve.yaml").write_text(WORKSPACE)
    (laid / "layout.yaml").write_text(LAYOUT)
    assert call(laid, "apply", "--yes").code == 0
    return laid


def restored(folder: Path, to: Path | None = None) -> None:
    """Bring a folder back from a backup, which stays, so that its inodes are not given out again."""
    backup = folder.with_name(f"{folder.name}.backup")
    folder.rename(backup)
    shutil.copytree(backup, to or folder)


def words(came: Came) -> str:
    return " ".join((came.out + came.err).split())


def test_undo_names_the_option_which_takes_it_back(place: Path) -> None:
    assert call(place, "catalog", "update", "--hash").code == 0
    restored(place / "tv")
    refused = call(place, "undo", "--yes")
    assert refused.code == 1
    assert "--by-content" in words(refused)
    done = call(place, "undo", "--by-content", "--yes")
    assert done.code == 0, words(done)
    assert words(done).startswith("Reading 2 files (2.0 kB) to know them by their content. Taking back")
    assert "note[known-by-content]" in words(done)
    restored(place / "inbox")
    assert "redo" in words(call(place, "redo", "--yes"))
    again = call(place, "redo", "--by-content", "--yes")
    assert again.code == 0, words(again)
    assert {each.name for each in (place / "tv/Show").iterdir()} == {"a", "b"}


def test_other_content_is_refused(place: Path) -> None:
    assert call(place, "catalog", "update", "--hash").code == 0
    restored(place / "tv")
    (place / "tv/Show/a").write_bytes(b"x" * 1000)
    refused = call(place, "undo", "--by-content", "--yes")
    assert refused.code == 1
    assert "tv:Show/a holds other content than when this run left it." in words(refused)
    assert (place / "tv/Show/b").exists()
    rest = call(place, "undo", "--by-content", "--partial", "--yes")
    assert (rest.code, (place / "inbox/b").exists(), (place / "tv/Show/a").exists()) == (0, True, True)


def test_what_nobody_recorded_is_told_by_size_and_time_and_said(place: Path) -> None:
    restored(place / "tv")
    done = call(place, "undo", "--by-content", "--yes")
    assert done.code == 0, words(done)
    assert "warning[known-by-time]" in words(done)


def test_a_store_restored_to_another_folder(place: Path) -> None:
    restored(place / "tv", place / "new")
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("path: tv}", "path: new}"))
    shutil.rmtree(place / "tv.backup")
    refused = call(place, "undo", "--yes")
    assert refused.code != 0
    assert "--by-content" in words(refused)
    done = call(place, "undo", "--by-content", "--yes")
    assert done.code == 0, words(done)
    assert "taken for the same store by its name" in words(done)
    assert (place / "inbox/a").exists()
