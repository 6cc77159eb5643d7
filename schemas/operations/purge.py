"""`purge`: remove content for good."""

from dataclasses import dataclass
from typing import Literal

from schemas.operations.base import OperationBase
from schemas.verbs import Remove, RemoveDir, Verb


@dataclass(slots=True, frozen=True)
class Purge(OperationBase):
    """Removes one file, link or empty folder of the trash for good: the only operation that cannot be undone."""

    src: str
    size: int
    mtime_ns: int
    ino: int
    item: Literal["file", "link", "dir"] = "file"
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["purge"] = "purge"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def frees(self) -> str | None:
        return self.src

    @property
    def undoable(self) -> str:
        return "no"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.item == "dir":
            return (RemoveDir(self.src, 0o700),)
        return (Remove(self.src, self.size, self.mtime_ns, self.ino),)

    def describe(self) -> str:
        return f"remove {self.src} for good"
