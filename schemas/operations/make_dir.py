"""`mkdir`: make a folder."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import MakeDir as MakeDirVerb
from reshelve.schemas.verbs import Verb

DECLARED = "layout dirs"
"""Why a folder is made that the layout names itself, under `dirs:`."""
NEEDED = "folders for the files below"
"""Why one is made that only what goes into it calls for."""


@dataclass(slots=True, frozen=True)
class MakeDir(OperationBase):
    """Creates one folder whose parent exists. `mode`, `uid` and `gid` (-1: as for any new folder) restore a removed one."""

    dst: str
    mode: int | None = None
    uid: int = -1
    gid: int = -1
    because: str = ""
    needs: tuple[int, ...] = ()
    op: Literal["mkdir"] = "mkdir"

    @property
    def makes(self) -> str | None:
        return self.dst

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        return (MakeDirVerb(self.dst, self.mode, self.uid, self.gid),)

    def describe(self) -> str:
        return f"make folder {self.dst}"
