"""`write`: a small generated file at a free place."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase, temporary, token, undoable_from
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Publish, Verb, WriteObject, WriteTo


@dataclass(slots=True, frozen=True)
class Write(OperationBase):
    """Writes one generated text file, UTF-8, with `content` as it is; with `upload` an object, in `storage_class`."""

    dst: str
    content: str
    because: str = ""
    needs: tuple[int, ...] = ()
    upload: bool = False
    storage_class: str = ""
    op: Literal["write"] = "write"

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def undoable(self) -> str:
        return undoable_from(self.storage_class)

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.upload:
            return (WriteObject(self.content, self.dst, self.storage_class, token(run, index)),)
        tmp = temporary(self.dst, run, index)
        return (WriteTo(self.content, tmp), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"write {self.dst}"
