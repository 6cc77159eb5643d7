"""What planning says of a name's length is what the file system itself says."""

import os
from pathlib import Path

import pytest

from reshelve.planner.wants.name_lengths import Lengths
from reshelve.planner.wants.virtual_tree import Tree
from tests.support.plans import local

NAMES = ["x" * 255, "x" * 256, "é" * 127, "é" * 128, "é" * 255, "é" * 256, "😀" * 63, "😀" * 64, "😀" * 127, "😀" * 128]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{len(name)}-of-{len(name[0].encode())}-bytes")
def test_a_name_is_told_too_long_where_it_is(disk: Path, name: str) -> None:
    store = local("disk", disk)
    told = Lengths().fault(Tree({"disk": store}).folder(store, "", look=True), name)
    try:
        os.close(os.open(disk / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError:
        assert told
    else:
        assert not told
    store.close()
