"""Pouring: a new file made of a stream of pieces, held to what was poured once it is read back."""

import errno
from collections.abc import Iterable

import xxhash

from reshelve.executors.archives.packed_members import CHUNK, Cancel
from reshelve.executors.contracts.folder_store import Receiver, Store
from reshelve.schemas.inventory import Item

_ZEROS = bytes(CHUNK)


def pour(
    to: Store, tmp: str, pieces: Iterable[bytes], *, mtime_ns: int | None = None, mode: int = -1, cancel: Cancel | None = None
) -> tuple[Item, str]:
    """Make the new file `tmp` of `pieces`, synced and read back; return its item and content hash. Long zeros become holes.

    Raises OSError: EIO where what is read back differs; whatever `pieces` raises is raised. Then there is no `tmp`.
    """
    hasher = xxhash.xxh3_128()
    size = 0

    def fill(into: Receiver) -> None:
        nonlocal size
        hole = False
        for piece in pieces:
            hole = len(piece) == CHUNK and piece == _ZEROS
            if not hole:
                into.write_at(size, piece)
            hasher.update(piece)
            size += len(piece)
        if hole:
            into.write_at(size - 1, b"\0")

    item, content = to.receive(tmp, fill, mtime_ns=-1 if mtime_ns is None else mtime_ns, mode=mode, cancel=cancel)
    try:
        if content != f"xxh3:{hasher.hexdigest()}":
            raise OSError(errno.EIO, "what was written, read back from the disk, differs", tmp)
        if mtime_ns is not None and mtime_ns < 0:
            to.set_times(tmp, mtime_ns)
    except BaseException:
        to.remove(tmp)
        raise
    return item, content
