"""How long it takes to find duplicates: `reshelve duplicates` beside jdupes, from a cold cache, and that both find the same sets.

    python benchmarks/duplicates.py [--files 20000] [--large 120] [--rounds 3] [--work FOLDER]

The tree has small and large files, a share of them duplicates; hard links, sparse files, empty files, and files that are equal at
their heads or at their tails. Caches are dropped before each run, which needs root; without it the runs are warm, and it says so.
Both programs are started once after that, on an empty folder: what is measured is reading files, not the program, from the disk.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import LOG, Measure, measure

HERE = Path(__file__).resolve().parent
DROP = Path("/proc/sys/vm/drop_caches")
STATE = ".state"
MIB = 1 << 20
Sets = set[frozenset[str]]


def main() -> None:
    """Make the tree, search it with both in turn, compare what they found, and print a table."""
    parser = argparse.ArgumentParser(description="duplicates, beside jdupes")
    parser.add_argument("--files", type=int, default=20_000, help="small files")
    parser.add_argument("--large", type=int, default=120, help="files of 8 to 40 MiB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-duplicates-", dir=given.work))
    print(f"{os.cpu_count()} cores, {'cold' if os.access(DROP, os.W_OK) else 'warm'}; load {os.getloadavg()[0]:.1f} as it began")
    try:
        make(base / "tree", given.files, given.large, given.seed)
        for workspace in (base, base / "empty"):
            (workspace / "tree").mkdir(parents=True, exist_ok=True)
            (workspace / "reshelve.yaml").write_text("version: 1\nstores: {tree: {path: tree}}\n")
        print("\n| round | jdupes | reshelve | ratio | reshelve again |\n| --- | ---: | ---: | ---: | ---: |")
        for number in range(1, given.rounds + 1):
            theirs, peer = jdupes(base)
            shutil.rmtree(base / STATE, ignore_errors=True)
            shutil.rmtree(base / ".reshelve", ignore_errors=True)
            ours, own = reshelve(base)
            _, again = reshelve(base)
            if ours != theirs:
                raise RuntimeError(f"{len(ours ^ theirs)} sets differ: {list(ours ^ theirs)[:3]}")
            row = f"{peer.seconds:.2f} s | {own.seconds:.2f} s | {own.seconds / peer.seconds:.2f} | {again.seconds:.2f} s"
            print(f"| {number} | {row} |", flush=True)
        print(f"\n{len(ours):,} sets, the same; load {os.getloadavg()[0]:.1f} as it ended")
    finally:
        shutil.rmtree(base, ignore_errors=True)


def make(tree: Path, files: int, large: int, seed: int) -> None:
    """Fill a tree, the same for the same seed."""
    chance = random.Random(seed)
    made: list[Path] = []
    for number in range(files + large):
        path = tree / f"{number % 97:02}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = chance.randint(8, 40) * MIB if number >= files else chance.choice([0, 700, 4096, 70_000, 200_000])
        kind = chance.random()
        if made and kind < 0.2:
            shutil.copyfile(chance.choice(made), path)
        elif made and kind < 0.24:
            os.link(chance.choice(made), path)
            continue
        elif kind < 0.26:
            with path.open("wb") as file:
                file.truncate(size)
        else:
            body = chance.randbytes(size)
            if kind < 0.35:
                # Equal at the head, or at the tail, to others of its size.
                body = bytes(size - size // 8) + body[: size // 8] if kind < 0.3 else body[: size // 8] + bytes(size - size // 8)
            path.write_bytes(body)
        if number % 7 == 0 or number >= files:
            made.append(path)
    os.sync()


def drop() -> None:
    """Forget what was read, where that is allowed."""
    os.sync()
    if os.access(DROP, os.W_OK):
        DROP.write_text("3\n")


def jdupes(base: Path) -> tuple[Sets, Measure]:
    """Return the sets that jdupes finds, each hard link once, and what that took."""
    drop()
    measure(["jdupes", "-r", "-q", "-j", "empty"], base, os.environ)
    took = measure(["jdupes", "-r", "-q", "-j", "tree"], base, os.environ)
    told = json.loads((base / LOG).read_text())
    return {frozenset(first(base / file["filePath"]) for file in one["fileList"]) for one in told["matchSets"]}, took


def reshelve(base: Path) -> tuple[Sets, Measure]:
    """Return the sets that reshelve finds, and what that took."""
    drop()
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(base / STATE), "CI": "true"}
    command = [sys.executable, "-m", "reshelve", "duplicates", "--json"]
    measure(command, base / "empty", environ, ok=(0,))
    took = measure(command, base, environ, ok=(0,))
    events = [json.loads(line) for line in (base / LOG).read_text().splitlines()]
    return {
        frozenset(first(base / "tree" / place.partition(":")[2]) for place in [one["stays"], *one["goes"]])
        for one in events
        if one["type"] == "duplicates"
    }, took


def first(path: Path) -> str:
    """Return what a file is known by, whichever of its hard links was named."""
    seen = path.stat()
    return f"{seen.st_dev}:{seen.st_ino}"


if __name__ == "__main__":
    main()
