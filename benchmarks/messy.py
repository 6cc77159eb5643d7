"""A messy tree put in order by a preset, judged against the truth about it.

    python benchmarks/messy.py OUT [--preset plex] [--preset jellyfin] [--show N]

OUT is the tree, OUT.truth.ndjson what is true of it, one JSON object a line: `path`, `type` (file, symlink, dir), `kind`, `action`
(place, with, leave, any), `with` (the path of the main file), and what is asserted: `title`, `year`, `season`, `episodes`; beside
them `kind_any`, `alt` and `title_also`, which name what is right too. OUT itself is never touched: each preset works on a copy.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reshelve import api
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.schemas import locations
from reshelve.schemas.layout import Layout

Truth = dict[str, Any]
BARS = {"leave": 100.0, "contents": 100.0, "with": 97.0, "right": 95.0, "again": 99.0}
LABELS = {
    "leave": "to be left alone, and left alone",
    "contents": "contents kept",
    "with": "companions beside their main file, or left with it",
    "right": "placed mains with the right title, year, season and episodes",
    "again": "placed files whose new path reads as the same thing",
    "placed": "mains placed without review",
    "settled": "mains placed, or of the same content as one that is",
}
IDENTITY = ("kind", "show", "title", "year", "season", "episodes", "date")
IDENTITIES = {"music": ("kind", "artist", "album"), "audiobook": ("kind", "author", "title")}
"""What makes a thing that thing, by its kind; all others are known by IDENTITY."""


@dataclass(slots=True)
class Share:
    """How many of how many, and the ones that were not."""

    of: int = 0
    good: int = 0
    misses: list[str] = field(default_factory=list)

    def count(self, good: bool, miss: str) -> None:
        """Count one; `miss` says what was wrong when it is not good."""
        self.of += 1
        self.good += good
        if not good:
            self.misses.append(miss)

    @property
    def percent(self) -> float:
        """The share in percent; of nothing, all is good."""
        return 100 * self.good / self.of if self.of else 100.0


def plain(title: object) -> str:
    """Return a title by its letters and digits alone, an article at its end put in front."""
    text = str(title)
    head, comma, article = text.rpartition(", ")
    if comma and article.casefold() in {"the", "a", "an", "le", "la", "les", "der", "die", "das"}:
        text = f"{article} {head}"
    folded = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return "".join(char for char in folded if char.isalnum())


def wrong(truth: Truth, facts: dict[str, Any]) -> list[str]:
    """Return the asserted facts that `facts` contradict or lack."""
    missed = []
    if "title" in truth:
        year = facts.get("year", "")
        said = {plain(facts.get(name)) for name in ("show", "title") if name in facts}
        said |= {f"{title}{year}" for title in said}
        also = truth.get("title_also", [])
        right = [truth["title"], *truth.get("alt", []), *([also] if isinstance(also, str) else also)]
        if not said & {plain(title) for title in right}:
            missed.append("title")
    missed += [name for name in ("year", "season") if name in truth and facts.get(name) != truth[name]]
    if "episodes" in truth and sorted(facts.get("episodes") or []) != sorted(truth["episodes"]):
        missed.append("episodes")
    return missed


def contents(*folders: Path) -> Counter[bytes]:
    """Count the contents of the regular files below the folders, trash included; of hard links each name counts."""
    found: Counter[bytes] = Counter()
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                file = os.path.join(path, name)
                if not os.path.islink(file):
                    with open(file, "rb") as opened:
                        found[blake2b(opened.read(), digest_size=12).digest()] += 1
    return found


def read_truth(tree: Path) -> list[Truth]:
    """Return the truth beside a tree."""
    lines = Path(f"{tree}.truth.ndjson").read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines]


def targets(layout: Layout, library: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (where it was, where it stands, its facts) of each entry that was carried out."""
    for target, entry in layout.files.items():
        rel = locations.split(target)[1]
        if entry.source and os.path.lexists(library / rel):
            yield locations.split(entry.source)[1], rel, dict(entry.facts or {})


def judge(rows: Iterable[Truth], layout: Layout, source: Path, library: Path) -> dict[str, Share]:
    """Return the shares of all but the contents."""
    shares = {name: Share() for name in LABELS}
    moved = {was: (now, facts) for was, now, facts in targets(layout, library)}
    recogniser = NameRecogniser()
    rows = list(rows)
    held = {(row["sum"], row["size"]) for row in rows if row["action"] == "place" and row["path"] in moved and "sum" in row}
    for row in rows:
        path, action = row["path"], row["action"]
        now, facts = moved.get(path, ("", {}))
        if action == "leave":
            shares["leave"].count(os.path.lexists(source / path), f"{path!r} -> {now!r}")
        elif action == "with":
            main = moved.get(row["with"], ("", {}))[0]
            beside = bool(main) and now.startswith(f"{main.rpartition('/')[0]}/")
            shares["with"].count(beside or not (now or main), f"{path!r} -> {now!r}, main {row['with']!r} -> {main!r}")
        elif action == "place":
            part_of = row.get("part", 1) > 1
            shares["placed"].count(bool(now), repr(path))
            shares["settled"].count(bool(now) or (row.get("sum"), row.get("size")) in held, repr(path))
            if now:
                again = recogniser.read(now).facts
                missed = wrong(row, again)
                shares["right"].count(not missed, f"{path!r} -> {now!r}: {missed}, read {again}")
                if not part_of:
                    names = IDENTITIES.get(str(facts.get("kind")), IDENTITY)
                    changed = [name for name in names if name in facts and plain(facts[name]) != plain(again.get(name))]
                    shares["again"].count(not changed, f"{now!r}: {changed}, was {facts}, read {again}")
    return shares


def measure(tree: Path, preset: str, work: Path) -> tuple[dict[str, Share], float]:
    """Put a copy of a tree in order by one preset; return the shares, and the seconds that scan, plan and apply took."""
    source, library = work / "source", work / "library"
    shutil.copytree(tree, source, symlinks=True)
    library.mkdir()
    before = contents(source)
    session = api.open_organize(source, library, preset, environ={**os.environ, "XDG_STATE_HOME": str(work / "state")})
    started = time.perf_counter()
    layout = session.layouts.scan().layout
    session.runs.apply(session.plans.make(layout))
    seconds = time.perf_counter() - started
    shares = judge(read_truth(tree), layout, source, library)
    after = contents(source, library)
    for body, count in before.items():
        shares["contents"].of += count
        shares["contents"].good += min(count, after[body])
    return shares, seconds


def main() -> None:
    """Measure every preset asked for, and say which bars are missed."""
    parser = argparse.ArgumentParser(description="a messy tree, put in order and judged")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--preset", action="append", help="plex and jellyfin unless told otherwise")
    parser.add_argument("--show", type=int, default=0, help="show this many misses of each share")
    asked = parser.parse_args()
    short = False
    for preset in asked.preset or ["plex", "jellyfin"]:
        with tempfile.TemporaryDirectory() as work:
            shares, seconds = measure(asked.tree, preset, Path(work))
        print(f"{preset}: scan, plan and apply in {seconds:.1f} s")
        for name, share in shares.items():
            bar = BARS.get(name)
            missed = bar is not None and share.percent < bar
            short |= missed
            verdict = f"bar {bar:g} %{', MISSED' if missed else ''}" if bar else ""
            print(f"  {LABELS[name]:<62} {share.percent:6.2f} % of {share.of:<6} {verdict}".rstrip())
            for miss in share.misses[: asked.show]:
                print(f"    {miss}")
    sys.exit(short)


if __name__ == "__main__":
    main()
