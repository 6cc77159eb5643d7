"""`trash`: out of sight on the same file system, kept by run."""

from dataclasses import dataclass
from typing import Literal

from schemas.operations.base import OperationBase, PutAway, put_away, trashed
from schemas.verbs import Rename, Verb


@dataclass(slots=True, frozen=True)
class Trash(OperationBase):
    """Moves one file, link or unpacked folder into the run's trash folder, below `top`, the topmost folder of its file system.

    An object goes out of sight in its bucket as `away` says.
    """

    src: str
    size: int
    mtime_ns: int
    ino: int
    top: str = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    away: PutAway = ""
    op: Literal["trash"] = "trash"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def frees(self) -> str | None:
        return self.src

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.away:
            return put_away(self.away, self.src, run, index, self.size, self.mtime_ns, self.ino)
        return (Rename(self.src, trashed(self.src, self.top, run), self.size, self.mtime_ns, self.ino),)

    def describe(self) -> str:
        return f"trash {self.src}"
