"""What keeping the catalog costs: `apply` of the same moves with and without it, turn by turn, in one build.

    python benchmarks/history.py [--files 100000] [--rounds 5] [--count 2000,6000]

A run of more than 2,000 operations is written into the catalog when that is asked something, not as it settles: so the first
question after `apply` is timed, too, and then each question by a process of its own, without what starting it takes. As in
`checks.py`, times are of the processor, and instructions are counted where valgrind is installed.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from checks import Moves
from measure import measure

HERE = Path(__file__).resolve().parent
BAR = 10.0
"""Percent that keeping history may cost `apply` of 100,000 moves."""


def main() -> None:
    """Print what `apply` costs with and without the catalog, and what its questions take."""
    parser = argparse.ArgumentParser(description="the cost of the catalog")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", default="2000,6000", help="sizes of trees for counting instructions; empty: none")
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-history-", dir=given.work))
    try:
        for size in map(int, given.count.split(",") if given.count and shutil.which("valgrind") else ()):
            counted = Moves(base / f"counted-{size}", size)
            kept, without = (counted.instructions(side) for side in ("none", "history"))
            print(f"{size:,} moves: {100 * (kept / without - 1):+.2f} % of the instructions of apply", flush=True)
        moves = Moves(base / "timed", given.files)
        rounds = []
        for number in range(given.rounds):
            order = ("none", "history") if number % 2 else ("history", "none")
            took = {side: moves.apply(side) for side in order}
            rounds.append((took["none"], took["history"]))
            print(f"  kept: {took['none']:.2f} s, not kept: {took['history']:.2f} s of work", flush=True)
        cost = statistics.median(100 * (kept / without - 1) for kept, without in rounds)
        print(f"{given.files:,} moves: {cost:+.1f} % of processor time, the median of {len(rounds)} rounds")
        print(f"  at most {BAR:.0f} %: {'holds' if cost <= BAR else 'DOES NOT HOLD'}")
        measure([sys.executable, "-m", "reshelve", "apply", "plan.json", "--yes"], moves.folder, moves.environ)
        for what in ("the first question after it", "the second"):
            worked = measure([sys.executable, "-m", "reshelve", "stats"], moves.folder, moves.environ).worked
            print(f"{what}: {worked:.2f} s of work")
        questions(moves.folder)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def questions(folder: Path) -> None:
    """Print how long each question to the catalog takes, the best of five."""
    sys.path.insert(0, str(HERE.parent))
    from reshelve import api
    from reshelve.schemas.asset_questions import Wanted

    catalog = api.open_workspace(folder).catalog
    one = next(place.location for place in catalog.assets(Wanted()) if place.location)
    asked = {
        "assets --project": lambda: catalog.assets(Wanted(project="none")),
        "assets --job": lambda: catalog.assets(Wanted(job="none")),
        "assets --tag": lambda: catalog.assets(Wanted(tag="none")),
        "assets show": lambda: catalog.show(one),
        "history": lambda: catalog.history(one),
        "stats": lambda: catalog.stats(""),
    }
    for name, ask in asked.items():
        best = 9.9
        for _ in range(5):
            started = time.perf_counter()
            ask()
            best = min(best, time.perf_counter() - started)
        print(f"{name}: {best * 1000:.1f} ms")


if __name__ == "__main__":
    main()
