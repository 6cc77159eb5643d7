"""What changed in a folder since its last backup: told by inode, times, size and permissions, and by content where in doubt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.backup_memory import Known, Memory
from reshelve.schemas.inventory import Item, lasting_inodes, tells_changes
from reshelve.schemas.locations import encode_path
from reshelve.schemas.quick_dataclasses import dataclass

_CLOSE_NS = 3_000_000_000
"""A change so soon before the last look may have come after it, within one tick of the file system's clock."""


@dataclass(slots=True)
class Changes:
    """What an incremental backup takes (paths in document form, files, links and folders), and what was deleted."""

    take: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is anything to back up: folders that only have another time are not."""
        return bool(self.take or self.deleted)


def known_of(reader: Reader, item: Item) -> Known:
    """Return an item as it is remembered, its content not yet known. Raises OSError for a link that cannot be read."""
    text = encode_path(reader.read_link(item.rel)) if item.kind == "link" else ""
    return Known(item.kind, item.size, item.mtime_ns, item.ctime_ns, item.ino, item.mode & 0o7777, item.fs, text)


def changes(reader: Reader, items: Mapping[str, Item], memory: Memory, spared: Iterable[str] = ()) -> Changes:
    """Return what differs between what is there (by path below the folder, document form) and what is remembered.

    `spared` are paths that are not backed up this time, and not deleted either. Raises OSError where content must be read and
    cannot be.
    """
    found = Changes()
    folders: list[str] = []
    for path, item in items.items():
        before = memory.known.get(path)
        if before is None or before.kind != item.kind:
            found.take.append(path)
        elif item.kind == "dir":
            if before.mode != item.mode & 0o7777:
                found.take.append(path)
            elif before.mtime_ns != item.mtime_ns:
                folders.append(path)
        elif _differs(reader, item, before, memory.looked_ns):
            found.take.append(path)
    there = items.keys() | set(spared)
    found.deleted = sorted(path for path in memory.known if path not in there)
    if found.any:
        found.take = sorted([*found.take, *folders])
    return found


def _differs(reader: Reader, item: Item, before: Known, looked_ns: int) -> bool:
    if (before.size, before.mtime_ns, before.mode) != (item.size, item.mtime_ns, item.mode & 0o7777):
        return True
    if item.kind == "link":
        return encode_path(reader.read_link(item.rel)) != before.text
    same_inode = item.ino == before.ino if lasting_inodes(item.fs) else True
    untouched = same_inode and item.ctime_ns == before.ctime_ns and item.fs == before.fs and tells_changes(item.fs)
    if untouched and item.ctime_ns < looked_ns - _CLOSE_NS:
        return False
    return not before.hash or reader.digest(item.rel) != before.hash
