"""`download`: bring an object out of a bucket, to a free place."""

from dataclasses import dataclass, field
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, PutAway, put_away, temporary
from reshelve.schemas.verbs import CopyTo, Publish, Verb


@dataclass(slots=True, frozen=True)
class Download(OperationBase):
    """Downloads one object, with its hash verified, to a temporary name and then to its own.

    With `away` the object is then hidden in its bucket: under a delete marker, or copied to the trash prefix.
    """

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    away: PutAway = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    facts: Facts | None = field(default=None, hash=False)
    op: Literal["download"] = "download"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def frees(self) -> str | None:
        return self.src if self.away else None

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        tmp = temporary(self.dst, run, index)
        got = (CopyTo(self.src, tmp, self.size, self.mtime_ns, self.ino), Publish(tmp, self.dst))
        return (*got, *put_away(self.away, self.src, run, index, self.size, self.mtime_ns, self.ino))

    def describe(self) -> str:
        return f"download {self.src} to {self.dst}"
