"""`transition`: give an object another storage class."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase, token
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import SetClass, Verb


@dataclass(slots=True, frozen=True)
class Transition(OperationBase):
    """Changes the storage class of one object from `before` to `after`. Undoing it costs money, and may have to wait for a thaw.

    `beneath` is the number of the version that holds the same and can be read, where the object itself is archived; else 0.
    """

    src: str
    size: int
    mtime_ns: int
    ino: int
    before: str
    after: str
    because: str = ""
    needs: tuple[int, ...] = ()
    beneath: int = 0
    op: Literal["transition"] = "transition"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def undoable(self) -> str:
        return "costs"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (SetClass(self.src, self.size, self.mtime_ns, self.ino, self.before, self.after, token(run, index), self.beneath),)

    def describe(self) -> str:
        return f"change the class of {self.src} from {self.before} to {self.after}"
