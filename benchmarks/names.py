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

from reshelve.planner.recognise.guessit_opinion import guess
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.parsett_opinion import parse
from reshelve.planner.recognise.recogniser import NameRecogniser

STEPS = (
    "our own patterns say it",
    "or two readers agree",
    "or nothing that places it is in doubt",
    "or one fact is in doubt",
    "or two are",
    "whatever is in doubt",
)
CERTAIN = 1
PLACING = frozenset({"kind", "show", "title", "year", "season", "episodes", "date"})

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


def steps(reading: Reading, quick: Reading | None) -> int:
    """Return how sure a reading is: 0 when our own patterns settle it, 1 when two readers agree, then a step a fact in doubt."""
    if reading.certain:
        return 0 if quick is not None else 1
    return 2 + min(len(reading.doubtful & PLACING), len(STEPS) - 3)


def curve(rows: list[dict[str, Any]], found: list[dict[str, Any]], sure: list[int], judge: Judge) -> None:
    """Print, from what is surest on, how many files are placed and how many of those rightly: the more placed, the fewer right."""
    answers = zip(rows, found, sure, strict=True)
    files = [(step, judge(row["expect"], one)["place"]) for row, one, step in answers if row["form"] != "pack"]
    print(f"{'placed when':<40} {'files':>6} {'placed':>8} {'right':>8}")
    for most, label in enumerate(STEPS):
        chosen = [right for step, right in files if step <= most]
        share, right = 100 * len(chosen) / max(len(files), 1), 100 * sum(chosen) / max(len(chosen), 1)
        bar = "  <- without review" if most == CERTAIN else "  <- in one reading" if most == len(STEPS) - 1 else ""
        print(f"{label:<40} {len(chosen):>6} {share:>6.1f} % {right:>6.1f} %{bar}")


def suites(rows: list[dict[str, Any]], found: list[dict[str, Any]], judge: Judge) -> None:
    """Print, suite by suite and as their mean, what is placed without review, how much of it is right, and each reader's share."""
    columns = ("placed", "of it right", "one reading", "guessit", "parsett")
    print(f"\n{'suite':<24} {'files':>6}" + "".join(f"{column:>13}" for column in columns))
    shares: list[list[float]] = []
    for suite in sorted({row["source"] for row in rows}):
        told = [(row, one) for row, one in zip(rows, found, strict=True) if row["source"] == suite and row["form"] != "pack"]
        if not told:
            continue
        right = [judge(row["expect"], one)["place"] for row, one in told]
        placed = [ok for ok, (_, one) in zip(right, told, strict=True) if one["certain"]]
        readers = [
            [judge(row["expect"], prediction(row, Reading(dict(read(row["file"])))))["place"] for row, _ in told]
            for read in (guess, _parse_name)
        ]
        shares.append(
            [len(placed) / len(told), sum(placed) / max(len(placed), 1), *(sum(some) / len(told) for some in (right, *readers))]
        )
        print(f"{suite:<24} {len(told):>6}" + "".join(f"{100 * share:>11.1f} %" for share in shares[-1]))
    means = [sum(column) / len(shares) for column in zip(*shares, strict=True)]
    print(f"{'mean of the suites':<31}" + "".join(f"{100 * mean:>11.1f} %" for mean in means))


def _parse_name(path: str) -> dict[str, Any]:
    return parse(path.rpartition("/")[2])


def main() -> None:
    """Read every name of a corpus, timing it, and judge what was read."""
    parser = argparse.ArgumentParser(description="names to facts, on a corpus")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--scorer", type=Path, help="a Python file with judge(expect, prediction)")
    parser.add_argument("--out", type=Path, help="write the predictions here, one JSON object a line")
    parser.add_argument("--sources", default="", help="only rows of these sources, comma separated")
    parser.add_argument("--suites", action="store_true", help="also suite by suite, beside guessit and parsett")
    parser.add_argument("--misses", type=int, default=0, help="show this many wrong readings")
    parser.add_argument("--wrong", type=int, default=0, help="show this many wrong readings that were certain")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.corpus.read_text(encoding="utf-8").splitlines()]
    if asked.sources:
        rows = [row for row in rows if row["source"] in asked.sources.split(",")]
    recogniser = NameRecogniser()
    recogniser.read("Warming.Up.2010.And.Importing 3.mkv")
    started = time.perf_counter()
    readings = [recogniser.read(row["file"]) for row in rows]
    seconds = time.perf_counter() - started
    print(f"{len(rows)} names, {len(rows) / seconds:.0f} names/s")
    found = [prediction(row, reading) for row, reading in zip(rows, readings, strict=True)]
    if asked.out:
        asked.out.write_text("".join(json.dumps(one) + "\n" for one in found), encoding="utf-8")
    if asked.scorer is None:
        return
    judge = load_judge(asked.scorer)
    sure = [steps(reading, recogniser.quick(row["file"])) for row, reading in zip(rows, readings, strict=True)]
    curve(rows, found, sure, judge)
    if asked.suites:
        suites(rows, found, judge)
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
