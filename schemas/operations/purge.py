"""`purge`: remove content for good."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase, temporary
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Remove, RemoveDir, RemoveHidden, Verb


@dataclass(slots=True, frozen=True)
class Purge(OperationBase):
    """Permanently deletes one file, link or empty folder in the trash: the only operation that cannot be undone.

    `item` "hidden" is an object under a delete marker, which is deleted with its marker; older versions of it stay.
    """

    src: str
    size: int
    mtime_ns: int
    ino: int
    item: Literal["file", "link", "dir", "hidden"] = "file"
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["purge"] = "purge"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def frees(self) -> str | None:
        return None if self.item == "hidden" else self.src

    @property
    def undoable(self) -> str:
        return "no"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.item == "dir":
            return (RemoveDir(self.src, 0o700),)
        if self.item == "hidden":
            return (RemoveHidden(self.src, self.size, self.mtime_ns, self.ino),)
        return (Remove(self.src, self.size, self.mtime_ns, self.ino, temporary(self.src, run, index)),)

    def describe(self) -> str:
        return f"remove {self.src} for good"
