"""Trees to measure on: empty files under names as downloads have them, and the layout that puts them in order."""

from collections.abc import Iterator
from pathlib import Path

A_FOLDER = 25
"""Files a folder in the plain shape: a season."""


def pairs(shape: str, files: int) -> Iterator[tuple[str, str]]:
    """Yield (source, target) relative paths. Shape "seasons" has 25 files a target folder, "films" one."""
    for number in range(files):
        if shape == "films":
            name = f"Film.{number:07}.1999.1080p.mkv"
            yield f"drop{number // 1000:04}/{name}", f"Movies/Film {number:07} (1999)/{name}"
        else:
            show, episode = divmod(number, A_FOLDER)
            name = f"Show.{show:06}.S01E{episode + 1:02}.1080p.mkv"
            yield f"drop{number // 1000:04}/{name}", f"TV/Show {show:06}/Season 01/{name}"


def make(folder: Path, shape: str, files: int) -> None:
    """Fill `folder/inbox` with the sources, each a byte, and make `folder/library`."""
    (folder / "library").mkdir(parents=True)
    inbox = folder / "inbox"
    inbox.mkdir()
    made: set[str] = set()
    for source, _ in pairs(shape, files):
        drop = source.partition("/")[0]
        if drop not in made:
            made.add(drop)
            (inbox / drop).mkdir()
        (inbox / source).write_bytes(b"x")


def check(folder: Path, files: int) -> None:
    """Say that a mover did its work: a time for anything less would be worth nothing. Raises RuntimeError."""
    moved = sum(1 for path in (folder / "library").rglob("*.mkv") if path.parent.parent.parent.name in ("TV", "library"))
    if moved != files:
        raise RuntimeError(f"{moved} of {files} files are in the library")


WORKSPACE = """\
version: 1
stores:
  inbox: {path: inbox}
  library: {path: library, reserve: 0B}
scan:
  inbox:
    rules:
      - name: episodes
        when: {kind: episode}
        place: "library:TV/{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"
      - name: films
        when: {kind: movie, year: {known: true}}
        place: "library:Movies/{{ title }} ({{ year }})/{{ filename }}"
"""

PATTERN_WORKSPACE = r"""
version: 1
stores:
  inbox: {path: inbox}
  library: {path: library, reserve: 0B}
scan:
  inbox:
    rules:
      - name: episodes
        when: {name: {regex: '^(?P<show>.+)\.S(?P<series>\d\d)E\d\d\..*\.mkv$'}}
        place: "library:TV/{{ show }}/Season {{ series }}/{{ filename }}"
"""
"""One rule that places by a pattern, as organize-tool does; nothing is recognised."""

ORGANIZE_RULES = r"""
rules:
  - name: episodes
    locations: [{path: "inbox", max_depth: null}]
    filters:
      - regex: '^(?P<show>.+)\.S(?P<season>\d\d)E\d\d\..*\.mkv$'
    actions:
      - move: "library/TV/{regex.show}/Season {regex.season}/"
"""
"""The rule of PATTERN_WORKSPACE for organize-tool, by the regular expression such users write."""
