"""How long a video maker's shelves take: scan, plan and manifest of 110 projects, 400 GiB of them sparse, on disks alone.

python benchmarks/shelves.py [--work DIR] [--gib 400]
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from make_projects import make
from measure import measure

HERE = Path(__file__).resolve().parent
WORKSPACE = """\
version: 1
stores:
  local: {path: local}
  ssd: {path: ssd}
  archive: {path: archive}
tiers:
  videos:
    order:
      local: {at: "local:{project}"}
      light: {at: "local:archived/{range}/{project}", form: light}
      ssd: {at: "ssd:{project}"}
      archive: {at: "archive:{range}/{project}", form: tar.gz}
    moves:
      - {from: local, to: [ssd, light], after: 90d}
      - {from: ssd, to: [archive], after: 180d}
      - {from: ssd, to: [ssd, light]}
"""


def main() -> None:
    """Make the shelves, measure each command on them, and print a line each."""
    parser = argparse.ArgumentParser(description="scan, plan and manifest of a video maker's shelves")
    parser.add_argument("--work", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    parser.add_argument("--gib", type=float, default=400)
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="reshelve-shelves-", dir=given.work))
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "XDG_STATE_HOME": str(base / ".state"), "CI": "true"}
    try:
        make(base, whole=int(given.gib * 2**30))
        (base / "archive").mkdir()
        (base / "reshelve.yaml").write_text(WORKSPACE)
        for args in (["scan"], ["plan"], ["manifest"], ["scan"]):
            # Without room for 400 GiB a plan says so, with exit code 1: it is made all the same.
            found = measure([sys.executable, "-m", "reshelve", *args], base, environ, ok=(0, 1))
            print(f"  reshelve {args[0]:<10} {found.seconds:6.2f} s  {found.peak / 2**20:5.0f} MiB", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
