"""What was planned about is not what is there: how the two are told apart, and how it is said."""

import errno

from reshelve.schemas.inventory import Item


class DriftedError(OSError):
    """What was to be touched is not what the plan saw."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(errno.ESTALE, why, place)


class BusyError(DriftedError):
    """A program has open for writing what was to go out of sight: its newest content would go there."""

    kind = "being-written"
    hint = "Close it there, then make a new plan."

    def __init__(self, place: str) -> None:
        super().__init__(place, "is open for writing in another program")


def same_object(item: Item | None, size: int, ino: int) -> bool:
    """Say whether an object is the one meant, by its ETag and size: what services say of its time differs from call to call."""
    return item is not None and item.kind == "file" and item.ino == ino and item.size == size
