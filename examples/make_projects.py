"""Make the shelves of a video maker: projects over a local disk, an SSD and a bucket, as sparse files that take no room.

    python examples/make_projects.py OUT [--active 8] [--archived 102] [--gib 400]

`local/` holds the active projects whole and the archived ones light, `ssd/` all of them whole. Ages run from a day to three years.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

DAY = 86400
LIGHT = ("transcript/{name}.srt", "transcript/{name}.vtt", "notes.md", "thumb.jpg", "assets/cover.png", "project.json")
HEAVY = ("recordings/{name}-{n:02}.mp4", "final/{name}-v{n}.mov")
LIGHT_BYTES = 2_500_000
ACTIVE_BYTES = 500_000_000
WHOLE = 400 * 2**30
RANGE = 50


def main() -> None:
    """Make the shelves."""
    parser = argparse.ArgumentParser(description="a video maker's shelves, as sparse files")
    parser.add_argument("out", type=Path)
    parser.add_argument("--active", type=int, default=8)
    parser.add_argument("--archived", type=int, default=102)
    parser.add_argument("--gib", type=float, default=400, help="how much stands on the SSD in all")
    parser.add_argument("--now", type=int, default=1_800_000_000, help="the time that ages are counted from, s since the epoch")
    given = parser.parse_args()
    make(given.out, given.active, given.archived, int(given.gib * 2**30), given.now)


def make(out: Path, active: int = 8, archived: int = 102, whole: int = WHOLE, now: int = 1_800_000_000) -> None:
    """Make the shelves below `out`: exactly `whole` bytes on the SSD, as sparse files. `now` is in seconds since the epoch."""
    projects = list(names(active + archived))
    scale = min(1.0, whole / WHOLE)
    young = int(ACTIVE_BYTES * scale)
    share, left = divmod(whole - active * young, archived)
    for number, name in enumerate(projects):
        # The last ones are the young ones: a few days each; the others are spread over three years.
        age = (len(projects) - number) * 5 if number >= archived else 100 + (archived - 1 - number) * 10
        when = now - age * DAY
        size = young if number >= archived else share + (left if number == 0 else 0)
        parts = list(files(name, size, int(LIGHT_BYTES * scale)))
        lay(out / "ssd" / name, parts, when)
        if number >= archived:
            lay(out / "local" / name, parts, when)
        else:
            light = [(rel, length) for rel, length in parts if rel.rpartition(".")[2] not in ("mp4", "mov")]
            lay(out / "local" / "archived" / range_of(number) / name, light, when)


def names(count: int) -> Iterator[str]:
    """Yield the names of projects, by number: b00-project-00, …"""
    for number in range(count):
        yield f"b{number:02}-project-{number:02}"


def range_of(number: int) -> str:
    """Return the range folder of a project's number, as the names have it."""
    low = number // RANGE * RANGE
    return f"b{low:02}-b{low + RANGE - 1:02}"


def files(name: str, size: int, light: int) -> Iterator[tuple[str, int]]:
    """Yield (path, bytes) of one project of `size` bytes: light files of `light` bytes each, recordings, and final cuts."""
    left = size
    for pattern in LIGHT:
        yield pattern.format(name=name), light
        left -= light
    heavy = [HEAVY[0].format(name=name, n=n) for n in range(1, 13)] + [HEAVY[1].format(name=name, n=n) for n in range(1, 3)]
    for rel in heavy[:-1]:
        yield rel, left // len(heavy)
    yield heavy[-1], left - left // len(heavy) * (len(heavy) - 1)


def lay(folder: Path, whole: list[tuple[str, int]], when: int) -> None:
    """Make the files of one project, sparse, last written at `when`."""
    for rel, length in whole:
        path = folder / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.truncate(length)
        os.utime(path, (when, when))


if __name__ == "__main__":
    main()
