"""What is held: an undo took it back, or a run put it away. It is not planned again until it is released."""

from typing import NamedTuple


class Undone(NamedTuple):
    """An entry that an undo took back, or whose file a run put away: its target and source locations, "" for one that it has not.

    `size` is the bytes of its file, None where that is not known, or the entry is about no single file.
    """

    target: str
    source: str
    size: int | None = None
