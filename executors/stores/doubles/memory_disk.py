"""A disk in memory that can lose power: what stands in its folders, and which of it has reached the platter.

What a power loss does here. Every change of a folder's entries is kept back until one of the folders it touched is synced;
then it is safe, and so is every earlier change it builds on (the folder's own making, what was moved out of a folder now
removed). A rename is one change of two folders, never half of one. File systems with a journal promise as much. `crash` keeps
whichever of the unsynced changes the caller chooses and drops the rest, as a disk that reorders its writes would; a kept change
whose ground was dropped is dropped too. Content that was never synced is empty afterwards. Modes, owners and times survive.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from threading import RLock

from reshelve.schemas.inventory import ItemKind
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Node:
    """One inode. `entries` is what a folder shows, `safe` what it would show after a power loss."""

    ino: int
    kind: ItemKind
    mode: int
    mtime_ns: int
    ctime_ns: int
    content: bytes = b""
    safe_content: bytes = b""
    nlink: int = 1
    uid: int = 1000
    gid: int = 1000
    entries: dict[str, "Node"] = field(default_factory=dict)
    safe: dict[str, "Node"] = field(default_factory=dict)


@dataclass(slots=True, frozen=True, eq=False)
class Entry:
    """One name of one folder, before and after a change."""

    folder: Node
    name: str
    before: Node | None
    after: Node | None


Change = tuple[Entry, ...]


class MemoryDisk:
    """A file system of its own, with its own id, room in bytes, and a clock that ticks a nanosecond a change."""

    def __init__(self, fs: str = "mem", *, room: int = 1 << 40, start_ns: int = 1_700_000_000_000_000_000) -> None:
        self.fs = fs
        self.room = room
        self.lock = RLock()
        self._now_ns = start_ns
        self._last_ino = 1
        self._unsynced: list[Change] = []
        self.top = Node(1, "dir", 0o755, start_ns, start_ns, nlink=2)

    @property
    def unsynced(self) -> int:
        """How many changes a power loss could still take back."""
        return len(self._unsynced)

    def tick(self) -> int:
        """Return the time, in nanoseconds, later than ever before."""
        self._now_ns += 1
        return self._now_ns

    def new(self, kind: ItemKind, mode: int, content: bytes = b"") -> Node:
        """Return a new inode that no folder names yet. Raises OSError(ENOSPC) when the disk is full."""
        self.take(len(content))
        self._last_ino += 1
        now = self.tick()
        return Node(self._last_ino, kind, mode, now, now, content, nlink=2 if kind == "dir" else 1)

    def take(self, count: int) -> None:
        """Use up room. Raises OSError(ENOSPC) when there is not enough."""
        if count > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= count

    def change(self, *entries: Entry) -> None:
        """Do one change of one or two folders' entries, all of it or nothing."""
        now = self.tick()
        for entry in entries:
            if entry.after is None:
                del entry.folder.entries[entry.name]
            else:
                entry.folder.entries[entry.name] = entry.after
                entry.after.ctime_ns = now
            entry.folder.mtime_ns = entry.folder.ctime_ns = now
        self._unsynced.append(entries)

    def sync(self, folder: Node) -> None:
        """Make a folder's entries safe, and with them every earlier change that they build on."""
        wanted = {id(folder)}
        kept: list[Change] = []
        safe: list[Change] = []
        for change in reversed(self._unsynced):
            if any(id(entry.folder) in wanted or id(entry.after) in wanted for entry in change):
                wanted.update(id(entry.folder) for entry in change)
                wanted.update(id(entry.before) for entry in change if _removed(entry, change))
                safe.append(change)
            else:
                kept.append(change)
        for change in reversed(safe):
            _settle(change)
        self._unsynced = kept[::-1]

    def crash(self, choose: Callable[[int], Iterable[int]] = lambda _: ()) -> None:
        """Lose power. `choose`, told how many changes were unsynced, returns the numbers (from 0, oldest first) of those kept."""
        with self.lock:
            keep = set(choose(len(self._unsynced)))
            reached = {id(self.top), *map(id, _below(self.top))}
            for number, change in enumerate(self._unsynced):
                if number in keep and all(_stands(entry, change, reached) for entry in change):
                    _settle(change)
                    for entry in change:
                        if entry.after is not None:
                            reached |= {id(entry.after), *map(id, _below(entry.after))}
            self._unsynced = []
            self._show_what_is_safe()

    def _show_what_is_safe(self) -> None:
        names: dict[int, int] = {}
        self.top.entries = dict(self.top.safe)
        for node in _below(self.top):
            names[node.ino] = names.get(node.ino, 0) + 1
            if node.kind == "dir":
                node.entries = dict(node.safe)
            else:
                node.content, node.nlink = node.safe_content, names[node.ino]


def _below(folder: Node) -> Iterator[Node]:
    """Yield every safe node below a folder, as often as it has names."""
    waiting = [folder]
    while waiting:
        for node in waiting.pop().safe.values():
            yield node
            if node.kind == "dir":
                waiting.append(node)


def _removed(entry: Entry, change: Change) -> bool:
    return entry.before is not None and not any(other.after is entry.before for other in change)


def _stands(entry: Entry, change: Change, reached: set[int]) -> bool:
    """Say whether the ground of a kept change is there: its folder, what the name held, and nothing left in a removed folder."""
    if id(entry.folder) not in reached or entry.folder.safe.get(entry.name) is not entry.before:
        return False
    return entry.before is None or not (_removed(entry, change) and entry.before.safe)


def _settle(change: Change) -> None:
    for entry in change:
        if entry.after is None:
            entry.folder.safe.pop(entry.name, None)
        else:
            entry.folder.safe[entry.name] = entry.after
