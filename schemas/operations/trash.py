"""`trash`: out of sight on the same file system, kept by run."""

from dataclasses import replace
from typing import Literal

from reshelve.schemas.operations.base import OperationBase, PutAway, put_away, temporary, token, trashed
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Confirm, RemoveKept, Rename, Verb, Witness

NOT_KNOWN = "?"
"""In place of a day that cannot be learned."""


@dataclass(slots=True, frozen=True)
class Kept:
    """Where a file or object has the content (`hash`) of an object, which therefore need not be kept; and its storage class."""

    place: str
    hash: str
    storage_class: str = ""


@dataclass(slots=True, frozen=True)
class Trash(OperationBase):
    """Moves one file, link or unpacked folder into the run's trash folder, below `top`, the topmost folder of its file system.

    An object is hidden in its bucket as `away` says; `kept` says where the content of a removed one remains. `until` is the
    day from which the bucket's own rules may delete it, "" if they do not, `NOT_KNOWN` if they cannot be read.

    `witnesses` are the copies that allow its removal because they have the same content (`hash`), or the later backups for which
    an earlier one goes: they are confirmed right before and right after, and it is put back if that fails. `ctime_ns` is its
    change time as planning saw it, -1 if that proves nothing.

    `files` is how many an unpacked folder holds, and `inside` their bytes; -1 for what is no folder. `size` is its own.

    `target` is that of the entry that it carries out, where its content is there already, or in that archive; "" for any other.
    """

    src: str
    size: int
    mtime_ns: int
    ino: int
    top: str = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    away: PutAway = ""
    kept: Kept | None = None
    until: str = ""
    hash: str = ""
    witnesses: tuple[Witness, ...] = ()
    ctime_ns: int = -1
    files: int = -1
    inside: int = 0
    target: str = ""
    op: Literal["trash"] = "trash"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def frees(self) -> str | None:
        return self.src

    @property
    def undoable(self) -> str:
        if self.until == NOT_KNOWN:
            return "unknown"
        return f"until {self.until}" if self.until else "yes"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if not self.witnesses:
            return self._put_away(run, index)
        seen = self.size, self.mtime_ns, self.ino
        before = Confirm(self.src, self.hash, *seen, self.witnesses, temporary(self.src, run, index))
        at = "" if self.away or self.kept is not None else trashed(self.src, self.top, run)
        return (before, *self._put_away(run, index), replace(before, gone=True, at=at))

    def _put_away(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.kept is not None:
            seen, kept = (self.size, self.mtime_ns, self.ino), self.kept
            return (RemoveKept(self.src, kept.place, kept.hash, *seen, kept.storage_class, token(run, index)),)
        if self.away:
            return put_away(self.away, self.src, run, index, self.size, self.mtime_ns, self.ino)
        # With witnesses of its content its bytes are read right before.
        known = self.ctime_ns if all(witness.holding == "whole" for witness in self.witnesses) else -1
        return (Rename(self.src, trashed(self.src, self.top, run), self.size, self.mtime_ns, self.ino, ctime_ns=known),)

    def describe(self) -> str:
        return f"trash {self.src}"
