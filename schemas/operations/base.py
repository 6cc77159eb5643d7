"""What every operation can tell of itself."""

from typing import Literal

from reshelve.schemas.locations import TEMPORARY, TRASH, join, parent, split
from reshelve.schemas.verbs import CopyObject, Hide, RemoveCopied, Verb

PutAway = Literal["", "marker", "copy", "kept"]
"""How an object goes out of sight in its bucket: under a delete marker (versioned), copied to the trash prefix, or not at all.

"kept": removed, for what it was made of still stands elsewhere and holds the same.
"""


ASIDE = ".moved"
"""The folder, in a run's trash folder, in which the sources of moves across file systems wait by operation number."""


class OperationBase:
    """One user-visible step of a plan: frozen data that answers questions about itself and touches nothing."""

    __slots__ = ()

    needs: tuple[int, ...]
    because: str

    @property
    def reads(self) -> str | None:
        """The place of what it acts upon, if anything."""
        return None

    @property
    def makes(self) -> str | None:
        """The place that will hold something afterwards and must be free before, if any."""
        return None

    @property
    def frees(self) -> str | None:
        """The place that will be free afterwards, if any."""
        return None

    @property
    def undoable(self) -> str:
        """Whether a run with it can be taken back: "yes", "until" a day (ISO 8601, in UTC), "costs" or "no"."""
        return "yes"

    def set_aside(self, run: str, index: int) -> str | None:
        """The place where its source, once copied, waits until the run has settled, if it does."""
        return None

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        """Compile to verbs, for operation number `index` of run `run`."""
        raise TypeError(f"{type(self).__name__} has no verbs")

    def describe(self) -> str:
        """Say in one line what it does."""
        raise TypeError(f"{type(self).__name__} is no operation")


AT_WILL = frozenset(("", "STANDARD", "REDUCED_REDUNDANCY", "INTELLIGENT_TIERING"))
"""The storage classes from which an object can be read or removed again at once, at no price of its own."""


def undoable_from(storage_class: str) -> str:
    """Say whether making an object of a class can be taken back: others have fees for reading, or for going early, or must thaw."""
    return "yes" if storage_class in AT_WILL else "costs"


def temporary(dst: str, run: str, index: int) -> str:
    """Return the place of this run's temporary file beside `dst`."""
    root, rel = split(dst)
    folder = parent(rel)
    tail = f"{TEMPORARY}{run}-{index}.tmp"
    return join(root, f"{folder}/{tail}" if folder else tail)


def trash_folder(root: str, top: str, run: str) -> str:
    """Return the trash folder of `run` in the file system whose topmost folder in `root` is `top` ("" for the root)."""
    tail = f"{TRASH}/{run}"
    return join(root, f"{top}/{tail}" if top else tail)


def trashed(src: str, top: str, run: str) -> str:
    """Return where `src` lies once trashed: its path below `top`, kept, inside the run's trash folder."""
    root, rel = split(src)
    below = rel[len(top) + 1 :] if top else rel
    base = f"{top}/{TRASH}/{run}" if top else f"{TRASH}/{run}"
    return join(root, f"{base}/{below}")


def staged(src: str, top: str, run: str, index: int) -> str:
    """Return where the source of a move across file systems waits until the run settles."""
    root, _ = split(src)
    base = f"{top}/{TRASH}/{run}" if top else f"{TRASH}/{run}"
    return join(root, f"{base}/{ASIDE}/{index}")


def token(run: str, index: int) -> str:
    """Return what operation `index` of `run` marks the object it makes with, to know it again."""
    return f"{run}-{index}"


def put_away(how: PutAway, src: str, run: str, index: int, size: int, mtime_ns: int, ino: int) -> tuple[Verb, ...]:
    """Return the verbs that put an object out of sight."""
    if how == "marker":
        return (Hide(src, size, mtime_ns, ino),)
    if how == "copy":
        kept = trashed(src, "", run)
        by = token(run, index)
        return (CopyObject(src, kept, size, mtime_ns, ino, "", by), RemoveCopied(src, kept, size, mtime_ns, ino, by))
    return ()
