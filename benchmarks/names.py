"""Names to facts, measured on a corpus of names with the facts they should give.

    python benchmarks/names.py CORPUS.ndjson [--scorer SCORER.py] [--out PRED.ndjson] [--sources A,B] [--misses N] [--wrong N]

A corpus has one JSON object a line: `name` or `file`, and `expect`, the facts asserted. Its scorer is a Python file with
`judge(expect, prediction)`, which returns whether each asserted field is right, and `place`, whether all of them are.
"""

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from planner.recognise import NameRecogniser, Reading

Judge = Callable[[dict[str, Any], dict[str, Any]], dict[str, bool]]


def prediction(row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return one reading in the words of the corpus, where an episode is of kind "tv"."""
    facts = reading.facts
    kind = facts.get("kind", "other")
    return {
        "name": row["name"],
        "kind": "tv" if kind == "episode" else kind,
        "title": facts.get("show", facts.get("title")),
        "year": facts.get("year"),
        "season": facts.get("season"),
        "episodes": facts.get("episodes", []),
        "date": facts.get("date"),
        "certain": reading.certain,
    }


def load_judge(scorer: Path) -> Judge:
    """Load `judge` from a Python file."""
    spec = importlib.util.spec_from_file_location("scorer", scorer)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    judge: Judge = module.judge
    return judge


def curve(rows: list[dict[str, Any]], found: list[dict[str, Any]], judge: Judge) -> None:
    """Print how many files are placed without review, and how many of those rightly; then the same of all answers."""
    files = [(row, one, judge(row["expect"], one)["place"]) for row, one in zip(rows, found, strict=True) if row["form"] != "pack"]
    for label, chosen in (
        ("without review", [right for _, one, right in files if one["certain"]]),
        ("in one reading", [right for _, one, right in files]),
    ):
        share = 100 * len(chosen) / max(len(files), 1)
        print(f"{label:<16} {share:5.1f} % of {len(files)} files, {100 * sum(chosen) / max(len(chosen), 1):5.1f} % of them right")


def main() -> None:
    """Read every name of a corpus, timing it, and judge what was read."""
    parser = argparse.ArgumentParser(description="names to facts, on a corpus")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--scorer", type=Path, help="a Python file with judge(expect, prediction)")
    parser.add_argument("--out", type=Path, help="write the predictions here, one JSON object a line")
    parser.add_argument("--sources", default="", help="only rows of these sources, comma separated")
    parser.add_argument("--misses", type=int, default=0, help="show this many wrong readings")
    parser.add_argument("--wrong", type=int, default=0, help="show this many wrong readings that were certain")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.corpus.read_text(encoding="utf-8").splitlines()]
    if asked.sources:
        rows = [row for row in rows if row["source"] in asked.sources.split(",")]
    recogniser = NameRecogniser()
    recogniser.read("Warming.Up.2010.And.Importing 3.mkv")
    started = time.perf_counter()
    found = [prediction(row, recogniser.read(row["file"])) for row in rows]
    seconds = time.perf_counter() - started
    print(f"{len(rows)} names, {len(rows) / seconds:.0f} names/s")
    if asked.out:
        asked.out.write_text("".join(json.dumps(one) + "\n" for one in found), encoding="utf-8")
    if asked.scorer is None:
        return
    judge = load_judge(asked.scorer)
    curve(rows, found, judge)
    for row, one in zip(rows, found, strict=True):
        judged = judge(row["expect"], one)
        if judged["place"] or row["form"] == "pack":
            continue
        seen = {field: one[field] for field in ("kind", "title", "year", "season", "episodes")}
        if one["certain"] and asked.wrong > 0:
            asked.wrong -= 1
            print("certain, wrong:", row["file"], "\n   want", row["expect"], "\n   got ", seen)
        elif asked.misses > 0:
            asked.misses -= 1
            print("wrong:", row["source"], row["file"], "\n   want", row["expect"], "\n   got ", seen)


if __name__ == "__main__":
    main()
