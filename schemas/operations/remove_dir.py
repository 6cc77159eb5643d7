"""`rmdir`: remove an empty folder."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import RemoveDir as RemoveDirVerb
from reshelve.schemas.verbs import Verb


@dataclass(slots=True, frozen=True)
class RemoveDir(OperationBase):
    """Removes one folder, empty by then. `mode`, `uid`, `gid` and `mtime_ns` are its values, to restore it as it was."""

    src: str
    mode: int
    mtime_ns: int
    uid: int = -1
    gid: int = -1
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["rmdir"] = "rmdir"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def frees(self) -> str | None:
        return self.src

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (RemoveDirVerb(self.src, self.mode, self.uid, self.gid),)

    def describe(self) -> str:
        return f"remove empty folder {self.src}"
