"""Facts from inside files, from the command line to the place: real files, tiny, made on the spot."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support import media
from tests.support.cases import reshelve

WORKSPACE = """\
version: 1
stores:
  inbox: {path: inbox}
  library: {path: library}
scan:
  inbox:
    rules:
      - name: clips
        when: {media: video, duration: {under: 5m}}
        place: "library:Clips/{{ filename }}"
      - name: sharp
        when: {media: video, quality: 4K}
        place: "library:4K/{{ filename }}"
      - name: photos
        when: {kind: image, captured: {known: true}}
        place: "library:{{ captured | date('%Y') }}/{{ captured | date('%m') }}/{{ filename }}"
      - name: generated
        when: {kind: image, seed: {known: true}}
        place: "library:Generated/{{ model }}/{{ seed }}.{{ ext }}"
      - name: songs
        when: {kind: music, artist: {known: true}}
        place: "library:{{ artist }}/{{ album }}/{{ '%02d' % track }} {{ title }}.{{ ext }}"
      - name: recordings
        when: {kind: music, duration: {over: 1s}}
        place: "library:Recordings/{{ filename }}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tags = {"artist": "Ann", "album": "Songs", "title": "One", "tracknumber": "3"}
    graph = {"1": {"inputs": {"seed": 42}}, "2": {"inputs": {"ckpt_name": "../../up.safetensors"}}}
    files = {
        "05 Two.m4a": media.m4a(**{**tags, "tracknumber": "5"}),
        "beach.mp4": media.mp4(42),
        "long.mp4": media.mp4(3600, 3840, 1600),
        "Old.2160p.x265.mkv": b"broken",
        "sea.jpg": media.jpeg("2021:05:06 07:08:09"),
        "made.png": media.png(prompt=graph),
        "03 One.flac": media.flac(**tags),
        "04 - One.mp3": media.mp3(**{**tags, "tracknumber": "4"}),
        "Ann - One.m4a": media.m4a(**{**tags, "tracknumber": "5"}),
        "memo.wav": media.wav(2),
        "empty.mp4": b"",
        "torn.jpg": media.jpeg("2021:05:06 07:08:09")[:40],
    }
    (tmp_path / "inbox").mkdir()
    (tmp_path / "library").mkdir()
    for name, content in files.items():
        path = tmp_path / "inbox" / name
        path.write_bytes(content)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    return tmp_path


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")


def test_files_are_placed_by_what_is_in_them(folder: Path) -> None:
    scanned = reshelve(["scan"], folder)
    assert "[exit" not in scanned
    applied = reshelve(["apply", "--yes"], folder)
    assert "[exit" not in applied, applied
    assert below(folder / "library") == [
        "2021/05/sea.jpg",
        "4K/Old.2160p.x265.mkv",
        "4K/long.mp4",
        "Ann/Songs/03 One.flac",
        "Ann/Songs/04 One.mp3",
        "Ann/Songs/05 One.m4a",
        "Clips/beach.mp4",
        "Generated/..-..-up.safetensors/42.png",
        "Recordings/memo.wav",
    ]
    assert below(folder / "inbox") == ["05 Two.m4a", "empty.mp4", "torn.jpg"]
    assert "title is not certain" in scanned
    assert "[exit" not in reshelve(["check"], folder)


def test_scanning_again_says_the_same_and_opens_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", -(10**10))  # files made just now count
    reshelve(["plan"], folder)
    (folder / ".reshelve").mkdir(exist_ok=True)
    reshelve(["scan"], folder)
    first = (folder / "layout.yaml").read_bytes()

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened again")

    monkeypatch.setattr("reshelve.executors.stores.local_store_reads.LocalReads.open", refuse)
    assert "bug" not in reshelve(["scan"], folder)
    assert (folder / "layout.yaml").read_bytes() == first


def test_without_the_extra_one_note_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pymediainfo", "mutagen", "PIL"):
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
    said = reshelve(["scan"], folder)
    assert said.count(f"{sys.executable} -m pip install 'reshelve[media]'") == 1, said
    assert "[exit" not in said
    assert reshelve(["validate"], folder).count("[exit") == 0
    assert "4K/Old.2160p.x265.mkv" in (folder / "layout.yaml").read_text()


def test_a_scan_that_asks_for_none_of_it_loads_none_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"{self.__name__} was used")

    for name in ("pymediainfo", "mutagen", "PIL"):
        monkeypatch.setitem(sys.modules, name, Refused(name))
    plain = WORKSPACE.partition("    rules:")[0]
    plain += "    rules: [{name: films, when: {kind: movie}, place: 'library:{{ title }} ({{ year }})/{{ filename }}'}]\n"
    (folder / "reshelve.yaml").write_text(plain)
    said = reshelve(["scan"], folder)
    assert "bug" not in said
    assert "reshelve[media]" not in said
