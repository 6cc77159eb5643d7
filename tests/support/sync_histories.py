"""How many random histories of people who share a bucket lose work: played by reshelve, and some of them by rclone bisync."""

import random
import sys
import tempfile
from pathlib import Path

from tests.support.bisync import losing
from tests.support.servers.rclone import Rclone
from tests.support.syncworlds import history


def main(count: int, by_bisync: int = 0) -> int:
    """Play `count` histories, the first `by_bisync` by rclone too; print how many lose work. Return 1 where reshelve's does."""
    contents = bad = 0
    for number in range(count):
        world = history(random.Random(number))
        lost = world.lost()
        wrong = world.settle()
        lost |= world.lost()
        contents += len(world.ever)
        if lost or wrong:
            bad += 1
            print(f"history {number}: lost {sorted(lost)}, unsettled {wrong}")
    print(f"reshelve: {bad:,} of {count:,} histories ({contents:,} contents) lose work or do not settle")
    if missing := Rclone.missing() if by_bisync else "":
        print(f"rclone bisync: not played, for it needs {missing}")
    elif by_bisync:
        with tempfile.TemporaryDirectory(prefix="reshelve-bisync-") as folder:
            lose = losing(by_bisync, Path(folder))
        print(f"rclone bisync: {len(lose):,} of the first {by_bisync:,} of these lose work")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
