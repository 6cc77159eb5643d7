"""What looking again costs `apply`: the same moves with and without its checks, turn by turn, in one build.

    python benchmarks/checks.py [--files 100000] [--rounds 5] [--count 2000,6000]

The checks are replaced by nothing in the measured process alone (`unchecked.py`). Each round applies one plan three times, with the
files moved back in between: processor time of the whole process, user and system. Then, where valgrind is installed, instructions
are counted on two small trees: that tells what a move costs without the system's own work and without any noise.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import trees
from measure import LOG, measure

HERE = Path(__file__).resolve().parent
BAR = 5.0
"""Percent that the added checks may cost `apply` of 100,000 moves."""
SIDES = ("none", "added", "every")
WITHOUT = {"added": "the added checks", "every": "every check"}


class Moves:
    """A tree with one plan of moves, which is applied again and again."""

    def __init__(self, folder: Path, files: int) -> None:
        self.folder = folder
        self.files = files
        folder.mkdir()
        trees.make(folder, "seasons", files)
        (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
        self.environ = {
            **os.environ,
            "PYTHONPATH": str(HERE.parent),
            "XDG_STATE_HOME": str(folder / ".state"),
            "CI": "true",
            "PYTHONHASHSEED": "0",
        }
        # Without bytecode each start compiles everything, which hides what is measured.
        self.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        measure([sys.executable, str(HERE / "bare.py"), "prepare", "seasons", str(files)], folder)
        for command in (["scan"], ["plan", "-o", "plan.json"]):
            measure([sys.executable, "-m", "reshelve", *command], folder, self.environ)
        shutil.copytree(folder / ".reshelve", folder / ".before")
        os.sync()
        self.apply("none")  # from here on everything is compiled, and in the cache

    def apply(self, without: str, *around: str) -> float:
        """Apply the plan `without` some checks, check what came of it, move all back; return the seconds of processor time."""
        command = [*around, sys.executable, str(HERE / "unchecked.py"), without, "apply", "plan.json", "--yes"]
        worked = measure(command, self.folder, self.environ).worked
        trees.check(self.folder, self.files)
        for source, target in trees.pairs("seasons", self.files):
            os.rename(self.folder / "library" / target, self.folder / "inbox" / source)
        shutil.rmtree(self.folder / ".reshelve")
        shutil.copytree(self.folder / ".before", self.folder / ".reshelve")
        return worked

    def instructions(self, without: str) -> int:
        """Apply the plan under valgrind; return how many instructions that took."""
        self.apply(without, "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
        told = re.search(r"I\s+refs:\s+([\d,]+)", (self.folder / LOG).read_text())
        if told is None:
            raise RuntimeError("valgrind counted nothing")
        return int(told[1].replace(",", ""))


def timed(base: Path, files: int, rounds: int) -> dict[str, float]:
    """Print what the checks cost in processor time, each round, its median, and by the least of each side; return the last.

    Whatever else runs on the machine adds to a time and never takes from it, so the least of several is disturbed the least.
    """
    moves = Moves(base / "timed", files)
    cost: dict[str, list[float]] = {side: [] for side in WITHOUT}
    least = dict.fromkeys(SIDES, float("inf"))
    for number in range(rounds):
        order = SIDES[number % 3 :] + SIDES[: number % 3]
        took = {side: moves.apply(side) for side in order}
        least = {side: min(least[side], took[side]) for side in SIDES}
        for side in WITHOUT:
            cost[side].append(100 * (took["none"] / took[side] - 1))
        print("  " + ", ".join(f"{side}: {took[side]:.2f} s" for side in SIDES), flush=True)
    shutil.rmtree(moves.folder)
    for side, what in WITHOUT.items():
        found = sorted(cost[side])
        print(f"  {what:<18} cost {statistics.median(found):+5.1f} % of processor time ({found[0]:+.1f} to {found[-1]:+.1f} %)")
        print(f"  {'':<18}      {100 * (least['none'] / least[side] - 1):+5.1f} % by the least of each side")
    return {side: 100 * (least["none"] / least[side] - 1) for side in WITHOUT}


def counted(base: Path, sizes: tuple[int, int], files: int) -> dict[str, float]:
    """Print what the checks cost in instructions, a move and for `files` moves; return the shares in percent."""
    found: dict[str, tuple[int, int]] = {}
    trees_of = [Moves(base / f"counted-{size}", size) for size in sizes]
    for side in SIDES:
        small, large = (moves.instructions(side) for moves in trees_of)
        found[side] = small, large
    share = {}
    few, many = sizes
    for side, what in WITHOUT.items():
        a_move = {each: (found[each][1] - found[each][0]) / (many - few) for each in ("none", side)}
        whole = {each: found[each][0] + (files - few) * a_move[each] for each in ("none", side)}
        share[side] = 100 * (whole["none"] / whole[side] - 1)
        of_small = found["none"][0] - found[side][0]
        print(f"  {what:<18} {a_move['none'] - a_move[side]:8,.0f} of {a_move['none']:,.0f} instructions a move", flush=True)
        print(f"  {'':<18} {of_small:8,.0f} of {found['none'][0]:,.0f} for {few:,} moves: {100 * of_small / found[side][0]:+.2f} %")
        print(f"  {'':<18} for {files:,} moves, reckoned from both: {share[side]:+.2f} %")
    return share


def main() -> None:
    """Print both, and whether the bar holds."""
    parser = argparse.ArgumentParser(description="what the checks of apply cost")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", default="2000,6000", help="two sizes of trees for counting instructions; empty: none")
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-checks-", dir=given.work))
    try:
        if given.count and shutil.which("valgrind"):
            few, many = map(int, given.count.split(","))
            print(f"\ninstructions of apply, {few:,} and {many:,} moves")
            share = counted(base, (few, many), given.files)
            print(f"  at most {BAR:.0f} % for what was added: {'holds' if share['added'] <= BAR else 'DOES NOT HOLD'}")
        if given.rounds:
            print(f"\nprocessor time of apply, {given.files:,} moves, {given.rounds} rounds")
            cost = timed(base, given.files, given.rounds)
            print(f"  at most {BAR:.0f} % for what was added: {'holds' if cost['added'] <= BAR else 'DOES NOT HOLD'}")
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
