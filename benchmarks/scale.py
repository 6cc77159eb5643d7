"""How the cost grows to a million files: scan, plan, apply, plan again, undo; and the log of a hundred runs.

    python benchmarks/scale.py [--files 10000,100000,1000000] [--work FOLDER]

`worked` is processor time: what the seconds would be on a machine with nothing else to do. The ratio beside a figure is to the
size before it: ten times the files should take ten times the work.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import trees
from measure import LOG, Measure, measure

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
RUNS = 100
HEAD = "| what | seconds | worked | MiB | times the size before | bar |\n| --- | ---: | ---: | ---: | --- | --- |"

BARS = {
    "plan": (40, 2 << 30),
    "layout load": (15, 3 << 29),
}
"""Seconds and bytes that a million files may take at most."""


def main() -> None:
    """Measure every size, smallest first, and print a table."""
    parser = argparse.ArgumentParser(description="reshelve from ten thousand files to a million")
    parser.add_argument("--files", default="10000,100000,1000000", help="sizes, comma separated, smallest first")
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-scale-", dir=given.work))
    before: dict[str, Measure] = {}
    factor, beside = 1.0, 0
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {sys.platform}; load {os.getloadavg()[0]:.1f} as it began")
    try:
        for files in map(int, given.files.split(",")):
            factor, beside = files / beside if beside else 0.0, files
            print(f"\n{files:,} files\n\n{HEAD}")
            found: dict[str, Measure] = {}
            for name, one in steps(base, files):
                found[name] = one
                print(row(name, one, before.get(name), factor, files), flush=True)
            before = found
        print(f"\n`log` after {RUNS} runs: {log_of_runs(base):.2f} s (bar: 0.5 s)")
        print(f"load {os.getloadavg()[0]:.1f} as it ended")
    finally:
        shutil.rmtree(base, ignore_errors=True)


def row(name: str, one: Measure, smaller: Measure | None, factor: float, files: int) -> str:
    """Return a line of the table. `factor` is how many times as many files there are as in the size before."""
    grown = bar = ""
    if smaller:
        took, took_before = one.worked or one.seconds, smaller.worked or smaller.seconds
        grown = f"{took / took_before:.1f} x work, {one.peak / smaller.peak:.1f} x memory for {factor:.0f} x"
    if files == 1_000_000 and name in BARS:
        seconds, peak = BARS[name]
        kept = "kept" if one.seconds <= seconds and one.peak <= peak else "MISSED"
        bar = f"{seconds} s, {peak >> 20} MiB: {kept}"
    return f"| {name} | {one.seconds:.2f} | {one.worked:.2f} | {one.peak / 2**20:.0f} | {grown} | {bar} |"


def steps(base: Path, files: int):  # type: ignore[no-untyped-def]
    """Yield (what, what it took) for one tree, from its making to its undoing."""
    folder = base / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    started = time.perf_counter()
    apart(trees.make, folder, "seasons", files)
    os.sync()
    yield "(making the tree)", Measure(time.perf_counter() - started, 1 << 20, 0, time.process_time())
    (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(folder / ".state"), "CI": "true"}

    def reshelve(*args: str) -> Measure:
        return measure([PYTHON, "-m", "reshelve", *args], folder, environ)

    yield "find -printf", measure(["find", "inbox", "-printf", "%p %s %T@ %i\\n"], folder)
    yield "scan", reshelve("scan")
    yield "layout load", layout(folder, environ, "load")
    yield "layout write", layout(folder, environ, "write")
    yield "plan", reshelve("plan", "-o", "plan.json")
    yield "apply", reshelve("apply", "plan.json", "--yes")
    apart(trees.check, folder, files)
    yield "plan, nothing to do", reshelve("plan")
    yield "undo", reshelve("undo", "--yes")
    yield "log", reshelve("log")
    shutil.rmtree(folder)


def apart(do: Callable[..., object], *args: object) -> None:
    """Do something in a process of its own: what this one has ever held counts as the least that every process it starts has."""
    process = get_context("spawn").Process(target=do, args=args)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{do.__name__} ended with {process.exitcode}")


def layout(folder: Path, environ: dict[str, str], what: str) -> Measure:
    """Measure loading or writing the layout that scan wrote, by itself."""
    found = measure([PYTHON, str(HERE / "layouts.py"), "layout.yaml"], folder, environ)
    told = dict(line.split() for line in (folder / LOG).read_text().splitlines())
    return Measure(float(told[what]), found.peak, 0, float(told[what]))


def log_of_runs(base: Path) -> float:
    """Return the seconds that `log` takes after a hundred runs of a hundred files each way."""
    folder = base / "runs"
    folder.mkdir()
    trees.make(folder, "seasons", 100)
    (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "CI": "true"}

    def reshelve(*args: str) -> Measure:
        return measure([PYTHON, "-m", "reshelve", *args], folder, environ)

    reshelve("scan")
    reshelve("apply", "--yes")
    for number in range(RUNS - 1):
        reshelve("redo" if number % 2 else "undo", "--yes")
    return min(reshelve("log").seconds for _ in range(3))


if __name__ == "__main__":
    main()
