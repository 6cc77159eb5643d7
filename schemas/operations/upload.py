"""`upload`: bring a file into a bucket, at a free key."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, staged, token, undoable_from
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Rename, Verb
from reshelve.schemas.verbs import Upload as UploadVerb


@dataclass(slots=True, frozen=True)
class Upload(OperationBase):
    """Uploads one file, create-only, with its hash verified end to end; an interrupted large upload continues where it stopped.

    With `takes` the file is set aside below `top` once it is uploaded, and removed when the whole run is done, as in a move
    across file systems. `storage_class` "" is the service's own default. `project` is recorded with the object, for people.
    """

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    storage_class: str = ""
    takes: bool = False
    top: str = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    project: str = ""
    facts: Facts | None = field(default=None, hash=False)
    op: Literal["upload"] = "upload"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def frees(self) -> str | None:
        return self.src if self.takes else None

    @property
    def undoable(self) -> str:
        return undoable_from(self.storage_class)

    def set_aside(self, run: str, index: int) -> str | None:
        return staged(self.src, self.top, run, index) if self.takes else None

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        seen = self.size, self.mtime_ns, self.ino
        put = UploadVerb(self.src, self.dst, *seen, self.storage_class, token(run, index), self.project, goes=self.takes)
        if not self.takes:
            return (put,)
        return (put, Rename(self.src, staged(self.src, self.top, run, index), *seen, aside=True))

    def describe(self) -> str:
        return f"upload {self.src} to {self.dst}"
