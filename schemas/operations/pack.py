"""`pack`: make one archive of a folder, at a free place."""

from typing import Literal

from reshelve.schemas.operations.base import OperationBase, temporary, token, undoable_from
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import ArchiveFormat, Member, PackTo, Publish, UploadPacked, Verb


@dataclass(slots=True, frozen=True)
class Pack(OperationBase):
    """Packs the members of one folder, as they were seen, into one archive, and reads it back.

    With `upload` the archive goes straight into a bucket, in `storage_class`, with `project` noted. `size` is the sum of the
    members' sizes, in bytes. With a `manifest` it is a backup that contains that text (archive_record.MANIFEST).
    """

    src: str
    dst: str
    format: ArchiveFormat
    size: int
    members: tuple[Member, ...]
    upload: bool = False
    storage_class: str = ""
    because: str = ""
    needs: tuple[int, ...] = ()
    project: str = ""
    manifest: str = ""
    op: Literal["pack"] = "pack"

    @property
    def reads(self) -> str | None:
        return self.src

    @property
    def makes(self) -> str | None:
        return self.dst

    @property
    def undoable(self) -> str:
        return undoable_from(self.storage_class)

    def verbs(self, run: str, index: int) -> tuple[Verb, ...]:
        if self.upload:
            by = token(run, index)
            return (UploadPacked(self.src, self.dst, self.format, self.members, self.storage_class, by, self.project),)
        tmp = temporary(self.dst, run, index)
        return (PackTo(self.src, tmp, self.format, self.members, self.manifest), Publish(tmp, self.dst))

    def describe(self) -> str:
        return f"upload {self.src} as {self.dst}" if self.upload else f"pack {self.src} into {self.dst}"
