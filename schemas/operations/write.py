"""`write`: a small generated file at a free place."""

from dataclasses import dataclass
from typing import Literal

from schemas.operations.base import OperationBase, temporary
from schemas.verbs import Publish, Verb, WriteTo


@dataclass(slots=True, frozen=True)
class Write(OperationBase):
    """Writes one generated text file, UTF-8, with `content` as it is."""

    dst: str
    content: str
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["write"] = "write"

    @property
    def makes(self) -> str | None:
        return self.dst

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        tmp = temporary(self.dst, run, index)
        return (WriteTo(self.content, tmp), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"write {self.dst}"
