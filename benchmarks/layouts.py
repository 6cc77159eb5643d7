"""Time loading and writing one layout, in a process that does nothing else: prints the seconds of each.

python layouts.py layout.yaml
"""

import sys
import tempfile
import time
from pathlib import Path

from reshelve.schemas.documents.layout_files import load_layout, save_layout


def main(path: Path) -> None:
    """Load `path`, write it to a temporary folder, print "load SECONDS" and "write SECONDS"."""
    started = time.perf_counter()
    layout = load_layout(path)
    loaded = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        save_layout(layout, Path(folder) / "layout.yaml")
        written = time.perf_counter()
    print(f"load {loaded - started:.3f}\nwrite {written - loaded:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
