"""`move`: bring one file or symbolic link to a free place."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, staged, temporary, token, undoable_from
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import CopyObject, CopyTo, HardLink, Publish, RemoveCopied, Rename, SymLink, Verb


@dataclass(slots=True, frozen=True)
class Move(OperationBase):
    """Moves one file or link. On one file system that is a rename.

    Across file systems (`across`) it is copied, verified and published, and the source is set aside in its own file
    system's trash folder (below `top`), from where it is removed only once the whole run is done. `linked_to` is the place of
    another name of the same file: then it is linked there instead of copied. `linked_ino` is that name's inode before the
    run, 0 if an earlier move of the run brings it. `text` is the target of a symbolic link, `nlink` how many names the file
    had. `objects`: within a service, where a rename is a copy and then a removal; `storage_class` "" keeps the class, another one
    takes the place of the class `before`.
    """

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    item: Literal["file", "link"] = "file"
    across: bool = False
    top: str = ""
    linked_to: str = ""
    linked_ino: int = 0
    text: str = ""
    nlink: int = 1
    because: str = ""
    needs: tuple[int, ...] = ()
    objects: bool = False
    storage_class: str = ""
    before: str = ""
    facts: Facts | None = field(default=None, hash=False)
    op: Literal["move"] = "move"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def frees(self) -> str | None:
        return self.src

    @property
    def undoable(self) -> str:
        return undoable_from(self.storage_class)

    def set_aside(self, run: str, index: int) -> str | None:
        return staged(self.src, self.top, run, index) if self.across and not self.objects else None

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if not self.across:
            return (Rename(self.src, self.dst, self.size, self.mtime_ns, self.ino),)
        if self.objects:
            same = self.size, self.mtime_ns, self.ino
            by = token(run, index)
            return (
                CopyObject(self.src, self.dst, *same, self.storage_class, by),
                RemoveCopied(self.src, self.dst, *same, by, self.before),
            )
        aside = Rename(self.src, staged(self.src, self.top, run, index), self.size, self.mtime_ns, self.ino, aside=True)
        tmp = temporary(self.dst, run, index)
        if self.item == "link":
            return (SymLink(self.text, self.dst, tmp, self.mtime_ns), aside)
        if self.linked_to:
            return (HardLink(self.linked_to, self.dst, self.linked_ino, tmp), aside)
        return (CopyTo(self.src, tmp, self.size, self.mtime_ns, self.ino, goes=True), Publish(tmp, self.dst), aside)

    def describe(self) -> str:
        return f"move {self.src} to {self.dst}"
