"""What an undo took back and holds: it is not planned again until it is released."""

from typing import NamedTuple


class Undone(NamedTuple):
    """An entry that an undo took back: its target and source locations, "" for one that it has not, and the bytes of its file.

    `size` is None where it is not known, or the entry is about no single file.
    """

    target: str
    source: str
    size: int | None = None
