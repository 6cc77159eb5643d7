"""What operations carry is counted by one table, the same for plans, progress and reports."""

from dataclasses import replace
from typing import get_args

import pytest

from reshelve.schemas.carried_bytes import WAYS, Carried, carried, totals
from reshelve.schemas.operations import OPERATIONS, Move, Pack, Unpack

PACK = Pack("ssd:b63", "archive:b63.tar.gz", "tar.gz", 50, ())
UNPACK = Unpack("archive:b63.tar.gz", "ssd:b63", "tar.gz", 30, 1, 1)
MOVE = Move("inbox:a", "tv:a", 7, 1, 1)


def test_every_kind_of_operation_stands_in_the_table() -> None:
    assert WAYS.keys() == {get_args(one.__annotations__["op"])[0] for one in OPERATIONS}


@pytest.mark.parametrize(
    ("operation", "came"),
    [
        (PACK, Carried("copied", 50)),
        (replace(PACK, upload=True), Carried("uploaded", 50)),
        (UNPACK, Carried("copied", 30)),
        (replace(UNPACK, src="deep:b63.tar.gz"), Carried("downloaded", 30)),
        (MOVE, Carried("moved", 7)),
        (replace(MOVE, across=True), Carried("copied", 7)),
        (replace(MOVE, across=True, linked_to="tv:b"), Carried("", 0)),
    ],
)
def test_which_way_bytes_go(operation: Move | Pack | Unpack, came: Carried) -> None:
    assert carried(operation, {"deep"}) == came


def test_renaming_is_no_progress_in_bytes() -> None:
    assert [carried(one, ()).progress for one in (MOVE, replace(MOVE, across=True))] == [0, 7]
    assert totals([MOVE, MOVE, PACK], ()) == {"moved": 14, "copied": 50}
