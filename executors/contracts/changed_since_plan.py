"""What was planned about is not what is there: how the two are told apart, and how it is said."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import printable


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


class UnreadableError(DriftedError):
    """What has to be read for an operation cannot be, and may stand elsewhere than what the operation is about: it is named."""

    def __init__(self, place: str, trouble: OSError, done: str = "read") -> None:
        super().__init__(place, f"cannot be {done}: {getattr(trouble, 'what', None) or trouble.strerror or trouble}")
        self.errno = trouble.errno
        for name in ("kind", "hint"):
            if hasattr(trouble, name):
                setattr(self, name, getattr(trouble, name))


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Let an OSError of reading what stands at a place come out as one that names it."""
    try:
        yield
    except DriftedError:
        raise
    except OSError as trouble:
        raise UnreadableError(place, trouble) from trouble


class SameFileError(DriftedError):
    """What was to stand for a file is that file itself, seen by way of another mount: a new plan would say the same."""

    kind = "same-file"
    hint = "Two stores show one folder: leave one of them out of reshelve.yaml, then make a new plan."

    def __init__(self, place: str, other: str) -> None:
        super().__init__(place, f"is {printable(other)} itself, by another path")


def same_object(item: Item | None, size: int, ino: int) -> bool:
    """Say whether an object is the one meant, by its ETag and size: what services say of its time differs from call to call."""
    return item is not None and item.kind == "file" and item.ino == ino and item.size == size
