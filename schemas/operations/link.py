"""`link`: a hard or symbolic link to a file at a free place."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, temporary
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import HardLink, SymLink, Verb


@dataclass(slots=True, frozen=True)
class Link(OperationBase):
    """Links one file: a second name on its file system (hard), or a symbolic link with the target `text`."""

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    how: Literal["hard", "symbolic"] = "hard"
    text: str = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    facts: Facts | None = field(default=None, hash=False)
    op: Literal["link"] = "link"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        tmp = temporary(self.dst, run, index)
        if self.how == "hard":
            return (HardLink(self.src, self.dst, self.ino, tmp),)
        return (SymLink(self.text, self.dst, tmp),)

    def describe(self) -> str:
        return f"{self.how} link {self.dst} to {self.src}"
