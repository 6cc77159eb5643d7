"""`thaw`: ask for an archived object to be readable for a while."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Thaw as ThawVerb
from reshelve.schemas.verbs import Verb


@dataclass(slots=True, frozen=True)
class Thaw(OperationBase):
    """Requests one archived object, readable for `days` once thawed. That ends by itself, and cannot be taken back."""

    src: str
    size: int
    mtime_ns: int
    ino: int
    days: int
    tier: str
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["thaw"] = "thaw"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def undoable(self) -> str:
        return "no"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (ThawVerb(self.src, self.size, self.mtime_ns, self.ino, self.days, self.tier),)

    def describe(self) -> str:
        return f"thaw {self.src} for {self.days} days ({self.tier})"
