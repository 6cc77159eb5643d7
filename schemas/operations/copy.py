"""`copy`: a second copy of a file at a free place."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, temporary, token, undoable_from
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import CopyObject, CopyTo, Publish, Verb


@dataclass(slots=True, frozen=True)
class Copy(OperationBase):
    """Copies one file, verified. `how` is "reflink" if blocks must be shared; otherwise they are shared if possible.

    "object": within a service, by the service itself, in `storage_class`.
    """

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    how: Literal["copy", "reflink", "object"] = "copy"
    because: str = ""
    needs: tuple[int, ...] = ()
    storage_class: str = ""
    facts: Facts | None = field(default=None, hash=False)
    op: Literal["copy"] = "copy"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def undoable(self) -> str:
        return undoable_from(self.storage_class)

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.how == "object":
            by = token(run, index)
            return (CopyObject(self.src, self.dst, self.size, self.mtime_ns, self.ino, self.storage_class, by),)
        tmp = temporary(self.dst, run, index)
        return (CopyTo(self.src, tmp, self.size, self.mtime_ns, self.ino, self.how), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"{self.how} {self.src} to {self.dst}"
