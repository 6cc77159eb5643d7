"""The least any mover could do: the same moves, with nothing but system calls.

python bare.py rename|mkdir-rename SHAPE FILES      (in the folder of a tree)
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from trees import pairs


def rename_only(shape: str, files: int) -> None:
    """Rename every file into folders that are already there: `prepare` makes them."""
    for source, target in pairs(shape, files):
        os.rename(f"inbox/{source}", f"library/{target}")


def prepare(shape: str, files: int) -> None:
    """Make the target folders."""
    for folder in sorted({os.path.dirname(target) for _, target in pairs(shape, files)}):
        os.makedirs(f"library/{folder}", exist_ok=True)


def mkdir_and_rename(shape: str, files: int) -> None:
    """Make each folder when it is needed, rename, and sync the file system once at the end."""
    made: set[str] = set()
    for source, target in pairs(shape, files):
        folder = os.path.dirname(target)
        if folder not in made:
            os.makedirs(f"library/{folder}", exist_ok=True)
            made.add(folder)
        os.rename(f"inbox/{source}", f"library/{target}")
    os.sync()


if __name__ == "__main__":
    {"rename": rename_only, "prepare": prepare, "mkdir-rename": mkdir_and_rename}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
