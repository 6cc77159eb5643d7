"""The benchmarks: reshelve beside bare system calls and its peers, on the same trees, in one run.

python benchmarks/run.py [--files 1000,10000] [--shapes seasons,films] [--names 2000] [--no-peers]
"""

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import peers
import trees
from measure import LOG, Measure, measure

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable


@dataclass(slots=True)
class Table:
    """Rows of one tree: what was measured, and how it compares with another row."""

    title: str
    rows: dict[str, Measure] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, found: Measure, than: str = "") -> None:
        """Add a row; `than` names the row it is compared with."""
        self.rows[name] = found
        if than in self.rows:
            self.notes[name] = f"{found.seconds / max(self.rows[than].seconds, 1e-9):.2f} x {than}"
        print(f"  {name:<28} {found.seconds:8.2f} s  {found.peak / 2**20:7.0f} MiB  {self.notes.get(name, '')}", flush=True)

    def compare(self, name: str, found: float, than: str) -> None:
        """Add a line of sums: `found` seconds against row `than`."""
        ratio = self.rows[than].seconds / max(found, 1e-9)
        self.notes[name] = f"{found:.2f} s; {than} takes {ratio:.1f} x as long"
        print(f"  {name:<28} {self.notes[name]}", flush=True)


def reshelve(*args: str) -> list[str]:
    """Return the command line of this installation's reshelve."""
    return [PYTHON, "-m", "reshelve", *args]


def tree(base: Path, name: str, shape: str, files: int) -> Path:
    """Make one tree below `base` and return its folder."""
    folder = base / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    trees.make(folder, shape, files)
    os.sync()
    return folder


def bare(base: Path, table: Table, shape: str, files: int) -> None:
    """Measure find, and the bare loops."""
    folder = tree(base, "bare", shape, files)
    table.add("find -printf", measure(["find", "inbox", "-printf", "%p %s %T@ %i\\n"], folder))
    script, count = str(HERE / "bare.py"), str(files)
    if shape == "seasons":
        measure([PYTHON, script, "prepare", shape, count], folder)
        table.add("bare rename loop", measure([PYTHON, script, "rename", shape, count], folder))
    folder = tree(base, "bare", shape, files)
    table.add("bare mkdir + rename, one sync", measure([PYTHON, script, "mkdir-rename", shape, count], folder))
    shutil.rmtree(folder)


def ours(base: Path, table: Table, shape: str, files: int) -> float:
    """Measure reshelve from scan to undo, and return the seconds of scan, plan and apply together."""
    folder = tree(base, "ours", shape, files)
    (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(folder / ".state"), "CI": "true"}
    if shape == "seasons":
        # The bare loop finds its target folders made; so does ours. With a folder a film, both make them.
        measure([PYTHON, str(HERE / "bare.py"), "prepare", shape, str(files)], folder)

    def step(name: str, *args: str, than: str = "") -> float:
        found = measure(reshelve(*args), folder, environ)
        table.add(name, found, than)
        return found.seconds

    loop = "bare rename loop" if shape == "seasons" else "bare mkdir + rename, one sync"
    measure(reshelve("scan"), folder, environ)
    total = step("reshelve scan (again, warm)", "scan", than="find -printf")
    total += step("reshelve plan", "plan", "-o", "plan.json")
    total += step("reshelve apply", "apply", "plan.json", "--yes", than=loop)
    trees.check(folder, files)
    step("reshelve plan, nothing to do", "plan", than="reshelve plan")
    step("reshelve undo", "undo", "--yes", than="reshelve apply")
    layouts(table, folder, environ)
    shutil.rmtree(folder)
    return total


def duplicates(base: Path, table: Table, shape: str, files: int) -> None:
    """Measure letting go of as many files that stand at their targets too: each is read again, its copy looked at twice."""
    folder = tree(base, "duplicates", shape, files)
    (folder / "reshelve.yaml").write_text(trees.WORKSPACE)
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(folder / ".state"), "CI": "true"}
    measure(reshelve("scan"), folder, environ)
    measure([PYTHON, str(HERE / "bare.py"), "prepare", shape, str(files)], folder)
    for source, target in trees.pairs(shape, files):
        shutil.copyfile(folder / "inbox" / source, folder / "library" / target)
    measure(reshelve("plan", "-o", "plan.json"), folder, environ)
    table.add("reshelve apply, duplicates", measure(reshelve("apply", "plan.json", "--yes"), folder, environ), "reshelve apply")
    shutil.rmtree(folder)


def by_pattern(base: Path, table: Table, files: int) -> float:
    """Measure scan, plan and apply with organize-tool's own rule, a pattern, and return their seconds."""
    folder = tree(base, "pattern", "seasons", files)
    (folder / "reshelve.yaml").write_text(trees.PATTERN_WORKSPACE)
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(folder / ".state"), "CI": "true"}
    total = 0.0
    for step, args in (("scan", ["scan"]), ("plan", ["plan", "-o", "plan.json"]), ("apply", ["apply", "plan.json", "--yes"])):
        found = measure(reshelve(*args), folder, environ)
        table.add(f"reshelve {step}, by pattern", found)
        total += found.seconds
    trees.check(folder, files)
    shutil.rmtree(folder)
    return total


def layouts(table: Table, folder: Path, environ: dict[str, str]) -> None:
    """Measure loading and writing the layout that scan wrote."""
    found = measure([PYTHON, str(HERE / "layouts.py"), "layout.yaml"], folder, environ)
    for told in (folder / LOG).read_text().splitlines():
        what, seconds = told.split()
        table.add(f"layout, {what}", Measure(float(seconds), found.peak, 0))


def main() -> None:
    """Measure every size and shape asked for, and print a table each."""
    parser = argparse.ArgumentParser(description="reshelve beside bare system calls and its peers")
    parser.add_argument("--files", default="1000,10000", help="sizes, comma separated")
    parser.add_argument("--shapes", default="seasons,films")
    parser.add_argument("--names", type=int, default=2000, help="how many names guessit and parse read")
    parser.add_argument("--no-peers", action="store_true", help="leave out organize-tool and guessit")
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-bench-", dir=given.work))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {sys.platform}, in {base.parent}")
    try:
        for shape in given.shapes.split(","):
            for files in map(int, given.files.split(",")):
                table = Table(f"{files:,} files, {shape}")
                print(f"\n{table.title}", flush=True)
                bare(base, table, shape, files)
                total = ours(base, table, shape, files)
                duplicates(base, table, shape, files)
                # Beyond 100,000 files organize-tool takes many minutes and tells nothing new.
                if shape == "seasons" and files <= 100_000 and not given.no_peers:
                    organize = peers.organize_tool()
                    if organize:
                        folder = tree(base, "organize", shape, files)
                        (folder / "organize.yaml").write_text(trees.ORGANIZE_RULES)
                        table.add("organize-tool run", measure([organize, "run", "organize.yaml"], folder))
                        trees.check(folder, files)
                        shutil.rmtree(folder)
                        table.compare("scan + plan + apply", total, "organize-tool run")
                        table.compare("the same pattern as its rule", by_pattern(base, table, files), "organize-tool run")
        print("\nstart")
        environ = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        tries = [measure(reshelve("--help"), base, environ) for _ in range(5)]
        Table("start").add("reshelve --help", min(tries, key=lambda one: one.seconds))
        if not given.no_peers:
            print("\nnames to facts")
            for name, rate in peers.name_rates(given.names):
                print(f"  {name:<28} {rate:10,.0f} names/s", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
