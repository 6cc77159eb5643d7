"""What a scan worked out is remembered from the first one on: a second one opens no file again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.metadata.metadata_reader import FileMetadata
from reshelve.executors.stores.local_store_reads import LocalReads
from tests.support.media import png
from tests.support.shellcalls import call

WORKSPACE = """version: 1
stores: {inbox: {path: inbox}, shots: {path: shots}}
scan:
  inbox:
    on_conflict: keep-both
    transfer: copy
    rules:
      - {name: wide, when: {width: {over: 10}}, place: "shots:{{ width }}/{{ filename }}"}
"""
FILES = 12


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note every file that is looked into or hashed; ctimes of the last seconds count as proof, too."""
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", 0)
    found: list[str] = []
    for kind, name in ((FileMetadata, "_ask"), (LocalReads, "digest")):
        monkeypatch.setattr(kind, name, _noting(getattr(kind, name), found))
    yield found


def _noting(do: Callable[..., Any], found: list[str]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        found.append(do.__name__)
        return do(*args)

    return noted


def photos(folder: Path) -> Path:
    """Lay out pictures, each with a copy of it in the place where it is to go."""
    for number in range(FILES):
        for place in (folder / "inbox", folder / "shots" / "20"):
            place.mkdir(parents=True, exist_ok=True)
            (place / f"IMG_{number:04}.png").write_bytes(png((20, number + 1)))
    return folder


def test_a_second_scan_of_a_workspace_reads_nothing_again(tmp_path: Path, opened: list[str]) -> None:
    (photos(tmp_path) / "reshelve.yaml").write_text(WORKSPACE)
    assert call(tmp_path, "scan", "-o", "-").code == 0
    assert opened.count("_ask") == FILES and opened.count("digest") == 2 * FILES
    opened.clear()
    assert call(tmp_path, "scan").code == 0
    assert opened == []


def test_a_second_organize_reads_nothing_again_before_anybody_said_yes(tmp_path: Path, opened: list[str]) -> None:
    for number in range(FILES):
        name = f"Film {number} (1999)"
        for place in (tmp_path / "inbox", tmp_path / "library" / "Movies" / name):
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.mkv").write_text(f"film {number:02}")
    args = ("organize", "inbox", "--into", "library")
    assert call(tmp_path, *args).code == 7
    assert opened.count("digest") == 2 * FILES
    opened.clear()
    assert call(tmp_path, *args).code == 7
    assert opened == []
