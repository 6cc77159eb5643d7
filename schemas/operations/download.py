"""`download`: bring an object out of a bucket, to a free place."""

from dataclasses import field, replace
from typing import Literal

from reshelve.schemas.facts import Facts
from reshelve.schemas.operations.base import OperationBase, PutAway, put_away, temporary
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Confirm, CopyTo, Publish, Verb, Witness


@dataclass(slots=True, frozen=True)
class Download(OperationBase):
    """Downloads one object, with its hash verified, to a temporary name and then to its own.

    With `away` the object is then hidden in its bucket: under a delete marker, or copied to the trash prefix. Right before and
    right after, the file has to stand as it was downloaded.
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
        seen = self.size, self.mtime_ns, self.ino
        got = (CopyTo(self.src, tmp, *seen), Publish(tmp, self.dst))
        if not self.away:
            return got
        before = Confirm(self.src, "", *seen, (Witness(self.dst, *seen, op=index),), "")
        return (*got, before, *put_away(self.away, self.src, run, index, *seen), replace(before, gone=True))

    def describe(self) -> str:
        return f"download {self.src} to {self.dst}"
