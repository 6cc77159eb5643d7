"""`write`: a small generated file at a free place."""

from dataclasses import dataclass
from typing import Literal

from schemas.operations.base import temporary
from schemas.verbs import Publish, Verb, WriteTo


@dataclass(slots=True, frozen=True)
class Write:
    """Writes one generated text file, UTF-8, with `content` as it is."""

    dst: str
    content: str
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["write"] = "write"

    @property
    def reads(self) -> str | None:
        return None

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def frees(self) -> str | None:
        return None

    @property
    def undoable(self) -> str:
        return "yes"

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        tmp = temporary(self.dst, run, index)
        return (WriteTo(self.content, tmp), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"write {self.dst}"
