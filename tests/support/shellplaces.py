"""A small workspace on disk for tests of the command line: an inbox, a library of two stores, and projects."""

import os
from pathlib import Path

from tests.support.shellcalls import call

WHEN = 1_700_000_000

WORKSPACE = """version: 1
stores:
  inbox: {path: inbox}
  tv: {path: tv}
  movies: {path: movies}
  projects: {path: projects}
scan:
  inbox:
    tidy: true
    rules:
      - name: episodes
        when: {kind: episode}
        place: "tv:{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"
      - name: films
        when: {kind: movie, year: {known: true}}
        place: "movies:{{ title }} ({{ year }})/{{ filename }}"
"""

FILES = {
    "inbox/new/Nordlys.S01E01.Home.mkv": "one",
    "inbox/new/Nordlys.S01E01.Home.en.srt": "subtitles of one",
    "inbox/Nordlys.S01E02.Away.mkv": "two",
    "inbox/Heat.1995.1080p.mkv": "heat",
    "inbox/xyz.bin": "what is this",
}


def lay(folder: Path, files: dict[str, str] = FILES, workspace: str = WORKSPACE) -> Path:
    """Make the workspace with its stores and files in `folder`, and return it."""
    for store in ("inbox", "tv", "movies", "projects"):
        (folder / store).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (WHEN, WHEN))
    (folder / "reshelve.yaml").write_text(workspace)
    return folder


def tree(folder: Path) -> dict[str, str | None]:
    """Return every file with its text and every folder with None, the workspace's own documents left out."""
    found: dict[str, str | None] = {}
    for path in sorted(folder.rglob("*")):
        rel = str(path.relative_to(folder))
        if rel.startswith(".reshelve") or (rel.endswith((".yaml", ".json", ".ndjson")) and "/" not in rel):
            continue
        found[rel] = path.read_text() if path.is_file() else None
    return found


FILED = {
    "tv/Nordlys/Season 01/Nordlys.S01E01.Home.mkv": "one",
    "tv/Nordlys/Season 01/Nordlys.S01E01.Home.en.srt": "subtitles of one",
    "tv/Nordlys/Season 01/Nordlys.S01E02.Away.mkv": "two",
    "movies/Heat (1995)/Heat.1995.1080p.mkv": "heat",
    "inbox/xyz.bin": "what is this",
}
"""What the workspace comes to once its layout is applied."""


def files(folder: Path) -> dict[str, str | None]:
    """Return the files below a folder with what is in them, without the folders."""
    return {name: text for name, text in tree(folder).items() if text is not None}


def scanned(place: Path) -> Path:
    """Scan a workspace, and return its folder."""
    came = call(place, "scan")
    assert came.code == 0, came.err
    return place


def applied(place: Path) -> Path:
    """Scan and apply a workspace, and return its folder."""
    came = call(scanned(place), "apply", "--yes")
    assert came.code == 0, came.err
    return place
