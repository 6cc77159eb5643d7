"""What differs is told in words that differ."""

from dataclasses import replace
from typing import Any

import pytest

from reshelve.schemas.differences import difference
from reshelve.schemas.inventory import Item

SEEN = Item("a", "file", 1000, 1_450_000_000_000_000_007, 0, 5, 1, 0o100644, "ext4:1")
WAS = (SEEN.size, SEEN.mtime_ns, SEEN.ino)

CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"size": 1_200_000}, "was 1.0 kB when planned, and is 1.2 MB now"),
    ({"size": 1001}, "was 1,000 B when planned, and is 1,001 B now"),
    (
        {"mtime_ns": SEEN.mtime_ns + 10**9},
        "was modified 2015-12-13 09:46:40 UTC when planned, and is modified 2015-12-13 09:46:41 UTC now",
    ),
    (
        {"mtime_ns": SEEN.mtime_ns + 1},
        "was modified 2015-12-13 09:46:40.000000007 UTC when planned, and is modified 2015-12-13 09:46:40.000000008 UTC now",
    ),
    ({"mtime_ns": 10**30}, f"was modified 2015-12-13 09:46:40 UTC when planned, and is modified {10**30} ns from 1970 now"),
    (
        {"mtime_ns": 0, "ino": 6},
        "is another file of the same size now: it was modified 1970-01-01 00:00:00 UTC, not 2015-12-13 09:46:40 UTC",
    ),
    ({"ino": 6}, "is another file of the same size and time now"),
    ({}, "holds other content of the same size and time now"),
    ({"ino": 6, "mtime_ns": 0, "fs": "s3:memory/b"}, "holds other content of the same size now"),
    ({"kind": "dir"}, "is a folder now"),
    ({"kind": "other"}, "is neither a file nor a link now"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_it_says_what_differs(change: dict[str, Any], words: str) -> None:
    assert difference(replace(SEEN, **change), *WAS, "when planned") == words


def test_what_is_gone_is_gone() -> None:
    assert difference(None, *WAS) == "is gone"
