"""What operations carry, in bytes, and which way: one table for plans, progress and reports, so that they agree."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from reshelve.schemas.locations import split
from reshelve.schemas.operations import AnyOperation, Configure, Link, MakeDir, Move, Pack, RemoveDir, Trash, Unpack, Write
from reshelve.schemas.plan import PlanRoot

Way = Literal["", "moved", "copied", "uploaded", "downloaded", "trashed", "freed"]

WAYS: Mapping[str, Way] = {
    "mkdir": "", "rmdir": "", "link": "", "write": "", "transition": "", "thaw": "", "configure": "", "reveal": "",
    "move": "moved",  # across file systems: copied
    "copy": "copied", "upload": "uploaded", "download": "downloaded",
    "pack": "copied",  # into a bucket: uploaded
    "unpack": "copied",  # out of a bucket: downloaded
    "trash": "trashed",  # kept as it is: nothing is carried
    "purge": "freed",
}  # fmt: skip
"""Each kind of operation, and what becomes of its bytes."""

_READ_WHOLE = ("copied", "uploaded", "downloaded")


@dataclass(slots=True, frozen=True)
class Carried:
    """Bytes that one operation carries, 0 where none."""

    way: Way
    size: int

    @property
    def progress(self) -> int:
        """The bytes by which progress is measured: those that are read and written, not only given another name."""
        return self.size if self.way in _READ_WHOLE else 0


_NOTHING = Carried("", 0)


def buckets(roots: Mapping[str, PlanRoot]) -> frozenset[str]:
    """Return the keys of the roots of a plan that are buckets."""
    return frozenset(key for key, root in roots.items() if root.path.startswith("s3://"))


def carried(operation: AnyOperation, in_buckets: Container[str]) -> Carried:
    """Return what an operation carries; `in_buckets` are the keys of the roots that are buckets."""
    way = WAYS[operation.op]
    match operation:
        case Move(across=True):
            # What is linked to a file that moved along, and links themselves, have no content of their own.
            return Carried("copied", operation.size) if operation.item == "file" and not operation.linked_to else _NOTHING
        case Pack(upload=True):
            way = "uploaded"
        case Unpack() if split(operation.src)[0] in in_buckets:
            way = "downloaded"
        case Trash() if operation.kept is not None:
            return _NOTHING
    return Carried(way, bytes_of(operation)) if way else _NOTHING


def totals(operations: Iterable[AnyOperation], in_buckets: Container[str]) -> dict[Way, int]:
    """Return the bytes that operations carry, by way."""
    found: dict[Way, int] = {}
    for operation in operations:
        each = carried(operation, in_buckets)
        found[each.way] = found.get(each.way, 0) + each.size
    return found


def bytes_of(operation: AnyOperation) -> int:
    """Return the size of what an operation is about; folders and links have none."""
    if isinstance(operation, Write):
        return len(operation.content.encode("utf-8", "surrogatepass"))
    return 0 if isinstance(operation, MakeDir | RemoveDir | Link | Configure) else operation.size
