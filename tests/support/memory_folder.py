"""A folder for what need not outlast the machine: the state of runs that end by a kill or an error, never by a loss of power."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Give an empty folder, in memory where the machine has a file system there (a sync takes no time), and remove it after."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="reshelve-test-", dir=shm if os.access(shm, os.W_OK) else None) as folder:
        yield Path(folder)
