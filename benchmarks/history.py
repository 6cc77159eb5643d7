"""What keeping the catalog costs: `apply` and `undo` of the same moves by this version and by another one, turn by turn.

    python benchmarks/history.py --base FOLDER [--files 100000] [--pairs 3]

FOLDER is a checkout of the version to compare with. Processor time counts: what the seconds would be on an idle machine. Then the
time of questions to the catalog that the runs left, each by a process of its own and without what starting it takes.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import trees
from measure import measure

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Print each pair, the medians and what the questions took."""
    parser = argparse.ArgumentParser(description="the cost of the catalog")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-history-"))
    try:
        sides = {"base": (given.base.resolve(), base / "base"), "here": (HERE.parent, base / "here")}
        for _, folder in sides.values():
            folder.mkdir()
            trees.make(folder, "seasons", given.files)
            (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
        os.sync()
        took: dict[tuple[str, str], list[float]] = {}

        def run(side: str, *args: str) -> float:
            code, folder = sides[side]
            environ = {**os.environ, "PYTHONPATH": str(code), "CI": "true"}
            return measure([sys.executable, "-m", "reshelve", *args], folder, environ).worked

        run("here", "scan")
        shutil.copy(sides["here"][1] / "layout.yaml", sides["base"][1] / "layout.yaml")
        for number in range(given.pairs):
            for side in ("base", "here") if number % 2 else ("here", "base"):
                run(side, "plan", "-o", "plan.json")
                took.setdefault((side, "apply"), []).append(run(side, "apply", "plan.json", "--yes"))
                took.setdefault((side, "undo"), []).append(run(side, "undo", "--yes"))
                run(side, "release")
            for what in ("apply", "undo"):
                ours, theirs = took["here", what][-1], took["base", what][-1]
                print(f"{what}: here {ours:.2f} s, base {theirs:.2f} s of work: {100 * (ours / theirs - 1):+.1f} %", flush=True)
        for what in ("apply", "undo"):
            ours, theirs = statistics.median(took["here", what]), statistics.median(took["base", what])
            print(f"median of {what}: {100 * (ours / theirs - 1):+.1f} %")
        questions(sides["here"][1])
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
