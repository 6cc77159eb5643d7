"""`unpack`: make a folder of an archive's content, at a free place."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase, temporary
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import ArchiveFormat, Layer, Publish, UnpackTo, Verb


@dataclass(slots=True, frozen=True)
class Unpack(OperationBase):
    """Unpacks one archive, a local one or an object, into a new folder that gets its name only when it is complete.

    `layers` are the incremental backups that are unpacked over it, oldest first; `size` is that of the first archive alone.
    """

    src: str
    dst: str
    format: ArchiveFormat
    size: int
    mtime_ns: int
    ino: int
    because: str = ""
    needs: tuple[int, ...] = ()
    layers: tuple[Layer, ...] = ()
    op: Literal["unpack"] = "unpack"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        tmp = temporary(self.dst, run, index)
        return (UnpackTo(self.src, tmp, self.format, self.size, self.mtime_ns, self.ino, self.layers), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"unpack {self.src} into {self.dst}"
