"""`reveal`: bring back an object that lies under a delete marker."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Reveal as RevealVerb
from reshelve.schemas.verbs import Verb


@dataclass(slots=True, frozen=True)
class Reveal(OperationBase):
    """Removes the delete marker over one object of a versioned bucket: the other half of a `trash` there."""

    dst: str
    size: int
    mtime_ns: int
    ino: int
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["reveal"] = "reveal"

    @property
    def makes(self) -> str | None:
        return self.dst

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (RevealVerb(self.dst, self.size, self.mtime_ns, self.ino),)

    def describe(self) -> str:
        return f"bring back {self.dst}"
