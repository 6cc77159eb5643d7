"""The desk most of these tests kill runs on; a file with a desk of its own uses that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.killed_runs import COUNT
from tests.support.undodesk import UndoDesk, undo_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        for number in range(COUNT):
            (one.inbox / f"{number}.mkv").write_text(f"film {number}")
        yield one
