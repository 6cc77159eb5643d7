"""A workspace in which every page has something to show: plans, runs, the undecided, projects, a bucket, duplicates, jobs."""

import os
from pathlib import Path

from tests.support.buckets import raw
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import call

STORES = """\
stores:
  inbox: {path: inbox}
  output: {path: output}
  library: {path: library}
  usb: {path: /media/usb, optional: true}
  work: {path: work, reserve: 0B}
  ssd: {path: ssd, reserve: 0B}
"""
BUCKETS = """\
  deep: {{s3: {videos}, endpoint_url: "{url}", region: us-east-1}}
  collab: {{s3: {room}, endpoint_url: "{url}", region: us-east-1}}
"""
TIERS = """\
tiers:
  videos:
    order:
      work: {at: "work:{project}"}
      ssd: {at: "ssd:{project}"}
"""
IN_BUCKETS = """\
      deep: {at: "deep:{range}/{project}", form: tar.gz, class: DEEP_ARCHIVE}
    moves:
      - {from: ssd, to: [deep], after: 180d}
sync:
  staging: {here: "work:{project}/s3-staging", there: "collab:v/{project}", user: jan}
"""
JOBS = """\
  output:
    rules:
      - name: generated
        when: {job: {known: true}}
        place: "library:Generated/{{ job }}/{{ filename }}"
"""
NAMES = (
    f"{'a-name-without-any-space' * 8}.S01E01.mkv",
    "Nordlys.S09E01.<b>bold</b>&amp;.mkv",
    "Nordlys.S09E02.\u202egnp.mkv",
)
"""Names that are hard to show: long ones, and those that pretend to be something else."""


def make_scene(folder: Path, files: int, endpoint: Endpoint | None = None, room: str = "room", videos: str = "videos") -> Path:
    """Make a workspace of about so many files, with runs behind it and plans before it; return its folder.

    With an `endpoint`, whose keys the environment has, and two buckets of it, projects may go to one, and are shared in the other.
    """
    _episodes(folder, files)
    _generated(folder, min(files // 5, 2000))
    _projects(folder, min(files // 5, 300))
    assert call(folder, "init", "--preset", "plex").code == 0
    document = folder / "reshelve.yaml"
    text = document.read_text()
    begin, end = text.index("stores:\n"), text.index("scan:\n")
    buckets = BUCKETS.format(videos=videos, room=room, url=endpoint.url) if endpoint is not None else ""
    tiers = TIERS + (IN_BUCKETS if endpoint is not None else "")
    document.write_text(f"{text[:begin]}{STORES}{buckets}{tiers}{text[end:]}{JOBS}")
    if endpoint is not None:
        _shared(folder, endpoint, room)
    assert call(folder, "scan").code in (0, 2)
    if files:
        _history(folder)
    if files:
        _history(folder)
    return folder


def _write(path: Path, text: str, age: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if age:
        os.utime(path, (age, age))


def _episodes(folder: Path, files: int) -> None:
    for name in ("inbox", "output", "library", "work", "ssd"):
        (folder / name).mkdir(parents=True)
    for number in range(files):
        show, at = divmod(number, 500)
        name = f"Show{show:04}.S{at // 25 + 1:02}E{at % 25 + 1:02}.1080p"
        _write(folder / "inbox" / f"{name}.mkv", "x" * (number % 90))
        if number % 40 == 1:
            _write(folder / "inbox" / f"{name}.en.srt", "text")
            _write(folder / "inbox" / f"odd {number}.mov", f"odd {number}")
            _write(folder / "library" / "Old" / f"copy {number}.mkv", f"twice {number}" * 9)
            _write(folder / "library" / "Old" / f"copy {number} (1).mkv", f"twice {number}" * 9)
    for name in NAMES if files else ():
        _write(folder / "inbox" / name, name)


def _generated(folder: Path, files: int) -> None:
    for number in range(files):
        _write(folder / "output" / f"job_{number // 8}_{number:05}_.png", f"{number}", 1_764_038_840)


def _projects(folder: Path, projects: int) -> None:
    for number in range(projects):
        place = folder / ("work" if number % 3 else "ssd") / f"b{number:02}-film-{number}"
        _write(place / "cut.mov", "heavy" * 100 * (number + 1), 1_600_000_000 + number * 86_400)
        _write(place / "notes.md", "light", 1_600_000_000 + number * 86_400)


def _shared(folder: Path, endpoint: Endpoint, room: str) -> None:
    raw(endpoint).put_object(Bucket=room, Key="v/b01-film-1/from-david.mp4", Body=b"theirs")
    for number, project in enumerate(sorted((folder / "work").iterdir())[:6]):
        _write(project / "s3-staging" / "draft.mp4", f"draft {number}")


def _history(folder: Path) -> None:
    """Apply a part and take it back, apply another; then change files, so that the next plan has something blocked and lost."""
    for part in ("library:**/Season 01/**", "library:Generated/**", "deep:**/b00-film-0*"):
        plan = folder / ".part.json"
        assert call(folder, "plan", "--only", part, "-o", str(plan)).code in (0, 2)
        call(folder, "apply", str(plan), "--yes")
        plan.unlink()
        if "Season" in part:
            call(folder, "undo", "--yes")
            call(folder, "release")
    for name in ("Show0000.S01E02.1080p.mkv", "Show0000.S01E04.1080p.mkv"):
        (folder / "inbox" / name).unlink(missing_ok=True)
    _write(folder / "library" / "TV Shows" / "Show0000" / "Season 01" / "Show0000.S01E03.1080p.mkv", "another")
