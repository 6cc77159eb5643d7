"""What operations carry, in bytes, and which way: one table for plans, progress and reports, so that they agree."""

from collections.abc import Container, Iterable, Mapping
from typing import Literal, NamedTuple

from reshelve.schemas.locations import split
from reshelve.schemas.operations import AnyOperation, Copy, Move
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


class Carried(NamedTuple):
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
    if not way:
        return _NOTHING
    if operation.op == "move":
        if not operation.across:
            return Carried(way, operation.size)
        # What is linked to a file that moved along, and links themselves, have no content of their own.
        return Carried("copied", operation.size) if operation.item == "file" and not operation.linked_to else _NOTHING
    if operation.op == "pack" and operation.upload:
        way = "uploaded"
    elif operation.op == "unpack" and split(operation.src)[0] in in_buckets:
        way = "downloaded"
    elif operation.op == "trash" and operation.kept is not None:
        return _NOTHING
    return Carried(way, bytes_of(operation))


def by_service(operation: AnyOperation) -> bool:
    """Say whether a service carries it within itself: then nobody here has read what arrived."""
    return (isinstance(operation, Copy) and operation.how == "object") or (isinstance(operation, Move) and operation.objects)


def totals(operations: Iterable[AnyOperation], in_buckets: Container[str]) -> dict[Way, int]:
    """Return the bytes that operations carry, by way."""
    found: dict[Way, int] = {}
    for operation in operations:
        each = carried(operation, in_buckets)
        found[each.way] = found.get(each.way, 0) + each.size
    return found


def bytes_of(operation: AnyOperation) -> int:
    """Return the size of what an operation is about; folders and links have none."""
    if operation.op == "write":
        return len(operation.content.encode("utf-8", "surrogatepass"))
    if operation.op == "mkdir" or operation.op == "rmdir" or operation.op == "link" or operation.op == "configure":
        return 0
    if operation.op == "trash" and operation.files >= 0:
        return operation.inside
    return operation.size


def files_of(operation: AnyOperation) -> int:
    """Return how many things an operation is about: of a folder that goes whole its files, 1 of anything else."""
    return max(operation.files, 1) if operation.op == "trash" else 1
